"""Who may do a task, and what happens when two act at once or too late."""

import datetime as dt

import pytest

from cases import staffing
from cases.acting import Actor
from cases.models import Capacity, Event, Task
from flows import tasks
from flows.taking import NotAllowed, NotYours, OtherStep, TaskDone, actor_for, may_do, open_task
from tests.flows.town import NOON, SINCE, Town, allow
from tests.flows.walking import DAY, resolved

pytestmark = pytest.mark.both_databases


def test_opening_a_task_is_acknowledgement_once(town: Town):
    task = town.task(town.file(), "check_completeness")

    open_task(task, **town.acts("alice", task))
    open_task(task, **town.acts("bob", task, at=NOON + DAY))

    task.refresh_from_db()
    assert (task.delivered_at, task.opened_at) == (NOON, NOON)


def test_a_passer_by_does_not_acknowledge(town: Town):
    task = town.task(town.file(), "check_completeness")

    open_task(task, **town.acts("charlie", task))

    task.refresh_from_db()
    assert task.opened_at is None


def test_a_step_done_already_says_who_did_it(town: Town):
    task = town.task(town.file(), "check_completeness")
    tasks.complete(task, **town.acts("alice", task))

    with pytest.raises(TaskDone, match="done already. Alice ended it"):
        tasks.complete(task, **town.acts("bob", task))


def test_a_form_of_another_step_is_refused(town: Town):
    task = town.task(town.file(), "check_completeness")

    with pytest.raises(OtherStep, match="Check whether it is complete"):
        tasks.see_new(task, remarks="", **town.acts("alice", task))


def test_another_units_official_may_not(town: Town):
    task = town.task(town.file(), "check_completeness")

    with pytest.raises(NotYours, match="waits for Parks"):
        tasks.complete(task, **town.acts("charlie", task))


def test_a_colleague_may_not_do_what_somebody_holds(town: Town):
    handle = resolved(town, town.file())

    with pytest.raises(NotYours, match="waits for Alice"):
        tasks.finish_handling(handle, **town.acts("bob", handle))


def test_the_role_must_cover_the_step(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    resolve = town.task(case, "resolve")
    Task.objects.filter(pk=resolve.pk).update(holder=town.alice)

    with pytest.raises(NotAllowed, match="Decide who handles it"):
        tasks.send_to_registry(resolve, remarks="x", **town.acts("alice", resolve))


def test_a_job_does_no_persons_task(town: Town):
    task = town.task(town.file(), "check_completeness")

    with pytest.raises(NotAllowed):
        tasks.complete(task, actor=Actor.job("robot"), at=NOON)


def test_a_substitute_acts_for_the_post_and_says_so(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    resolve = town.task(case, "resolve")
    staffing.give_mandate(
        town.posts["helen"], town.people["bob"], given_by=town.helen, valid_from=SINCE, valid_to=None, reason="leave"
    )

    tasks.send_to_unit(resolve, unit=town.roads, remarks="Street tree", **town.acts("bob", resolve))

    event = Event.objects.get(kind="SENT_TO_UNIT")
    assert (event.actor, event.capacity, event.actor_post, event.capacity_note) == (
        town.bob,
        Capacity.SUBSTITUTE,
        town.posts["helen"],
        "PARK-helen",
    )


def test_a_mandate_that_ended_gives_nothing(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    resolve = town.task(case, "resolve")
    staffing.give_mandate(
        town.posts["helen"], town.people["bob"], given_by=town.helen, valid_from=SINCE, valid_to=NOON.date() - DAY
    )
    allow(town.people["bob"], "resolve_case")

    assert not may_do(resolve, town.person("bob"), on=NOON.date())


def test_the_official_acts_in_the_post_of_the_tasks_unit(town: Town):
    task = town.task(town.file(), "check_completeness")

    actor = actor_for(task, town.alice, at=NOON)

    assert (actor.capacity, actor.post) == (Capacity.OWN_POST, town.posts["alice"])


def test_moments_are_those_that_were_passed_in(town: Town):
    case = town.file(at=NOON)
    task = town.task(case, "check_completeness")
    later = NOON + dt.timedelta(hours=5)

    tasks.complete(task, **town.acts("alice", task, at=later))

    task.refresh_from_db()
    assert (task.sent_at, task.ended_at) == (NOON, later)
    assert town.task(case, "resolve").sent_at == later
