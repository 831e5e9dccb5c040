"""What the case page shows of the procedure: the steps with dates, my task with its form, who else is waited for.

The case page asks two Wagtail hooks:

- ``registra_case_steps``: ``function(request, case) -> list[Station]``, the steps line in order.
- ``registra_case_panels``: ``function(request, case) -> list[Panel]``. A panel renders itself (``{{ panel }}``);
  ``place`` is ``act`` (what I may do now, on top of the side column), ``side`` or ``main``.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from viewflow.workflow.models import Task as EngineTask

from cases.clock import local_date
from cases.desk.due import Due, due_words
from cases.known_queries import KnownQuery
from cases.models import Case, CaseState, Task, User
from cases.texts import Text, in_language
from flows import waiting
from flows.desk.forms import FORMS, CallBackForm, GoOnForm, TaskForm, WithdrawOpinionForm, offered_for
from flows.steps import STATIONS, STEPS, outcome_words, task_title
from flows.taking import actor_for, may_do, node_of, open_task


@dataclass(frozen=True)
class Panel:
    """A piece of the case page."""

    html: SafeString
    place: str = "side"

    def __html__(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.html


@dataclass(frozen=True)
class Station:
    """One station of the steps line: passed on a day, the present one, or still to come."""

    name: str | Promise
    state: str  # WAS, NOW or TO_COME
    date: dt.date | None = None


_tasks_of = KnownQuery(
    lambda case: Task.objects.filter(case=case).select_related("unit", "post", "holder", "ended_by").order_by("pk"),
    int,
)


def tasks_of(case: Case) -> list[Task]:
    """All tasks of the case, read once for one page."""
    if "_desk_tasks" not in case.__dict__:
        case.__dict__["_desk_tasks"] = _tasks_of(case.pk)
        for task in case.__dict__["_desk_tasks"]:
            task.case = case
    tasks: list[Task] = case.__dict__["_desk_tasks"]
    return tasks


def has_procedure(case: Case) -> bool:
    """Whether one was started for the case: lines of old registers came in closed."""
    return not case.is_closed or bool(tasks_of(case))


# -- The steps line


def steps_line(case: Case) -> list[Station]:
    """Where the case has been and when, where it is, and what is to come."""
    present = STEPS[case.stage].station if case.stage in STEPS else ""
    passed: dict[str, dt.date] = {"REGISTERED": local_date(case, case.opened_at)}
    for task in tasks_of(case):
        if task.ended_at and task.step in STEPS:
            passed[STEPS[task.step].station] = local_date(case, task.ended_at)
    order = list(STATIONS)
    reached = len(order) if case.is_closed else order.index(present) if present in order else 0
    line = []
    for number, (key, name) in enumerate(STATIONS.items()):
        if number < reached and key in passed:
            line.append(Station(name, "WAS", passed[key]))
        elif number >= reached:
            line.append(Station(name, "NOW" if number == reached else "TO_COME"))
    return line


# -- Panels


def panels(request: HttpRequest, case: Case) -> list[Panel]:
    """What I may do, who else is waited for, what units said."""
    user, at = request.user, timezone.now()
    assert isinstance(user, User)  # noqa: S101 (the admin lets nobody else in)
    open_tasks = [task for task in tasks_of(case) if task.ended_at is None]
    mine = [task for task in open_tasks if may_do(task, user, on=local_date(case, at))]
    found = [_act(request, open_task(task, actor=actor_for(task, user, at=at), at=at), user, at) for task in mine]
    others = [task for task in open_tasks if task not in mine]
    if others or case.state == CaseState.WAITING:
        found.append(_others(request, case, others, user, at))
    if said := [task for task in tasks_of(case) if task.step == "give_opinion" and task.ended_at and task.remarks]:
        found.append(_opinions(request, said))
    return found


def _act(request: HttpRequest, task: Task, user: User, at: dt.datetime) -> Panel:
    forms = [FORMS[verb](task=task, user=user, at=at) for verb in offered_for(task)]
    return act_panel(request, task, forms, at=at)


def act_panel(request: HttpRequest, task: Task, forms: Iterable[TaskForm], *, at: dt.datetime) -> Panel:
    """The task in hand: what is asked, and a form for each thing that can be done."""
    first, *rest = forms
    context = {
        "task": task,
        "title": task_title(task),
        "instructions": instructions_of(task),
        "due": due_of(task, at),
        "first": first,
        "rest": rest,
    }
    return Panel(SafeString(render_to_string("desk/flows/act.html", context, request)), "act")


def instructions_of(task: Task) -> Text | None:
    """What the step's author tells whoever does it, in the reader's language."""
    if task.flow_task_id is None:
        return None
    texts = node_of(task).drawn.instructions
    return in_language(texts, main=task.case.institution.main_language) if texts else None


def _others(request: HttpRequest, case: Case, others: list[Task], user: User, at: dt.datetime) -> Panel:
    rows = [_other_row(case, task, user, at) for task in others]
    wait = waiting.open_wait(case) if case.state == CaseState.WAITING else None
    context: dict[str, Any] = {"rows": rows, "wait": wait}
    if wait:
        context["until"] = dt.datetime.fromisoformat(wait.data["due_at"])
        if may_end_wait(wait, case, user):
            context["go_on"] = GoOnForm(address=go_on_address(case))
    return Panel(SafeString(render_to_string("desk/flows/others.html", context, request)), "side")


def may_end_wait(wait: EngineTask, case: Case, user: User) -> bool:
    """Whoever may ask the applicant may also stop waiting."""
    asked = [task for task in tasks_of(case) if task.outcome == "ASKED_APPLICANT"]
    return user.has_perm(waiting.permission_to_end(wait, asked[-1] if asked else None))


def go_on_address(case: Case) -> str:
    return reverse("desk_go_on", args=[case.public_id])


def _other_row(case: Case, task: Task, user: User, at: dt.datetime) -> dict[str, Any]:
    waits_for_it = user.pk in {task.sent_by_id, case.holder_id}
    form: TaskForm | None = None
    if waits_for_it and task.step == "give_opinion":
        form = WithdrawOpinionForm(task=task, user=user, at=at)
    elif waits_for_it and task.step == "sign":
        form = CallBackForm(task=task, user=user, at=at)
    return {"task": task, "title": task_title(task), "due": due_of(task, at), "form": form}


def _opinions(request: HttpRequest, said: list[Task]) -> Panel:
    context = {"opinions": [{"task": task, "verdict": outcome_words(task.outcome)} for task in said]}
    return Panel(SafeString(render_to_string("desk/flows/opinions.html", context, request)), "main")


def due_of(task: Task, at: dt.datetime) -> Due:
    return due_words(local_date(task.case, task.due_at), local_date(task.case, at))
