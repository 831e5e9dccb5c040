"""The one door: what an item leaves behind when it is registered, and what a refused one does not."""

import datetime as dt
import hashlib
import json

import pytest
from django.db import models, transaction

from cases import corrections, history, reserving
from cases.acting import Actor
from cases.canonical import canonical
from cases.models import (
    AccessLevel,
    Capacity,
    Case,
    CaseReader,
    Channel,
    Component,
    ComponentFile,
    Counter,
    Document,
    EntryKind,
    Event,
    OutboxRow,
    OutsideAccess,
    Party,
    Place,
    Register,
    RegisterEntry,
    StoredFile,
)
from cases.numbering import RegisterClosed, SeriesUnclear
from cases.originals import store
from cases.registration import PartyAsFiled, PlaceAsFiled, RegistrationRefused, RoughDate, register
from cases.signals import documents_captured
from tests.cases.town import Town, a_file, bytes_of
from tests.factories import DAY, NOON, InstitutionFactory, RegisterFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

ASKED = {"language": "bg", "questions": [{"key": "trees", "label": "Колко дървета?", "value": 2}]}


def counts() -> dict[str, int]:
    kinds: list[type[models.Model]] = [
        Case, CaseReader, Component, ComponentFile, Document, Event, OutboxRow, OutsideAccess, Party, Place,
        RegisterEntry, StoredFile,
    ]  # fmt: skip
    return {kind.__name__: kind.objects.count() for kind in kinds}


# -- a new case


def test_a_filing_opens_a_case_in_the_services_unit_under_its_number(town: Town):
    entry = town.file()

    entry.refresh_from_db()
    case = entry.case
    assert (entry.number, entry.seq, entry.year, entry.kind) == ("94-1", 1, 2026, EntryKind.GIVEN)
    assert (case.number, case.subject, case.unit, case.service) == ("94-1", entry.subject, town.parks, town.trees)
    assert (entry.channel, entry.received_at, entry.registered_at, entry.entered_at) == ("WEB", NOON, NOON, NOON)
    assert list(case.readers.filter(user=None).values_list("unit", flat=True)) == [town.parks.pk]


def test_a_new_case_gets_the_services_rules_of_record(town: Town):
    town.trees.rules.update(access_level=AccessLevel.RESTRICTED)

    case = town.file().case

    case.refresh_from_db()
    assert (case.access_level, case.record_class) == (AccessLevel.RESTRICTED, town.trees.rules.get().record_class)
    assert (case.due_date, case.clock.due_date) == (dt.date(2026, 12, 7), dt.date(2026, 12, 7))
    assert case.documents.get().access_level == AccessLevel.RESTRICTED


def test_every_file_is_an_original_of_the_document_under_its_hash(town: Town):
    entry = town.file(files=[a_file(b"one", name="one.txt"), a_file(b"%PDF-1.7 two", name="two.pdf")])

    files = ComponentFile.objects.filter(component__document__entry=entry).order_by("component__position")
    assert [(file.name, file.role, file.stored_file.media_type, file.stored_file.size) for file in files] == [
        ("one.txt", "ORIGINAL", "text/plain", 3),
        ("two.pdf", "ORIGINAL", "application/pdf", 12),
    ]
    assert [bytes_of(file.stored_file_id) for file in files] == [b"one", b"%PDF-1.7 two"]


def test_what_was_typed_is_an_original_too(town: Town):
    entry = town.file(asked=ASKED, answers={"trees": 2}, files=[])

    file = ComponentFile.objects.get(component__document__entry=entry)
    assert file.component.role == "ANSWERS"
    assert bytes_of(file.stored_file_id) == canonical(ASKED)
    assert json.loads(bytes_of(file.stored_file_id)) == ASKED
    assert list(entry.case.answers.values_list("key", "value", "given_by")) == [("trees", 2, entry.sender_id)]


def test_the_registration_event_lists_the_files_and_its_hash_stands_in_the_register(town: Town):
    entry = town.file()

    event = entry.case.events.get(kind="REGISTERED")
    file = StoredFile.objects.get(uses__component__document__entry=entry)
    assert event.payload == {
        "number": "94-1",
        "register": "in",
        "channel": "WEB",
        "files": [{"sha256": file.sha256, "size": file.size}],
    }
    assert (event.hash, event.document, event.is_public) == (entry.event_hash, entry.documents.get(), True)
    assert list(history.broken_links(Case.objects.get(pk=entry.case_id))) == []


def test_no_name_stands_in_the_chain_itself(town: Town):
    entry = town.file(parties=[PartyAsFiled(name="Ana Marin", identifier_kind="EGN", identifier="7523169263")])

    event = entry.case.events.get(kind="REGISTERED")
    assert {value.name: value.value for value in event.values.all()} == {"title": entry.subject, "sender": "Ana Marin"}
    assert "Ana" not in json.dumps([event.payload, event.personal])


def test_a_personal_number_is_kept_as_a_hash_and_its_last_digits_only(town: Town):
    party = PartyAsFiled(name="Ana Marin", identifier_kind="EGN", identifier="752316 9263")

    kept = town.file(parties=[party]).case.parties.get()

    assert kept.identifier_hint == "…9263"
    assert "7523169263" not in "".join(str(value) for value in vars(kept).values())


def test_a_representative_points_to_whom_they_represent(town: Town):
    parties = [PartyAsFiled(name="Ana Marin"), PartyAsFiled(role="REPRESENTATIVE", name="Ivo Lazar", represents=0)]

    case = town.file(parties=parties).case

    assert case.parties.get(role="REPRESENTATIVE").represents == case.parties.get(role="APPLICANT")


def test_a_place_in_words_is_enough(town: Town):
    case = town.file(place=PlaceAsFiled(words="Behind the mill")).case

    assert (case.place.words, case.place.geometry) == ("Behind the mill", None)


def test_an_item_without_a_service_goes_to_the_registry_and_its_general_register(town: Town):
    entry = town.file(service=None)

    entry.case.refresh_from_db()
    assert (entry.case.unit, entry.register, entry.case.due_date) == (town.registry, town.incoming, None)


def test_words_longer_than_a_column_do_not_lose_the_entry(town: Town):
    entry = town.file(
        subject="s" * 5000,
        sender_reference="r" * 5000,
        paper_place="p" * 5000,
        parties=[PartyAsFiled(name="n" * 5000, phone="1" * 5000, email="e" * 300 + "@example.org")],
        files=[a_file(name="f" * 5000 + ".txt")],
        message="m" * 5000,
    )

    entry.refresh_from_db()
    lengths = [len(value) for value in (entry.subject, entry.sender_reference, entry.paper_place)]
    assert lengths == [300, 80, 120]
    assert (len(entry.sender.name), len(entry.sender.phone), entry.sender.email) == (200, 40, "")


# -- other channels and dates


def test_an_item_joins_an_earlier_case_and_keeps_its_own_number(town: Town):
    first = town.file()

    second = town.bring(first.case)

    assert (second.case, second.number) == (first.case, "94-2")
    assert first.case.events.get(kind="JOINED_CASE").payload["number"] == "94-2"
    assert Case.objects.get(pk=first.case_id).number == "94-1"


def test_what_is_brought_to_a_joined_case_goes_where_the_matter_is_handled(town: Town):
    old, main = town.file().case, town.file().case
    old.tasks.update(ended_at=NOON, outcome="DONE")
    corrections.join_cases(old, into=main, actor=town.actor("rita"), at=NOON)

    brought = town.bring(old)

    assert brought.case == main


def test_what_arrives_after_closing_is_still_registered(town: Town):
    case = town.file().case
    Case.objects.filter(pk=case.pk).update(state="CLOSED", closed_at=NOON)

    entry = town.bring(case, at=NOON + DAY)

    assert (entry.case, entry.number) == (case, "94-2")


def test_a_sealed_item_is_registered_unopened_with_the_reason(town: Town):
    entry = town.file(channel=Channel.POST, is_sealed=True, files=[], sheets=None, parties=())

    document = entry.documents.get()
    assert (entry.is_sealed, entry.sender, document.missing_reason, document.components.count()) == (
        True,
        None,
        "SEALED",
        0,
    )


def test_a_telephone_call_needs_neither_answers_nor_files(town: Town):
    clerk = Actor.at_counter(town.person("rita"))

    entry = town.file(channel=Channel.TELEPHONE, files=[], answers={}, actor=clerk)

    event = entry.case.events.get(kind="REGISTERED")
    assert entry.documents.get().missing_reason == "TOLD"
    assert entry.case.answers.count() == 0
    assert (event.actor, event.capacity) == (town.people["rita"], Capacity.AT_COUNTER)


def test_a_paper_item_says_how_much_of_it_there_is_and_where_it_lies(town: Town):
    entry = town.file(channel=Channel.POST, files=[], sheets=3, annexes=2, paper_place="Shelf 4", service=None)

    entry.refresh_from_db()
    assert (entry.sheets, entry.annexes, entry.paper_place) == (3, 2, "Shelf 4")
    assert entry.documents.get().missing_reason == "ON_PAPER"


def test_written_posted_received_and_registered_are_four_moments(town: Town):
    entry = town.file(
        channel=Channel.POST,
        written=RoughDate(dt.date(2026, 10, 1), dt.date(2026, 10, 31), "October"),
        posted_date=dt.date(2026, 11, 19),
        received_at=NOON - 2 * DAY,
        at=NOON,
    )

    entry.refresh_from_db()
    assert (entry.written_earliest, entry.written_latest, entry.written_as) == (
        dt.date(2026, 10, 1),
        dt.date(2026, 10, 31),
        "October",
    )
    assert (entry.posted_date, entry.received_at, entry.registered_at) == (
        dt.date(2026, 11, 19),
        NOON - 2 * DAY,
        NOON,
    )


def test_the_term_begins_on_the_day_of_receipt_at_the_institution(town: Town):
    just_after_midnight_in_sofia = dt.datetime(2026, 11, 22, 22, 30, tzinfo=dt.UTC)

    case = town.file(received_at=just_after_midnight_in_sofia, at=just_after_midnight_in_sofia).case

    assert case.clock.started_date == dt.date(2026, 11, 23)


# -- reserved numbers


def test_a_number_given_on_paper_in_an_outage_is_entered_late_under_that_number(town: Town):
    [reserved] = reserving.reserve_numbers(town.incoming, 1, actor=town.actor("rita"), at=NOON)
    town.file(at=NOON + DAY)

    entry = town.file(reserved=reserved, received_at=NOON, at=NOON + 2 * DAY)

    entry.refresh_from_db()
    assert (entry.pk, entry.number, entry.kind) == (reserved.pk, "94-1", EntryKind.GIVEN)
    assert (entry.registered_at, entry.entered_at) == (NOON, NOON + 2 * DAY)
    assert entry.case.events.get(kind="REGISTERED").at == NOON + 2 * DAY
    assert Counter.objects.get(register=town.incoming).last == 2


def test_a_reserved_number_is_used_once(town: Town):
    [reserved] = reserving.reserve_numbers(town.incoming, 1, actor=town.actor("rita"), at=NOON)
    town.file(reserved=reserved)

    with pytest.raises(RegistrationRefused, match="94-1 is not free"):
        town.file(reserved=reserved)


def test_a_number_reserved_in_another_register_is_refused(town: Town):
    other = RegisterFactory(institution=town.institution)
    [reserved] = reserving.reserve_numbers(other, 1, actor=town.actor("rita"), at=NOON)

    with pytest.raises(RegistrationRefused):
        town.file(reserved=reserved)


# -- the same thing twice


def test_the_same_submission_sent_twice_is_one_entry(town: Town):
    submission = town.submission(submission_key="double click")
    first = register(submission, actor=Actor.applicant(), at=NOON)
    before = counts()

    second = register(submission, actor=Actor.applicant(), at=NOON + DAY)

    assert second == first
    assert second.registered_at == NOON
    assert counts() == before


def test_the_same_bytes_filed_by_two_people_are_kept_once(town: Town):
    town.file(files=[a_file(b"the same form")])

    town.file(files=[a_file(b"the same form", name="mine.txt")])

    assert StoredFile.objects.filter(uses__name__in=["sketch.txt", "mine.txt"]).distinct().count() == 1
    assert ComponentFile.objects.count() == 2


def test_the_same_file_twice_in_one_filing_is_listed_twice(town: Town):
    entry = town.file(files=[a_file(b"front"), a_file(b"front", name="back.txt")])

    assert Component.objects.filter(document__entry=entry).count() == 2


# -- refused


def test_a_closed_register_refuses_and_keeps_nothing(town: Town):
    Register.objects.filter(pk=town.incoming.pk).update(is_closed=True)
    town.trees.refresh_from_db()
    before = counts()

    with pytest.raises(RegisterClosed, match="closed and gives no more numbers"):
        town.file()

    assert counts() == before


def test_a_register_that_counts_by_class_refuses_an_item_without_one(town: Town):
    Register.objects.filter(pk=town.incoming.pk).update(scope="CLASS")
    before = counts()

    with pytest.raises(SeriesUnclear):
        town.file(service=None)

    assert counts() == before


def test_a_case_of_another_institution_is_refused(town: Town):
    elsewhere = InstitutionFactory()
    case = town.file().case

    with pytest.raises(RegistrationRefused, match="another institution"):
        town.file(institution=elsewhere, case=case)


def test_without_a_registry_an_item_for_nobody_in_particular_is_refused(town: Town):
    town.registry.is_intake = False
    town.registry.save()

    with pytest.raises(RegistrationRefused, match="No unit is named as the registry"):
        town.file(service=None)


def test_without_an_open_register_an_item_is_refused(town: Town):
    Register.objects.update(is_closed=True)

    with pytest.raises(RegistrationRefused, match="no open register"):
        town.file(service=None)


def test_a_registration_that_is_rolled_back_leaves_its_number_to_the_next(town: Town):
    town.file()
    with transaction.atomic():
        town.file()
        transaction.set_rollback(True)

    entry = town.file()

    assert entry.number == "94-2"


def test_after_the_commit_a_receipt_and_previews_are_waiting_work(town: Town):
    entry = town.file()

    rows = {row.kind: row.payload for row in OutboxRow.objects.filter(case=entry.case)}
    file = StoredFile.objects.get(uses__component__document__entry=entry)
    assert rows["make_receipt"] == {"entry": entry.pk}
    assert rows["make_previews"] == {"files": [file.sha256]}


def test_bytes_destroyed_while_the_same_ones_are_filed_are_kept_again(town: Town, monkeypatch):
    calls = []

    def destroyed_once(files):
        """The destruction of another case's copy falls between keeping the bytes and writing the rows."""
        calls.append(files)
        if len(calls) == 1:
            store().remove_bytes(files[0].kept.sha256)

    from cases import capturing  # noqa: PLC0415 (patched below)

    store_rows = capturing.store_rows
    monkeypatch.setattr(capturing, "store_rows", lambda files, at: (destroyed_once(files), store_rows(files, at=at)))

    entry = town.file(files=[a_file(b"destroyed elsewhere")])

    file = StoredFile.objects.get(uses__component__document__entry=entry)
    assert bytes_of(file.sha256) == b"destroyed elsewhere"
    assert RegisterEntry.objects.count() == 1


def test_bytes_destroyed_while_the_rows_are_put_together_are_kept_again(town: Town):
    """The rows are written last: until then nobody who destroys another case's copy can see that they are needed."""
    done = []

    def destroy_once(documents, **_more):
        if not done:
            done.append(documents)
            store().remove_bytes(hashlib.sha256(b"destroyed meanwhile").hexdigest())

    documents_captured.connect(destroy_once)
    try:
        entry = town.file(files=[a_file(b"destroyed meanwhile")])
    finally:
        documents_captured.disconnect(destroy_once)

    file = StoredFile.objects.get(uses__component__document__entry=entry)
    assert bytes_of(file.sha256) == b"destroyed meanwhile"
    assert RegisterEntry.objects.count() == 1
