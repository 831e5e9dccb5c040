"""One factory for each model of the records office: the least that makes a valid row, and nothing behind its back.

What an operation does (registering, appointing, recording an event) tests do with the operation.
"""

import datetime as dt
import secrets
from typing import Any
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from cases import models, staffing

SOFIA = ZoneInfo("Europe/Sofia")
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=SOFIA)  # a Monday
SINCE = dt.date(2020, 1, 1)
DAY = dt.timedelta(days=1)


class InstitutionFactory(DjangoModelFactory):
    class Meta:
        model = models.Institution

    slug = factory.Sequence(lambda number: f"town-{number}")
    names = {"en": "Bela Reka", "bg": "Бела река"}
    country = "BG"
    main_language = "en"
    languages = ["en", "bg", "pl", "ro"]


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person-{number}")
    password = factory.django.Password("correct horse")


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = models.Unit

    institution = factory.SubFactory(InstitutionFactory)
    code = factory.Sequence(lambda number: f"U{number}")
    names = {"en": "Parks", "bg": "Паркове"}
    valid_from = SINCE

    @classmethod
    def _create(cls, model_class: type[models.Unit], *args: Any, **values: Any) -> models.Unit:
        """A unit's path follows from its place in the tree, which only the operation knows."""
        return staffing.found_unit(**values)


class PostFactory(DjangoModelFactory):
    class Meta:
        model = models.Post

    unit = factory.SubFactory(UnitFactory)
    code = factory.Sequence(lambda number: f"post-{number}")
    titles = {"en": "Officer", "bg": "Главен експерт"}
    role = models.Role.OFFICER
    valid_from = SINCE


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    user = factory.SubFactory(UserFactory)
    post = factory.SubFactory(PostFactory)
    valid_from = SINCE


class MandateFactory(DjangoModelFactory):
    class Meta:
        model = models.Mandate

    post = factory.SubFactory(PostFactory)
    substitute = factory.SubFactory(UserFactory)
    given_by = factory.SubFactory(UserFactory)
    valid_from = SINCE


class RegisterFactory(DjangoModelFactory):
    class Meta:
        model = models.Register

    institution = factory.SubFactory(InstitutionFactory)
    code = factory.Sequence(lambda number: f"register-{number}")
    names = {"en": "Incoming"}
    pattern = "94-{seq}"


class CounterFactory(DjangoModelFactory):
    class Meta:
        model = models.Counter

    register = factory.SubFactory(RegisterFactory)
    year = 2026


class RecordClassFactory(DjangoModelFactory):
    class Meta:
        model = models.RecordClass

    institution = factory.SubFactory(InstitutionFactory)
    code = factory.Sequence(lambda number: f"12.{number}")
    titles = {"en": "Trees"}
    retention_years = 5
    disposal_action = models.DisposalAction.DESTROY
    valid_from = SINCE


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = models.Service

    institution = factory.SubFactory(InstitutionFactory)
    code = factory.Sequence(lambda number: f"service-{number}")
    names = {"en": "Tree felling", "bg": "Отсичане на дърво"}
    unit = factory.SubFactory(UnitFactory, institution=factory.SelfAttribute("..institution"))

    @classmethod
    def _create(cls, model_class: type[models.Service], *args: Any, **values: Any) -> models.Service:
        """A service with its rules of record; what is said of them (register, deadline …) goes there."""
        own = {name: values.pop(name) for name in list(values) if name not in cls._of_the_service}
        service = model_class.objects.create(**values)
        ServiceRulesFactory(**{"service": service, "valid_from": SINCE, **own})
        return service

    _of_the_service = frozenset(field.name for field in models.Service._meta.fields)


class ServiceRulesFactory(DjangoModelFactory):
    """A version: 14 days, once prolonged by up to 60."""

    class Meta:
        model = models.ServiceRules

    service = factory.SubFactory("tests.factories.ServiceFactory")
    valid_from = SINCE + dt.timedelta(days=366)  # its service has rules since the town began
    register = factory.SubFactory(RegisterFactory, institution=factory.SelfAttribute("..service.institution"))
    record_class = factory.SubFactory(RecordClassFactory, institution=factory.SelfAttribute("..service.institution"))
    deadline_amount = 14
    extension_times = 1
    extension_amount = 60
    published_at = NOON


class CrestFactory(DjangoModelFactory):
    class Meta:
        model = models.Crest

    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    png = b"\x89PNG\r\n\x1a\n"
    width = height = 300
    made_at = NOON


class OwnDayFactory(DjangoModelFactory):
    class Meta:
        model = models.OwnDay

    institution = factory.SubFactory(InstitutionFactory)
    date = dt.date(2026, 12, 23)
    legal_basis = "Order 12"
    declared_at = NOON


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = models.Question

    service = factory.SubFactory(ServiceFactory)
    key = factory.Sequence(lambda number: f"question-{number}")
    kind = "TEXT"
    first_asked_at = NOON


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = models.Place

    words = "In front of the school"


class CaseFactory(DjangoModelFactory):
    """A working folder as a row: no reader, no event, no number."""

    class Meta:
        model = models.Case

    institution = factory.SubFactory(InstitutionFactory)
    subject = "Dangerous tree by the school"
    language = "en"
    unit = factory.SubFactory(UnitFactory, institution=factory.SelfAttribute("..institution"))
    opened_at = NOON


class CaseReaderFactory(DjangoModelFactory):
    class Meta:
        model = models.CaseReader

    case = factory.SubFactory(CaseFactory)
    unit = factory.SelfAttribute("case.unit")


class CaseRelationFactory(DjangoModelFactory):
    class Meta:
        model = models.CaseRelation

    case = factory.SubFactory(CaseFactory)
    other = factory.SubFactory(CaseFactory, institution=factory.SelfAttribute("..case.institution"))
    kind = models.RelationKind.SAME_MATTER
    made_at = NOON


class PartyFactory(DjangoModelFactory):
    class Meta:
        model = models.Party

    case = factory.SubFactory(CaseFactory)
    role = models.PartyRole.APPLICANT
    name = "Ana Marin"
    language = "en"
    added_at = NOON


class AnswerFactory(DjangoModelFactory):
    class Meta:
        model = models.Answer

    case = factory.SubFactory(CaseFactory)
    key = "trees"
    value = 2
    given_at = NOON


class RegisterEntryFactory(DjangoModelFactory):
    class Meta:
        model = models.RegisterEntry

    register = factory.SubFactory(RegisterFactory)
    case = factory.SubFactory(CaseFactory, institution=factory.SelfAttribute("..register.institution"))
    year = 2026
    seq = factory.Sequence(lambda number: number + 1)
    number = factory.LazyAttribute(lambda entry: f"94-{entry.seq}")
    channel = models.Channel.WEB
    subject = "Dangerous tree by the school"
    received_at = registered_at = entered_at = NOON
    submission_key = factory.LazyFunction(lambda: secrets.token_hex(16))


class CaseSignFactory(DjangoModelFactory):
    class Meta:
        model = models.CaseSign

    case = factory.SubFactory(CaseFactory)
    register = factory.SubFactory(RegisterFactory, institution=factory.SelfAttribute("..case.institution"))
    unit = factory.SelfAttribute("case.unit")
    year = 2026
    seq = factory.Sequence(lambda number: number + 1)
    sign = factory.LazyAttribute(lambda sign: f"OS.6131.{sign.seq}.2026")
    given_at = NOON


class StoredFileFactory(DjangoModelFactory):
    """The row only; its bytes are kept by the store."""

    class Meta:
        model = models.StoredFile

    sha256 = factory.LazyFunction(lambda: secrets.token_hex(32))
    size = 11
    media_type = "text/plain"
    stored_at = NOON


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = models.Document

    case = factory.SubFactory(CaseFactory)
    public_id = factory.LazyFunction(lambda: secrets.token_hex(8))
    direction = models.Direction.IN
    kind = "APPLICATION"
    title = "Application"
    captured_at = NOON


class ComponentFactory(DjangoModelFactory):
    class Meta:
        model = models.Component

    document = factory.SubFactory(DocumentFactory)
    role = models.ComponentRole.LETTER
    title = "Letter"


class ComponentFileFactory(DjangoModelFactory):
    class Meta:
        model = models.ComponentFile

    component = factory.SubFactory(ComponentFactory)
    stored_file = factory.SubFactory(StoredFileFactory)
    role = models.FileRole.ORIGINAL
    name = "letter.txt"
    added_at = NOON


class LetterDraftFactory(DjangoModelFactory):
    class Meta:
        model = models.LetterDraft

    case = factory.SubFactory(CaseFactory)
    template = "decision"
    language = "en"
    title = "Permit"
    written_by = factory.SubFactory(UserFactory)
    changed_at = NOON


class EventFactory(DjangoModelFactory):
    """A line outside any chain; ``cases.history`` writes the true ones."""

    class Meta:
        model = models.Event

    case = factory.SubFactory(CaseFactory)
    institution = factory.SelfAttribute("case.institution")
    seq = factory.Sequence(lambda number: number + 1)
    kind = "NOTE"
    at = NOON
    capacity = models.Capacity.JOB
    hash = factory.LazyFunction(lambda: secrets.token_hex(32))


class EventValueFactory(DjangoModelFactory):
    class Meta:
        model = models.EventValue

    event = factory.SubFactory(EventFactory)
    name = "note"
    salt = factory.LazyFunction(lambda: secrets.token_hex(16))
    value = "She called."


class EventPlaceFactory(DjangoModelFactory):
    class Meta:
        model = models.EventPlace

    event = factory.SubFactory(EventFactory)
    institution = factory.SelfAttribute("event.institution")
    position = factory.Sequence(lambda number: number + 1)
    placed_at = NOON
    hash = factory.LazyFunction(lambda: secrets.token_hex(32))


class AccessLogFactory(DjangoModelFactory):
    class Meta:
        model = models.AccessLog

    user = factory.SubFactory(UserFactory)
    case = factory.SubFactory(CaseFactory)
    kind = models.AccessKind.OPENED_CASE
    at = NOON


class OutsideAccessFactory(DjangoModelFactory):
    class Meta:
        model = models.OutsideAccess

    party = factory.SubFactory(PartyFactory)
    case = factory.SelfAttribute("party.case")
    kind = models.OutsideAccessKind.LINK
    seed = factory.LazyFunction(lambda: secrets.token_hex(16))
    secret_hash = factory.LazyFunction(lambda: secrets.token_hex(32))
    given_at = NOON


class WrongTryFactory(DjangoModelFactory):
    class Meta:
        model = models.WrongTry

    number = "94-1"
    sender_hash = factory.LazyFunction(lambda: secrets.token_hex(32))
    at = NOON


class ClockFactory(DjangoModelFactory):
    class Meta:
        model = models.Clock

    case = factory.SubFactory(CaseFactory)
    started_date = dt.date(2026, 11, 23)
    amount = 14
    unit = models.DeadlineUnit.CALENDAR_DAYS
    counting_mode = models.CountingMode.FIRST_DAY_EXCLUDED
    raw_end_date = due_date = dt.date(2026, 12, 7)
    calendar_version = "BG holidays"


class SuspensionFactory(DjangoModelFactory):
    class Meta:
        model = models.Suspension

    clock = factory.SubFactory(ClockFactory)
    reason = "A sketch is missing"
    from_date = dt.date(2026, 11, 25)


class ExtensionFactory(DjangoModelFactory):
    class Meta:
        model = models.Extension

    clock = factory.SubFactory(ClockFactory)
    reason = "An expert is asked"
    old_due_date = dt.date(2026, 12, 7)
    new_due_date = dt.date(2026, 12, 14)
    made_by = factory.SubFactory(UserFactory)
    made_at = NOON


class DispatchFactory(DjangoModelFactory):
    class Meta:
        model = models.Dispatch

    party = factory.SubFactory(PartyFactory)
    case = factory.SelfAttribute("party.case")
    kind = models.DispatchKind.NOTICE
    notice = "MESSAGE"
    channel = models.DeliveryChannel.EMAIL
    prepared_at = NOON


class DisposalHoldFactory(DjangoModelFactory):
    class Meta:
        model = models.DisposalHold

    case = factory.SubFactory(CaseFactory)
    reason = "A court asked for it"
    placed_by = factory.SubFactory(UserFactory)
    placed_at = NOON


class DestructionFactory(DjangoModelFactory):
    class Meta:
        model = models.Destruction

    component_file = factory.SubFactory(ComponentFileFactory)
    stored_file = factory.SelfAttribute("component_file.stored_file")
    rule = "Class 12, five years"
    destroyed_by = factory.SubFactory(UserFactory)
    destroyed_at = NOON


class BackfileImportFactory(DjangoModelFactory):
    class Meta:
        model = models.BackfileImport

    institution = factory.SubFactory(InstitutionFactory)
    table_name = "1998.csv"
    started_at = NOON


class RefusedRowFactory(DjangoModelFactory):
    class Meta:
        model = models.RefusedRow

    of_import = factory.SubFactory(BackfileImportFactory)
    row = 2
    column = "date"
    value = "never"
    reason = "NOT_A_DATE"


class PaperPlaceFactory(DjangoModelFactory):
    class Meta:
        model = models.PaperPlace

    case = factory.SubFactory(CaseFactory)
    room = "Cellar"
    shelf = "4"
    box = "17"
    noted_at = NOON


class LoanFactory(DjangoModelFactory):
    class Meta:
        model = models.Loan

    case = factory.SubFactory(CaseFactory)
    borrower_name = "Court of appeal"
    reason = "Case 12/2026"
    due_date = (NOON + 14 * DAY).date()
    lent_at = NOON


class RetentionFactory(DjangoModelFactory):
    class Meta:
        model = models.Retention

    case = factory.SubFactory(CaseFactory)
    institution = factory.SelfAttribute("case.institution")
    action = models.DisposalAction.DESTROY
    started_date = dt.date(2021, 1, 1)
    due_date = dt.date(2026, 1, 1)
    counted_at = NOON


class AppraisalFactory(DjangoModelFactory):
    class Meta:
        model = models.Appraisal

    case = factory.SubFactory(CaseFactory)
    action = models.DisposalAction.DESTROY
    due_date = dt.date(2026, 1, 1)
    reason = "Consent 12/2026"
    decided_by = factory.SubFactory(UserFactory)
    decided_at = NOON


class DisposalListFactory(DjangoModelFactory):
    class Meta:
        model = models.DisposalList

    unit = factory.SubFactory(UnitFactory)
    institution = factory.SelfAttribute("unit.institution")
    year = 2026
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = NOON


class DisposalItemFactory(DjangoModelFactory):
    class Meta:
        model = models.DisposalItem

    disposal_list = factory.SubFactory(DisposalListFactory)
    case = factory.SubFactory(CaseFactory)
    due_date = dt.date(2026, 1, 1)
    closed_at = NOON
    documents = 1


class CaseTombstoneFactory(DjangoModelFactory):
    class Meta:
        model = models.CaseTombstone

    case = factory.SubFactory(CaseFactory)
    disposal_list = factory.SubFactory(DisposalListFactory)
    number = "94-1"
    opened_date = closed_date = dt.date(2020, 6, 30)
    due_date = dt.date(2026, 1, 1)
    rule = "class 12 B5, list 1 of 2026"
    documents = files = 1
    approved_by = factory.SubFactory(UserFactory)
    destroyed_by = factory.SubFactory(UserFactory)
    destroyed_at = NOON
    event_hash = factory.LazyFunction(lambda: secrets.token_hex(32))


class DisposalProtocolFactory(DjangoModelFactory):
    class Meta:
        model = models.DisposalProtocol

    disposal_list = factory.SubFactory(DisposalListFactory)
    document = factory.SubFactory(DocumentFactory)
    sha256 = list_sha256 = "0" * 64
    destroyed = left = 1
    sealed_at = NOON


class TransferListFactory(DjangoModelFactory):
    class Meta:
        model = models.TransferList

    unit = factory.SubFactory(UnitFactory)
    institution = factory.SelfAttribute("unit.institution")
    year = 2026
    archive = "State Archive Blagoevgrad"
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = NOON


class TransferItemFactory(DjangoModelFactory):
    class Meta:
        model = models.TransferItem

    transfer_list = factory.SubFactory(TransferListFactory)
    case = factory.SubFactory(CaseFactory)
    position = 1


class OutboxRowFactory(DjangoModelFactory):
    class Meta:
        model = models.OutboxRow

    kind = "send_mail"
    put_at = due_at = NOON


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = models.Task

    case = factory.SubFactory(CaseFactory)
    step = "handle"
    unit = factory.SelfAttribute("case.unit")
    permission = "cases.handle_case"
    sent_at = NOON
    due_at = NOON + 5 * DAY


class ResolutionFactory(DjangoModelFactory):
    class Meta:
        model = models.Resolution

    case = factory.SubFactory(CaseFactory)
    by = factory.SubFactory(UserFactory)
    unit = factory.SelfAttribute("case.unit")
    due_date = dt.date(2026, 12, 1)
    given_at = NOON


class SigningRequestFactory(DjangoModelFactory):
    class Meta:
        model = models.SigningRequest

    prepared_file = factory.SubFactory(ComponentFileFactory)
    document = factory.SelfAttribute("prepared_file.component.document")
    digest = factory.LazyFunction(lambda: secrets.token_hex(32))
    requested_by = factory.SubFactory(UserFactory)
    requested_at = NOON


class SignatureFactory(DjangoModelFactory):
    class Meta:
        model = models.Signature

    request = factory.SubFactory(SigningRequestFactory)
    signer = factory.SelfAttribute("request.requested_by")
    signed_file = factory.SubFactory(StoredFileFactory)
    level = "PAdES B-B"
    signed_at = NOON
