"""What an archive engine must be able to do, and the one that the settings choose.

An engine keeps one entry per document. It is a reading of the database: it may be wiped at any moment and is
built again. It gets queries as a tree (search.parser), never as text, and the rights filter comes with each one.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from search.parser import Query

ENGINES = {"embedded": "search.engines.embedded.EmbeddedEngine"}
FACETS = ("unit", "service", "year", "kind", "state")


class IndexUnavailable(Exception):
    """The archive index is missing or can't be read; it is built again from the database."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the archive knows of one document.

    ``listers`` are the reader terms of those who may see it in a list; ``text_readers`` of those who may open it,
    and so may find it by its text. ``fingerprint`` changes with anything that is kept here.
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


@dataclass(frozen=True, slots=True)
class Hit:
    document: int
    case: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits, how many there are in all, and how many fall under each value of each facet."""

    hits: Sequence[Hit]
    count: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Writer(Protocol):
    def put(self, entry: Entry) -> None:
        """Keep this entry instead of the one before of the same document."""

    def remove(self, documents: Collection[int]) -> None:
        """Forget these documents."""


class Engine(Protocol):
    def is_healthy(self) -> bool:
        """Whether there is an index of today's shape that can be read."""

    def writing(self) -> AbstractContextManager[Writer]:
        """The one writer; everything put inside becomes findable at once at the end, or nothing after an error."""

    def search(
        self, query: Query, *, reader_terms: Collection[str], facets: Collection[str] = FACETS, offset: int, limit: int
    ) -> Answer:
        """What answers the query and may be listed by somebody with these terms. Raises IndexUnavailable."""

    def wipe(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Begin anew with an empty index. Calls ``meanwhile`` while nobody can write, before the old index goes."""

    def count(self) -> int:
        """How many documents are kept. Raises IndexUnavailable."""

    def fingerprints(self) -> Iterator[tuple[int, int]]:
        """Each document with the fingerprint it was kept under. Raises IndexUnavailable."""


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine that the settings choose; one per process."""
    chosen: Engine = import_string(ENGINES[settings.SEARCH_ENGINE])(settings.SEARCH_INDEX_DIR)
    return chosen
