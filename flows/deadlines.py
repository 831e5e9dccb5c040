"""What happens when somebody is late, and what a stopped clock does to the timers.

The timers are Viewflow's own, in the database: they survive a wiped broker.
"""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from viewflow.workflow.models import Task as EngineTask
from viewflow.workflow.status import STATUS

from cases import assigning, history, outbox
from cases.clock import local_date
from cases.models import Case, OutboxRow, Rerouted, Task
from cases.signals import case_changed
from flows import waiting
from flows.addressing import NobodyToAddress, head_of, permission_at
from flows.models import CaseProcess
from flows.procedures.tree import Late
from flows.steps import titles_in_all_languages

if TYPE_CHECKING:
    from flows.nodes import DeadlineActivation, Deed


def tell_late(activation: "DeadlineActivation") -> None:
    """A task is late: an event on the case, and what the step's author wanted to happen then."""
    deed = activation.deed
    task = Task.objects.select_related("unit", "case").get(flow_task_id=activation.task.previous.values("pk")[:1])
    titles = titles_in_all_languages(task.titles, task.step)
    facts = {"task": task.pk, "step": titles, "unit": task.unit.names}
    history.record(deed.case, "TASK_LATE", actor=deed.actor, at=deed.at, payload=facts)
    wanted = activation.flow_task._attached_to.drawn.late
    if Late.REMIND in wanted:
        outbox.put("remind_of_late_task", at=deed.at, case=deed.case, task=task.pk)
    if Late.ESCALATE in wanted:
        outbox.put("tell_head_of_late_task", at=deed.at, case=deed.case, task=task.pk)
    if Late.HAND_OVER in wanted:
        give_to_head(task, deed)


def give_to_head(task: Task, deed: "Deed") -> None:
    """The head of the task's unit has it from now on. A head who is late keeps it; nobody signs for another."""
    try:
        head = head_of(task.unit, local_date(deed.case, deed.at))
    except NobodyToAddress:
        return
    allowed = permission_at(head, task.permission)
    if head.holder_id in (None, task.holder_id) or not allowed:
        return
    task.unit_id, task.post_id, task.holder_id = head.unit_id, head.post_id, head.holder_id
    task.permission, task.rerouted = allowed, Rerouted.LATE_TO_HEAD
    task.delivered_at, task.opened_at = deed.at, None
    task.save(update_fields=["unit", "post", "holder", "permission", "rerouted", "delivered_at", "opened_at"])
    EngineTask.objects.filter(pk=task.flow_task_id).update(owner=head.holder_id, owner_permission=allowed)
    assigning.open_to(deed.case, user=task.holder)
    facts = {"step": titles_in_all_languages(task.titles, task.step)}
    personal = {"new": str(task.holder)}
    history.record(deed.case, "TASK_TO_HEAD", actor=deed.actor, at=deed.at, payload=facts, personal=personal)
    case_changed.send(sender=Case, case=deed.case, at=deed.at)


def end_wait_in_silence(activation: "DeadlineActivation") -> None:
    """The applicant did not answer in time: the office goes on with what it has."""
    deed = activation.deed
    reason = _("The applicant did not answer in time.")
    waiting.end_wait(deed.case, reason=reason, actor=deed.actor, at=deed.at, outcome="SILENT")


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
