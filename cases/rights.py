"""Who may see what: the one place that answers it, for rows, searches, downloads and counts.

- ``visible_to``: may be listed. ``readable_by``: may be opened.
- A case is open to the units and people in its readers: its handling unit, its holder, whoever got a
  task on it. A head reads what is open to any unit below; registry and executive see the whole
  institution, the archivist what is closed.
- A restricted case or document is opened by its direct readers; others with a wider view give a
  reason first, which is logged and holds for that day (requirements R79).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cases.known_queries import KnownQuery

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from cases.models import Case, User

WHOLE_INSTITUTION_ROLES = {"EXECUTIVE", "REGISTRAR"}


@dataclass(frozen=True)
class Scope:
    """How far a person sees on one day."""

    user_id: int | None = None
    unit_ids: frozenset[int] = frozenset()
    whole_institutions: frozenset[int] = frozenset()
    closed_in_institutions: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        return self.user_id is None


def scope_of(user: "User | AnonymousUser", *, on: dt.date | None = None) -> Scope:
    """The person's scope on a day (today). Kept on the user object: one page asks many times."""
    if not user.is_authenticated or not user.is_active:
        return Scope()
    day = on or timezone.localdate()
    kept: dict[dt.date, Scope] = user.__dict__.setdefault("_scopes", {})
    if day not in kept:
        kept[day] = _read_scope(user, day)
    return kept[day]


def _posts(user: int, day: dt.date) -> models.QuerySet:
    """What each post that the person holds or stands in for that day says of their scope."""
    held = Q(memberships__user=user, memberships__valid_from__lte=day) & (
        Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gte=day)
    )
    stood_in = Q(mandates__substitute=user, mandates__valid_from__lte=day) & (
        Q(mandates__valid_to__isnull=True) | Q(mandates__valid_to__gte=day)
    )
    posts = apps.get_model("cases", "Post").objects.on(day).filter(held | stood_in)
    return posts.values_list("role", "unit_id", "unit__institution_id", "unit__path")


_posts_of = KnownQuery(_posts, int, dt.date)


def _read_scope(user: "User", day: dt.date) -> Scope:
    unit_model = apps.get_model("cases", "Unit")
    units: set[int] = set()
    below: set[str] = set()
    whole: set[int] = set()
    closed: set[int] = set()
    for role, unit_id, institution_id, path in set(_posts_of(user.pk, day)):
        if role in WHOLE_INSTITUTION_ROLES:
            whole.add(institution_id)
        if role == "ARCHIVIST":
            closed.add(institution_id)
        if role in {"OFFICER", "HEAD", "REGISTRAR", "EXECUTIVE"}:
            units.add(unit_id)
        if role == "HEAD":
            below.add(path)
    if below:
        descendants = Q()
        for path in below:
            descendants |= Q(path__startswith=path)
        units.update(unit_model.objects.filter(descendants).values_list("pk", flat=True))
    return Scope(user.pk, frozenset(units), frozenset(whole), frozenset(closed))


def reader_terms(case: "Case", readers: Iterable[tuple[int | None, int | None]]) -> set[str]:
    """The case's side of the archive's rights filter: whom it is open to, as short words.

    ``readers``: the unit or the person of each of its rows of readers.
    """
    terms = {f"i{case.institution_id}"}
    if case.closed_at is not None:
        terms.add(f"c{case.institution_id}")
    for unit, person in readers:
        terms.add(f"u{unit}" if unit else f"p{person}")
    return terms


def reader_terms_of(user: "User | AnonymousUser") -> set[str]:
    """The person's side of the same filter: one common word means the case may be listed."""
    scope = scope_of(user)
    if scope.is_empty:
        return set()
    return (
        {f"p{scope.user_id}"}
        | {f"u{unit}" for unit in scope.unit_ids}
        | {f"i{institution}" for institution in scope.whole_institutions}
        | {f"c{institution}" for institution in scope.closed_in_institutions}
    )


def _directly_open(scope: Scope, case_ref: str) -> Exists:
    """Asked case by case: as one list of all open cases it cost 80 ms of each task list at 100,000 cases."""
    readers = apps.get_model("cases", "CaseReader").objects.filter(case_id=OuterRef(case_ref))
    return Exists(readers.filter(Q(unit_id__in=scope.unit_ids) | Q(user_id=scope.user_id)))


def _visible(scope: Scope, prefix: str = "") -> Q:
    """The condition on cases; ``prefix`` leads from another model to its case ("case__")."""

    def on_case(**lookups: Any) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in lookups.items()})

    condition = Q(_directly_open(scope, f"{prefix.removesuffix('__')}_id" if prefix else "pk"))
    if scope.whole_institutions:
        condition |= on_case(institution_id__in=scope.whole_institutions)
    if scope.closed_in_institutions:
        condition |= on_case(institution_id__in=scope.closed_in_institutions, closed_at__isnull=False)
    return condition


def start_of_today() -> dt.datetime:
    """Since when a reason counts that a person gave for opening something."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _gave_reason_today(scope: Scope, case_ref: str) -> Exists:
    log = apps.get_model("cases", "AccessLog").objects
    given = log.filter(user_id=scope.user_id or 0, kind="GAVE_REASON", at__gte=start_of_today())
    return Exists(given.filter(case_id=OuterRef(case_ref)))


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The cases that the person may see in a list."""
        return self.visible_within(scope_of(user))

    def visible_within(self, scope: Scope) -> Self:
        """The same, told by what decides it."""
        return self.none() if scope.is_empty else self.filter(_visible(scope))

    def readable_by(self, user: "User | AnonymousUser") -> Self:
        """The cases that the person may open now: restricted ones only directly or with today's reason."""
        return self.readable_within(scope_of(user))

    def readable_within(self, scope: Scope) -> Self:
        """The same, told by what decides it and by `start_of_today`."""
        if scope.is_empty:
            return self.none()
        return self.visible_within(scope).filter(
            ~Q(access_level="RESTRICTED") | Q(_directly_open(scope, "pk")) | _gave_reason_today(scope, "pk")
        )


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        return self.visible_within(scope_of(user))

    def visible_within(self, scope: Scope) -> Self:
        """The same, told by what decides it."""
        return self.none() if scope.is_empty else self.filter(_visible(scope, "case__"))

    def readable_by(self, user: "User | AnonymousUser") -> Self:
        """A restricted document, or any document of a restricted case, asks for a reason like the case."""
        return self.readable_within(scope_of(user))

    def readable_within(self, scope: Scope) -> Self:
        """The same, told by what decides it and by `start_of_today`."""
        if scope.is_empty:
            return self.none()
        return self.filter(_visible(scope, "case__")).filter(
            (~Q(access_level="RESTRICTED") & ~Q(case__access_level="RESTRICTED"))
            | Q(_directly_open(scope, "case_id"))
            | _gave_reason_today(scope, "case_id")
        )


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Register lines of visible cases; lines without a case only for who keeps the whole institution's books."""
        scope = scope_of(user)
        if scope.is_empty:
            return self.none()
        caseless = Q(case__isnull=True, register__institution_id__in=scope.whole_institutions)
        return self.filter(_visible(scope, "case__") | caseless)

    def filings(self) -> Self:
        """The lines that cases began with: what came in first for each, void and lost numbers aside."""
        came_in = Q(case__isnull=False) & ~Q(kind__in=["VOID", "LOST"]) & ~Q(register__kind="OUTGOING")
        entries = apps.get_model("cases", "RegisterEntry").objects.filter(came_in)
        return self.filter(came_in).exclude(Exists(entries.filter(case=OuterRef("case"), pk__lt=OuterRef("pk"))))
