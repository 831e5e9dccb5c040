"""Deadlines of tasks and waits: Viewflow's timers in the database, fired by the scheduler's job."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone
from viewflow.workflow.models import Task as EngineTask
from viewflow.workflow.status import STATUS

from cases import clock, outbox
from cases.acting import Actor
from cases.models import CaseState, Event, OutboxRow, Task
from flows import deadlines, tasks
from flows.jobs import fire_due_timers
from tests.flows.town import NOON, Town
from tests.flows.walking import DAY, asked, resolved

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def timer_of(task: Task) -> EngineTask:
    return EngineTask.objects.get(flow_task_type="TIMER", previous=task.flow_task_id)


def make_due(timer: EngineTask) -> None:
    """This deadline passed a minute ago by the clock on the wall, which the engine reads; all others are ahead."""
    EngineTask.objects.filter(scheduled__isnull=False).update(scheduled=timezone.now() + DAY)
    timer.scheduled = timezone.now() - dt.timedelta(minutes=1)
    timer.save(update_fields=["scheduled"])


def test_a_task_has_its_timer_at_its_deadline(town: Town):
    task = town.task(town.file(), "check_completeness")

    assert timer_of(task).scheduled == task.due_at
    assert task.due_at.astimezone(NOON.tzinfo) == dt.datetime(2025, 11, 26, 23, 59, 59, tzinfo=NOON.tzinfo)


def test_a_late_task_is_told_on_the_case_and_to_the_head(town: Town):
    task = town.task(town.file(), "check_completeness")
    make_due(timer_of(task))

    fired = fire_due_timers()
    outbox.sweep(at=timezone.now())

    event = Event.objects.get(kind="TASK_LATE")
    assert fired == 1
    assert (event.payload["task"], event.is_public, event.capacity) == (task.pk, False, "JOB")
    assert [message.to for message in mail.outbox] == [["helen@bela-reka.example"]]
    assert mail.outbox[0].subject == "Late: 94-1, Check whether it is complete"


def test_a_late_task_stays_where_it_is(town: Town):
    task = town.task(town.file(), "check_completeness")
    make_due(timer_of(task))

    fire_due_timers()
    fire_due_timers()

    task.refresh_from_db()
    assert task.ended_at is None
    assert Event.objects.filter(kind="TASK_LATE").count() == 1


def test_a_task_done_in_time_is_never_late(town: Town):
    task = town.task(town.file(), "check_completeness")
    timer = timer_of(task)

    tasks.complete(task, **town.acts("alice", task))

    timer.refresh_from_db()
    assert timer.status == STATUS.CANCELED


def test_the_head_is_not_told_of_a_task_that_was_done_meanwhile(town: Town):
    task = town.task(town.file(), "check_completeness")
    make_due(timer_of(task))
    fire_due_timers()
    tasks.complete(task, **town.acts("alice", task))

    outbox.sweep(at=timezone.now())

    assert mail.outbox == []


def test_each_opinion_has_a_deadline_of_its_own(town: Town):
    handle = resolved(town, town.file())
    roads, mayor = asked(town, handle, town.roads, town.mayors_office)
    make_due(timer_of(roads))

    fire_due_timers()

    assert [event.payload["task"] for event in Event.objects.filter(kind="TASK_LATE")] == [roads.pk]
    assert timer_of(mayor).status == STATUS.SCHEDULED


def test_a_late_opinion_still_lets_the_case_go_on(town: Town):
    handle = resolved(town, town.file())
    [roads] = asked(town, handle, town.roads)
    make_due(timer_of(roads))
    fire_due_timers()

    tasks.give_opinion(roads, verdict="AGAINST", words="Pipes!", **town.acts("charlie", roads))

    assert town.task(handle.case, "draft").holder == town.alice


def test_silence_of_the_applicant_ends_the_wait(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.ask_applicant(check, message="Which tree?", until=NOON.date() + 14 * DAY, **town.acts("alice", check))
    timer = EngineTask.objects.get(flow_task_type="TIMER", status=STATUS.SCHEDULED)
    scheduled = timer.scheduled
    make_due(timer)

    fire_due_timers()

    case.refresh_from_db()
    assert scheduled.astimezone(NOON.tzinfo).date() == NOON.date() + 14 * DAY
    assert case.state == CaseState.OPEN
    assert town.task(case, "check_completeness").instruction == "The applicant did not answer in time."


def test_an_answer_in_time_disarms_the_waits_deadline(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.ask_applicant(check, message="Which tree?", until=NOON.date() + 14 * DAY, **town.acts("alice", check))

    town.bring(case, at=NOON + DAY)

    armed = EngineTask.objects.filter(flow_task_type="TIMER", status=STATUS.SCHEDULED)
    assert [timer.previous.get().flow_task.step for timer in armed] == ["check_completeness"]


def test_a_stopped_clock_moves_the_deadlines_of_open_tasks(town: Town):
    handle = resolved(town, town.file())
    due_at = handle.due_at
    clock.suspend(handle.case, reason="Court", actor=Actor.of(town.helen, on=NOON.date()), at=NOON)
    paused = timer_of(handle).scheduled

    clock.resume(handle.case, actor=Actor.of(town.helen, on=NOON.date()), at=NOON + 10 * DAY)

    handle.refresh_from_db()
    assert paused is None
    assert handle.due_at == due_at + 10 * DAY
    assert timer_of(handle).scheduled == handle.due_at


@pytest.fixture
def broken_announcement(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The mail table is full: announcing fails until undone."""

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("The disk is full.")

    monkeypatch.setattr(outbox, "put_many", _only_failures(fail))
    return monkeypatch


def _only_failures(fail):
    real = outbox.put_many

    def put_many(work, **kwargs):
        return fail() if work[0][0] == "tell_head_of_late_task" else real(work, **kwargs)

    return put_many


def test_a_timer_that_fails_is_shown_to_the_administrator(town: Town, broken_announcement):
    task = town.task(town.file(), "check_completeness")
    make_due(timer_of(task))

    fire_due_timers()

    row = OutboxRow.objects.get(kind="fire_timer")
    assert row.failed_at is not None
    assert row.last_error == "RuntimeError: The disk is full."
    assert timer_of(task).status == STATUS.ERROR
    assert not Event.objects.filter(kind="TASK_LATE").exists()


def test_a_failed_timer_fires_when_tried_again(town: Town, broken_announcement):
    task = town.task(town.file(), "check_completeness")
    make_due(timer_of(task))
    fire_due_timers()
    broken_announcement.undo()
    row = OutboxRow.objects.get(kind="fire_timer")

    outbox.retry(row, at=timezone.now())
    outbox.run(row.pk, at=timezone.now())

    row.refresh_from_db()
    assert row.done_at is not None
    assert timer_of(task).status == STATUS.DONE
    assert Event.objects.filter(kind="TASK_LATE").count() == 1


def test_a_failed_timer_does_not_hold_the_join_up(town: Town, broken_announcement):
    handle = resolved(town, town.file())
    [roads] = asked(town, handle, town.roads)
    make_due(timer_of(roads))
    fire_due_timers()

    tasks.give_opinion(roads, verdict="IN_FAVOUR", words="Fine.", **town.acts("charlie", roads))

    assert town.task(handle.case, "draft").holder == town.alice


def test_trying_a_timer_again_that_is_fine_does_nothing(town: Town):
    task = town.task(town.file(), "check_completeness")

    deadlines.fire_again({"timer": timer_of(task).pk}, at=NOON)

    assert timer_of(task).status == STATUS.SCHEDULED
