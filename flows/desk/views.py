"""The officials' pages of the procedure: task list, my cases, doing a task, handing over."""

import datetime as dt
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from cases.acting import Actor
from cases.calendar import Calendar
from cases.desk.due import due_words
from cases.desk.page import CaseAct, DeskPage, address_of, address_with, case_address
from cases.models import Case, Membership, Task, Unit, User
from cases.rights import scope_of
from cases.texts import in_language
from flows import tasks
from flows.desk.forms import FORMS, GoOnForm, HandOverForm, ResolveManyForm, TaskForm
from flows.desk.panels import act_panel
from flows.desk.task_list import (
    VIEWS,
    Desk,
    TaskFilter,
    TaskRow,
    count_of,
    page_of,
    place_from_address,
    place_in_address,
)
from flows.handing_over import Holdings, hand_over
from flows.steps import task_title, title_of
from flows.taking import REFUSALS, actor_for

# A look lasts that long: what arrived since stays marked while the list is opened again and again.
LOOK = dt.timedelta(minutes=10)
DAYS_TO_HANDLE = 5


class DeskView(DeskPage):
    """A page of the procedure in Wagtail's shell."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *before, here = super().get_breadcrumbs_items()
        return [*before, *self.way_here(), here]

    def way_here(self) -> list[dict[str, Any]]:
        """What stands between the office's start page and this one."""
        return []


def case_crumb(case: Case) -> dict[str, Any]:
    return {"url": address_of(case), "label": str(case)}


class StepTitles(dict[str, str]):
    """The titles of steps in the reader's language, each looked up once for a page."""

    def __missing__(self, step: str) -> str:
        self[step] = str(title_of(step))
        return self[step]


# -- My tasks


@lru_cache(maxsize=5_000)
def row_html(_language: str, **row: Any) -> SafeString:
    """A row of the list, drawn once: people look at the same fifty again and again."""
    return render_to_string("desk/flows/task_list.html#row", {"row": row})


class TaskListView(DeskView):
    """My tasks: overdue first, what is new marked, many resolved at once."""

    template_name = "desk/flows/task_list.html"
    page_title = gettext_lazy("My tasks")
    header_icon = "tasks"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen_at = self._note_look()
        page = page_of(self.desk, self.view, narrowed=self._narrowed(), after=self._after())
        resolving = self._resolving(page.tasks)
        rows = [self._row(task, seen_at) for task in page.tasks]
        language = get_language()
        for row in rows:
            row["html"] = row_html(language, is_picking=resolving is not None, **row)
        return super().get_context_data(
            tabs=self._tabs(),
            filter=self.filter,
            filter_key=f"tasks {self.view} {self.user.institution_id}",
            rows=rows,
            is_first=self._after() is None,
            next_address=self._next(page.next_place),
            resolving=resolving,
            view_name=self.view,
            address_without_filters=f"?view={self.view}",
            **kwargs,
        )

    @cached_property
    def desk(self) -> Desk:
        return Desk.of(self.user, on=self.today)

    @cached_property
    def view(self) -> str:
        asked = self.request.GET.get("view", "mine")
        return asked if asked in VIEWS else "mine"

    @cached_property
    def filter(self) -> TaskFilter:
        return TaskFilter(self.request.GET, queryset=Task.objects.none(), user=self.user, now=self.at)

    def _narrowed(self) -> list[QuerySet[Task]] | None:
        if self.filter.is_used and self.filter.is_valid():
            return [self.filter.filter_queryset(branch) for branch in self.desk.branches(self.view)]
        return None

    def _after(self) -> tuple[dt.datetime, int] | None:
        return place_from_address(self.request.GET.get("after", ""))

    def _next(self, place: tuple[dt.datetime, int] | None) -> str:
        return address_with(self.request.GET, after=place_in_address(place)) if place else ""

    def _tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                # No index knows which tasks on my cases are not mine: they are counted when they are looked at.
                "count": "" if name == "others" and name != self.view else count_of(self.desk, name),
                "address": f"?view={name}",
                "is_current": name == self.view,
            }
            for name, label in VIEWS.items()
        ]

    def _row(self, task: TaskRow, seen_at: dt.datetime | None) -> dict[str, Any]:
        due = due_words(task.due_at.astimezone(self._zone).date(), self._day)
        if self.view == "mine":
            who = task.sent_by or _("The applicant")
        else:
            who = task.holder or str(in_language(task.unit_names, main=self.institution.main_language))
        return {
            "pk": task.pk,
            "case": task.case,
            "subject": task.subject,
            "may_be_picked": task.step == "resolve",
            "title": self._own_title(task.titles) or self._titles[task.step],
            "shade": due.shade,
            "due": due.words,
            "is_new": seen_at is not None and task.sent_at > seen_at and task.opened_at is None,
            "who": str(who),
            "address": case_address(task.case_public_id),
        }

    def _own_title(self, titles: dict[str, str]) -> str:
        return in_language(titles, main=self.institution.main_language).words if titles else ""

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.institution.time_zone)

    @cached_property
    def _day(self) -> dt.date:
        return self.at.astimezone(self._zone).date()

    @cached_property
    def _titles(self) -> StepTitles:
        return StepTitles()

    def _note_look(self) -> dt.datetime | None:
        """Since when something counts as new; looking again within minutes is the same look."""
        seen_at = self.user.tasks_seen_at
        began = self.request.session.get("tasks_look")
        if began and dt.datetime.fromisoformat(began["until"]) > self.at:
            return dt.datetime.fromisoformat(began["since"]) if began["since"] else None
        self.request.session["tasks_look"] = {
            "since": seen_at.isoformat() if seen_at else None,
            "until": (self.at + LOOK).isoformat(),
        }
        User.objects.filter(pk=self.user.pk).update(tasks_seen_at=self.at)
        return seen_at

    def _resolving(self, page: list[TaskRow]) -> ResolveManyForm | None:
        """The form for many rows, where there is anything to resolve."""
        if self.view == "others" or not any(task.step == "resolve" for task in page):
            return None
        if not self.user.has_perm("cases.resolve_case"):
            return None
        form = ResolveManyForm(picked=Task.objects.none(), units=led_units(self.user, self.today), today=self.today)
        calendar = Calendar.of(self.institution)
        form.fields["due_date"].initial = calendar.working_days_after(self.today, DAYS_TO_HANDLE)
        return form


def led_units(user: User, day: dt.date) -> list[Unit]:
    """The units for which the person resolves."""
    return list(Unit.objects.on(day).filter(pk__in=scope_of(user, on=day).unit_ids).order_by("path"))


class ResolveManyView(DeskView):
    """Resolve the picked rows, each in its own transaction, and say what became of each."""

    template_name = "desk/flows/resolved_many.html"
    page_title = gettext_lazy("Resolved together")
    header_icon = "tasks"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("desk_tasks")

    def post(self, request: HttpRequest) -> HttpResponse:
        picked = Task.objects.filter(case__in=Case.objects.visible_to(self.user)).select_related(
            "case__institution", "case__unit", "unit"
        )
        units = led_units(self.user, self.today)
        form = ResolveManyForm(request.POST, picked=picked, units=units, today=self.today)
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, str(errors[0]))
            return redirect("desk_tasks")
        results = self._resolve(form)
        failed = [result for result in results if result.refusal]
        done = len(results) - len(failed)
        if not failed:
            words = ngettext("{number} case resolved.", "{number} cases resolved.", done).format(number=done)
            messages.success(request, words)
            return redirect("desk_tasks")
        return self.render_to_response(self.get_context_data(done=done, failed=failed))

    def _resolve(self, form: ResolveManyForm) -> list[tasks.Result]:
        chosen, picked = form.chosen(), list(form.cleaned_data["task"].order_by("due_at", "pk"))
        results: list[tasks.Result] = []
        for task in picked:
            results += tasks.resolve_many(
                [task],
                unit=chosen.unit if chosen else None,
                officer=chosen.officer if chosen else None,
                instruction=form.cleaned_data["instruction"],
                due_date=form.cleaned_data["due_date"],
                actor=actor_for(task, self.user, at=self.at),
                at=self.at,
            )
        return results


# -- Doing a task


def visible_task(user: User, pk: int) -> Task:
    """The task, if its case may be opened by this person; else the same answer as for none."""
    rows = Task.objects.select_related("case__institution", "case__unit", "case__holder", "case__service", "unit")
    return get_object_or_404(rows, pk=pk, case__in=Case.objects.readable_by(user))


class DoTaskView(DeskView):
    """One verb on one task. What was typed survives a refusal, which is shown in the operation's own words."""

    template_name = "desk/flows/task.html"
    header_icon = "tasks"

    def get(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        return redirect(address_of(visible_task(self.user, pk).case))

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        task = visible_task(self.user, pk)
        if verb not in FORMS:
            raise Http404
        form = FORMS[verb](request.POST, task=task, user=self.user, at=self.at)
        if form.is_valid() and self._done(form, task):
            if words := form.done_words():
                messages.success(request, f"{task.case}: {words}")
            return HttpResponseRedirect(form.next_address())
        return self._again(form, task)

    def _done(self, form: TaskForm, task: Task) -> bool:
        try:
            form.perform(actor=actor_for(task, self.user, at=self.at), at=self.at)
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
            return False
        return True

    def way_here(self) -> list[dict[str, Any]]:
        return [case_crumb(self.case)]

    def _again(self, form: TaskForm, task: Task) -> HttpResponse:
        self.case, self.page_title = task.case, str(task_title(task))
        panel = act_panel(self.request, task, [form], at=self.at)
        context = self.get_context_data(case=task.case, panel=panel)
        return self.render_to_response(context, status=422)


class GoOnView(CaseAct):
    """Stop waiting for the applicant."""

    refusals = REFUSALS

    def act(self, case: Case) -> str:
        form = GoOnForm(self.request.POST, address="")
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        tasks.go_on_without_answer(case, reason=reason, actor=self.actor, at=self.at)
        return _("The case goes on and its clock runs.")


# -- Handing over


class HandOverView(DeskView):
    """A head hands one person's cases, tasks and drafts to another."""

    permission = "cases.hand_over_case"
    template_name = "desk/flows/hand_over.html"
    page_title = gettext_lazy("Hand over")
    header_icon = "group"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or HandOverForm(
            initial={"old": self.request.GET.get("old")}, people=self.people()
        )
        chosen = _whole_number(form["old"].value())
        old = self.people().filter(pk=chosen).first() if chosen else None
        return super().get_context_data(form=form, old=old, holdings=self._shown(old), **kwargs)

    def people(self) -> QuerySet[User]:
        """Everybody of the units that this person leads."""
        units = scope_of(self.user, on=self.today).unit_ids
        members = Membership.objects.on(self.today).filter(post__unit__in=units)
        return User.objects.filter(is_active=True, memberships__in=members).distinct().order_by("last_name", "pk")

    def _shown(self, old: User | None) -> Holdings | None:
        if old is None:
            return None
        holdings = Holdings.of(old)
        for task in holdings.tasks:
            task.title = task_title(task)  # type: ignore[attr-defined]
        return holdings

    def post(self, request: HttpRequest) -> HttpResponse:
        form = HandOverForm(request.POST, people=self.people())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        old, new = form.cleaned_data["old"], form.cleaned_data["new"]
        try:
            touched = hand_over(
                self._picked(old),
                old=old,
                new=new,
                reason=form.cleaned_data["reason"],
                actor=Actor.of(self.user, on=self.today),
                at=self.at,
            )
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        number = len(touched)
        messages.success(
            request,
            ngettext("{who} has {number} case more.", "{who} has {number} cases more.", number).format(
                who=new, number=number
            ),
        )
        return redirect("desk_hand_over")

    def _picked(self, old: User) -> Holdings:
        """What was ticked, among what the person holds now."""
        everything = Holdings.of(old)
        ticked = {name: set(self.request.POST.getlist(name)) for name in ("case", "task", "draft")}
        return Holdings(
            cases=[case for case in everything.cases if str(case.pk) in ticked["case"]],
            tasks=[task for task in everything.tasks if str(task.pk) in ticked["task"]],
            drafts=[draft for draft in everything.drafts if str(draft.pk) in ticked["draft"]],
        )


def _whole_number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None
