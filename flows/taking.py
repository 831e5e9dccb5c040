"""Taking up a task and ending it: who may, whether it still waits, and how the procedure moves on.

Every verb of ``flows.tasks`` begins with ``take_up`` and ends with ``finish``, in one transaction. The
case's row is locked first, so that of two officials who act at once the second is told what the
first one did.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
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
from cases.known_queries import KnownQuery
from cases.models import Answer, Capacity, Case, Document, Signature, Task, User
from cases.numbering import RegisterClosed, SeriesUnclear
from cases.registering_out import NotToBeRegisteredOut
from cases.signals import case_changed
from cases.signing import CannotBePrepared, SignatureRefused
from cases.texts import in_language
from cases.typesetting import TypesettingFailed
from flows.addressing import NobodyToAddress, is_addressed, posts_held, posts_stood_in_for
from flows.nodes import Deed, PersonTask
from flows.procedures.plan import WayKind
from flows.procedures.tree import Need, NeedKind
from flows.steps import outcome_words, task_title


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
            "step": task_title(task),
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
                step=task_title(task)
            )
        )


class MayNotEndWait(TaskRefused):
    def __init__(self) -> None:
        super().__init__(_("Your role does not let you stop waiting for the applicant."))


class OtherStep(TaskRefused):
    """The form belongs to another step than the one that the task is at."""

    def __init__(self, task: Task) -> None:
        super().__init__(
            _("This can't be done at the step “{step}”. Open the case again to see what can.").format(
                step=task_title(task)
            )
        )


class SomethingMissing(TaskRefused):
    """The step's author wants something to be there first; the message names it."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(_("This step can't end yet. Still missing: {missing}.").format(missing="; ".join(missing)))


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
    """Lock the case and see whether this person may do this step now. Returns the task as it is now.

    Without ``steps`` it may be at any step.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A task is taken up inside the transaction that ends it.")
    case = lock_case(task.case_id)
    current = Task.objects.select_related("unit", "post", "holder", "ended_by").get(pk=task.pk)
    current.case = case
    if current.ended_at is not None:
        raise TaskDone(current)
    if steps and current.step not in steps:
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
    deed = Deed(task.case, actor, at)
    stage = task.case.stage
    engine_task = EngineTask.objects.get(pk=task.flow_task_id)
    node = engine_task.flow_task
    if node.drawn.needs and node.outcome(way or outcome).kind is WayKind.FORWARD:
        check_needs(task.case, node.drawn.needs)
    end_row(task, outcome, actor=actor, at=at, remarks=remarks)
    with engine_task.activation() as activation:
        activation.deed = deed
        activation.start()
        activation.execute(way or outcome, leave)
    if task.case.stage != stage:
        Case.objects.filter(pk=task.case_id).update(stage=task.case.stage)
    case_changed.send(sender=Case, case=task.case, at=at)
    return deed.opened


def check_needs(case: Case, needs: Sequence[Need]) -> None:
    """Refuse, naming all that is missing: documents, answers, the signature."""
    if missing := [words for need in needs if (words := _missing(case, need))]:
        raise SomethingMissing(missing)


def _missing(case: Case, need: Need) -> str:
    own = in_language(need.titles).words
    match need.need:
        case NeedKind.DOCUMENT:
            is_there = Document.objects.filter(case=case, kind=need.of).exists()
            words = _("a document of the kind {kind}").format(kind=need.of)
        case NeedKind.FIELD:
            is_there = Answer.objects.filter(case=case, key=need.of, replaced_at__isnull=True).exists()
            words = _("the answer to the question “{key}”").format(key=need.of)
        case NeedKind.SIGNATURE:
            is_there = Signature.objects.filter(request__document__case=case).exists()
            words = str(_("the signature on the letter"))
    return "" if is_there else own or str(words)


def shows_standard(task: Task) -> bool:
    """Whether the applicant sees the standard words of the step: its author wrote neither others nor none."""
    return node_of(task).drawn.milestone.is_standard


_engine_tasks = KnownQuery(lambda pk: EngineTask.objects.filter(pk=pk), int)


def node_of(task: Task) -> PersonTask:
    """The procedure's node behind a person's task; a published step never changes, so it is asked for once."""
    if "_node" not in task.__dict__:
        assert task.flow_task_id is not None  # noqa: S101 (set when the step began)
        [behind] = _engine_tasks(task.flow_task_id)
        task.__dict__["_node"] = behind.flow_task
    node: PersonTask = task.__dict__["_node"]
    return node
