"""Searches that a person keeps under a name of their own, and may share with their unit.

Kept is what was asked, never what was found: whoever runs a shared search finds what they may see themselves.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Membership, Unit, User
from search.asking import Asked
from search.models import SavedSearch

MOST = 60
LONGEST_NAME = 80
BROUGHT_BACK_WITHIN = dt.timedelta(days=1)


class NotKept(Exception):
    """Why a search can't be kept so, in words."""


def searches_of(user: User) -> QuerySet[SavedSearch]:
    """The person's own searches, and those that colleagues share with a unit of theirs."""
    living = SavedSearch.objects.filter(removed_at__isnull=True).select_related("owner", "shared_with")
    return living.filter(Q(owner=user) | Q(shared_with__in=units_of(user))).order_by("name", "pk")


def removed_of(user: User, *, at: dt.datetime) -> QuerySet[SavedSearch]:
    """Those that the person removed and may still bring back."""
    since = at - BROUGHT_BACK_WITHIN
    return SavedSearch.objects.filter(owner=user, removed_at__gte=since).order_by("-removed_at")


def units_of(user: User) -> QuerySet[Unit]:
    """The units in which the person holds a post today: with them they may share."""
    held = Membership.objects.on(timezone.localdate()).filter(user=user)
    return Unit.objects.filter(pk__in=held.values("post__unit")).order_by("code")


def keep(asked: Asked, *, name: str, owner: User, count: int, at: dt.datetime) -> SavedSearch:
    """Keep a search under a name. ``count``: how many documents it finds now. Raises NotKept."""
    if SavedSearch.objects.filter(owner=owner, removed_at__isnull=True).count() >= MOST:
        raise NotKept(_("You keep {count} searches already. Remove one that you no longer need.").format(count=MOST))
    search = SavedSearch(
        owner=owner, parameters=asked.parameters, saved_at=at, looked_at=at, count_seen=count, name=_named(name)
    )
    return _saved(search)


def rename(search: SavedSearch, *, name: str) -> SavedSearch:
    """Raises NotKept."""
    search.name = _named(name)
    return _saved(search)


def share(search: SavedSearch, *, unit: Unit | None) -> SavedSearch:
    """Let a unit of the owner's use it too, or nobody any more."""
    if unit is not None and not units_of(search.owner).filter(pk=unit.pk).exists():
        raise NotKept(_("A search is shared with a unit of one's own."))
    search.shared_with = unit
    search.save(update_fields=["shared_with"])
    return search


def note_look(search: SavedSearch, *, count: int, at: dt.datetime) -> None:
    """The owner has seen what it finds now."""
    SavedSearch.objects.filter(pk=search.pk).update(count_seen=count, looked_at=at)


def remove(search: SavedSearch, *, at: dt.datetime) -> SavedSearch:
    """Remove it; within a day it can be brought back."""
    search.removed_at = at
    search.save(update_fields=["removed_at"])
    return search


def bring_back(search: SavedSearch) -> SavedSearch:
    """Undo a removal. Raises NotKept when another search has its name by now."""
    search.removed_at = None
    return _saved(search)


def forget_removed(*, at: dt.datetime) -> int:
    """Those that were removed more than a day ago are gone for good; returns how many."""
    return SavedSearch.objects.filter(removed_at__lt=at - BROUGHT_BACK_WITHIN).delete()[0]


def _named(name: str) -> str:
    words = " ".join(name.replace("\x00", "").split())
    if not words:
        raise NotKept(_("Give the search a name."))
    if len(words) > LONGEST_NAME:
        raise NotKept(_("The name is too long: at most {count} letters.").format(count=LONGEST_NAME))
    return words


def _saved(search: SavedSearch) -> SavedSearch:
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError as twin:
        raise NotKept(_("You keep a search named “{name}” already.").format(name=search.name)) from twin
    return search
