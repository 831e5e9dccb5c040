"""The case waits for the applicant: what ends the wait, and what becomes of things that arrive unasked."""

import datetime as dt

from django.db import transaction
from viewflow.workflow.models import Task as EngineTask
from viewflow.workflow.status import STATUS

from cases import clock, history
from cases.acting import Actor
from cases.clock import local_date
from cases.models import Case, CaseState, Document, Task, Unit
from cases.signals import case_changed
from flows.addressing import Address, NobodyToAddress, due_after, head_of, officer_of
from flows.models import CaseProcess
from flows.nodes import Deed, let_read
from flows.steps import LOOK_AT_NEW

DAYS_TO_LOOK = 2


def open_wait(case: Case) -> EngineTask | None:
    """The engine's waiting step of the case, if it waits."""
    running = CaseProcess.objects.of(case).running()
    return EngineTask.objects.filter(process__in=running, flow_task_type="WAIT", status=STATUS.NEW).first()


def permission_to_end(wait: EngineTask, asked: Task | None) -> str:
    """Whoever may ask may also stop waiting; a step of waiting is ended by whoever may handle the case."""
    return "cases.handle_case" if wait.flow_task.drawn or asked is None else asked.permission


def _locked(case: Case) -> Case:
    """The case as it is now: whoever brings something may hold an old copy."""
    return Case.objects.select_for_update(of=("self",)).select_related("institution", "unit", "holder").get(pk=case.pk)


@transaction.atomic
def end_wait(case: Case, *, reason: str, actor: Actor, at: dt.datetime, outcome: str = "ARRIVED") -> EngineTask | None:
    """The case goes on, at the step that asked or after the step of waiting, and its clock runs.

    Returns the wait that ended; None when the case was not waiting.
    """
    case = _locked(case)
    wait = open_wait(case)
    if wait is None:
        return None
    deed = Deed(case, actor, at)
    with wait.activation() as activation:
        activation.deed = deed
        activation.start()
        activation.execute(instruction=reason, outcome=outcome)
    Case.objects.filter(pk=case.pk).update(stage=case.stage)
    history.record(case, "WAIT_ENDED", actor=actor, at=at, is_public=True, personal={"reason": reason})
    if case.state == CaseState.WAITING:
        clock.resume(case, actor=actor, at=at)
    case_changed.send(sender=Case, case=case, at=at)
    return wait


def _head_or_unit(unit: Unit, day: dt.date) -> Address:
    """A vacant post must never keep an item out of the register."""
    try:
        return head_of(unit, day)
    except NobodyToAddress:
        return Address(unit.pk)


@transaction.atomic
def look_at_new(case: Case, document: Document, *, actor: Actor, at: dt.datetime) -> Task:
    """Put what arrived before the case's holder, else the head. One open task is enough for all of it."""
    case = _locked(case)
    day = local_date(case, at)
    earlier = case.tasks.open().filter(step=LOOK_AT_NEW).first()
    if earlier:
        earlier.instruction = f"{earlier.instruction}\n{document.title}"
        earlier.save(update_fields=["instruction"])
        return earlier
    address = officer_of(case.unit, case.holder, day) if case.holder else _head_or_unit(case.unit, day)
    let_read(case, address)
    return Task.objects.create(
        case=case,
        step=LOOK_AT_NEW,
        unit_id=address.unit_id,
        post_id=address.post_id,
        holder_id=address.holder_id,
        permission="cases.handle_case",
        instruction=document.title,
        sent_at=at,
        sent_by=actor.user,
        delivered_at=at if address.holder_id else None,
        due_at=due_after(case, at, DAYS_TO_LOOK),
    )
