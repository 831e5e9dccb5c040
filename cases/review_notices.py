"""Heads are told by mail of disposal lists that wait for their review: once for what came together."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases import outbox
from cases.models import DisposalList, DisposalListState, Mandate, Membership, Post, Role, Unit, User
from cases.office_mail import mail_to, may_be_mailed
from cases.ruling import today_at


def reviewers_of(unit: Unit, *, on: dt.date) -> QuerySet[User]:
    """Who leads the unit that day, or stands in; with nobody there, who leads the nearest unit above it."""
    above = [int(part) for part in unit.path.strip("/").split("/")]
    for unit_id in reversed(above):
        posts = Post.objects.on(on).filter(unit=unit_id, role=Role.HEAD)
        held = Q(pk__in=Membership.objects.on(on).filter(post__in=posts).values("user"))
        stood_in = Q(pk__in=Mandate.objects.on(on).filter(post__in=posts).values("substitute"))
        found = User.objects.filter(held | stood_in, is_active=True)
        if found.exists():
            return found.order_by("pk")
    return User.objects.none()


def tell_reviewers(unit: Unit, *, about: str, at: dt.datetime) -> None:
    """Call it in the transaction of what they are told of. ``about`` names that, for one mail however often it runs."""
    for pk in reviewers_of(unit, on=today_at(unit.institution, at)).values_list("pk", flat=True):
        outbox.put("tell_of_review", at=at, unit=unit.pk, user=pk, about=about)


@outbox.handler("tell_of_review")
def tell_of_review(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Write to one head; lists that were all reviewed or taken back meanwhile are no news."""
    unit = Unit.objects.select_related("institution").get(pk=payload["unit"])
    user = User.objects.get(pk=payload["user"])
    count = DisposalList.objects.filter(unit=unit, state=DisposalListState.REVIEW).count()
    if not count or not may_be_mailed(user):
        return
    mail_to(
        user,
        unit.institution,
        key=f"review-{payload['about']}-{user.pk}",
        subject=_("Cases to look through before they are destroyed: {unit}"),
        body=_(
            "The years of closed cases of {unit} are over. Lists that wait for your review: {count}.\n\n"
            "Look at each case, exclude what is still needed with the reason, and finish the review. You find the "
            "lists in the office under Records, “Destruction”. Nothing is destroyed before you have done so, the "
            "archivist has approved the list, and somebody else carries it out."
        ),
        facts={"unit": str(unit), "count": count},
    ).send()
