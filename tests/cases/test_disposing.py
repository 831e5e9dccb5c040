"""Disposal: only by rule and never under a hold; bytes and personal values go, rows and chains stay."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.core import serializers
from django.db import DatabaseError, transaction

from cases import assigning, clock, disposing, history, integrity, notes, outbox
from cases.acting import Actor
from cases.disposing import NotDisposable
from cases.models import (
    Case,
    ComponentFile,
    Destruction,
    Dispatch,
    DisposalAction,
    OutboxRow,
    RecordClass,
    SignatureCheck,
    StoredFile,
)
from cases.originals import store
from cases.registration import PartyAsFiled, PlaceAsFiled
from tests.cases.town import Town, a_file, bytes_of
from tests.factories import DAY, NOON, SOFIA

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

CLOSED = dt.datetime(2020, 6, 30, 12, tzinfo=SOFIA)


@pytest.fixture
def deed(town: Town) -> dict:
    """Victor keeps the archive; the class's five years ended with 2025."""
    return {"actor": town.actor("victor"), "at": NOON}


def closed_case(town: Town, *, closed_at: dt.datetime = CLOSED, **changes) -> Case:
    case = town.file(**changes).case
    Case.objects.filter(pk=case.pk).update(state="CLOSED", closed_at=closed_at)
    return Case.objects.select_related("institution", "record_class").get(pk=case.pk)


def only_file(case: Case) -> ComponentFile:
    return ComponentFile.objects.select_related("component__document__case", "stored_file").get(
        component__document__case=case
    )


def destroy(case: Case, deed: dict) -> Destruction:
    return disposing.destroy_file(only_file(case), rule="Class 12, five years", **deed)


def names(prefixes: tuple[str, ...] = ("bytes", "destruction", "chain")) -> list[str]:
    return [finding.name for finding in integrity.findings() if finding.name.startswith(prefixes)]


# -- when


@pytest.mark.parametrize(
    ("closed_at", "first_day"),
    [
        (dt.datetime(2020, 6, 30, 12, tzinfo=SOFIA), dt.date(2026, 1, 1)),
        (dt.datetime(2020, 12, 31, 23, 30, tzinfo=SOFIA), dt.date(2026, 1, 1)),
        (dt.datetime(2021, 1, 1, 0, 30, tzinfo=SOFIA), dt.date(2027, 1, 1)),  # still 2020 in UTC
    ],
)
def test_years_count_from_the_first_of_january_after_closing(town, closed_at, first_day):
    assert disposing.may_be_destroyed_from(closed_case(town, closed_at=closed_at)) == first_day


def test_an_open_case_is_never_destroyed(town, deed):
    case = town.file().case

    with pytest.raises(NotDisposable, match="does not allow it yet"):
        destroy(case, deed)


@pytest.mark.parametrize(
    "rule", [{"retention_years": None}, {"disposal_action": DisposalAction.TRANSFER}, {"retention_years": 6}]
)
def test_what_the_class_keeps_is_not_destroyed(town, deed, rule):
    RecordClass.objects.filter(pk=town.trees.rules.get().record_class_id).update(**rule)

    with pytest.raises(NotDisposable, match="does not allow it yet"):
        destroy(closed_case(town), deed)


def test_the_day_before_it_is_too_early(town, deed):
    case = closed_case(town)

    with pytest.raises(NotDisposable):
        destroy(case, {**deed, "at": dt.datetime(2025, 12, 31, 23, 59, tzinfo=SOFIA)})

    destroy(case, {**deed, "at": dt.datetime(2026, 1, 1, 0, 1, tzinfo=SOFIA)})


def test_only_a_person_destroys(town):
    with pytest.raises(NotDisposable, match="Only a person"):
        destroy(closed_case(town), {"actor": Actor.job("test"), "at": NOON})


# -- holds


def test_under_a_hold_nothing_is_destroyed(town, deed):
    case = closed_case(town)
    disposing.place_hold(case, reason="A court asked for it", **deed)

    with pytest.raises(NotDisposable, match="on hold"):
        destroy(case, deed)
    assert bytes_of(only_file(case).stored_file_id) == b"The oak leans over the fence."


def test_after_the_hold_is_lifted_the_rule_applies_again(town, deed):
    case = closed_case(town)
    hold = disposing.place_hold(case, reason="A court asked for it", **deed)

    disposing.lift_hold(hold, **deed)

    assert destroy(case, deed).bytes_removed_at == NOON
    assert [event.kind for event in case.events.order_by("seq")][-3:] == ["HELD", "HOLD_LIFTED", "FILE_DESTROYED"]


def test_a_hold_is_lifted_once_and_placed_by_a_person(town, deed):
    case = closed_case(town)
    hold = disposing.place_hold(case, reason="A court asked for it", **deed)
    disposing.lift_hold(hold, **deed)

    with pytest.raises(NotDisposable, match="lifted already"):
        disposing.lift_hold(hold, **deed)
    with pytest.raises(NotDisposable):
        disposing.place_hold(case, reason="?", actor=Actor.job("test"), at=NOON)


# -- destroying


def test_bytes_go_and_a_tombstone_stays(town, deed):
    case = closed_case(town, files=[a_file(b"only here")])
    file = only_file(case)

    destruction = destroy(case, deed)

    assert store().exists(file.stored_file_id) is False
    assert (destruction.rule, destruction.destroyed_by, destruction.destroyed_at) == (
        "Class 12, five years",
        town.people["victor"],
        NOON,
    )
    assert (destruction.stored_file.size, destruction.record_class) == (9, case.record_class)
    assert case.events.get(kind="FILE_DESTROYED").payload == {
        "sha256": file.stored_file_id,
        "rule": "Class 12, five years",
    }
    assert names() == []


def test_what_was_found_about_signatures_goes_with_the_bytes(town, deed):
    case = closed_case(town)
    file = only_file(case)
    SignatureCheck.objects.create(stored_file=file.stored_file, verdict={"state": "VALID"}, checked_at=NOON)

    destroy(case, deed)

    assert not SignatureCheck.objects.exists()


def test_a_file_is_destroyed_once(town, deed):
    case = closed_case(town)
    destroy(case, deed)

    with pytest.raises(NotDisposable, match="destroyed already"):
        destroy(case, deed)


def test_bytes_that_another_record_uses_stay_until_its_turn(town, deed):
    first, second = (closed_case(town, files=[a_file(b"the same form")]) for _number in range(2))
    sha256 = only_file(first).stored_file_id

    kept = destroy(first, deed)

    assert (kept.bytes_removed_at, bytes_of(sha256), names()) == (None, b"the same form", [])
    last = destroy(second, deed)
    assert (last.bytes_removed_at, store().exists(sha256), names()) == (NOON, False, [])
    kept.refresh_from_db()
    assert kept.bytes_removed_at == NOON


def killed(*args, **kwargs):
    raise KeyboardInterrupt


def test_a_destruction_that_was_interrupted_is_finished_by_the_outbox(town, deed, monkeypatch):
    case = closed_case(town, files=[a_file(b"half gone")])
    sha256 = only_file(case).stored_file_id
    with monkeypatch.context() as crash:
        crash.setattr(disposing, "remove_unused_bytes", killed)
        with pytest.raises(KeyboardInterrupt):
            destroy(case, deed)
    unfinished = names()

    outbox.run(OutboxRow.objects.get(kind="remove_unused_bytes").pk, at=NOON)

    assert unfinished == ["destruction-unfinished"]
    assert (store().exists(sha256), names()) == (False, [])


def test_the_same_bytes_can_be_filed_again_after_their_destruction(town, deed):
    case = closed_case(town, files=[a_file(b"a blank form")])
    destroy(case, deed)

    entry = town.file(files=[a_file(b"a blank form")])

    assert bytes_of(only_file(entry.case).stored_file_id) == b"a blank form"
    assert names() == []


def test_bytes_in_use_are_not_removed(town):
    file = only_file(town.file().case)

    assert disposing.remove_unused_bytes(file.stored_file, at=NOON) is False
    assert bytes_of(file.stored_file_id) == b"The oak leans over the fence."


def test_not_even_destruction_removes_the_row(town, deed):
    case = closed_case(town)
    destroy(case, deed)
    row = StoredFile.objects.filter(pk=only_file(case).stored_file_id)

    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        row._raw_delete("default")
    assert row.get().size == 29


# -- erasing


ANA = PartyAsFiled(
    name="Ana Marin", identifier_kind="EGN", identifier="7523169263", email="ana@example.org", phone="0888 123456",
    address="Mill Street 7",
)  # fmt: skip


def test_after_erasing_nothing_in_the_database_names_the_people(town, deed):
    entry = town.file(
        subject="Tree of Ana Marin",
        parties=[ANA],
        answers={"who": "Ana Marin"},
        place=PlaceAsFiled(words="At Ana Marin's"),
        sender_reference="Ana Marin 1",
        files=[a_file(name="Ana Marin.txt")],
    )
    case = entry.case
    notes.add_phone_note(case, words="Ana Marin called", actor=town.actor("alice"), at=NOON)
    notes.send_message(case, words="Dear Ana Marin", actor=town.actor("alice"), at=NOON)
    clock.suspend(case, reason="Ana Marin owes a sketch", actor=town.actor("alice"), at=NOON)
    clock.resume(case, actor=town.actor("alice"), at=NOON)
    clock.extend(case, until=dt.date(2027, 1, 15), reason="Ana Marin is ill", actor=town.actor("helen"), at=NOON)
    case.tasks.update(instruction="Call Ana Marin", remarks="Ana Marin agreed")
    assigning.resolve(
        case, unit=town.parks, officer=None, instruction="Write to Ana Marin", due_date=NOON.date(), **deed
    )
    Case.objects.filter(pk=case.pk).update(state="CLOSED", closed_at=CLOSED)
    destroy(case, deed)
    before = everything()

    erased = disposing.erase_people(Case.objects.get(pk=case.pk), **deed)

    assert (before.count("Ana Marin") > 10, erased > 5) == (True, True)
    after = everything()
    assert [
        word for word in ("Ana", "7523169263", "…9263", "ana@", "0888 123456", "Mill Street") if word in after
    ] == []
    assert list(history.broken_links(Case.objects.get(pk=case.pk))) == []
    assert Case.objects.get(pk=case.pk).number == entry.number


def everything() -> str:
    """All rows of all tables as text."""
    rows = [row for model in apps.get_models() for row in model._default_manager.all()]
    return json.dumps(json.loads(serializers.serialize("json", rows)), ensure_ascii=False)


def test_a_case_with_living_files_is_not_erased(town, deed):
    with pytest.raises(NotDisposable, match="still has files"):
        disposing.erase_people(closed_case(town), **deed)


def test_a_case_without_files_is_erased_by_the_same_rules(town, deed):
    by_telephone = town.file(files=[], channel="TELEPHONE").case
    held = closed_case(town, files=[], channel="TELEPHONE")
    disposing.place_hold(held, reason="A court asked for it", **deed)

    with pytest.raises(NotDisposable, match="does not allow it yet"):
        disposing.erase_people(by_telephone, **deed)
    with pytest.raises(NotDisposable, match="on hold"):
        disposing.erase_people(held, **deed)


def test_an_erased_case_sends_no_more_letters(town, deed):
    case = closed_case(town, files=[], channel="TELEPHONE", parties=[ANA])

    disposing.erase_people(case, **deed)

    assert list(Dispatch.objects.filter(case=case).exclude(notice_data={})) == []
    assert case.parties.get().email == ""


def test_erasing_is_an_event(town, deed):
    case = closed_case(town, files=[], channel="TELEPHONE")

    disposing.erase_people(case, **{**deed, "at": NOON + DAY})

    event = case.events.order_by("seq").last()
    assert (event.kind, event.actor, event.at) == ("PEOPLE_ERASED", town.people["victor"], NOON + DAY)
