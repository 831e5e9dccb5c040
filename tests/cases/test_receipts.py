"""Receipts: one for each entry, sealed, with all that proves the filing and nothing that opens the case."""

import datetime as dt
import hashlib
import json
import re

import pypdfium2
import pytest

from cases import outbox
from cases.models import Component, Dispatch, Document, EntryKind, Event, OutboxRow, RegisterEntry
from cases.originals import store
from cases.outside_access import secrets_of
from cases.receipts import NoReceipt, applicants_copy, make_receipt, receipt_of, seal_of
from cases.registration import PartyAsFiled
from cases.signing import VerdictState, verify
from cases.voiding import void_entry
from tests.cases.papers import words_of
from tests.cases.town import Town, a_file
from tests.factories import NOON

LATER = NOON + dt.timedelta(minutes=5)


def kept_pdf(document: Document) -> bytes:
    file = Component.objects.get(document=document).files.get()
    with store().open(file.stored_file_id) as content:
        return bytes(content.read())


def receipt_for(entry: RegisterEntry) -> bytes:
    return kept_pdf(make_receipt(entry, at=LATER))


def test_a_receipt_tells_what_arrived_when_and_under_which_number(town: Town):
    entry = town.file(files=[a_file(b"The oak leans.", name="sketch.txt")], sheets=2)

    words = words_of(receipt_for(entry))

    fingerprint = hashlib.sha256(b"The oak leans.").hexdigest()
    assert f"Registration number\n{entry.number}\n" in words
    assert "Received 23 November 2026, 12:00:00 (UTC+02:00)\n" in words
    assert "From Ana Marin\n" in words
    assert "Subject Dangerous tree by the school\n" in words
    assert "Came by Web\n" in words
    assert "Sheets of paper 2\n" in words
    assert "How you get the answer On the case's page\n" in words
    assert f"sketch.txt 14 bytes {fingerprint[:32]}\n{fingerprint[32:]}\n" in words
    assert f"{entry.event_hash[:32]}\n{entry.event_hash[32:]}\n" in words


def test_a_receipt_tells_the_last_day_of_the_term_and_how_it_was_counted(town: Town):
    entry = town.file()
    clock = entry.case.clock

    words = words_of(receipt_for(entry))

    assert f"Answer by {clock.due_date:%A}, " in words
    assert f"{clock.amount} calendar days, counted from 23 November 2026; the first day is not counted." in " ".join(
        words.split()
    )
    assert clock.calendar_version in words.replace("\n", " ")


def test_what_was_typed_is_listed_with_its_hash(town: Town):
    entry = town.file(files=[], asked={"questions": [{"key": "species", "answer": "oak"}]})

    words = words_of(receipt_for(entry))

    assert re.search(r"What you typed \d+ bytes [0-9a-f]{32}\n[0-9a-f]{32}\n", words)
    assert "answers.json" not in words


def test_a_receipt_carries_the_seal_of_the_institution(town: Town):
    verdict = verify(receipt_for(town.file()), at=LATER)

    assert verdict.state == VerdictState.VALID
    assert [(one.name, one.institution) for one in verdict.signatures] == [("Bela Reka", "Bela Reka")]
    assert seal_of(town.institution).country == "BG"


def test_the_kept_receipt_opens_nothing(town: Town):
    entry = town.file()
    secrets = secrets_of(entry.sender)

    pdf = receipt_for(entry)

    assert secrets.grouped not in words_of(pdf)
    assert secrets.token not in words_of(pdf)
    assert "/t/" in words_of(pdf)


def test_the_applicants_own_copy_has_the_digits_and_the_link(town: Town):
    entry = town.file()
    secrets = secrets_of(entry.sender)

    copy = applicants_copy(entry)

    assert f"Keep these digits\n{secrets.grouped}\n" in words_of(copy)
    assert f"/c/{secrets.token}\n" in words_of(copy)
    assert verify(copy, at=LATER).is_valid
    assert not Document.objects.filter(kind="RECEIPT").exists()


def test_an_entry_has_one_receipt_however_often_it_is_made(town: Town):
    entry = town.file()

    first = make_receipt(entry, at=LATER)
    again = make_receipt(entry, at=LATER + dt.timedelta(days=1))

    assert again == first == receipt_of(entry)
    assert Document.objects.filter(kind="RECEIPT").count() == 1


def test_registering_has_the_receipt_made_after_the_commit(town: Town):
    entry = town.file()
    assert receipt_of(entry) is None

    outbox.sweep(at=LATER)

    assert receipt_of(entry) is not None
    assert not OutboxRow.objects.filter(kind="make_receipt", done_at__isnull=True).exists()


def test_the_job_may_run_twice(town: Town):
    entry = town.file()
    row = OutboxRow.objects.get(kind="make_receipt")
    outbox.run(row.pk, at=LATER)
    OutboxRow.objects.filter(pk=row.pk).update(done_at=None, claimed_until=None)

    outbox.run(row.pk, at=LATER)

    assert Document.objects.filter(entry=entry, kind="RECEIPT").count() == 1
    assert Event.objects.filter(case=entry.case, kind="RECEIPT_MADE").count() == 1


def test_making_the_receipt_is_an_event_that_names_the_file(town: Town):
    document = make_receipt(town.file(), at=LATER)

    event = Event.objects.get(kind="RECEIPT_MADE")
    assert event.document == document
    assert event.payload["sha256"] == hashlib.sha256(kept_pdf(document)).hexdigest()


def test_who_gave_an_address_gets_the_receipt_by_mail(town: Town):
    with_mail = town.file(parties=[PartyAsFiled(name="Ana Marin", email="ana@example.org")])
    without = town.file()

    for entry in (with_mail, without):
        make_receipt(entry, at=LATER)

    assert [dispatch.party for dispatch in Dispatch.objects.filter(kind="RECEIPT")] == [with_mail.sender]


def test_a_paper_that_joined_a_case_gets_a_receipt_of_its_own(town: Town):
    case = town.file().case
    entry = town.bring(case, title="Sketch of the yard", files=[a_file(b"yard", name="yard.txt")])

    words = words_of(receipt_for(entry))

    assert f"Belongs to case {case.number}\n" in words
    assert "yard.txt" in words
    assert "sketch.txt" not in words
    assert "Answer by" not in words


def test_the_same_facts_are_inside_for_machines(town: Town):
    entry = town.file(files=[a_file(b"The oak leans.")])

    attached = pypdfium2.PdfDocument(receipt_for(entry)).get_attachment(0)

    facts = json.loads(bytes(attached.get_data()))
    assert (facts["number"], facts["received_at"]) == (entry.number, "2026-11-23T12:00:00+02:00")
    assert facts["files"] == [
        {"name": "sketch.txt", "size": 14, "sha256": hashlib.sha256(b"The oak leans.").hexdigest()}
    ]
    assert facts["event_sha256"] == entry.event_hash


@pytest.mark.parametrize("language", ["en", "bg", "pl", "ro"])
def test_a_receipt_speaks_the_senders_language(town: Town, language: str):
    entry = town.file(parties=[PartyAsFiled(name="Мария Ăîșț Żółć", language=language)])

    pdf = receipt_for(entry)

    assert f"/Lang({language})".encode() in pdf
    assert "Мария Ăîșț Żółć" in words_of(pdf)
    assert receipt_of(entry).language == language


def test_a_voided_entry_has_no_receipt(town: Town):
    entry = town.file()
    void_entry(entry, reason="Entered twice", actor=town.actor("rita"), at=LATER)
    entry.refresh_from_db()

    outbox.sweep(at=LATER)

    assert entry.kind == EntryKind.VOID
    assert receipt_of(entry) is None
    with pytest.raises(NoReceipt, match=f"no receipt of {re.escape(entry.number)}"):
        make_receipt(entry, at=LATER)


def test_a_subject_full_of_tricks_is_printed_as_words(town: Town):
    entry = town.file(subject='#panic("x") 😡 \u202e *tree* $x$')

    assert 'Subject #panic("x") □ □ *tree* $x$\n' in words_of(receipt_for(entry))
