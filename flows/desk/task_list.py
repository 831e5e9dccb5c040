"""The task list's rows: mine, my unit's, waiting for others; overdue first, without counting any table.

Each view is a few branches (my own, those of each of my units); every branch is read in the order of
an index and cut off early, and the branches are merged here. Pages follow one another by the last
row's place, which stays quick however long the list is (design: lists).
"""

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

import django_filters
from django.db.models import Q, QuerySet
from django.forms import CheckboxInput
from django.utils.translation import gettext_lazy as _

from cases.desk.answer_filters import AnswerFilters
from cases.known_queries import KnownQuery
from cases.models import Case, Service, Task, User
from cases.rights import Scope, scope_of
from flows.addressing import posts_held, posts_stood_in_for
from flows.steps import STEPS

PAGE = 50
COUNTED = 99
# What a row is read from: fifty whole tasks with all that hangs on them would cost more than the page.
_NAMES = [f"{person}__{name}" for person in ("holder", "sent_by") for name in ("first_name", "last_name", "username")]
SHOWN = [
    *("pk", "step", "titles", "due_at", "sent_at", "opened_at"),
    *("case_id", "case__number", "case__public_id", "case__subject", "case__institution_id"),
    *("unit__names", *_NAMES),
]
VIEWS = {"mine": _("Mine"), "unit": _("My unit's"), "others": _("Waiting for others")}

Place = tuple[dt.datetime, int]


class TaskFilter(AnswerFilters):
    """What the list can be narrowed to; it lives in the address."""

    case_ref = "case_id"
    service = django_filters.ModelChoiceFilter(
        field_name="case__service", queryset=Service.objects.none(), label=_("Service"), empty_label=_("All services")
    )
    step = django_filters.ChoiceFilter(
        choices=[(step.key, step.title) for step in STEPS.values() if step.key != "wait_for_applicant"],
        label=_("Step"),
        empty_label=_("All steps"),
    )
    late = django_filters.BooleanFilter(method="only_late", widget=CheckboxInput, label=_("Late only"))
    q = django_filters.CharFilter(method="with_words", label=_("Number, name, word"), max_length=80)

    class Meta:
        model = Task
        fields: list[str] = []

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def only_late(self, tasks: QuerySet[Task], name: str, value: bool) -> QuerySet[Task]:
        return tasks.filter(due_at__lt=self.now) if value else tasks

    def with_words(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        """Every word must stand in the number, the subject or a party's name."""
        for word in value.replace("\x00", "").split():
            in_name = Q(case__in=Case.objects.filter(parties__name__icontains=word).values("pk"))
            tasks = tasks.filter(Q(case__number__icontains=word) | Q(case__subject__icontains=word) | in_name)
        return tasks

    @property
    def is_used(self) -> bool:
        return self.is_bound and any(self.data.get(name) for name in self.filters)


@dataclass(frozen=True)
class Desk:
    """What decides which tasks a person sees: the units of their posts, their permissions, whom they stand in for."""

    user: User
    unit_ids: tuple[int, ...]
    lead_unit_ids: tuple[int, ...]
    post_ids: tuple[int, ...]
    stood_in_post_ids: tuple[int, ...]
    permissions: tuple[str, ...]

    @classmethod
    def of(cls, user: User, *, on: dt.date) -> "Desk":
        stood_in = posts_stood_in_for(user, on)
        posts = [*posts_held(user, on), *stood_in]
        return cls(
            user=user,
            unit_ids=tuple(sorted({post.unit_id for post in posts})),
            lead_unit_ids=tuple(sorted(scope_of(user, on=on).unit_ids)),
            post_ids=tuple(sorted({post.pk for post in posts})),
            stood_in_post_ids=tuple(sorted(post.pk for post in stood_in)),
            permissions=tuple(sorted(name for name in user.get_all_permissions() if name.startswith("cases."))),
        )

    def branches(self, view: str) -> list[QuerySet[Task]]:
        """The open tasks of a view, as querysets that an index keeps in order."""
        tasks = Task.objects.open()
        if view == "others":
            return [tasks.filter(case__holder=self.user).exclude(holder=self.user)]
        if view == "unit":
            return [tasks.filter(unit=unit) for unit in self.lead_unit_ids]
        nobodys = tasks.filter(Q(post__isnull=True) | Q(post__in=self.post_ids), holder__isnull=True)
        mine: list[QuerySet[Task]] = [tasks.filter(holder=self.user)]
        mine += [nobodys.filter(unit=unit, permission__in=self.permissions) for unit in self.unit_ids]
        if self.stood_in_post_ids:
            mine.append(tasks.filter(post__in=self.stood_in_post_ids, holder__isnull=False).exclude(holder=self.user))
        return mine


def places(branches: Iterable[Iterable[Place]], *, limit: int) -> list[Place]:
    """The first rows of the merged branches, overdue first, each as its place in the order."""
    merged: Iterator[Place] = heapq.merge(*branches)
    return list(dict.fromkeys(merged))[:limit]


def _first_of(branch: QuerySet[Task], limit: int, after: Place | None = None) -> QuerySet[Task, Place]:
    if after:
        branch = branch.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]))
    return branch.order_by("due_at", "pk").values_list("due_at", "pk")[:limit]


# The first page and the counts of a view are asked all day with the same few branches.


@lru_cache(maxsize=512)
def _known_places(desk: Desk, view: str, limit: int) -> list[KnownQuery[Place]]:
    return [KnownQuery(partial(_first_of, branch, limit)) for branch in desk.branches(view)]


@lru_cache(maxsize=512)
def _known_keys(desk: Desk, view: str, limit: int) -> list[KnownQuery[tuple[int]]]:
    return [KnownQuery(partial(_keys_of, branch, limit)) for branch in desk.branches(view)]


def _keys_of(branch: QuerySet[Task], limit: int) -> QuerySet[Task, tuple[int]]:
    return branch.values_list("pk")[:limit]


def count_of(desk: Desk, view: str) -> str:
    """How many there are, as far as anybody wants to know: "99+" beyond."""
    found = len({key for known in _known_keys(desk, view, COUNTED + 1) for key in known()})
    return f"{COUNTED}+" if found > COUNTED else str(found)


class TaskRow(NamedTuple):
    """A task as the list shows it, in the order of ``SHOWN``."""

    pk: int
    step: str
    titles: dict[str, str]
    due_at: dt.datetime
    sent_at: dt.datetime
    opened_at: dt.datetime | None
    case_id: int
    case_number: str
    case_public_id: str
    subject: str
    institution_id: int
    unit_names: dict[str, str]
    holder: str
    sent_by: str

    @classmethod
    def read(cls, values: Sequence[Any]) -> "TaskRow":
        *before, holder_first, holder_last, holder_account, sender_first, sender_last, sender_account = values
        holder = f"{holder_first or ''} {holder_last or ''}".strip() or holder_account or ""
        sender = f"{sender_first or ''} {sender_last or ''}".strip() or sender_account or ""
        return cls._make((*before, holder, sender))

    @property
    def case(self) -> str:
        """The case as people call it."""
        return self.case_number or self.case_public_id


@dataclass(frozen=True)
class Page:
    """One page of tasks, and the place after which the next one begins."""

    tasks: list[TaskRow]
    next_place: Place | None


def page_of(
    desk: Desk, view: str, *, narrowed: Sequence[QuerySet[Task]] | None = None, after: Place | None = None
) -> Page:
    """Read one page of a view, or of its branches ``narrowed`` by a filter.

    A task on a case that the person may not see is left out.
    """
    if narrowed is None and after is None:
        found = places((known() for known in _known_places(desk, view, PAGE + 1)), limit=PAGE + 1)
    else:
        branches = desk.branches(view) if narrowed is None else narrowed
        found = places((_first_of(branch, PAGE + 1, after) for branch in branches), limit=PAGE + 1)
    rows = sorted(_rows_of([pk for _due_at, pk in found[:PAGE]]), key=lambda row: (row.due_at, row.pk))
    visible = _visible_among({row.case_id for row in rows}, scope_of(desk.user))
    return Page([row for row in rows if row.case_id in visible], found[PAGE - 1] if len(found) > PAGE else None)


@lru_cache(maxsize=4)
def _known_rows(amount: int) -> KnownQuery[tuple[Any, ...]]:
    return KnownQuery(lambda *keys: Task.objects.filter(pk__in=keys).values_list(*SHOWN), *[int] * amount)


@lru_cache(maxsize=512)
def _known_visible(scope: Scope, amount: int) -> KnownQuery[tuple[int]]:
    cases = Case.objects.visible_within(scope)
    return KnownQuery(lambda *keys: cases.filter(pk__in=keys).values_list("pk"), *[int] * amount)


def _rows_of(keys: Sequence[int]) -> Iterable[TaskRow]:
    return map(TaskRow.read, _known_rows(PAGE)(*_filled_up(keys))) if keys else ()


def _visible_among(keys: Set[int], scope: Scope) -> set[int]:
    """Asked for these cases by their keys: joined to the tasks, SQLite would look through all cases that exist."""
    if not keys or scope.is_empty:
        return set()
    return {key for (key,) in _known_visible(scope, PAGE)(*_filled_up(sorted(keys)))}


def _filled_up(keys: Sequence[int]) -> list[int]:
    """As many as a page has, the last one again and again, so that the question is always the same."""
    return [*keys, *[keys[-1]] * (PAGE - len(keys))]


def place_in_address(place: Place) -> str:
    return f"{place[0].timestamp():.6f}-{place[1]}"


def place_from_address(text: str) -> Place | None:
    """The place that a link to the next page names; nonsense begins at the first page."""
    moment, _dash, pk = text.rpartition("-")
    try:
        return dt.datetime.fromtimestamp(float(moment), dt.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None
