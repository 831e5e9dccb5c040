"""Who acts, and in what capacity. Every operation takes an Actor; every event names one."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet

from cases.known_queries import KnownQuery
from cases.models import Capacity, Mandate, Membership, Post, User


def _held(user: int, on: dt.date) -> QuerySet[Post]:
    memberships = Membership.objects.on(on).filter(user=user)
    return Post.objects.on(on).filter(memberships__in=memberships).order_by("pk")


def _covered(user: int, on: dt.date) -> QuerySet[Post]:
    mandates = Mandate.objects.on(on).filter(substitute=user)
    return Post.objects.on(on).filter(mandates__in=mandates).order_by("pk")


_posts_held, _posts_covered = KnownQuery(_held, int, dt.date), KnownQuery(_covered, int, dt.date)


@dataclass(frozen=True)
class Actor:
    """A person in a post, the applicant, the administrator or a job."""

    user: User | None = None
    capacity: str = Capacity.OWN_POST
    post: Post | None = None
    note: str = ""

    @classmethod
    def of(cls, user: User, *, on: dt.date, role: str | None = None) -> Self:
        """The official in the post they hold that day (of that role, if given), else as a substitute."""
        if own := _of_role(_posts_held(user.pk, on), role):
            return cls(user, Capacity.OWN_POST, own)
        if covered := _of_role(_posts_covered(user.pk, on), role):
            return cls(user, Capacity.SUBSTITUTE, covered, note=covered.code)
        return cls(user, Capacity.OWN_POST)

    @classmethod
    def at_counter(cls, user: User) -> Self:
        return cls(user, Capacity.AT_COUNTER)

    @classmethod
    def administrator(cls, user: User) -> Self:
        return cls(user, Capacity.ADMINISTRATOR)

    @classmethod
    def applicant(cls) -> Self:
        return cls(None, Capacity.APPLICANT)

    @classmethod
    def job(cls, name: str) -> Self:
        return cls(None, Capacity.JOB, note=name)


def _of_role(posts: Iterable[Post], role: str | None) -> Post | None:
    return next((post for post in posts if role is None or post.role == role), None)
