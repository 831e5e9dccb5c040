"""What an archive engine must be able to do, and the one that the settings choose.

An engine keeps one entry per document. It is a reading of the database: it may be wiped at any moment and is
built again. It gets queries as a tree (search.parser), never as text, and the rights filter comes with each one.
"""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import combinations
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from search.parser import And, Between, Everything, Filter, Near, Not, Or, Query

ENGINES = {
    "embedded": "search.engines.embedded.EmbeddedEngine",
    "elasticsearch": "search.engines.elasticsearch.ElasticsearchEngine",
}
# What a document has one value of, or none (""): codes of unit, service, register and class; the year of its first
# possible day; DocumentKind, Channel, CaseState and AccessLevel; a language tag.
FACETS = ("unit", "service", "register", "class", "year", "kind", "channel", "state", "language", "access")
NO_NUMBER = 2**62
# Between two texts of one document lie so many places: nothing is side by side, or near, across them.
GAP_BETWEEN_TEXTS = 100
MOST_FACET_VALUES = 100
# For a page that lists a filter's values; the largest plan of classes has some thousands.
ALL_FACET_VALUES = 10_000
# A word in a title says more about a document than the same word in its text.
HEADING_WEIGHT, AS_WRITTEN_WEIGHT, NUMBER_WEIGHT = 3.0, 2.0, 20.0


class IndexUnavailable(Exception):
    """The archive index is missing, damaged, or out of reach; what it said can be built again from the database."""


class Order(StrEnum):
    """How hits follow one another. Where nothing was asked that could be weighed, RELEVANCE means NEWEST."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the archive knows of one document.

    ``listers`` are the reader terms of those who may see it in a list; ``text_readers`` of those who may open it,
    and so may find it by its text. ``fingerprint`` changes with anything that is kept here. ``captured_on``: seconds
    since 1970. ``headings`` and ``texts`` may be spelt already (search.words.Spelt). ``days``: the first and the last
    day that the document may be of, as ``date.toordinal()`` counts them. ``number_order``: sorts register numbers by
    year, running number and letter; NO_NUMBER comes last.
    """

    document: int
    case: int
    fingerprint: int
    captured_on: int
    institution: str
    listers: frozenset[str]
    text_readers: frozenset[str]
    numbers: tuple[str, ...]
    headings: tuple[str, ...]
    facets: Mapping[str, str]
    texts: tuple[str, ...] = ()
    days: tuple[int, int] = (1, 1)
    number_order: int = NO_NUMBER


@dataclass(frozen=True, slots=True)
class Hit:
    document: int
    case: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits, how many there are in all, and how many fall under each value of each facet.

    ``is_partial``: a part of the index did not answer, so that hits may be missing.
    """

    hits: Sequence[Hit]
    count: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    is_partial: bool = False


class Writer(Protocol):
    refused: set[int]
    """After the writing: documents that were not kept, because somebody wrote a newer state or the engine was full."""

    def begin_reading(self) -> None:
        """Call it after the look at what waits, before the documents are read: of two writers the later wins."""

    def put(self, entry: Entry) -> None:
        """Keep this entry instead of the one before of the same document; where an index is being built, there too."""

    def put_into_rebuilt(self, entry: Entry) -> None:
        """Keep this entry in the index that is being built; where none is, in the one in use."""

    def remove(self, documents: Collection[int]) -> None:
        """Forget these documents."""


class Engine(Protocol):
    def is_healthy(self) -> bool:
        """Whether there is an index of today's shape that can be read."""

    def is_lost(self) -> bool:
        """Whether there is none and a new one may be begun; one that is only out of reach is not lost."""

    def writing(self) -> AbstractContextManager[Writer]:
        """What is put inside becomes findable at the end. After an error a part may be kept: put everything again."""

    def search(
        self,
        query: Query,
        *,
        reader_terms: Collection[str],
        facets: Collection[str] = FACETS,
        order: Order = Order.RELEVANCE,
        offset: int,
        limit: int,
        most_values: int = MOST_FACET_VALUES,
        fewest: int = 0,
    ) -> Answer:
        """What answers the query and may be listed by somebody with these terms. Raises IndexUnavailable.

        ``most_values``: how many values of each facet are counted at most, those that are met most. ``fewest``: where
        fewer documents are found, the facets need not be counted.
        """

    def scan(self, query: Query, *, reader_terms: Collection[str], order: Order = Order.RELEVANCE) -> Iterator[Hit]:
        """All hits, however many, as they were at one moment. Raises IndexUnavailable."""

    def wipe(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Begin anew with an empty index, so that what ``meanwhile`` lets wait is written into the new one.

        ``meanwhile`` may be called more than once. Raises IndexUnavailable.
        """

    def begin_rebuild(self) -> None:
        """Begin an empty index beside the one in use, which goes on answering; nothing if one is begun already."""

    def is_rebuilding(self) -> bool:
        """Whether an index is being built beside the one in use."""

    def finish_rebuild(self) -> None:
        """The index that was built takes the place of the one in use, in one step; the old one is removed."""

    def count(self) -> int:
        """How many documents are kept. Raises IndexUnavailable."""

    def size(self) -> int:
        """How many bytes the index takes. Raises IndexUnavailable."""

    def fingerprints(self, *, of_rebuilt: bool = False) -> Iterator[tuple[int, int]]:
        """Each document with the fingerprint it was kept under; of the index being built, if asked so.

        Raises IndexUnavailable.
        """


def newest_key(entry: Entry) -> int:
    """Largest for the newest: by the last day it may be of, then by when it was captured, then by its number here."""
    return entry.days[1] << 41 | entry.captured_on << 9 | entry.document & 511


def oldest_key(entry: Entry) -> int:
    """Smallest for the oldest, by the first day it may be of."""
    return entry.days[0] << 41 | entry.captured_on << 9 | entry.document & 511


def pairs_of_near(near: Near) -> Iterator[Near]:
    """The same for each two of its words: the engines agree only on two. In a stretch that has them all with so many
    others, any two have at most that many between them, and the rest of the sought."""
    between = near.distance + len(near.words) - 2
    for pair in combinations(near.words, 2):
        yield Near(pair, between)


def matching(query: Query) -> Query:
    """A shorter query that the same documents answer: what only weighs is left out. For counting."""
    match query:
        case And(parts):
            return And(tuple(map(matching, parts)))
        case Or(parts):
            asked = {part: frozenset(part.parts if isinstance(part, And) else [part]) for part in parts}
            least = [part for part in asked if not any(other < asked[part] for other in asked.values())]
            return matching(least[0]) if len(least) == 1 else Or(tuple(map(matching, least)))
        case Not(part):
            return Not(matching(part))
    return query


def is_ranked(query: Query) -> bool:
    """Whether anything but filters was asked for; else the newest come first."""
    match query:
        case Everything() | Filter() | Between() | Not():
            return False
        case And(parts) | Or(parts):
            return any(is_ranked(part) for part in parts)
    return True


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine that the settings choose; one per process."""
    chosen: Engine = import_string(ENGINES[settings.SEARCH_ENGINE]).from_settings()
    return chosen


# Two processes on one line to a cluster would take each other's answers.
os.register_at_fork(after_in_child=engine.cache_clear)
