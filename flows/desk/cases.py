"""My cases: those I hold, my unit's, all that I may see; overdue first."""

import datetime as dt
import heapq
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cases.clock import local_date
from cases.desk.answer_filters import AnswerFilters
from cases.desk.due import due_words
from cases.desk.page import address_of, address_with
from cases.models import Case, CaseState, Service, User
from cases.rights import scope_of
from flows.desk.views import DeskView
from flows.steps import title_of

PAGE = 50
VIEWS = {"mine": _("Mine"), "unit": _("My unit's"), "all": _("All that I may see")}
Place = tuple[dt.date, int]
NO_TERM = dt.date.max


class CaseFilter(AnswerFilters):
    service = django_filters.ModelChoiceFilter(
        queryset=Service.objects.none(), label=_("Service"), empty_label=_("All services")
    )
    state = django_filters.ChoiceFilter(
        choices=[(CaseState.OPEN, CaseState.OPEN.label), (CaseState.WAITING, CaseState.WAITING.label)],
        label=_("State"),
        empty_label=_("All states"),
    )
    q = django_filters.CharFilter(method="with_words", label=_("Number, name, word"), max_length=80)

    class Meta:
        model = Case
        fields: list[str] = []

    def with_words(self, cases: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Every word must stand in the number, the subject or a party's name."""
        for word in value.replace("\x00", "").split():
            in_name = Q(pk__in=Case.objects.filter(parties__name__icontains=word).values("pk"))
            cases = cases.filter(Q(number__icontains=word) | Q(subject__icontains=word) | in_name)
        return cases

    @property
    def is_used(self) -> bool:
        return self.is_bound and any(self.data.get(name) for name in self.filters)


def branches_of(user: User, view: str, day: dt.date) -> list[QuerySet[Case]]:
    """The open cases of a view, as querysets that an index keeps in order."""
    cases = Case.objects.filter(closed_at__isnull=True)
    if view == "mine":
        return [cases.filter(holder=user)]
    if view == "unit":
        return [cases.filter(unit=unit) for unit in sorted(scope_of(user, on=day).unit_ids)]
    return [cases.filter(institution_id=user.institution_id or 0).visible_to(user)]


def _first_of(branch: QuerySet[Case], after: Place | None) -> list[Place]:
    """Cases with a term first, in its order; those without one at the end."""
    found: list[Place] = []
    with_term = branch.filter(due_date__isnull=False)
    if after is None or after[0] != NO_TERM:
        if after:
            with_term = with_term.filter(Q(due_date__gt=after[0]) | Q(due_date=after[0], pk__gt=after[1]))
        first = with_term.order_by("due_date", "pk").values_list("due_date", "pk")[: PAGE + 1]
        found = [(due_date or NO_TERM, pk) for due_date, pk in first]
    if len(found) <= PAGE:
        without = branch.filter(due_date__isnull=True)
        if after and after[0] == NO_TERM:
            without = without.filter(pk__gt=after[1])
        found += [(NO_TERM, pk) for pk in without.order_by("pk").values_list("pk", flat=True)[: PAGE + 1]]
    return found


class CaseListView(DeskView):
    """My cases."""

    template_name = "desk/flows/case_list.html"
    page_title = _("My cases")
    header_icon = "folder-open-1"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        branches = branches_of(self.user, self.view, self.today)
        if self.filter.is_used and self.filter.is_valid():
            branches = [self.filter.filter_queryset(branch) for branch in branches]
        found = list(dict.fromkeys(heapq.merge(*(_first_of(branch, self.after) for branch in branches))))
        next_place = found[PAGE - 1] if len(found) > PAGE else None
        return super().get_context_data(
            tabs=[
                {"label": label, "address": f"?view={name}", "is_current": name == self.view}
                for name, label in VIEWS.items()
            ],
            filter=self.filter,
            filter_key=f"cases {self.view} {self.user.institution_id}",
            view_name=self.view,
            rows=[self._row(case) for case in self._read([pk for _due, pk in found[:PAGE]])],
            is_first=self.after is None,
            next_address=address_with(self.request.GET, after=f"{next_place[0]:%Y%m%d}-{next_place[1]}")
            if next_place
            else "",
            address_without_filters=f"?view={self.view}",
            **kwargs,
        )

    @cached_property
    def view(self) -> str:
        asked = self.request.GET.get("view", "mine")
        return asked if asked in VIEWS else "mine"

    @cached_property
    def filter(self) -> CaseFilter:
        return CaseFilter(self.request.GET, queryset=Case.objects.none(), user=self.user)

    @cached_property
    def after(self) -> Place | None:
        day, _dash, pk = self.request.GET.get("after", "").partition("-")
        try:
            return dt.datetime.strptime(day, "%Y%m%d").date(), int(pk)
        except ValueError:
            return None

    def _read(self, ids: list[int]) -> list[Case]:
        rows = Case.objects.visible_to(self.user).filter(pk__in=ids)
        rows = rows.select_related("institution", "service__institution", "unit", "holder")
        return sorted(rows, key=lambda case: (case.due_date or NO_TERM, case.pk))

    def _row(self, case: Case) -> dict[str, Any]:
        return {
            "case": case,
            "stage": title_of(case.stage),
            "due": due_words(case.due_date, local_date(case, self.at)) if case.due_date else None,
            "address": address_of(case),
        }
