"""Disposal lists: rules propose, the unit reviews, the archivist approves, another person carries it out."""

import csv
import datetime as dt
import hashlib
import io
import json

import pytest
from django.db import IntegrityError, transaction

from cases import disposal_lists, disposal_protocols, disposing, history, integrity, retaining, signing
from cases.disposal_lists import ListRefused, NothingDue, Trouble
from cases.models import (
    Case,
    CaseTombstone,
    ComponentFile,
    DisposalItem,
    DisposalList,
    DisposalProtocol,
    Document,
    OutboxRow,
    RegisterEntry,
)
from cases.originals import store
from cases.registration import PartyAsFiled
from tests.cases.disposal import CLOSED, approved, due_case, executed, proposed, run_outbox, sweep
from tests.cases.town import a_file, bytes_of
from tests.factories import DAY, NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def names() -> list[str]:
    kinds = ("bytes", "destr", "tomb", "disposal", "protocol", "chain", "retention", "number", "job")
    return [finding.name for finding in integrity.findings() if finding.name.startswith(kinds)]


def states(disposal_list: DisposalList) -> list[tuple[str, str]]:
    return list(disposal_list.items.order_by("pk").values_list("state", "reason"))


# -- proposing


def test_the_rules_propose_what_is_due_and_free(town):
    due = due_case(town)
    held, listed = due_case(town), due_case(town)
    due_case(town, closed_at=NOON)  # its years have only begun
    disposing.place_hold(held, reason="A court asked for it", actor=town.actor("victor"), at=NOON)
    DisposalItem.objects.create(
        disposal_list=DisposalList.objects.create(
            institution=town.institution,
            unit=town.parks,
            year=2025,
            proposed_by=town.person("victor"),
            proposed_at=NOON,
        ),
        case=listed,
        due_date=dt.date(2026, 1, 1),
        closed_at=CLOSED,
        documents=1,
    )

    new = proposed(town)

    assert [item.case for item in new.items.all()] == [due]


def test_a_list_of_a_year_takes_nothing_of_later_years(town):
    due_case(town)  # due on 1 January 2026

    with pytest.raises(NothingDue):
        proposed(town, year=2025)
    with pytest.raises(ListRefused, match="earlier one"):
        proposed(town, year=2027)


def test_another_units_cases_stay_off(town):
    case = due_case(town)
    Case.objects.filter(pk=case.pk).update(unit=town.roads)

    with pytest.raises(NothingDue):
        proposed(town)


def test_a_case_stands_on_one_open_list_only(town):
    due_case(town)
    item = proposed(town).items.get()
    other = DisposalList.objects.create(
        institution=town.institution, unit=town.parks, year=2026, proposed_by=town.person("victor"), proposed_at=NOON
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        DisposalItem.objects.create(
            disposal_list=other, case=item.case, due_date=item.due_date, closed_at=CLOSED, documents=1
        )


# -- review, approval, four eyes


def test_an_exclusion_has_a_reason_and_can_be_undone(town):
    due_case(town)
    item = proposed(town).items.get()
    helen = {"actor": town.actor("helen"), "at": NOON}

    with pytest.raises(ListRefused, match="Write why"):
        disposal_lists.exclude(item, reason=" ", **helen)
    disposal_lists.exclude(item, reason="The neighbour appeals", **helen)
    excluded = states(item.disposal_list)
    disposal_lists.put_back(item, **helen)

    assert (excluded, states(item.disposal_list)) == ([("EXCLUDED", "The neighbour appeals")], [("PROPOSED", "")])


def test_nothing_is_approved_that_the_unit_has_not_reviewed(town):
    due_case(town)

    with pytest.raises(ListRefused, match="not finished its review"):
        disposal_lists.approve(proposed(town), actor=town.actor("victor"), at=NOON)


def test_who_approved_does_not_carry_it_out(town):
    due_case(town)
    ready = approved(town)

    with pytest.raises(ListRefused, match="four eyes"):
        disposal_lists.execute(ready, actor=town.actor("victor"), at=NOON)
    assert DisposalList.objects.get(pk=ready.pk).state == "APPROVED"


def test_the_database_itself_asks_for_four_eyes(town):
    due_case(town)
    ready = approved(town)

    with pytest.raises(IntegrityError), transaction.atomic():
        DisposalList.objects.filter(pk=ready.pk).update(executed_by=town.person("victor"))


def test_a_list_that_was_not_approved_is_not_carried_out(town):
    due_case(town)

    with pytest.raises(ListRefused, match="Only an approved list"):
        disposal_lists.execute(proposed(town), actor=town.actor("dora"), at=NOON)


def test_a_list_that_is_taken_back_frees_its_cases(town):
    case = due_case(town)
    first = approved(town)

    disposal_lists.withdraw(first, reason="Wrong year", actor=town.actor("victor"), at=NOON)

    assert [item.case for item in proposed(town).items.all()] == [case]
    with pytest.raises(ListRefused):
        disposal_lists.execute(first, actor=town.actor("dora"), at=NOON)


def test_a_list_goes_back_to_the_unit(town):
    due_case(town)

    back = disposal_lists.send_back(approved(town), actor=town.actor("victor"), at=NOON)

    assert (back.state, back.approved_by, back.reviewed_by) == ("REVIEW", None, None)


# -- carrying out


ANA = PartyAsFiled(name="Ana Marin", email="ana@example.org")


def test_a_destroyed_case_leaves_its_number_class_days_and_who(town):
    case = due_case(town, files=[a_file(b"only here")], parties=[ANA], subject="Tree of Ana Marin")
    sha256 = ComponentFile.objects.get(component__document__case=case).stored_file_id

    done = executed(town)

    gone = Case.objects.get(pk=case.pk)
    stone = CaseTombstone.objects.get(case=case)
    assert (done.state, gone.state, gone.number, gone.subject) == ("EXECUTED", "DESTROYED", case.number, "")
    assert (stone.number, stone.record_class, stone.closed_date) == (case.number, case.record_class, CLOSED.date())
    assert (stone.approved_by.username, stone.destroyed_by.username, stone.files) == ("victor", "dora", 1)
    assert store().exists(sha256) is False
    assert gone.parties.get().name == ""
    assert stone.event_hash == gone.last_event_hash
    assert list(history.broken_links(gone)) == []
    assert names() == []


def test_what_happened_meanwhile_leaves_a_case_out_and_says_why(town):
    held, reopened, grown, worked_on, kept = (due_case(town) for _number in range(5))
    destroyed = due_case(town)
    ready = approved(town)
    victor = {"actor": town.actor("victor"), "at": NOON}
    disposing.place_hold(held, reason="A court asked for it", **victor)
    Case.objects.filter(pk=reopened.pk).update(state="OPEN", closed_at=None)
    town.bring(grown)
    grown.tasks.all().delete()
    worked_on.tasks.create(
        step="handle", unit=town.parks, permission="cases.handle_case", sent_at=NOON, due_at=NOON + DAY
    )
    Case.objects.filter(pk=kept.pk).update(record_class=None)

    disposal_lists.execute(ready, actor=town.actor("dora"), at=NOON)
    run_outbox("execute_disposal", "make_disposal_protocol")

    assert states(ready) == [
        ("LEFT_OUT", "It is on hold."),
        ("LEFT_OUT", "It was reopened meanwhile."),
        ("LEFT_OUT", "Documents came or went meanwhile."),
        ("LEFT_OUT", "Somebody has a task on it."),
        ("LEFT_OUT", "Its class or rule changed: it is to be kept."),
        ("DESTROYED", ""),
    ]
    assert list(CaseTombstone.objects.values_list("case", flat=True)) == [destroyed.pk]
    assert DisposalProtocol.objects.values_list("destroyed", "left").get() == (1, 5)


def test_what_the_unit_excluded_is_kept(town):
    case = due_case(town)
    due_case(town)
    new = proposed(town)
    disposal_lists.exclude(new.items.get(case=case), reason="We need it", actor=town.actor("helen"), at=NOON)
    disposal_lists.finish_review(new, actor=town.actor("helen"), at=NOON)
    disposal_lists.approve(new, actor=town.actor("victor"), at=NOON)
    disposal_lists.execute(new, actor=town.actor("dora"), at=NOON)

    run_outbox("execute_disposal", "make_disposal_protocol")

    assert Case.objects.get(pk=case.pk).state == "CLOSED"
    assert [item.case for item in proposed(town).items.all()] == [case]


def test_carrying_out_twice_does_nothing_more(town):
    case = due_case(town)
    done = executed(town)
    before = (Case.objects.get(pk=case.pk).last_event_seq, RegisterEntry.objects.count())

    disposal_lists.execute_disposal({"disposal_list": done.pk}, at=NOON)
    disposal_lists.execute_item(done.items.get().pk, at=NOON)
    disposal_protocols.make_disposal_protocol({"disposal_list": done.pk}, at=NOON)

    assert (Case.objects.get(pk=case.pk).last_event_seq, RegisterEntry.objects.count()) == before


class Killed(BaseException):
    """The worker is killed: nothing catches it."""


STEPS = [
    (disposing, "_write_tombstone"),
    (disposing, "erase_people"),
    (CaseTombstone.objects, "create"),
    (disposal_lists, "remove_unused_bytes"),
    (disposal_protocols, "typeset"),
    (signing, "sign_with_server_key"),
    (DisposalProtocol.objects, "create"),
    (disposal_protocols, "close_case"),
]


@pytest.mark.parametrize(("place", "step"), STEPS, ids=[step for _place, step in STEPS])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_at_any_step_leaves_whole_cases_and_the_next_goes_on(town, monkeypatch, place, step, when):
    cases = [due_case(town, files=[a_file(f"paper {number}".encode())]) for number in range(2)]
    ready = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)
    real = getattr(place, step)

    def dies(*args, **kwargs):
        if when == "after":
            real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as crash:
        crash.setattr(place, step, dies)
        with pytest.raises(Killed):
            run_outbox("execute_disposal", "make_disposal_protocol")
    for case in cases:
        gone = Case.objects.get(pk=case.pk)
        is_stone = CaseTombstone.objects.filter(case=case).exists()
        living = ComponentFile.objects.filter(component__document__case=case, destruction__isnull=True).count()
        assert (gone.state == "DESTROYED", gone.subject == "", living) == (is_stone, is_stone, 0 if is_stone else 1)
        assert list(history.broken_links(gone)) == []

    OutboxRow.objects.update(claimed_until=None)  # the dead worker's claim runs out
    run_outbox("execute_disposal", "make_disposal_protocol", "remove_unused_bytes")

    assert DisposalList.objects.get(pk=ready.pk).state == "EXECUTED"
    assert states(ready) == [("DESTROYED", ""), ("DESTROYED", "")]
    assert RegisterEntry.objects.filter(submission_key=f"disposal-protocol-{ready.pk}").count() == 1
    assert names() == []


@pytest.fixture
def sick_disk(monkeypatch):
    """Cases in this set can't be erased: the disk is ill."""
    broken: set[int] = set()
    real = disposing.erase_people

    def fails(case, **kwargs):
        if case.pk in broken:
            raise OSError("the disk is ill")
        return real(case, **kwargs)

    monkeypatch.setattr(disposing, "erase_people", fails)
    return broken


def carried_out_badly(town, sick_disk) -> tuple[DisposalList, Case, Case]:
    """A list of two cases, of which one fails."""
    broken, other = due_case(town), due_case(town)
    sick_disk.add(broken.pk)
    ready = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)
    sweep(NOON)
    return DisposalList.objects.get(pk=ready.pk), broken, other


def test_a_case_that_fails_is_named_and_stands_whole_and_no_protocol_is_made(town, sick_disk):
    ready, broken, other = carried_out_badly(town, sick_disk)

    assert states(ready) == [("FAILED", "OSError: the disk is ill"), ("DESTROYED", "")]
    assert (ready.state, Case.objects.get(pk=broken.pk).subject) == ("EXECUTING", "Dangerous tree by the school")
    assert CaseTombstone.objects.get().case == other
    assert disposal_lists.trouble_of(ready, at=NOON) == Trouble(
        "1 case could not be destroyed. OSError: the disk is ill", NOON + dt.timedelta(minutes=1)
    )
    assert names() == []


def test_what_failed_is_tried_again_by_itself(town, sick_disk):
    ready, broken, _other = carried_out_badly(town, sick_disk)
    sick_disk.clear()

    sweep(NOON + dt.timedelta(minutes=1))

    ready.refresh_from_db()
    assert (ready.state, states(ready)) == ("EXECUTED", [("DESTROYED", ""), ("DESTROYED", "")])
    assert CaseTombstone.objects.filter(case=broken).count() == 1
    assert disposal_lists.trouble_of(ready, at=NOON + DAY) is None


def given_up(town, sick_disk) -> tuple[DisposalList, dt.datetime]:
    """After eight tries nothing tries by itself any more."""
    ready, _broken, _other = carried_out_badly(town, sick_disk)
    for hours in range(24):
        sweep(NOON + dt.timedelta(hours=hours))
    return ready, NOON + DAY


def test_what_was_given_up_waits_for_somebody_who_asks_for_another_try(town, sick_disk):
    ready, later = given_up(town, sick_disk)
    trouble = disposal_lists.trouble_of(ready, at=later)
    sick_disk.clear()

    disposal_lists.try_again(ready, actor=town.actor("victor"), at=later)
    sweep(later)

    assert (trouble.next_try_at, "the disk is ill" in trouble.reason) == (None, True)
    assert states(ready) == [("DESTROYED", ""), ("DESTROYED", "")]
    assert DisposalProtocol.objects.values_list("destroyed", "left").get() == (2, 0)
    assert names() == []


def test_a_list_is_ended_without_what_failed_and_the_next_proposes_it(town, sick_disk):
    ready, later = given_up(town, sick_disk)

    disposal_lists.end_without_failed(ready, actor=town.actor("victor"), at=later)
    sweep(later)

    assert states(ready) == [("LEFT_OUT", "It failed: OSError: the disk is ill"), ("DESTROYED", "")]
    assert DisposalList.objects.get(pk=ready.pk).state == "EXECUTED"
    assert [item.case_id for item in proposed(town).items.all()] == [ready.items.get(state="LEFT_OUT").case_id]
    assert names() == []


def test_a_list_without_failures_is_not_ended_early(town):
    due_case(town)
    ready = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)

    with pytest.raises(ListRefused, match="No case of this list failed"):
        disposal_lists.end_without_failed(ready, actor=town.actor("victor"), at=NOON)
    with pytest.raises(ListRefused, match="not being carried out"):
        disposal_lists.try_again(proposed_again(town), actor=town.actor("victor"), at=NOON)


def proposed_again(town) -> DisposalList:
    due_case(town)
    return proposed(town)


def test_a_protocol_that_can_not_be_made_says_why_and_is_made_on_another_try(town, monkeypatch):
    due_case(town)
    ready = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)

    def no_key(*args, **kwargs):
        raise OSError("the key is gone")

    with monkeypatch.context() as trouble:
        trouble.setattr(signing, "sign_with_server_key", no_key)
        sweep(NOON)
    said = disposal_lists.trouble_of(DisposalList.objects.get(pk=ready.pk), at=NOON)
    disposal_lists.try_again(ready, actor=town.actor("victor"), at=NOON)
    sweep(NOON)

    assert said == Trouble("OSError: the key is gone", NOON + dt.timedelta(minutes=1))
    assert DisposalList.objects.get(pk=ready.pk).state == "EXECUTED"


def test_a_list_whose_worker_was_killed_says_so_and_goes_on_at_once_when_asked(town):
    due_case(town)
    ready = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)
    OutboxRow.objects.filter(kind="execute_disposal").update(claimed_until=NOON + dt.timedelta(minutes=10))
    working = disposal_lists.trouble_of(ready, at=NOON + dt.timedelta(minutes=9))
    stopped = disposal_lists.trouble_of(ready, at=NOON + dt.timedelta(minutes=11))

    disposal_lists.try_again(ready, actor=town.actor("victor"), at=NOON)
    sweep(NOON)

    assert (working, stopped.reason) == (None, "The worker that carried it out was stopped in the middle.")
    assert states(ready) == [("DESTROYED", "")]


def test_bytes_that_can_not_be_removed_stop_no_other_case_and_go_with_another_try(town, monkeypatch):
    stuck, other = (due_case(town, files=[a_file(f"paper {number}".encode())]) for number in range(2))
    sha256 = ComponentFile.objects.get(component__document__case=stuck).stored_file_id
    ready = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)
    real = type(store()).remove_bytes

    def refuses(self, wanted):
        if wanted == sha256:
            raise OSError("the store is ill")
        return real(self, wanted)

    with monkeypatch.context() as trouble:
        trouble.setattr(type(store()), "remove_bytes", refuses)
        sweep(NOON)
    left = [(job.case, job.last_error) for job in disposal_lists.bytes_not_removed(ready)]
    asked = disposal_lists.remove_bytes_again(ready, actor=town.actor("victor"), at=NOON)
    sweep(NOON)

    assert states(ready) == [("DESTROYED", ""), ("DESTROYED", "")]
    assert left == [(stuck, "OSError: the store is ill")]
    assert (asked, store().exists(sha256), disposal_lists.bytes_not_removed(ready).count()) == (1, False, 0)
    assert CaseTombstone.objects.filter(case=other).exists()


def deadly(town, monkeypatch) -> tuple[DisposalList, set[int]]:
    """A list of two cases of which the first kills whoever erases it. Emptying the set heals it."""
    cases = {due_case(town).pk}
    due_case(town)
    real = disposing.erase_people

    def kills(case, **kwargs):
        if case.pk in cases:
            raise Killed
        return real(case, **kwargs)

    monkeypatch.setattr(disposing, "erase_people", kills)
    return disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON), cases


def sweep_with_deaths(minutes: int) -> int:
    """Sweep every minute; returns how many workers were killed."""
    deaths = 0
    for minute in range(minutes):
        try:
            sweep(NOON + dt.timedelta(minutes=minute))
        except Killed:
            deaths += 1
    return deaths


def test_a_case_that_kills_its_worker_is_left_alone_after_three_tries_and_the_others_go(town, monkeypatch):
    ready, _cases = deadly(town, monkeypatch)

    deaths = sweep_with_deaths(120)

    said = "Three workers were stopped in the middle of destroying it, one after the other."
    assert deaths == 3
    assert states(ready) == [("FAILED", said), ("DESTROYED", "")]
    trouble = disposal_lists.trouble_of(DisposalList.objects.get(pk=ready.pk), at=NOON + DAY)
    assert trouble == Trouble(f"1 case could not be destroyed. {said}", None)
    assert names() == ["job-given-up"]


def test_a_case_that_killed_its_worker_is_destroyed_when_somebody_asks_for_another_try(town, monkeypatch):
    ready, cases = deadly(town, monkeypatch)
    sweep_with_deaths(120)
    cases.clear()

    disposal_lists.try_again(ready, actor=town.actor("victor"), at=NOON + DAY)
    sweep(NOON + DAY)

    assert states(ready) == [("DESTROYED", ""), ("DESTROYED", "")]
    assert DisposalList.objects.get(pk=ready.pk).state == "EXECUTED"
    assert names() == []


def test_a_case_that_kills_its_worker_may_be_left_to_the_next_list(town, monkeypatch):
    ready, _cases = deadly(town, monkeypatch)
    sweep_with_deaths(120)

    disposal_lists.end_without_failed(ready, actor=town.actor("victor"), at=NOON + DAY)
    sweep(NOON + DAY)

    assert sorted(state for state, _reason in states(ready)) == ["DESTROYED", "LEFT_OUT"]
    assert DisposalList.objects.get(pk=ready.pk).state == "EXECUTED"


# -- the protocol


def test_the_protocol_is_sealed_registered_and_lists_every_case(town):
    case = due_case(town, subject="Tree of Ana Marin")
    done = executed(town)

    protocol = DisposalProtocol.objects.get(disposal_list=done)
    document = Document.objects.select_related("entry", "case").get(pk=protocol.document_id)
    files = {
        file.name.rpartition(".")[2]: bytes_of(file.stored_file_id)
        for file in ComponentFile.objects.filter(component__document=document)
    }

    verdict = signing.verify(files["pdf"], at=NOON)
    listed = json.loads(files["json"])
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert (len(verdict.signatures), hashlib.sha256(files["pdf"]).hexdigest()) == (1, protocol.sha256)
    assert hashlib.sha256(files["json"]).hexdigest() == protocol.list_sha256
    assert [row["number"] for row in rows] == [row["number"] for row in listed["cases"]] == [case.number]
    assert (listed["cases"][0]["outcome"], listed["approved"]["by"]) == ("DESTROYED", "Victor")
    assert "Ana Marin" not in str(listed) + str(rows)
    assert (document.entry.number, document.case.state, document.direction) == (
        document.case.number,
        "CLOSED",
        "INTERNAL",
    )
    assert document.case.tasks.count() == 0
    assert not OutboxRow.objects.filter(kind="make_receipt", payload__entry=document.entry_id).exists()


def test_retention_of_what_is_gone_is_not_counted_again(town):
    due_case(town)
    executed(town)

    retaining.rule_changed(town.institution, [town.trees.rules.get().record_class.code], at=NOON)

    assert retaining.to_be_counted(town.institution).count() == 0
