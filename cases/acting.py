"""Who acts, and in what capacity. Every operation takes an Actor; every event names one."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.db.models import Q

from cases.models import Capacity, Post, User


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
        posts = Post.objects.on(on).filter(role=role) if role else Post.objects.on(on)
        now = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        own = posts.filter(memberships__in=user.memberships.filter(now, valid_from__lte=on)).first()
        if own:
            return cls(user, Capacity.OWN_POST, own)
        covered = posts.filter(mandates__in=user.mandates.filter(now, valid_from__lte=on)).first()
        if covered:
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
