"""The way of a case as the applicant reads it, like a parcel's: a reading of the public events, nothing kept twice."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.history import words_of
from cases.models import Case, CaseState, Channel, Event
from cases.texts import in_language


class Place(StrEnum):
    PAST = "PAST"
    NOW = "NOW"
    WAITING = "WAITING"
    LATER = "LATER"


@dataclass(frozen=True)
class Station:
    words: str | Promise
    place: Place
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Message:
    words: str
    at: dt.datetime
    is_from_office: bool
    sender: str


@dataclass(frozen=True)
class Way:
    stations: Sequence[Station]
    messages: Sequence[Message]
    asked: str = ""
    asked_until: dt.date | None = None


REGISTERED, SENT = "REGISTERED", "SENT"
# Said by another event at the same moment, or shown as a message instead.
NOT_STATIONS = {"MESSAGE_SENT", "CLOCK_SUSPENDED", "WAIT_ENDED"}
AHEAD: Sequence[tuple[str, str | Promise]] = (
    ("WITH_UNIT", _("The unit in charge works on it")),
    ("BEING_SIGNED", _("The decision is written and signed")),
    (SENT, _("You get the answer")),
)


@dataclass
class _Reading:
    stations: list[Station] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    asked: Event | None = None


def way_of(case: Case, *, sender: str) -> Way:
    """The way so far and what lies ahead. ``sender``: the applicant's name, for the messages they wrote."""
    events = Event.objects.filter(case=case, is_public=True).order_by("seq").prefetch_related("values")
    read = _read(case, events, sender)
    is_over = case.state in {CaseState.CLOSED, CaseState.JOINED}
    stations = _with_now(read.stations, waiting=case.state == CaseState.WAITING, is_over=is_over)
    if not is_over:
        stations += [Station(words, Place.LATER) for code, words in AHEAD if code not in read.reached]
    if case.state != CaseState.WAITING or read.asked is None:
        return Way(stations, read.messages)
    until = read.asked.payload.get("until")
    return Way(stations, read.messages, _said(read.asked, "message"), dt.date.fromisoformat(until) if until else None)


def _read(case: Case, events: Iterable[Event], sender: str) -> _Reading:
    read = _Reading()
    office = in_language(case.unit.names, main=case.institution.main_language).words
    for event in events:
        read.reached |= {event.kind, str(event.payload.get("milestone", ""))}
        if event.kind == "ASKED_APPLICANT":
            read.asked = event
        from_office = event.kind == "MESSAGE_SENT"
        if message := _said(event, "message"):
            is_ours = from_office or event.kind == "ASKED_APPLICANT"
            read.messages.append(Message(message, event.at, is_ours, office if is_ours else sender))
        if event.kind not in NOT_STATIONS:
            read.stations.append(Station(_words(event), Place.PAST, event.at))
    return read


def _words(event: Event) -> str:
    """What happened; what the applicant sent through this site needs no title from the register."""
    if event.kind == "JOINED_CASE" and event.payload.get("channel") == Channel.WEB:
        return gettext("We received your message") if _said(event, "message") else gettext("We received your documents")
    return words_of(event, for_applicant=True)


def _with_now(stations: list[Station], *, waiting: bool, is_over: bool) -> list[Station]:
    """The last thing that happened is where the case stands now."""
    if not stations or is_over:
        return stations
    last = stations[-1]
    return [*stations[:-1], Station(last.words, Place.WAITING if waiting else Place.NOW, last.at)]


def _said(event: Event, name: str) -> str:
    said = next((value.value for value in event.values.all() if value.name == name), None)
    return said or str(event.payload.get(name) or "")
