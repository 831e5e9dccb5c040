"""The way of a case as the applicant reads it, like a parcel's: a reading of the public events, nothing kept twice."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.history import words_of
from cases.models import (
    Case,
    CaseState,
    Channel,
    DeliveryChannel,
    Dispatch,
    DispatchKind,
    DispatchState,
    Event,
    Party,
)
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


# Said by another event at the same moment, shown as a message, or told by the station of the answer.
SENDING = {"SENT", "DELIVERED", "REGISTERED_OUT", "CLOSED"}
NOT_STATIONS = {
    "MESSAGE_SENT",
    "CLOCK_SUSPENDED",
    "WAITS_WHILE_CLOCK_RUNS",
    "CLOCK_STARTED",
    "CLOCK_RECOUNTED",
    "WAIT_ENDED",
} | SENDING
# To the reader one station: writing, sending back and signing anew are the office's business.
DECIDING = {"DRAFT_SENT_ON", "APPROVED", "SIGNED"}
AHEAD: Sequence[tuple[str, str | Promise]] = (
    ("WITH_UNIT", _("The unit in charge works on it")),
    ("BEING_SIGNED", _("The decision is written and signed")),
    ("CLOSED", _("You get the answer")),
)

# How the answer stands with its reader, by its way and state.
ON_ITS_WAY: Mapping[tuple[str, str], tuple[str | Promise, Place]] = {
    (DeliveryChannel.PORTAL, DispatchState.SENT): (_("The answer is on this page"), Place.PAST),
    (DeliveryChannel.EMAIL, DispatchState.PREPARED): (_("The answer goes to you by e-mail"), Place.NOW),
    (DeliveryChannel.EMAIL, DispatchState.SENT): (_("The answer was sent to you by e-mail"), Place.PAST),
    (DeliveryChannel.POST, DispatchState.PREPARED): (_("The answer goes to you by post"), Place.NOW),
    (DeliveryChannel.POST, DispatchState.SENT): (_("The answer was posted to you"), Place.NOW),
    (DeliveryChannel.COUNTER, DispatchState.PREPARED): (_("The answer waits for you at the counter"), Place.NOW),
    (DeliveryChannel.COUNTER, DispatchState.DELIVERED): (_("You collected the answer"), Place.PAST),
}
AT_ITS_END: Mapping[str, tuple[str | Promise, Place]] = {
    DispatchState.DELIVERED: (_("The answer was delivered to you"), Place.PAST),
    DispatchState.RETURNED: (_("The answer came back to us; please call us"), Place.WAITING),
    DispatchState.REFUSED: (_("The answer came back to us; please call us"), Place.WAITING),
}
DECIDED = (_("Your case is decided"), Place.PAST)


@dataclass
class _Reading:
    passed: list[tuple[str, Station]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    asked: Event | None = None


def way_of(case: Case, party: Party) -> Way:
    """The way so far and what lies ahead, as this party reads it: a person's order, not the office's."""
    events = Event.objects.filter(case=case, is_public=True).order_by("seq").prefetch_related("values")
    read = _read(case, events, party.name)
    stations = _told_short(read)
    if case.is_closed:
        stations = sorted([*stations, _answer(case, party)], key=attrgetter("at"))
    elif case.state != CaseState.JOINED:
        stations = _with_now(stations, waiting=case.state == CaseState.WAITING)
        stations += [Station(words, Place.LATER) for code, words in AHEAD if code not in read.reached]
    if case.state != CaseState.WAITING or read.asked is None:
        return Way(stations, read.messages)
    until = read.asked.payload.get("until")
    return Way(stations, read.messages, _said(read.asked, "message"), dt.date.fromisoformat(until) if until else None)


def _told_short(read: _Reading) -> list[Station]:
    """Of the steps of deciding the last; that opinions were asked for only until they are used."""
    deciding = [place for place, (kind, _station) in enumerate(read.passed) if kind in DECIDING]
    overtaken = set(deciding[:-1])
    if deciding and "OPINION_GIVEN" in read.reached:
        overtaken |= {place for place in range(deciding[-1]) if read.passed[place][0] == "OPINIONS_ASKED"}
    return [station for place, (_kind, station) in enumerate(read.passed) if place not in overtaken]


def _answer(case: Case, party: Party) -> Station:
    """The last station: where the answer is. Whoever is served through somebody else reads that it is decided."""
    served = Dispatch.objects.filter(case=case, party=party, kind=DispatchKind.RESULT).order_by("pk").last()
    if served is None:
        return Station(*DECIDED, case.closed_at)
    usual = AT_ITS_END.get(served.state, DECIDED)
    at = served.returned_at or served.delivered_at or served.sent_at or case.closed_at
    return Station(*ON_ITS_WAY.get((served.channel, served.state), usual), at)


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
            read.passed.append((event.kind, Station(_words(event), Place.PAST, event.at)))
    return read


def _words(event: Event) -> str:
    """What happened; what was asked stands in full above, what was sent from here needs no title of the register."""
    if event.kind == "ASKED_APPLICANT":
        return gettext("We asked you for something more")
    if event.kind == "JOINED_CASE" and event.payload.get("channel") == Channel.WEB:
        return gettext("We received your message") if _said(event, "message") else gettext("We received your documents")
    return words_of(event, for_applicant=True)


def _with_now(stations: list[Station], *, waiting: bool) -> list[Station]:
    """The last thing that happened is where the case stands now."""
    if not stations:
        return stations
    last = stations[-1]
    return [*stations[:-1], Station(last.words, Place.WAITING if waiting else Place.NOW, last.at)]


def _said(event: Event, name: str) -> str:
    said = next((value.value for value in event.values.all() if value.name == name), None)
    return said or str(event.payload.get(name) or "")
