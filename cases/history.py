"""The spine: everything that happens to a case, in words, each event carrying the hash of the one before.

Events are written here and nowhere else. ``append`` takes several at once, so that a registration
costs one insert. Whatever is personal goes into ``personal``: the chain keeps a salted hash of it and
EventValue the value, which can be erased later without breaking the chain.
"""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.acting import Actor
from cases.canonical import moment, sha256_of
from cases.models import Case, Channel, DeliveryChannel, Document, Event, EventValue, PartyRole, RelationKind
from cases.rows import insert
from cases.texts import in_language

SCHEMA_VERSION = 1

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHOICES: dict[str, dict[Any, Any]] = {
    "channel": dict(DeliveryChannel.choices) | dict(Channel.choices),
    "relation": dict(RelationKind.choices),
    "role": dict(PartyRole.choices),
    "what": {"TITLE": _("The title"), "SUBJECT": _("The subject"), "NAME": _("The name")},
}

# What each kind of event says. ``office`` is for officials, ``public`` for the applicant (empty: the same).
_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {}
# What a kind of event says in the place of a value that was left empty.
_UNSAID: dict[str, Mapping[str, str | Promise]] = {}


def register_words(
    kind: str, office: str | Promise, public: str | Promise = "", *, unsaid: Mapping[str, str | Promise] | None = None
) -> None:
    """Say how a kind of event reads. ``{name}`` is replaced from the event's payload and values.

    ``unsaid``: the words for a value that nobody gave; one that was erased is a dash.
    """
    _WORDS[kind] = (office, public)
    _UNSAID[kind] = unsaid or {}


def register_choices(name: str, words: Mapping[str, str | Promise]) -> None:
    """Say how the values of a payload's key read, e.g. how a case ended."""
    _CHOICES[name] = dict(words)


@dataclass(frozen=True)
class News:
    """One thing that happened, before it has its place in the chain.

    ``payload``: JSON values, nothing personal. ``personal``: name to text, kept outside the chain.
    """

    kind: str
    is_public: bool = False
    payload: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    document: Document | None = None


def record(
    case: Case,
    kind: str,
    *,
    actor: Actor,
    at: dt.datetime,
    is_public: bool = False,
    payload: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
    document: Document | None = None,
) -> Event:
    """Write one event at the end of the case's chain."""
    news = News(kind, is_public, payload or {}, personal or {}, document)
    return append(case, [news], actor=actor, at=at)[0]


def append(case: Case, news: Iterable[News], *, actor: Actor, at: dt.datetime, is_fresh: bool = False) -> list[Event]:
    """Write events at the end of the case's chain, in order.

    ``is_fresh``: the case was made in this very transaction, so nobody else can hold its chain; the caller saves
    the chain's new end with the rest of the case.
    No event is earlier than the one before it: a clock that went back is held at the last moment.
    """
    if is_fresh:
        return _add(case, news, actor=actor, at=at)
    with transaction.atomic():
        head = Case.objects.select_for_update().values_list("last_event_seq", "last_event_hash", "last_event_at")
        case.last_event_seq, case.last_event_hash, case.last_event_at = head.get(pk=case.pk)
        events = _add(case, news, actor=actor, at=at)
        Case.objects.filter(pk=case.pk).update(
            last_event_seq=case.last_event_seq, last_event_hash=case.last_event_hash, last_event_at=case.last_event_at
        )
    return events


def _add(case: Case, news: Iterable[News], *, actor: Actor, at: dt.datetime) -> list[Event]:
    moment_at = max(at, case.last_event_at) if case.last_event_at else at
    events, values = [], []
    for item in news:
        event, event_values = _next(case, item, actor=actor, at=moment_at)
        events.append(event)
        values.extend(event_values)
    insert(events)
    insert(values)
    return events


def _next(case: Case, news: News, *, actor: Actor, at: dt.datetime) -> tuple[Event, list[EventValue]]:
    event = Event(
        institution_id=case.institution_id,
        case=case,
        seq=case.last_event_seq + 1,
        kind=news.kind,
        at=at,
        actor=actor.user,
        actor_post=actor.post,
        capacity=actor.capacity,
        capacity_note=actor.note,
        document=news.document,
        is_public=news.is_public,
        payload=dict(news.payload),
        schema_version=SCHEMA_VERSION,
        previous_hash=case.last_event_hash,
    )
    values = []
    for name, value in news.personal.items():
        salt = secrets.token_hex(16)
        event.personal[name] = salted_hash(salt, value)
        values.append(EventValue(event=event, name=name, salt=salt, value=value))
    event.hash = sha256_of(chained(event, case.public_id))
    case.last_event_seq, case.last_event_hash, case.last_event_at = event.seq, event.hash, at
    return event, values


def salted_hash(salt: str, value: str) -> str:
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


def chained(event: Event, case_id: str) -> dict[str, Any]:
    """What an event's hash covers. Fixed for ever for its schema version."""
    return {
        "schema": event.schema_version,
        "case": case_id,
        "seq": event.seq,
        "kind": event.kind,
        "at": moment(event.at),
        "actor": event.actor_id,
        "post": event.actor_post_id,
        "capacity": str(event.capacity),
        "capacity_note": event.capacity_note,
        "document": event.document_id,
        "public": event.is_public,
        "payload": event.payload,
        "personal": event.personal,
        "previous": event.previous_hash,
    }


def broken_links(case: Case) -> Iterator[str]:
    """What is wrong with the case's chain, one sentence each; nothing when it holds."""
    previous, seq = "", 0
    for event in Event.objects.filter(case=case).order_by("seq").prefetch_related("values"):
        seq += 1
        if event.seq != seq or event.previous_hash != previous:
            yield f"event {event.seq} does not follow event {seq - 1}"
        if event.hash != sha256_of(chained(event, case.public_id)):
            yield f"event {event.seq} was changed after it was written"
        for value in event.values.all():
            if event.personal.get(value.name) != salted_hash(value.salt, value.value):
                yield f"the value {value.name} of event {event.seq} is not the one that was hashed"
        previous, seq = event.hash, event.seq
    if (case.last_event_seq, case.last_event_hash) != (seq, previous):
        yield "the end of the chain is missing"


class _Gaps(dict[str, Any]):
    """Fills a sentence; a value that was erased or never given reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def _readable(key: str, value: Any) -> str:
    """A payload's value for the reader: texts in their language, days in their format, channels by name."""
    if isinstance(value, dict):
        return str(in_language(value))
    if key in _CHOICES:
        return str(_CHOICES[key].get(value, value))
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
    return str(value)


def words_of(event: Event, *, for_applicant: bool = False, values: Iterable[EventValue] | None = None) -> str:
    """The event in the reader's language. Reads ``event.values`` unless they are given (else prefetch for lists)."""
    office, public = _WORDS.get(event.kind, (event.kind, ""))
    sentence = str(public or office) if for_applicant else str(office)
    facts = _Gaps({key: _readable(key, value) for key, value in event.payload.items() if value not in ("", None)})
    unsaid = _UNSAID.get(event.kind, {})
    said = {
        value.name: value.value or unsaid.get(value.name)
        for value in (event.values.all() if values is None else values)
    }
    facts.update({name: words for name, words in said.items() if words})
    return sentence.format_map(facts)


def erase_personal_values(case: Case) -> int:
    """Erase what the events said of people; hashes, order and moments stay. Returns how many."""
    return EventValue.objects.filter(event__case=case).delete()[0]


register_words("FILED", _("Filed by the applicant ({channel})"), _("We received your filing"))
register_words("REGISTERED", _("Registered as {number}"), _("Registered as {number}"))
register_words("JOINED_CASE", _("{number} joined this case: {title}"), _("We received: {title}"))
register_words("ENTRY_VOIDED", _("Entry {number} was voided: {reason}"), _("The number {number} was voided"))
register_words("SIGN_GIVEN", _("The case got the sign {sign}"))
register_words("DOCUMENT_ADDED", _("Document added: {title}"))
register_words("SEARCHABLE_COPY_MADE", _("A searchable copy was put beside the scan “{name}”"))
register_words("SCAN_REPLACED", _("A better scan of “{title}” took the place of the earlier one"))
register_words("DOCUMENT_MOVED_OUT", _("The document “{title}” was moved to case {other}: {reason}"))
register_words("DOCUMENT_MOVED_IN", _("The document “{title}” came from case {other}: {reason}"))
register_words("DESCRIPTION_CORRECTED", _("{what} was corrected from “{old}” to “{new}”: {reason}"))
register_words("CASE_RELATED", _("Related to case {other}: {relation}"))
register_words("CASE_JOINED_INTO", _("This case was joined into {other}"), _("Your case is now handled as {other}"))
register_words("CASE_TOOK_IN", _("Case {other} was joined into this one"))
register_words("CASE_SPLIT_OFF", _("Case {other} was split off"))
register_words("PARTY_ADDED", _("{name} became a party: {role}"))
register_words("ANSWER_TRANSCRIBED", _("An answer was added later: {key}"))
register_words("NOTE", _("Telephone note: {note}"))
register_words("MESSAGE_SENT", _("Message to the applicant: {message}"), "{message}")
register_words("ASSIGNED", _("Handed to {unit}"), _("Handed to {unit}"))
register_words("HOLDER_CHANGED", _("{holder} holds the case"))
register_words(
    "CLOCK_SUSPENDED",
    _("The clock stands still: {reason}"),
    _("The clock stands still until we have heard from you"),
)
register_words("CLOCK_RESUMED", _("The clock runs on; due on {due}"), _("The clock runs on; answer expected by {due}"))
register_words(
    "CLOCK_EXTENDED",
    _("Prolonged until {due}: {reason}"),
    _("We need more time, until {due}. The reason: {reason}"),
)
register_words(
    "WAITS_WHILE_CLOCK_RUNS",
    _("The clock runs on while the applicant is asked: {reason}"),
    _("The clock runs on while we wait for you"),
)
register_words("CLOCK_STARTED", _("The term begins; due on {due}"), _("The term begins; answer expected by {due}"))
register_words(
    "CLOCK_RECOUNTED",
    _("The days off changed: due on {due} in place of {old}"),
    _("The days off changed: answer expected by {due}"),
)
register_words("ACCESS_GIVEN", _("Access from outside was given"))
register_words("ACCESS_ENDED", _("Access from outside was ended"))
register_words("SENT", _("“{title}” was sent: {channel}"), _("Sent to you: {title}"))
register_words("DELIVERED", _("“{title}” was delivered: {channel}"), _("Delivered: {title}"))
register_words("CAME_BACK", _("“{title}” came back: {reason}"))
register_words("LOCKED", _("“{title}” was locked for signature"))
register_words("SIGNED", _("“{title}” was signed"), _("The answer was signed"))
register_words("SIGNATURE_CALLED_BACK", _("“{title}” was called back before it was signed"))
register_words("CLOSED", _("Closed: {outcome}"), _("Your case is closed"))
register_words("HELD", _("Nothing of this case may be destroyed: {reason}"))
register_words("HOLD_LIFTED", _("The hold on this case was lifted: {reason}"))
register_words("FILE_DESTROYED", _("The file {name} was destroyed by rule: {rule}"))
