"""One order over all events of an institution, given by a job so that no global lock stands in filing's path."""

import datetime as dt
import hashlib
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from cases.models import Event, EventPlace, Institution

BATCH = 1000
# Whatever wrote an event has ended by then, so that the event is there.
SETTLED_AFTER = dt.timedelta(hours=1)


def place_new_events(*, at: dt.datetime, everywhere: bool = False) -> int:
    """Give every event without a place the next one; returns how many got theirs.

    Looks among the events since the last one that was placed an hour ago. ``everywhere``: among all, for those of a
    transaction that took longer, or of an institution whose turn did not come before the worker was stopped for hours.
    """
    settled = None if everywhere else _last_settled(at)
    placed = 0
    for institution in Institution.objects.all():
        # Asked before the lock is taken, under which nobody else can write on SQLite.
        while _without_place(institution, settled).exists():
            placed += _place(institution, settled, at=at)
    return placed


def _last_settled(at: dt.datetime) -> int | None:
    """The key of an event below which all had their place an hour ago, as far as they were there."""
    places = EventPlace.objects.filter(placed_at__lt=at - SETTLED_AFTER)
    return places.order_by("-pk").values_list("pk", flat=True).first()


def _without_place(institution: Institution, settled: int | None) -> QuerySet[Event]:
    events = Event.objects.filter(institution=institution, place__isnull=True)
    return events if settled is None else events.filter(pk__gt=settled)


@transaction.atomic
def _place(institution: Institution, settled: int | None, *, at: dt.datetime) -> int:
    # Not the key: rows that refer to the institution are written meanwhile, filings first of all.
    Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    last = EventPlace.objects.filter(institution=institution).order_by("-position").first()
    position, previous = (last.position, last.hash) if last else (0, "")
    places = []
    for event in _without_place(institution, settled).order_by("pk")[:BATCH]:
        position += 1
        previous = place_hash(previous, event.hash)
        places.append(EventPlace(event=event, institution=institution, position=position, placed_at=at, hash=previous))
    EventPlace.objects.bulk_create(places)
    return len(places)


def place_hash(previous: str, event_hash: str) -> str:
    return hashlib.sha256(f"{previous}{event_hash}".encode()).hexdigest()


def broken_places(institution: Institution) -> Iterator[str]:
    """What is wrong with the order, one sentence each."""
    previous = ""
    places = EventPlace.objects.filter(institution=institution).order_by("position")
    rows = places.values_list("position", "hash", "event__hash").iterator(chunk_size=2000)
    for position, place in enumerate(rows, start=1):
        previous = place_hash(previous, place[2])
        if place[:2] != (position, previous):
            yield f"place {place[0]} in the order of events does not hold"
            return
