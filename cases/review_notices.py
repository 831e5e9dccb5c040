"""Who reviews a unit's disposal lists, and how they are told: by mail, once for what came together.

The head does, or whoever leads a unit above. Where nobody does, an executive reviews in the head's stead, or one
archivist where another can approve: no list waits for a person who isn't there.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases import outbox
from cases.models import DisposalList, DisposalListState, Institution, Mandate, Membership, Post, Role, Unit, User
from cases.office_mail import mail_to, may_be_mailed
from cases.ruling import today_at


def reviewers_of(unit: Unit, *, on: dt.date) -> QuerySet[User]:
    """Who leads the unit that day, or stands in; with nobody there, who leads the nearest unit above it."""
    for unit_id in reversed(_way_to(unit)):
        found = _in_posts(Post.objects.on(on).filter(unit=unit_id, role=Role.HEAD), on=on)
        if found.exists():
            return found
    return User.objects.none()


def executives_of(institution: Institution, *, on: dt.date) -> QuerySet[User]:
    """Who leads the institution that day, or stands in."""
    return _in_posts(Post.objects.on(on).filter(unit__institution=institution, role=Role.EXECUTIVE), on=on)


def archivists_of(institution: Institution, *, on: dt.date) -> QuerySet[User]:
    """Who keeps the institution's archive that day, or stands in."""
    return _in_posts(Post.objects.on(on).filter(unit__institution=institution, role=Role.ARCHIVIST), on=on)


def stand_ins_of(unit: Unit, *, on: dt.date) -> QuerySet[User]:
    """Who reviews in a head's stead that day; nobody where there is a head in the unit or above it.

    An archivist does only where another is there, since whoever reviewed in a head's stead doesn't approve.
    """
    if units_with_reviewer([unit], on=on):
        return User.objects.none()
    executives = executives_of(unit.institution, on=on)
    archivists = archivists_of(unit.institution, on=on)
    return (executives | archivists if archivists.count() > 1 else executives).distinct().order_by("pk")


def units_with_reviewer(units: Collection[Unit], *, on: dt.date) -> set[int]:
    """Those of the units that have a head, or a unit above them that has one: ``reviewers_of`` has somebody."""
    held = Membership.objects.on(on).filter(user__is_active=True).values("post")
    stood_in = Mandate.objects.on(on).filter(substitute__is_active=True).values("post")
    heads = Post.objects.on(on).filter(Q(pk__in=held) | Q(pk__in=stood_in), role=Role.HEAD)
    led = set(heads.filter(unit__in={one for unit in units for one in _way_to(unit)}).values_list("unit", flat=True))
    return {unit.pk for unit in units if led.intersection(_way_to(unit))}


def _way_to(unit: Unit) -> list[int]:
    """The unit and those above it, from the top."""
    return [int(part) for part in unit.path.strip("/").split("/")]


def _in_posts(posts: QuerySet[Post], *, on: dt.date) -> QuerySet[User]:
    held = Q(pk__in=Membership.objects.on(on).filter(post__in=posts).values("user"))
    stood_in = Q(pk__in=Mandate.objects.on(on).filter(post__in=posts).values("substitute"))
    return User.objects.filter(held | stood_in, is_active=True).order_by("pk")


def tell_reviewers(unit: Unit, *, about: str, at: dt.datetime) -> None:
    """Call it in the transaction of what they are told of. ``about`` names that, for one mail however often it runs."""
    today = today_at(unit.institution, at)
    told = reviewers_of(unit, on=today)
    for pk in (told if told.exists() else executives_of(unit.institution, on=today)).values_list("pk", flat=True):
        outbox.put("tell_of_review", at=at, unit=unit.pk, user=pk, about=about)


@outbox.handler("tell_of_review")
def tell_of_review(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Write to one head; lists that were all reviewed or taken back meanwhile are no news."""
    unit = Unit.objects.select_related("institution").get(pk=payload["unit"])
    user = User.objects.get(pk=payload["user"])
    count = DisposalList.objects.filter(unit=unit, state=DisposalListState.REVIEW).count()
    if not count or not may_be_mailed(user):
        return
    body = _(
        "The years of closed cases of {unit} are over. Lists that wait for your review: {count}.\n\n"
        "Look at each case, exclude what is still needed with the reason, and finish the review. You find the "
        "lists in the office under Records, “Destruction”. Nothing is destroyed before you have done so, the "
        "archivist has approved the list, and somebody else carries it out."
    )
    in_stead = _(
        "The years of closed cases of {unit} are over, and nobody leads this unit or one above it. Lists that wait "
        "for your review in the head’s stead: {count}.\n\n"
        "Look at each case, exclude what is still needed with the reason, and finish the review. You find the "
        "lists in the office under Records, “Destruction”. Nothing is destroyed before you have done so, the "
        "archivist has approved the list, and somebody else than the archivist carries it out."
    )
    has_head = bool(units_with_reviewer([unit], on=today_at(unit.institution, at)))
    mail_to(
        user,
        unit.institution,
        key=f"review-{payload['about']}-{user.pk}",
        subject=_("Cases to look through before they are destroyed: {unit}"),
        body=body if has_head else in_stead,
        facts={"unit": str(unit), "count": count},
    ).send()
