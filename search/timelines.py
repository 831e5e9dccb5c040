"""Everything about a place, or about a person or body: across cases and years, old registers included.

Only documents that the person may open are told of. Nobody is merged: who is perhaps the same is offered apart.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from cases.models import Case, Document, EntryKind, Party, Place, User
from cases.rights import reader_terms_of
from cases.same_places import Point, metres_between, places_near, words_key
from search import words
from search.engines import IndexUnavailable, Order, engine
from search.orders import days_of
from search.parser import And, Near, Query, Word

LINES_A_PAGE = 100
MOST_MENTIONS = 500
MOST_PLACES = 2_000
MOST_PERHAPS = 30
WORDS_BETWEEN = 2
MOST_WORDS_NEAR_EACH_OTHER = 4
MOST_WORDS_TYPED = 12
NEAR_METRES = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A document on a timeline. ``is_mention``: it only names the place. ``day``: None where nobody knows it."""

    document: Document
    day: dt.date | None
    as_written: str
    is_mention: bool = False

    @property
    def case(self) -> Case:
        return self.document.case

    @property
    def number(self) -> str:
        return self.document.entry.number if self.document.entry else ""

    @property
    def is_old(self) -> bool:
        return bool(self.document.entry and self.document.entry.kind == EntryKind.IMPORTED)


@dataclass(frozen=True, slots=True)
class Year:
    """The lines of one year; None for those that nobody dated."""

    year: int | None
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Timeline:
    years: Sequence[Year]
    count: int
    cases: int
    page: int
    pages: int


def timeline(documents: QuerySet[Document], *, mentions: Collection[int] = (), page: int = 1) -> Timeline:
    """The documents by year, the latest first. ``mentions``: keys of those that only name what is asked for."""
    count = documents.count()
    pages = max(1, -(-count // LINES_A_PAGE))
    page = max(1, min(page, pages))
    ordered = documents.annotate(shown_at=Coalesce("entry__registered_at", "captured_at")).order_by("-shown_at", "-pk")
    shown = ordered.select_related("entry__register", "case__institution", "case__unit", "case__place")
    lines = [_line(one, one.pk in mentions) for one in shown[(page - 1) * LINES_A_PAGE : page * LINES_A_PAGE]]
    years = [Year(year, list(some)) for year, some in groupby(lines, key=_year)]
    return Timeline(years, count, documents.order_by().values("case").distinct().count(), page, pages)


def _year(line: Line) -> int | None:
    return line.day.year if line.day else None


def _line(document: Document, is_mention: bool) -> Line:
    entry = document.entry
    if entry and entry.kind == EntryKind.IMPORTED:
        return Line(document, entry.written_earliest, entry.written_as, is_mention)
    return Line(document, dt.date.fromordinal(days_of(document.case, document)[0]), "", is_mention)


def _documents(user: User) -> QuerySet[Document]:
    """Receipts say nothing of their own: each filing has one."""
    return Document.objects.readable_by(user).exclude(kind="RECEIPT")


# -- A place


@dataclass(frozen=True, slots=True)
class Named:
    """Papers that were found by words, the newest first. ``more``: how many others have them; ``typed``: finds all."""

    documents: frozenset[int] = frozenset()
    more: int = 0
    typed: str = ""


@dataclass(frozen=True)
class PlaceAsked:
    """Words, a point, or both. ``metres``: how far from the point still counts."""

    words: str = ""
    point: Point | None = None
    metres: int = NEAR_METRES


class PlaceTimeline:
    """What happened at a place: cases that were about it, and papers of other cases that name it."""

    def __init__(self, asked: PlaceAsked, *, user: User, with_mentions: bool = True) -> None:
        self.asked, self.user, self.with_mentions = asked, user, with_mentions
        self.is_index_missing = False

    @cached_property
    def places(self) -> list[int]:
        """Keys of the rows that are this place."""
        found = set(places_near(self.asked.point, metres=self.asked.metres)) if self.asked.point else set()
        if key := words_key(self.asked.words):
            found |= set(Place.objects.filter(words_key=key).values_list("pk", flat=True)[:MOST_PLACES])
        return sorted(found)[:MOST_PLACES]

    @cached_property
    def mentions(self) -> set[int]:
        """Keys of documents that name the place, by any form of its words."""
        return set(self.named.documents)

    @cached_property
    def named(self) -> Named:
        """The newest papers that name the place, and how many more do."""
        if not self.with_mentions or not (parts := words_key(self.asked.words).split()):
            return Named()
        try:
            return _found(_words_near(parts), self.user, typed=_typed_near(parts))
        except IndexUnavailable:
            self.is_index_missing = True
            return Named()

    def read(self, *, page: int = 1) -> Timeline:
        about = Q(case__place__in=self.places)
        documents = _documents(self.user).filter(about | Q(pk__in=self.mentions))
        certain = set(_documents(self.user).filter(about, pk__in=self.mentions).values_list("pk", flat=True))
        return timeline(documents, mentions=self.mentions - certain, page=page)

    def other_spellings(self) -> list[str]:
        """How else the place was written in cases that the person may open."""
        seen = Place.objects.filter(pk__in=self.places, cases__in=Case.objects.readable_by(self.user))
        return sorted(set(seen.exclude(words="").values_list("words", flat=True)[:200]) - {self.asked.words})[:8]


def place_of(case: Case) -> PlaceAsked:
    """Where the case is about, as a question. Needs ``case.place``."""
    place = case.place
    if place is None:
        return PlaceAsked()
    words_said = place.words or " ".join(str(part) for part in place.address.values())
    has_point = place.latitude is not None and place.longitude is not None
    return PlaceAsked(words_said, Point(place.latitude, place.longitude) if has_point else None)  # type: ignore[arg-type]


def metres_from(asked: PlaceAsked, case: Case) -> int | None:
    """How far the case's own point is from the one asked for."""
    place = case.place
    if not asked.point or place is None or place.latitude is None or place.longitude is None:
        return None
    return round(metres_between(asked.point, Point(place.latitude, place.longitude)))


def _words_near(parts: Sequence[str]) -> Query:
    if len(parts) == 1:
        return Word(parts[0])
    if len(parts) <= MOST_WORDS_NEAR_EACH_OTHER:
        return Near(tuple(parts), WORDS_BETWEEN)
    return And(tuple(Word(part) for part in parts[:MOST_WORDS_TYPED]))


def _typed_near(parts: Sequence[str]) -> str:
    """What finds the same in the search."""
    words_said = " ".join(parts[:MOST_WORDS_TYPED])
    is_near = 1 < len(parts) <= MOST_WORDS_NEAR_EACH_OTHER
    return f'"{words_said}"~{WORDS_BETWEEN}' if is_near else words_said


def _found(query: Query, user: User, *, typed: str) -> Named:
    answer = engine().search(
        query, reader_terms=reader_terms_of(user), facets=(), order=Order.NEWEST, offset=0, limit=MOST_MENTIONS
    )
    return Named(frozenset(hit.document for hit in answer.hits), max(0, answer.count - len(answer.hits)), typed)


# -- A person or body


@dataclass(frozen=True, slots=True)
class Perhaps:
    """Somebody who is perhaps the same, and why that is thought."""

    party: Party
    has_same_address: bool
    cases: int


class PartyTimeline:
    """What a person or body had to do with the institution, in cases that the reader may open."""

    def __init__(self, party: Party, *, user: User, added: Collection[int] = ()) -> None:
        self.party, self.user, self.added = party, user, set(added)

    @cached_property
    def certain(self) -> QuerySet[Party]:
        """The same by its number; without a number, only the party itself."""
        if not self.party.identifier_hash:
            return Party.objects.filter(pk=self.party.pk)
        return self._within_reach().filter(identifier_hash=self.party.identifier_hash)

    def read(self, *, page: int = 1) -> Timeline:
        """With those whom the reader added by hand; nothing is kept of that."""
        chosen = [one.party.pk for one in self.perhaps if one.party.pk in self.added]
        cases = Party.objects.filter(Q(pk__in=self.certain.values("pk")) | Q(pk__in=self._alike(chosen)))
        return timeline(_documents(self.user).filter(case__in=cases.values("case")), page=page)

    @cached_property
    def perhaps(self) -> list[Perhaps]:
        """The same name, with the same address or none, and no other number. Each spelling with its address once."""
        alike = [one for one in self._named if self._is_perhaps_the_same(one)]
        groups: dict[tuple[str, str, str], list[Party]] = {}
        for one in alike:
            groups.setdefault((one.name, words_key(one.address), one.identifier_hash), []).append(one)
        offered = [
            Perhaps(some[0], bool(self._address and self._address == address), len({one.case_id for one in some}))
            for (_name, address, _hash), some in groups.items()
        ]
        return sorted(offered, key=lambda one: (not one.has_same_address, one.party.name))[:MOST_PERHAPS]

    @cached_property
    def _address(self) -> str:
        return words_key(self.party.address)

    def _alike(self, chosen: Iterable[int]) -> list[int]:
        """Of those who were chosen, everybody with the same spelling, address and number."""
        wanted = {
            (one.name, words_key(one.address), one.identifier_hash) for one in self._named if one.pk in set(chosen)
        }
        return [one.pk for one in self._named if (one.name, words_key(one.address), one.identifier_hash) in wanted]

    def _is_perhaps_the_same(self, other: Party) -> bool:
        if other.pk == self.party.pk or name_key(other.name) != name_key(self.party.name):
            return False
        numbers = {one.identifier_hash for one in (self.party, other) if one.identifier_hash}
        if len(numbers) > 1 or (self.party.identifier_hash and numbers == {other.identifier_hash}):
            return False
        address = words_key(other.address)
        return not address or not self._address or address == self._address

    @cached_property
    def _named(self) -> list[Party]:
        """Parties with the name in its usual spellings, and those of documents found by its words."""
        name = " ".join(self.party.name.split())
        if not name_key(name):
            return []
        spellings = {name, name.lower(), name.upper(), name.title()}
        condition = Q(name__in=spellings) | Q(case__documents__in=self.named.documents)
        found = self._within_reach().filter(condition).select_related("case").distinct().order_by("-pk")
        return list(found[:MOST_MENTIONS])

    @cached_property
    def named(self) -> Named:
        """The newest papers with the words of the name, among which the same name is looked for."""
        parts = [word.text for word in words.words_of(self.party.name)]
        if not parts:
            return Named()
        try:
            return _found(And(tuple(Word(part) for part in parts)), self.user, typed=" ".join(parts))
        except IndexUnavailable:
            return Named()

    def _within_reach(self) -> QuerySet[Party]:
        institution = self.party.case.institution_id
        return Party.objects.filter(case__in=Case.objects.readable_by(self.user), case__institution=institution)


def name_key(name: str) -> str:
    """A name as it is compared: without case, accents and signs, its words in any order."""
    return " ".join(sorted(words.plain(word.text) for word in words.words_of(name)))
