"""check_integrity: a sound town has no findings; each thing that is broken is found under its own name."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from cases import event_order, integrity, outbox, reserving, triggers
from cases.models import (
    Case,
    CaseReader,
    Component,
    ComponentFile,
    Counter,
    Document,
    Event,
    EventPlace,
    EventValue,
    OutboxRow,
    RegisterEntry,
    StoredFile,
)
from cases.originals import store
from cases.registration import PartyAsFiled
from cases.voiding import void_entry
from tests.cases.town import Town, a_file
from tests.factories import DAY, NOON, DestructionFactory, EventFactory, RegisterEntryFactory
from tests.triggers import append_only_triggers_lifted

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def entry(town: Town) -> RegisterEntry:
    """A little of everything, all of it sound; the entry that will be broken is the second of three."""
    town.file(parties=[PartyAsFiled(name="Ivo Lazar")], files=[], channel="TELEPHONE")
    entry = town.file(files=[a_file(b"only this case has it")])
    town.bring(entry.case, title="Sketch")
    event_order.place_new_events(at=NOON)
    return entry


def found() -> set[str]:
    """Names of what is wrong in the records office (the archive's index is not built here)."""
    return {finding.name for finding in integrity.findings() if not finding.name.startswith("index")}


def test_a_sound_town_has_no_findings(entry):
    assert found() == set()


def test_void_reserved_lost_and_imported_numbers_are_sound(town, entry):
    deed = {"actor": town.actor("rita"), "at": NOON}
    void_entry(entry, reason="Registered twice", **deed)
    reserving.reserve_numbers(town.incoming, 2, **deed)
    reserving.jump_after_restore(town.incoming, past=9, year=2026, **deed)
    RegisterEntryFactory(register=town.incoming, kind="IMPORTED", seq=None, number="12a", year=1987, case=None)
    event_order.place_new_events(at=NOON)

    assert found() == set()


# -- numbers


@pytest.mark.parametrize(("number", "names"), [("94-1", {"number-gap"}), ("94-3", {"counter-off"})])
def test_a_number_that_vanished_is_found_in_the_middle_and_at_the_end(town, entry, number, names):
    line = RegisterEntry.objects.get(number=number)
    Document.objects.filter(entry=line).update(entry=None)
    line.delete()

    assert found() == names


def test_a_counter_set_back_is_found(town, entry):
    Counter.objects.filter(register=town.incoming).update(last=1)

    assert found() == {"counter-off"}


def test_a_counter_without_numbers_is_found(town, entry):
    Counter.objects.create(register=town.incoming, year=2025, last=5)

    assert found() == {"block-empty"}


def test_a_number_without_its_case_is_found(entry):
    RegisterEntry.objects.filter(pk=entry.pk).update(case=None)

    assert found() == {"number-without-case"}


def test_a_number_without_its_document_is_found(entry):
    Document.objects.filter(entry=entry).update(entry=None)

    assert found() == {"number-without-document", "number-without-event"}


def test_a_number_whose_registration_event_is_not_there_is_found(entry):
    RegisterEntry.objects.filter(pk=entry.pk).update(event_hash="0" * 64)

    assert found() == {"number-without-event"}


def test_a_document_without_file_and_reason_is_found(entry):
    ComponentFile.objects.filter(component__document__entry=entry).delete()
    Component.objects.filter(document__entry=entry).delete()

    assert found() == {"document-without-file"}


def test_numbers_out_of_the_order_of_time_are_found(entry):
    RegisterEntry.objects.filter(pk=entry.pk).update(registered_at=NOON - DAY)

    assert found() == {"number-out-of-order"}


# -- originals


def address(entry: RegisterEntry) -> Path:
    file = StoredFile.objects.get(uses__component__document__entry=entry)
    return Path(store().path(file.sha256))


def test_lost_bytes_are_found(entry):
    address(entry).unlink()

    assert found() == {"bytes-missing"}


def test_changed_bytes_are_found(entry):
    path = address(entry)
    path.chmod(0o644)
    path.write_bytes(b"only this case had it")

    names = found()
    path.unlink()

    assert names == {"bytes-changed"}


def test_a_tombstone_whose_bytes_are_still_there_is_found(entry):
    file = ComponentFile.objects.get(component__document__entry=entry)
    DestructionFactory(component_file=file, bytes_removed_at=NOON)

    assert found() == {"bytes-still-there"}


def test_a_destruction_that_was_not_finished_is_found(entry):
    DestructionFactory(component_file=ComponentFile.objects.get(component__document__entry=entry))

    assert found() == {"destruction-unfinished"}


# -- events


def test_a_changed_event_is_found(entry):
    with append_only_triggers_lifted():
        Event.objects.filter(case=entry.case, seq=1).update(payload={"number": "94-7"})

    assert found() == {"chain-broken"}


def test_an_exchanged_personal_value_is_found(entry):
    EventValue.objects.filter(event__case=entry.case, name="sender").update(value="Somebody else")

    assert found() == {"chain-broken"}


def test_an_event_without_its_chain_is_found(entry):
    EventFactory(case=entry.case, seq=99)

    assert "chain-broken" in found()


def test_a_broken_order_over_the_institution_is_found(entry):
    with append_only_triggers_lifted():
        EventPlace.objects.filter(position=2).delete()

    assert found() == {"order-broken"}


def test_a_missing_guard_is_found(entry):
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER cases_event_refuse_update" + (" ON cases_event" if connection.vendor == "postgresql" else "")
        )

    assert found() == {"trigger-missing"}
    triggers.put_in_place()
    assert found() == set()


# -- work and readers


def test_a_job_that_was_given_up_is_found(entry):
    row = OutboxRow.objects.filter(case=entry.case, kind="make_receipt").first()
    OutboxRow.objects.filter(pk=row.pk).update(failed_at=NOON, last_error="No\nmore lines")

    [finding] = [finding for finding in integrity.findings() if finding.name == "job-given-up"]

    assert finding.words == "No"


def test_a_job_both_done_and_given_up_is_found(entry):
    OutboxRow.objects.filter(case=entry.case, kind="make_receipt").update(failed_at=NOON, done_at=NOON)

    assert found() == {"job-done-and-failed"}


def test_a_job_that_nobody_knows_is_found(entry):
    outbox.put("unheard_of", at=NOON)

    assert found() == {"job-unknown"}


def test_a_case_closed_to_its_own_unit_is_found(entry):
    CaseReader.objects.filter(case=entry.case).delete()

    assert found() == {"reader-missing"}


def test_a_case_closed_to_its_holder_is_found(town, entry):
    Case.objects.filter(pk=entry.case_id).update(holder=town.person("charlie"))
    in_the_unit = found()
    CaseReader.objects.filter(case=entry.case).update(unit=town.roads)

    assert (in_the_unit, found()) == (set(), {"reader-missing"})


# -- the command


def run(*arguments: str) -> tuple[str, int]:
    output = io.StringIO()
    try:
        call_command("check_integrity", *arguments, stdout=output)
    except SystemExit as end:
        return output.getvalue(), int(end.code or 0)
    return output.getvalue(), 0


@pytest.fixture
def without_index(monkeypatch) -> None:
    """The archive's own check has its own tests; here its index is empty."""
    own = [one for one in integrity._CHECKS if one.__module__ == "cases.integrity"]
    monkeypatch.setattr(integrity, "_CHECKS", own)


@pytest.mark.usefixtures("without_index")
def test_the_command_ends_well_when_nothing_is_wrong(entry):
    assert run() == ("Nothing is wrong.\n", 0)
    assert run("--json") == ('{"findings": []}\n', 0)


@pytest.mark.usefixtures("without_index")
def test_the_command_names_each_finding_and_ends_with_a_status(entry):
    RegisterEntry.objects.filter(pk=entry.pk).update(registered_at=NOON - DAY)

    words, status = run()

    assert words == (
        "number-out-of-order  94-2: It was given at an earlier moment than the number before it.\n1 findings.\n"
    )
    assert status == 1


@pytest.mark.usefixtures("without_index")
def test_scripts_read_the_findings_as_json(entry):
    RegisterEntry.objects.filter(pk=entry.pk).update(registered_at=NOON - DAY)

    words, status = run("--json")

    assert json.loads(words) == {
        "findings": [
            {
                "name": "number-out-of-order",
                "subject": "94-2",
                "words": "It was given at an earlier moment than the number before it.",
            }
        ]
    }
    assert status == 1
