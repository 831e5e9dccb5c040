"""The one door. Whatever the channel, an item enters through ``register`` and nowhere else.

Lines of old registers, which have their number already, come in beside it (`cases.backfile.entering`).

One transaction stores what came, gives the number, opens or joins the case, writes the events, and
starts the procedure (a receiver of ``entry_registered``). The bytes are durable before it begins.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import IntegrityError
from django.db.models import CharField, Model
from django.utils.translation import gettext_lazy as _

from cases import history, outbox
from cases.acting import Actor
from cases.batches import together
from cases.capturing import BytesDestroyed, FileToKeep, KeptFile, capture, keep_files
from cases.clock import TIER, new_clock, zone_of
from cases.history import News
from cases.identifiers import identifier_hash, identifier_hint
from cases.known_queries import KnownQuery
from cases.models import (
    AccessLevel,
    Answer,
    Case,
    CaseReader,
    Channel,
    DeliveryChannel,
    Direction,
    Document,
    EntryKind,
    Institution,
    Party,
    PartyKind,
    PartyRole,
    Place,
    Register,
    RegisterEntry,
    Service,
    Unit,
)
from cases.numbering import Number, RegisterClosed, SeriesUnclear, give_number
from cases.originals import BytesChanged
from cases.outside_access import Secrets, give_first_access
from cases.rows import insert, insert_keyed, insert_one, update
from cases.same_places import note_how_it_is_found
from cases.signals import case_changed, entry_registered

LONGEST_EMAIL = 254  # RFC 5321; a longer one reaches nobody


class RegistrationRefused(Exception):
    """The item can't be registered like this; the message says what to do."""


@dataclass(frozen=True)
class PartyAsFiled:
    """A person or organisation as they gave themselves at filing."""

    role: str = PartyRole.APPLICANT
    kind: str = PartyKind.PERSON
    name: str = ""
    identifier_kind: str = ""
    identifier: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    result_channel: str = DeliveryChannel.PORTAL
    represents: int | None = None  # position in the list of parties
    # Somebody whom the clerk recognised: their number need not be asked for again.
    known_as: Party | None = None


@dataclass(frozen=True)
class PlaceAsFiled:
    words: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    geometry: Mapping[str, Any] | None = None
    geometry_source: str = ""


@dataclass(frozen=True)
class RoughDate:
    """A date that may be a day, a month, a year or "about": earliest, latest and as written."""

    earliest: dt.date
    latest: dt.date
    as_written: str


@dataclass(frozen=True)
class Submission:
    """One item as a channel brings it.

    ``submission_key``: given by the channel once; the same key again is the same item.
    ``answers``: values by question key. ``asked``: questions as shown and answers as sent, in the
    language of filing; kept as an original beside the files.
    ``case``: the case that it joins; None opens a new one.
    """

    institution: Institution
    channel: str
    submission_key: str
    subject: str
    language: str
    received_at: dt.datetime
    service: Service | None = None
    case: Case | None = None
    register: Register | None = None
    unit: Unit | None = None
    kind: str = "APPLICATION"
    parties: Sequence[PartyAsFiled] = ()
    sender: Party | None = None
    files: Sequence[FileToKeep] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    asked: Mapping[str, Any] | None = None
    place: PlaceAsFiled | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    access_level: str = ""
    sheets: int | None = None
    annexes: int | None = None
    paper_place: str = ""
    is_sealed: bool = False
    missing_reason: str = ""
    sender_reference: str = ""
    written: RoughDate | None = None
    posted_date: dt.date | None = None
    message: str = ""
    # A number that was reserved for an outage and given out on paper; None takes the next one.
    reserved: RegisterEntry | None = None
    # INTERNAL: a paper of our own that only gets its number (a protocol): nobody works on it, nobody gets a receipt.
    direction: str = Direction.IN

    @property
    def is_own(self) -> bool:
        return self.direction == Direction.INTERNAL


@dataclass(frozen=True)
class Filed:
    """A new entry, with what whoever filed is told at once: secrets of their access, the files as they were kept."""

    entry: RegisterEntry
    given: Secrets | None
    files: Sequence[KeptFile]


def register(
    submission: Submission, *, actor: Actor, at: dt.datetime, and_note: Callable[[Filed], None] | None = None
) -> RegisterEntry:
    """Register an item and return its entry; ``entry.case`` is the case that it opened or joined.

    The same submission key twice is one entry: a double click, a retry after a lost answer and two
    requests at once all get the entry that was made first. ``and_note``: what the channel notes of the new
    entry in the same transaction; not called for one that was there already.
    Raises RegistrationRefused, numbering.RegisterClosed or numbering.SeriesUnclear, with nothing kept
    but bytes that no row points to.
    """
    chosen = _register_of(submission)
    try:
        return _keep_and_register(submission, chosen, and_note, actor=actor, at=at)
    except BytesDestroyed:
        return _keep_and_register(submission, chosen, and_note, actor=actor, at=at)
    except (IntegrityError, RegistrationRefused, RegisterClosed, SeriesUnclear):
        # Hardly anything comes twice: that it did is asked only where the second one can't be registered.
        if earlier := _earlier(chosen, submission.submission_key):
            return earlier
        raise


def _keep_and_register(
    submission: Submission,
    chosen: Register,
    and_note: Callable[[Filed], None] | None,
    *,
    actor: Actor,
    at: dt.datetime,
) -> RegisterEntry:
    kept = _keep(submission)
    with together("registration"):
        filed = _register(submission, chosen, kept, actor=actor, at=at)
        if and_note:
            and_note(filed)
    return filed.entry


_same_submission = KnownQuery(
    lambda register, key: RegisterEntry.objects.select_related("case__institution", "register").filter(
        register=register, submission_key=key
    ),
    int,
    str,
)


def _earlier(register: Register, key: str) -> RegisterEntry | None:
    return _same_submission.first(register.pk, key)


def _register_of(submission: Submission) -> Register:
    if submission.register:
        return submission.register
    service = submission.service or (submission.case.service if submission.case else None)
    if service and (rules := service.rules_on(_received_date(submission))):
        if rules.register.institution_id == submission.institution.pk:
            rules.register.institution = submission.institution  # the same row, read already
        return rules.register
    general = Register.objects.filter(institution=submission.institution, kind="INCOMING", is_closed=False)
    if chosen := general.order_by("pk").first():
        return chosen
    raise RegistrationRefused(_("There is no open register for incoming items. Ask the administrator to add one."))


def _received_date(submission: Submission) -> dt.date:
    """The day whose rules of record the item follows."""
    return submission.received_at.astimezone(zone_of(submission.institution.time_zone)).date()


def _keep(submission: Submission) -> list[KeptFile]:
    try:
        return keep_files(submission.files, asked=submission.asked)
    except BytesChanged:
        raise RegistrationRefused(
            _("A file that was added earlier got damaged on our side. Please remove it and add it again.")
        ) from None


def _register(
    submission: Submission, register: Register, files: list[KeptFile], *, actor: Actor, at: dt.datetime
) -> Filed:
    is_new = submission.case is None
    case = _open_case(submission, register, at=at) if is_new else _joined_case(submission)
    parties = _add_parties(case, submission, at=at)
    sender = submission.sender or (parties[0] if parties else None)
    document = _capture(case, submission, files, actor=actor, at=at)
    _keep_answers(case, submission, sender, actor=actor, at=at)
    given = give_first_access(sender, at=at) if is_new and sender else None
    entry = RegisterEntry(
        register=register,
        case=case,
        kind=EntryKind.GIVEN,
        channel=submission.channel,
        sender=sender,
        subject=submission.subject[:300],
        sender_reference=fitted(RegisterEntry, "sender_reference", submission.sender_reference),
        sheets=submission.sheets,
        annexes=submission.annexes,
        paper_place=fitted(RegisterEntry, "paper_place", submission.paper_place),
        is_sealed=submission.is_sealed,
        written_earliest=submission.written.earliest if submission.written else None,
        written_latest=submission.written.latest if submission.written else None,
        written_as=fitted(RegisterEntry, "written_as", submission.written.as_written) if submission.written else "",
        posted_date=submission.posted_date,
        received_at=submission.received_at,
        entered_at=at,
        registered_by=actor.user,
        submission_key=submission.submission_key,
    )
    if is_new and not submission.is_own:
        # The procedure starts before the counter is locked, so that the lock is held briefly.
        _tell(entry, document, is_new=True, actor=actor, at=at)
    _number(entry, case, document, submission, files, is_new=is_new, actor=actor, at=at)
    if not is_new:
        _tell(entry, document, is_new=False, actor=actor, at=at)
    return Filed(entry, given, files)


def _tell(entry: RegisterEntry, document: Document, *, is_new: bool, actor: Actor, at: dt.datetime) -> None:
    entry_registered.send(
        sender=Case, case=entry.case, entry=entry, is_new_case=is_new, documents=[document], actor=actor, at=at
    )


def _number(
    entry: RegisterEntry,
    case: Case,
    document: Document,
    submission: Submission,
    files: list[KeptFile],
    *,
    is_new: bool,
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Give the number, then write the line, the events and the outbox: the counter's lock is held for these only."""
    number = _reserved(entry, submission) or give_number(
        entry.register, at=at, unit=case.unit, record_class=case.record_class
    )
    entry.scope_key, entry.year, entry.seq = number.scope_key, number.year, number.seq
    entry.number, entry.registered_at = number.text, number.given_at
    news = _filing_news(entry, document, submission, files, is_new=is_new)
    # A number given on paper during an outage is older than its entering, which is what happens now.
    events = history.append(case, news, actor=actor, at=max(at, number.given_at), is_fresh=is_new)
    entry.event_hash = events[0].hash
    if submission.reserved:
        entry.save()
    else:
        insert_one(entry)
    document.entry = entry
    update(document, "entry")
    if is_new:
        case.number = entry.number
        update(case, "number", "stage", "versions", "last_event_seq", "last_event_hash", "last_event_at")
    else:
        case_changed.send(sender=Case, case=case, at=at)
    work: list[tuple[str, dict[str, Any]]] = [] if submission.is_own else [("make_receipt", {"entry": entry.pk})]
    work += [("make_previews", {"files": [item.kept.sha256 for item in files]})] if files else []
    outbox.put_many(work, at=at, case=case)


def _reserved(entry: RegisterEntry, submission: Submission) -> Number | None:
    """The number that was given out on paper during an outage: its reserved line becomes the entry."""
    if submission.reserved is None:
        return None
    line = RegisterEntry.objects.select_for_update().get(pk=submission.reserved.pk)
    if line.kind not in {EntryKind.RESERVED, EntryKind.LOST} or line.register_id != entry.register_id:
        raise RegistrationRefused(_("The number {number} is not free to be used late.").format(number=line.number))
    entry.pk = line.pk
    return Number(line.scope_key, line.year, line.seq or 0, line.number, line.registered_at)


def _filing_news(
    entry: RegisterEntry, document: Document, submission: Submission, files: list[KeptFile], *, is_new: bool
) -> list[News]:
    facts = {
        "number": entry.number,
        "register": entry.register.code,
        "channel": str(entry.channel),
        "files": [{"sha256": item.kept.sha256, "size": item.kept.size} for item in files],
    }
    personal = {"title": document.title}
    if submission.message:
        personal["message"] = submission.message
    if entry.sender:
        personal["sender"] = str(entry.sender)
    kind = "REGISTERED" if is_new else "JOINED_CASE"
    return [News(kind, is_public=not submission.is_own, payload=facts, personal=personal, document=document)]


def _open_case(submission: Submission, register: Register, *, at: dt.datetime) -> Case:
    service, received = submission.service, _received_date(submission)
    rules = service.rules_on(received) if service else None
    unit = submission.unit or (service.unit if service else None) or _intake(submission.institution)
    case = Case(
        institution=submission.institution,
        service=service,
        record_class=rules.record_class if rules else None,
        subject=submission.subject[:300],
        language=submission.language,
        unit=unit,
        access_level=submission.access_level or (rules.access_level if rules else AccessLevel.INTERNAL),
        place=_keep_place(submission.place),
        opened_at=at,
        versions={**submission.versions, **({"rules": rules.version} if rules else {})},
    )
    clock = new_clock(case, rules, received=received, tier=submission.answers.get(TIER)) if rules else None
    case.due_date = clock.due_date if clock else None
    insert_one(case, is_late=True)  # its number and the end of its chain come last
    if clock:
        clock.case = case
        insert_one(clock)
    insert_one(CaseReader(case=case, unit=unit))
    return case


def _joined_case(submission: Submission) -> Case:
    if submission.case is None or submission.case.institution_id != submission.institution.pk:
        raise RegistrationRefused(_("The case to connect to belongs to another institution."))
    case = submission.case.handled_in()
    # Every operation locks the case before a counter, so that two of them never wait for each other.
    Case.objects.select_for_update().get(pk=case.pk)
    return case


def _intake(institution: Institution) -> Unit:
    unit = Unit.objects.filter(institution=institution, is_intake=True).first()
    if unit is None:
        raise RegistrationRefused(_("No unit is named as the registry. Ask the administrator to choose one."))
    return unit


def _keep_place(place: PlaceAsFiled | None) -> Place | None:
    if place is None or not (place.words or place.address or place.geometry):
        return None
    kept = Place(
        words=place.words[:300],
        address=dict(place.address),
        geometry=place.geometry,
        geometry_source=place.geometry_source,
    )
    return insert_one(note_how_it_is_found(kept))


def _add_parties(case: Case, submission: Submission, *, at: dt.datetime) -> list[Party]:
    parties = [party_row(case, filed, language=submission.language, at=at) for filed in submission.parties]
    saved = list(insert(parties))
    for party, filed in zip(saved, submission.parties, strict=True):
        if filed.represents is not None:
            party.represents = saved[filed.represents]
            party.save(update_fields=["represents"])
    return saved


def party_row(case: Case, filed: PartyAsFiled, *, language: str, at: dt.datetime) -> Party:
    """A party as it gave itself; not saved. The identifier is kept as a keyed hash and its last digits only."""
    known = None if filed.identifier else filed.known_as
    return Party(
        case=case,
        role=filed.role,
        kind=filed.kind,
        name=fitted(Party, "name", filed.name),
        identifier_kind=known.identifier_kind if known else filed.identifier_kind,
        identifier_hash=known.identifier_hash if known else identifier_hash(filed.identifier_kind, filed.identifier),
        identifier_hint=known.identifier_hint if known else identifier_hint(filed.identifier),
        address=filed.address,
        email=filed.email if len(filed.email) <= LONGEST_EMAIL else "",
        phone=fitted(Party, "phone", filed.phone),
        language=filed.language or language,
        result_channel=filed.result_channel,
        added_at=at,
    )


def fitted(model: type[Model], field: str, value: str) -> str:
    """The words as far as the register's column takes them; whole they stand in the original."""
    column = cast(CharField, model._meta.get_field(field))
    return value[: column.max_length]


def _capture(case: Case, submission: Submission, files: list[KeptFile], *, actor: Actor, at: dt.datetime) -> Document:
    return capture(
        case,
        title=submission.subject,
        kind=submission.kind,
        direction=submission.direction,
        files=files,
        actor=actor,
        at=at,
        language=submission.language,
        is_for_applicant=not submission.is_own,
        missing_reason=submission.missing_reason or ("" if files else _why_no_file(submission)),
    )


def _why_no_file(submission: Submission) -> str:
    if submission.is_sealed:
        return "SEALED"
    return "TOLD" if submission.channel in {Channel.TELEPHONE, Channel.COUNTER} else "ON_PAPER"


def _keep_answers(case: Case, submission: Submission, sender: Party | None, *, actor: Actor, at: dt.datetime) -> None:
    shared = Answer(case=case, given_at=at, given_by=sender, transcribed_by=actor.user)
    insert_keyed(shared, submission.answers, key="key", value="value")
