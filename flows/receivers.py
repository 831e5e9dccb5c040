"""News from the records office that moves procedures. All of it inside the operation's transaction."""

import datetime as dt
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _
from viewflow.workflow.models import Task as EngineTask

from cases.acting import Actor
from cases.models import Case, Document
from cases.signals import clock_resumed, clock_suspended, entry_registered, people_erased
from flows import deadlines, notices, waiting  # noqa: F401 (notices registers its outbox work)
from flows.models import CaseProcess
from flows.nodes import Deed
from flows.procedures.choosing import procedure_for


@receiver(entry_registered, dispatch_uid="flows.entry_registered")
def start_or_go_on(
    sender: type,
    *,
    case: Case,
    is_new_case: bool,
    documents: list[Document],
    actor: Actor,
    at: dt.datetime,
    **kwargs: Any,
) -> None:
    """A new case starts its procedure; what joins a case ends its wait or is put before its holder."""
    if is_new_case:
        reference, procedure = procedure_for(case)
        case.versions = {**case.versions, "procedure": reference}  # written with the number
        procedure.registered.start(Deed(case, actor, at))
        return
    document = documents[0]
    reason = _("Arrived: {title}").format(title=document.title)
    if waiting.end_wait(case, reason=reason, actor=actor, at=at) is None:
        waiting.look_at_new(case, document, actor=actor, at=at)


@receiver(clock_suspended, dispatch_uid="flows.clock_suspended")
def pause_deadlines(sender: type, *, case: Case, at: dt.datetime, **kwargs: Any) -> None:
    deadlines.pause(case, at=at)


@receiver(clock_resumed, dispatch_uid="flows.clock_resumed")
def resume_deadlines(sender: type, *, case: Case, at: dt.datetime, **kwargs: Any) -> None:
    deadlines.run_on(case, at=at)


@receiver(people_erased, dispatch_uid="flows.people_erased")
def forget_what_was_told(sender: type, *, case: Case, **kwargs: Any) -> None:
    """The engine's rows carry an instruction from one step to the next."""
    for task in EngineTask.objects.filter(process__in=CaseProcess.objects.of(case)):
        EngineTask.objects.filter(pk=task.pk).update(data=_without_instructions(task.data))


def _without_instructions(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: "" if name == "instruction" else _without_instructions(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_without_instructions(value) for value in data]
    return data
