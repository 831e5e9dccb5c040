"""The general procedure from the register to the decision: every outcome and every way back."""

import datetime as dt

import pytest

from cases.models import CaseState, Event
from flows import tasks
from flows.models import CaseProcess
from tests.flows.town import NOON, Town
from tests.flows.walking import asked, resolved

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

DAY = dt.timedelta(days=1)


def open_steps(case) -> list[str]:
    return sorted(case.tasks.open().values_list("step", flat=True))


def test_a_filing_puts_the_completeness_check_before_the_owning_unit(town: Town):
    case = town.file()

    task = town.task(case, "check_completeness")
    case.refresh_from_db()

    assert (task.unit, task.holder, task.permission) == (town.parks, None, "cases.check_completeness")
    assert case.stage == "check_completeness"


def test_a_complete_filing_goes_to_the_head_for_resolution(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")

    tasks.complete(check, **town.acts("alice", check))

    task = town.task(case, "resolve")
    case.refresh_from_db()
    assert (task.unit, task.post, task.holder) == (town.parks, town.posts["helen"], town.people["helen"])
    assert task.delivered_at == NOON
    assert case.stage == "resolve"


def test_the_registry_names_the_unit_of_a_general_letter(town: Town):
    case = town.file(service=None)
    check = town.task(case, "check_completeness")

    tasks.complete(check, unit=town.roads, **town.acts("rita", check))

    case.refresh_from_db()
    assert check.unit == town.registry
    assert case.unit == town.roads
    assert town.task(case, "resolve").holder == town.people["rada"]


def test_asking_the_applicant_stops_the_clock(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")

    tasks.ask_applicant(
        check, message="A sketch is missing.", until=NOON.date() + 14 * DAY, **town.acts("alice", check)
    )

    case.refresh_from_db()
    assert (case.state, case.stage) == (CaseState.WAITING, "wait_for_applicant")
    assert case.clock.suspensions.get().to_date is None
    assert open_steps(case) == []


@pytest.mark.parametrize("channel", ["POST", "EMAIL", "COUNTER", "WEB"])
def test_whatever_arrives_by_any_channel_ends_the_wait(town: Town, channel: str):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.ask_applicant(
        check, message="A sketch is missing.", until=NOON.date() + 14 * DAY, **town.acts("alice", check)
    )

    town.register(case=case, subject="Sketch", channel=channel, parties=(), at=NOON + 3 * DAY)

    case.refresh_from_db()
    assert (case.state, case.stage) == (CaseState.OPEN, "check_completeness")
    assert town.task(case, "check_completeness").instruction == "Arrived: Sketch"
    assert case.clock.suspensions.get().to_date == (NOON + 3 * DAY).date()


def test_an_official_ends_the_wait_with_a_reason(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.ask_applicant(check, message="Which tree?", until=NOON.date() + 14 * DAY, **town.acts("alice", check))

    tasks.go_on_without_answer(case, reason="She told us on the phone.", **town.acts("alice", check))

    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    assert open_steps(case) == ["check_completeness"]


def test_a_resolution_says_who_what_and_by_when(town: Town):
    case = town.file()

    handle = resolved(town, case)

    case.refresh_from_db()
    assert (case.unit, case.holder) == (town.parks, town.people["alice"])
    assert (handle.holder, handle.post) == (town.people["alice"], town.posts["alice"])
    assert handle.instruction == "Visit the place."
    assert handle.due_at.astimezone(NOON.tzinfo) == dt.datetime(2025, 11, 28, 23, 59, 59, tzinfo=NOON.tzinfo)


def test_the_least_loaded_officer_gets_the_case(town: Town):
    resolved(town, town.file(), officer="alice")

    handle = resolved(town, town.file(), officer=None)

    assert handle.holder == town.people["bob"]


def test_a_head_does_not_resolve_for_another_units_officer(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("bob", check))
    resolve = town.task(case, "resolve")

    with pytest.raises(tasks.TaskRefused, match="Roads has its own head"):
        tasks.resolve(
            resolve,
            unit=town.roads,
            officer=town.people["charlie"],
            instruction="",
            due_date=NOON.date() + DAY,
            **town.acts("helen", resolve),
        )


def test_not_for_us_goes_to_another_units_head(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("bob", check))
    resolve = town.task(case, "resolve")

    tasks.send_to_unit(
        resolve, unit=town.roads, remarks="The tree stands in the street.", **town.acts("helen", resolve)
    )

    case.refresh_from_db()
    assert case.unit == town.roads
    assert town.task(case, "resolve").holder == town.people["rada"]


def test_not_for_us_goes_back_to_the_registry(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("bob", check))
    resolve = town.task(case, "resolve")

    tasks.send_to_registry(resolve, remarks="Not a tree at all.", **town.acts("helen", resolve))

    case.refresh_from_db()
    assert (case.unit, case.stage) == (town.registry, "check_completeness")
    assert town.task(case, "check_completeness").unit == town.registry


def test_units_are_asked_in_parallel_each_with_its_own_deadline(town: Town):
    handle = resolved(town, town.file())

    opinions = asked(town, handle, town.roads, town.mayors_office)

    assert [task.unit for task in opinions] == [town.roads, town.mayors_office]
    assert [task.due_at.astimezone(NOON.tzinfo).date() for task in opinions] == [
        NOON.date() + DAY,
        NOON.date() + 2 * DAY,
    ]
    assert open_steps(handle.case) == ["give_opinion", "give_opinion"]


def test_the_case_goes_on_when_the_last_opinion_is_in(town: Town):
    handle = resolved(town, town.file())
    roads, mayor = asked(town, handle, town.roads, town.mayors_office)

    tasks.give_opinion(roads, verdict="IN_FAVOUR", words="No pipes.", **town.acts("charlie", roads))
    after_first = open_steps(handle.case)
    tasks.give_opinion(mayor, verdict="AGAINST", words="I like the tree.", **town.acts("dora", mayor))

    assert after_first == ["give_opinion"]
    assert open_steps(handle.case) == ["draft"]
    assert town.task(handle.case, "draft").holder == town.people["alice"]
    assert [document.title for document in handle.case.documents.filter(kind="OPINION").order_by("pk")] == [
        "Opinion of Roads",
        "Opinion of Mayor's office",
    ]


def test_withdrawing_the_last_open_opinion_lets_the_case_go_on(town: Town):
    handle = resolved(town, town.file())
    roads, mayor = asked(town, handle, town.roads, town.mayors_office)
    tasks.give_opinion(roads, verdict="IN_FAVOUR", words="No pipes.", **town.acts("charlie", roads))

    tasks.withdraw_opinion(mayor, **town.acts("alice", handle))

    assert open_steps(handle.case) == ["draft"]


def test_withdrawing_the_only_opinion_lets_the_case_go_on(town: Town):
    handle = resolved(town, town.file())
    [roads] = asked(town, handle, town.roads)

    tasks.withdraw_opinion(roads, **town.acts("alice", handle))

    assert open_steps(handle.case) == ["draft"]


def test_only_the_one_who_asked_withdraws_an_opinion(town: Town):
    handle = resolved(town, town.file())
    [roads] = asked(town, handle, town.roads)

    with pytest.raises(tasks.NotYours):
        tasks.withdraw_opinion(roads, **town.acts("charlie", roads))


def test_the_applicant_may_be_asked_while_the_case_is_handled(town: Town):
    handle = resolved(town, town.file())
    tasks.ask_applicant(handle, message="Which tree?", until=NOON.date() + 7 * DAY, **town.acts("alice", handle))

    town.bring(handle.case)

    again = town.task(handle.case, "handle")
    assert (again.holder, again.instruction) == (town.people["alice"], "Arrived: Sketch of the yard")


def test_a_handled_case_is_ready_for_its_decision(town: Town):
    handle = resolved(town, town.file())

    draft = tasks.finish_handling(handle, **town.acts("alice", handle))

    assert (draft.step, draft.holder) == ("draft", town.people["alice"])


def test_what_arrives_outside_a_wait_is_put_before_the_holder(town: Town):
    handle = resolved(town, town.file())

    town.bring(handle.case, title="Photo")
    town.bring(handle.case, title="Another photo")

    new = town.task(handle.case, "look_at_new")
    assert (new.holder, new.instruction) == (town.people["alice"], "Photo\nAnother photo")
    assert open_steps(handle.case) == ["handle", "look_at_new"]


def test_what_arrives_before_anybody_holds_the_case_is_put_before_the_head(town: Town):
    case = town.file()

    town.bring(case)

    assert town.task(case, "look_at_new").holder == town.people["helen"]


def test_looking_at_what_arrived_ends_its_task_only(town: Town):
    handle = resolved(town, town.file())
    town.bring(handle.case)
    new = town.task(handle.case, "look_at_new")

    tasks.see_new(new, remarks="Same tree.", **town.acts("alice", new))

    assert open_steps(handle.case) == ["handle"]


def test_every_verb_writes_its_event(town: Town):
    handle = resolved(town, town.file())
    [roads] = asked(town, handle, town.roads)
    tasks.give_opinion(roads, verdict="IN_FAVOUR", words="No pipes.", **town.acts("charlie", roads))

    kinds = list(Event.objects.filter(case=handle.case).order_by("seq").values_list("kind", flat=True))

    assert kinds == [
        "REGISTERED",
        "FOUND_COMPLETE",
        "RESOLVED",
        "HOLDER_CHANGED",
        "OPINIONS_ASKED",
        "OPINION_GIVEN",
    ]


def test_one_procedure_runs_for_a_case(town: Town):
    case = town.file()

    assert CaseProcess.objects.of(case).running().get().artifact == case
