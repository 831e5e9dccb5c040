"""What happens when somebody is late, and what a stopped clock does to the timers.

The timers are Viewflow's own, in the database: they survive a wiped broker.
"""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from viewflow.workflow.models import Task as EngineTask
from viewflow.workflow.status import STATUS

from cases import history, outbox
from cases.clock import local_date
from cases.models import Case, OutboxRow, Task
from flows import waiting
from flows.models import CaseProcess
from flows.steps import title_of
from flows.words import in_all_languages

if TYPE_CHECKING:
    from flows.nodes import DeadlineActivation


def tell_late(activation: "DeadlineActivation") -> None:
    """A task is late: an event on the case, and a notice to the head of the unit that has it."""
    deed = activation.deed
    task = Task.objects.select_related("unit").get(flow_task_id=activation.task.previous.values("pk")[:1])
    facts = {"task": task.pk, "step": in_all_languages(title_of(task.step)), "unit": task.unit.names}
    history.record(deed.case, "TASK_LATE", actor=deed.actor, at=deed.at, payload=facts)
    outbox.put("tell_head_of_late_task", at=deed.at, case=deed.case, task=task.pk)


def end_wait_in_silence(activation: "DeadlineActivation") -> None:
    """The applicant did not answer in time: the office goes on with what it has."""
    deed = activation.deed
    waiting.end_wait(deed.case, reason=_("The applicant did not answer in time."), actor=deed.actor, at=deed.at)


# -- Failures


def tell_failure(timer: EngineTask, error: Exception, *, at: dt.datetime) -> OutboxRow:
    """Put a failed timer on the administrator's list of failed jobs; trying again fires it anew."""
    row = outbox.put("fire_timer", at=at, timer=timer.pk)
    reason = f"{type(error).__name__}: {error}"[:2000]
    OutboxRow.objects.filter(pk=row.pk).update(failed_at=at, tries=1, last_error=reason)
    return row


@outbox.handler("fire_timer")
def fire_again(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """The administrator tries a failed timer again. One that is no longer failed has nothing to do."""
    timer = EngineTask.objects.get(pk=payload["timer"])
    with timer.activation() as activation:
        if timer.status == STATUS.ERROR:
            activation.start()
            activation.fire()


# -- A stopped clock


def _timers_of_tasks(case: Case) -> list[EngineTask]:
    timers = EngineTask.objects.filter(
        process__in=CaseProcess.objects.of(case).running(), flow_task_type="TIMER", status=STATUS.SCHEDULED
    )
    return [timer for timer in timers if not timer.flow_task._interrupting]


@transaction.atomic
def pause(case: Case, *, at: dt.datetime) -> None:
    """The clock stands still, and with it the deadlines of the open tasks."""
    for timer in _timers_of_tasks(case):
        if timer.scheduled is not None:
            timer.data = {**timer.data, "paused_on": local_date(case, at).isoformat()}
            timer.scheduled = None
            timer.save(update_fields=["data", "scheduled"])


@transaction.atomic
def run_on(case: Case, *, at: dt.datetime) -> None:
    """The clock runs again: each deadline moves by the whole days that it stood still."""
    for timer in _timers_of_tasks(case):
        paused_on = timer.data.pop("paused_on", None)
        if paused_on is None:
            continue
        stood_still = local_date(case, at) - dt.date.fromisoformat(paused_on)
        task = Task.objects.get(flow_task_id=timer.previous.values("pk")[:1])
        task.due_at += stood_still
        task.save(update_fields=["due_at"])
        timer.scheduled = task.due_at
        timer.save(update_fields=["data", "scheduled"])
