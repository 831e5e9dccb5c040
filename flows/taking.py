"""Taking up a task and ending it: who may, whether it still waits, and how the procedure moves on.

Every verb of ``flows.tasks`` begins with ``take_up`` and ends with ``finish``, in one transaction. The
case's row is locked first, so that of two officials who act at once the second is told what the
first one did.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Task as EngineTask

from cases.acting import Actor
from cases.assigning import AssignmentRefused
from cases.clock import ClockRefused, local_date
from cases.closing import CaseNotClosable
from cases.dispatching import DispatchRefused
from cases.models import Capacity, Case, Task, User
from cases.numbering import RegisterClosed, SeriesUnclear
from cases.registering_out import NotToBeRegisteredOut
from cases.signals import case_changed
from cases.signing import CannotBePrepared, SignatureRefused
from cases.typesetting import TypesettingFailed
from flows.addressing import NobodyToAddress, is_addressed, posts_held, posts_stood_in_for
from flows.nodes import Deed, PersonTask
from flows.steps import outcome_words, title_of


class TaskRefused(Exception):
    """The task can't be done like this; the message says why and what to do."""


# Whatever an operation may refuse with: each is a sentence to be shown as it is.
REFUSALS = (
    TaskRefused,
    NobodyToAddress,
    AssignmentRefused,
    CaseNotClosable,
    ClockRefused,
    DispatchRefused,
    NotToBeRegisteredOut,
    RegisterClosed,
    SeriesUnclear,
    TypesettingFailed,
    SignatureRefused,
    CannotBePrepared,
)


class TaskDone(TaskRefused):
    """Somebody was faster, or the step is over."""

    def __init__(self, task: Task) -> None:
        facts = {
            "who": task.ended_by or _("The procedure"),
            "outcome": outcome_words(task.outcome),
            "moment": date_format(localtime(task.ended_at), "DATETIME_FORMAT"),
            "step": title_of(task.step),
        }
        super().__init__(
            _("“{step}” is done already. {who} ended it on {moment}: {outcome}. Nothing of yours was sent.").format(
                **facts
            )
        )


class NotYours(TaskRefused):
    """The task waits for somebody else."""

    def __init__(self, task: Task) -> None:
        super().__init__(
            _("This task waits for {whom}. Ask for a mandate, or let the head hand it over to you.").format(
                whom=task.holder or task.post or task.unit
            )
        )


class NotAllowed(TaskRefused):
    """The person's role does not cover the step."""

    def __init__(self, task: Task) -> None:
        super().__init__(
            _("Your role does not let you do “{step}”. The administrator decides about roles.").format(
                step=title_of(task.step)
            )
        )


class OtherStep(TaskRefused):
    """The form belongs to another step than the one that the task is at."""

    def __init__(self, task: Task) -> None:
        super().__init__(
            _("This can't be done at the step “{step}”. Open the case again to see what can.").format(
                step=title_of(task.step)
            )
        )


class RemarksMissing(TaskRefused):
    def __init__(self) -> None:
        super().__init__(_("Write why: whoever continues needs to know what to change."))


def may_do(task: Task, user: User, *, on: dt.date) -> bool:
    """Whether the person may end the task: its permission, and the task waits for them."""
    return user.is_active and user.has_perm(task.permission) and is_addressed(task, user, on)


def actor_for(task: Task, user: User, *, at: dt.datetime) -> Actor:
    """In what capacity the person acts on the task: in their own post of the unit, else as substitute."""
    day = local_date(task.case, at)
    own, stood_in = posts_held(user, day), posts_stood_in_for(user, day)
    for name, wanted in (("pk", task.post_id), ("unit_id", task.unit_id)):
        if post := next((post for post in own if getattr(post, name) == wanted), None):
            return Actor(user, Capacity.OWN_POST, post)
        if post := next((post for post in stood_in if getattr(post, name) == wanted), None):
            return Actor(user, Capacity.SUBSTITUTE, post, note=post.code)
    return Actor.of(user, on=day)


def open_task(task: Task, *, actor: Actor, at: dt.datetime) -> Task:
    """Note when whoever the task waits for first opened it: opening is acknowledgement (R29)."""
    if task.opened_at is None and task.ended_at is None and actor.user:
        if not is_addressed(task, actor.user, local_date(task.case, at)):
            return task
        task.opened_at, task.delivered_at = at, task.delivered_at or at
        Task.objects.filter(pk=task.pk, opened_at__isnull=True).update(
            opened_at=task.opened_at, delivered_at=task.delivered_at
        )
    return task


def take_up(task: Task, *steps: str, actor: Actor, at: dt.datetime) -> Task:
    """Lock the case and see whether this person may do this step now. Returns the task as it is now."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A task is taken up inside the transaction that ends it.")
    case = lock_case(task.case_id)
    current = Task.objects.select_related("unit", "post", "holder", "ended_by").get(pk=task.pk)
    current.case = case
    if current.ended_at is not None:
        raise TaskDone(current)
    if current.step not in steps:
        raise OtherStep(current)
    user = actor.user
    if user is None or not user.has_perm(current.permission):
        raise NotAllowed(current)
    if not is_addressed(current, user, local_date(case, at)):
        raise NotYours(current)
    return open_task(current, actor=actor, at=at)


def lock_case(case_id: int) -> Case:
    """The case as it is now, its row locked until the transaction ends."""
    cases = Case.objects.select_for_update(of=("self",)).select_related("institution", "unit", "holder", "service")
    return cases.get(pk=case_id)


def end_row(task: Task, outcome: str, *, actor: Actor, at: dt.datetime, remarks: str = "") -> None:
    task.ended_at, task.ended_by, task.outcome, task.remarks = at, actor.user, outcome, remarks.strip()
    task.save(update_fields=["ended_at", "ended_by", "outcome", "remarks"])


def finish(
    task: Task,
    outcome: str,
    *,
    actor: Actor,
    at: dt.datetime,
    remarks: str = "",
    way: str = "",
    leave: Mapping[str, Any] | None = None,
) -> list[Task]:
    """End the person's task and move the procedure on; returns the tasks that this opened.

    ``way``: the procedure's outcome where the person's is finer (an opinion is "given", however it
    is). ``leave``: what the next node is left with: an address, or branches.
    """
    end_row(task, outcome, actor=actor, at=at, remarks=remarks)
    deed = Deed(task.case, actor, at)
    stage = task.case.stage
    with EngineTask.objects.get(pk=task.flow_task_id).activation() as activation:
        activation.deed = deed
        activation.start()
        activation.execute(way or outcome, leave)
    if task.case.stage != stage:
        Case.objects.filter(pk=task.case_id).update(stage=task.case.stage)
    case_changed.send(sender=Case, case=task.case, at=at)
    return deed.opened


def node_of(task: Task) -> PersonTask:
    """The procedure's node behind a person's task."""
    return EngineTask.objects.get(pk=task.flow_task_id).flow_task
