"""Handing over: what one person holds (cases, tasks, drafts) goes to another in one operation."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Task as EngineTask

from cases import assigning, history
from cases.acting import Actor
from cases.clock import local_date
from cases.models import Case, LetterDraft, Task, User
from cases.rights import scope_of
from cases.signals import case_changed
from flows.addressing import officer_of
from flows.taking import TaskRefused, lock_case


@dataclass(frozen=True)
class Holdings:
    """What a person holds: open cases, open tasks, drafts that are not locked yet."""

    cases: Sequence[Case] = ()
    tasks: Sequence[Task] = ()
    drafts: Sequence[LetterDraft] = ()

    @classmethod
    def of(cls, user: User) -> "Holdings":
        return cls(
            cases=list(Case.objects.filter(holder=user, closed_at__isnull=True).order_by("due_date", "pk")),
            tasks=list(Task.objects.open().filter(holder=user).select_related("case", "unit").order_by("due_at", "pk")),
            drafts=list(LetterDraft.objects.filter(written_by=user, document__isnull=True).select_related("case")),
        )

    @property
    def case_ids(self) -> list[int]:
        """Every case touched, in the one order in which locks are taken."""
        ids = {case.pk for case in self.cases} | {task.case_id for task in self.tasks}
        return sorted(ids | {draft.case_id for draft in self.drafts})


@transaction.atomic
def hand_over(holdings: Holdings, *, old: User, new: User, reason: str, actor: Actor, at: dt.datetime) -> list[Case]:
    """Hand cases, tasks and drafts from one person to another; one event for each case. Returns the cases.

    The head does it for the own units. What ended or changed hands meanwhile is left alone.
    """
    _check(holdings, old=old, new=new, reason=reason, actor=actor, at=at)
    touched = []
    for case_id in holdings.case_ids:
        case = lock_case(case_id)
        if _hand_over_in(case, holdings, old=old, new=new, at=at):
            facts = {"old": str(old), "new": str(new), "reason": reason.strip()}
            history.record(case, "HANDED_OVER", actor=actor, at=at, personal=facts)
            assigning.open_to(case, user=new)
            case_changed.send(sender=Case, case=case, at=at)
            touched.append(case)
    return touched


def _check(holdings: Holdings, *, old: User, new: User, reason: str, actor: Actor, at: dt.datetime) -> None:
    if actor.user is None or not actor.user.has_perm("cases.hand_over_case"):
        raise TaskRefused(_("Your role does not let you hand over other people's work."))
    if new.pk == old.pk or not new.is_active:
        raise TaskRefused(_("Choose another person."))
    if not reason.strip():
        raise TaskRefused(_("Write why: the reason stands in the history of each case."))
    scope = scope_of(actor.user, on=at.date())
    units = {case.unit_id for case in holdings.cases} | {task.unit_id for task in holdings.tasks}
    if old.pk != actor.user.pk and not (units <= scope.unit_ids or old.institution_id in scope.whole_institutions):
        raise TaskRefused(_("Some of this work belongs to units that you do not lead."))
    for permission in {task.permission for task in holdings.tasks}:
        if not new.has_perm(permission):
            raise TaskRefused(
                _("{who} may not do some of these tasks: the role does not cover them. Choose another person.").format(
                    who=new
                )
            )


def _hand_over_in(case: Case, holdings: Holdings, *, old: User, new: User, at: dt.datetime) -> bool:
    is_case = case.holder_id == old.pk and any(case.pk == held.pk for held in holdings.cases)
    if is_case:
        case.holder = new
        Case.objects.filter(pk=case.pk).update(holder=new)
    tasks = _give_tasks(
        (task.pk for task in holdings.tasks if task.case_id == case.pk), old=old, new=new, case=case, at=at
    )
    drafts = LetterDraft.objects.filter(
        pk__in=[draft.pk for draft in holdings.drafts if draft.case_id == case.pk], written_by=old
    ).update(written_by=new)
    return is_case or tasks > 0 or drafts > 0


def _give_tasks(ids: Iterable[int], *, old: User, new: User, case: Case, at: dt.datetime) -> int:
    tasks = list(Task.objects.open().filter(pk__in=list(ids), holder=old).select_related("unit"))
    for task in tasks:
        address = officer_of(task.unit, new, local_date(case, at))
        task.holder, task.post_id = new, address.post_id or task.post_id
        task.delivered_at, task.opened_at = at, None
        task.save(update_fields=["holder", "post", "delivered_at", "opened_at"])
        EngineTask.objects.filter(pk=task.flow_task_id).update(owner=new)
    return len(tasks)
