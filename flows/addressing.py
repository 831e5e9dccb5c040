"""To whom a task goes: the post it is addressed to, the person who holds it, and by when.

Where nobody is there it goes to the substitute, else to the head, and says so.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cases.calendar import Calendar
from cases.clock import local_date, zone_of
from cases.known_queries import KnownQuery
from cases.models import Case, Institution, Mandate, Membership, Post, Rerouted, Role, Task, Unit, User
from cases.staffing import ROLE_PERMISSIONS
from flows.procedures.terms import day_after
from flows.procedures.tree import HANDLING, Term, Who, WhoKind
from flows.procedures.who import OF_ROLE


class NobodyToAddress(Exception):
    """The step's post does not exist today; the message says what the administrator must add."""


@dataclass(frozen=True)
class Address:
    """Unit, post and person of a task; ``due_at`` and ``instruction`` when the step before said so.

    ``rerouted``: why it is not with whom the procedure names; ``permission``: what they must be allowed instead.
    """

    unit_id: int
    post_id: int | None = None
    holder_id: int | None = None
    due_at: dt.datetime | None = None
    instruction: str = ""
    rerouted: str = ""
    permission: str = ""

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Address":
        """The address that the step before left in the engine's task data."""
        due_at = dt.datetime.fromisoformat(data["due_at"]) if data.get("due_at") else None
        return cls(data["unit"], data.get("post"), data.get("holder"), due_at, data.get("instruction", ""))

    def as_data(self) -> dict[str, Any]:
        return {
            "unit": self.unit_id,
            "post": self.post_id,
            "holder": self.holder_id,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "instruction": self.instruction,
        }

    def told(self, *, due_at: dt.datetime | None = None, instruction: str = "") -> "Address":
        return replace(self, due_at=due_at, instruction=instruction)


def case_holder(case: Case, day: dt.date) -> Address:
    """The officer who holds the case; without one, whoever of the unit may handle it."""
    if case.holder is None:
        return Address(case.unit_id)
    return officer_of(case.unit, case.holder, day)


def executive(case: Case, day: dt.date) -> Address:
    """Who signs for the institution."""
    posts = Post.objects.on(day).filter(unit__institution_id=case.institution_id, role=Role.EXECUTIVE)
    return _held_alone(posts, day) or _missing(_("The institution has no executive's post. An administrator adds one."))


def registry(case: Case, day: dt.date) -> Address:
    return Address(registry_of(case.institution, day).pk)


def address_for(who: Who, permission: str, case: Case, day: dt.date) -> Address:
    """To whom a step goes today; with nobody there to the substitute, else to the head."""
    match who.kind:
        case WhoKind.REGISTRY:
            address = registry(case, day)
        case WhoKind.EXECUTIVE:
            address = executive(case, day)
        case WhoKind.HEAD_OF:
            address = head_of(unit_of(who.unit, case, day), day)
        case WhoKind.LEAST_LOADED_OF:
            unit = unit_of(who.unit, case, day)
            officer = officers_of(unit, day).first()
            address = officer_of(unit, officer, day) if officer else Address(unit.pk)
        case WhoKind.HOLDER:
            address = case_holder(case, day)
        case WhoKind.HOLDER_OF:
            address = whoever_did(who.of, case, day) or case_holder(case, day)
        case WhoKind.POST:
            address = _post(who.of, case, day)
        case WhoKind.ROLE:
            address = _role(who, case, day)
    return found_there(address, permission, case, day)


def unit_of(code: str, case: Case, day: dt.date) -> Unit:
    """A unit by its code; HANDLING stands for the one that handles the case."""
    if code == HANDLING:
        return case.unit
    unit = Unit.objects.on(day).filter(institution_id=case.institution_id, code=code).first()
    return unit or _missing(_("There is no unit {code} any more: the procedure needs it.").format(code=code))


def _role(who: Who, case: Case, day: dt.date) -> Address:
    """Heads and executives are one person; officers and registrars are whoever of the unit may do it."""
    unit = unit_of(who.unit, case, day)
    if who.role == Role.HEAD:
        return head_of(unit, day)
    return executive(case, day) if who.role == Role.EXECUTIVE else Address(unit.pk)


def _post(code: str, case: Case, day: dt.date) -> Address:
    posts = Post.objects.on(day).filter(unit__institution_id=case.institution_id, code=code)
    address = _held_alone(posts, day)
    if address is None:
        return _missing(_("There is no post {code} any more: the procedure needs it.").format(code=code))
    role = posts.values_list("role", flat=True).first()
    return replace(address, permission=OF_ROLE.get(str(role), ""))


def whoever_did(step_id: str, case: Case, day: dt.date) -> Address | None:
    """Whoever ended the step last, in the unit and post in which they did."""
    done = case.tasks.filter(procedure_step=step_id, ended_by__isnull=False).select_related("unit", "ended_by")
    task = done.order_by("-ended_at", "-pk").first()
    if task is None or task.ended_by is None:
        return None
    return Address(task.unit_id, task.post_id, task.ended_by_id)


def found_there(address: Address, permission: str, case: Case, day: dt.date) -> Address:
    """The same address where somebody is, else the substitute's or the head's, marked."""
    permission = address.permission or permission
    if address.holder_id:
        # A post was found with its holder; an account that was closed holds nothing any more.
        if case.holder_id != address.holder_id or (case.holder and case.holder.is_active):
            return address
        address = replace(address, holder_id=None, post_id=None)
    if is_staffed(address, permission, day):
        return address
    if _has_substitute(address, permission, day):
        return replace(address, rerouted=Rerouted.TO_SUBSTITUTE)
    return _with_head(address, permission, case, day)


def _with_head(address: Address, permission: str, case: Case, day: dt.date) -> Address:
    unit = case.unit if address.unit_id == case.unit_id else Unit.objects.get(pk=address.unit_id)
    try:
        head = head_of(unit, day)
    except NobodyToAddress:
        return replace(address, rerouted=Rerouted.NOBODY)
    allowed = permission_at(head, permission)
    if head.holder_id is None or not allowed:
        return replace(address, rerouted=Rerouted.NOBODY)
    told = head.told(due_at=address.due_at, instruction=address.instruction)
    return replace(told, rerouted=Rerouted.TO_HEAD, permission=allowed if allowed != permission else "")


# What nobody but who is named may do: a signature is the signatory's.
_OWN = frozenset({"cases.sign_decision"})


def permission_at(head: Address, permission: str) -> str:
    """What the head must be allowed to stand in: the same, else what the head's own role stands for; "" where never."""
    role = Post.objects.filter(pk=head.post_id or 0).values_list("role", flat=True).first() or ""
    if permission.removeprefix("cases.") in ROLE_PERMISSIONS.get(role, []):
        return permission
    return "" if permission in _OWN else OF_ROLE.get(role, "")


def with_permission(address: Address, permission: str) -> Address:
    """Where the step itself asks for no permission, whoever is addressed must have what their post stands for."""
    if permission or address.permission or address.post_id is None:
        return address
    role = Post.objects.filter(pk=address.post_id).values_list("role", flat=True).first() or ""
    return replace(address, permission=OF_ROLE.get(role, ""))


def _roles_with(permission: str) -> list[str]:
    codename = permission.removeprefix("cases.")
    return [role for role, codenames in ROLE_PERMISSIONS.items() if codename in codenames]


def is_staffed(address: Address, permission: str, day: dt.date) -> bool:
    """Whether somebody holds the post, or a post of the unit that may do it. A yes is kept for a minute."""
    key = f"staffed-{address.post_id or 0}-{address.unit_id}-{permission}-{day}"
    if cache.get(key):
        return True
    held = Membership.objects.on(day).filter(user__is_active=True)
    if address.post_id:
        held = held.filter(post=address.post_id)
    else:
        held = held.filter(post__unit=address.unit_id, post__role__in=_roles_with(permission))
    found = held.exists()
    if found:
        cache.set(key, True, 60)
    return found


def _has_substitute(address: Address, permission: str, day: dt.date) -> bool:
    mandates = Mandate.objects.on(day).filter(substitute__is_active=True)
    if address.post_id:
        return mandates.filter(post=address.post_id).exists()
    return mandates.filter(post__unit=address.unit_id, post__role__in=_roles_with(permission)).exists()


def registry_of(institution: Institution, day: dt.date) -> Unit:
    unit = Unit.objects.on(day).filter(institution=institution, is_intake=True).order_by("pk").first()
    return unit or _missing(_("No unit is marked as registry: an administrator must mark one."))


def units_that_may(permission: str, institution: Institution, day: dt.date) -> QuerySet[Unit]:
    """The units in which somebody holds a post whose role covers the permission; asking others would lead nowhere."""
    held = Membership.objects.on(day).filter(post__unit=OuterRef("pk"), post__role__in=_roles_with(permission))
    return Unit.objects.on(day).filter(Exists(held), institution=institution).order_by("path")


def head_of(unit: Unit, day: dt.date) -> Address:
    """The head's post of the unit; a unit without one is led from the next unit above that has one."""
    ancestors = [int(part) for part in unit.path.strip("/").split("/") if part] or [unit.pk]
    heads = Post.objects.on(day).filter(unit_id__in=ancestors, role__in=[Role.HEAD, Role.EXECUTIVE])
    nearest = max((post.unit for post in heads.select_related("unit")), key=lambda found: len(found.path), default=None)
    if nearest is None:
        return _executive_of(unit, day)
    return _held_alone(heads.filter(unit=nearest), day) or Address(nearest.pk)


def _executive_of(unit: Unit, day: dt.date) -> Address:
    posts = Post.objects.on(day).filter(unit__institution_id=unit.institution_id, role=Role.EXECUTIVE)
    return _held_alone(posts, day) or _missing(
        _("Nobody heads {unit}: an administrator must add a head's post.").format(unit=unit)
    )


def _held_alone(posts: QuerySet[Post], day: dt.date) -> Address | None:
    """The post, and its holder when exactly one person holds it."""
    post = posts.order_by("pk").first()
    if post is None:
        return None
    holders = list(Membership.objects.on(day).filter(post=post).values_list("user_id", flat=True)[:2])
    return Address(post.unit_id, post.pk, holders[0] if len(holders) == 1 else None)


def _missing(sentence: Any) -> Any:
    raise NobodyToAddress(sentence)


def officer_of(unit: Unit, officer: User, day: dt.date) -> Address:
    """The officer in the post that they hold in the unit, so that a substitute can find the task."""
    post = Post.objects.on(day).filter(unit=unit, memberships__in=Membership.objects.on(day).filter(user=officer))
    return Address(unit.pk, post.values_list("pk", flat=True).first(), officer.pk)


def officers_of(unit: Unit, day: dt.date) -> QuerySet[User]:
    """Who may be given cases in a unit, least loaded first and the head last (``open_cases``, ``is_head``)."""
    members = Membership.objects.on(day).filter(user=OuterRef("pk"), post__unit=unit)
    held = Case.objects.filter(holder=OuterRef("pk"), closed_at__isnull=True).order_by().values("holder")
    return (
        User.objects.filter(Exists(members.filter(post__role__in=[Role.OFFICER, Role.HEAD])), is_active=True)
        .annotate(
            open_cases=Coalesce(Subquery(held.annotate(amount=Count("pk")).values("amount")), 0),
            is_head=Exists(members.filter(post__role=Role.HEAD)),
        )
        .order_by("is_head", "open_cases", "pk")
    )


def least_loaded(unit: Unit, day: dt.date) -> User:
    """The officer of the unit with the fewest open cases; the head only when there is no officer."""
    officer = officers_of(unit, day).first()
    return officer or _missing(_("{unit} has no officer: choose another unit or a person.").format(unit=unit))


def end_of_day(case: Case, day: dt.date) -> dt.datetime:
    """A task that is due on a day is late from the next midnight at the institution."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone_of(case.institution.time_zone))
    return midnight - dt.timedelta(seconds=1)


def due_after(case: Case, at: dt.datetime, working_days: int) -> dt.datetime:
    """So many working days of the institution after today."""
    return due_by(case, at, Term(working_days))


def due_by(case: Case, at: dt.datetime, term: Term) -> dt.datetime:
    """The end of a step's term that begins today."""
    return end_of_day(case, day_after(local_date(case, at), term, Calendar.of(case.institution)))


_held = KnownQuery(
    lambda user, day: (
        Post.objects.on(day).filter(memberships__in=Membership.objects.on(day).filter(user=user)).order_by("pk")
    ),
    int,
    dt.date,
)
_stood_in_for = KnownQuery(
    lambda user, day: (
        Post.objects.on(day).filter(mandates__in=Mandate.objects.on(day).filter(substitute=user)).order_by("pk")
    ),
    int,
    dt.date,
)


def posts_held(user: User, day: dt.date) -> list[Post]:
    """The person's own posts on a day."""
    return _held(user.pk, day)


def posts_stood_in_for(user: User, day: dt.date) -> list[Post]:
    """The posts that the person stands in for on a day."""
    return _stood_in_for(user.pk, day)


def is_addressed(task: Task, user: User, day: dt.date) -> bool:
    """Whether the task waits for this person: its holder, its post's holder or substitute, else its unit."""
    if task.holder_id == user.pk:
        return True
    stood_in = posts_stood_in_for(user, day)
    if task.post_id and task.holder_id:
        return any(post.pk == task.post_id for post in stood_in)
    if task.holder_id:
        return False
    posts = [*posts_held(user, day), *stood_in]
    if task.post_id:
        return any(post.pk == task.post_id for post in posts)
    return any(post.unit_id == task.unit_id for post in posts)
