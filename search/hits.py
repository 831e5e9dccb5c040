"""The documents and files behind an engine's hits, as the database has them now: each read in one question."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from cases.known_queries import AMOUNTS, KnownQuery, in_turns
from cases.models import AccessLevel, Document, EntryKind, User, office_name_of
from cases.rights import Scope, scope_of
from cases.texts import Texts, in_language
from search.models import PageText, TextState
from search.texts import best_of, living_files

DOCUMENT = ("pk", "public_id", "title", "access_level", "captured_at")
CASE = ("case_id", "public_id", "number", "subject", "state", "closed_at", "access_level", "place_id")
UNIT = ("code", "names")
ENTRY = ("number", "kind", "written_as", "registered_at", "sender_id")
SHOWN = [
    *DOCUMENT,
    *(name if name == "case_id" else f"case__{name}" for name in CASE),
    *(f"case__unit__{name}" for name in UNIT),
    *(f"entry__{name}" for name in ENTRY),
]
FILE = [
    *("component__document_id", "component_id", "pk", "name", "role", "component__role"),
    *("stored_file_id", "stored_file__media_type", "stored_file__text__state"),
]


class FoundUnit(NamedTuple):
    code: str
    names: Texts

    def __str__(self) -> str:
        return str(in_language(self.names)) or self.code


class FoundCase(NamedTuple):
    """A case as a list of results shows it."""

    pk: int
    public_id: str
    number: str
    subject: str
    state: str
    closed_at: dt.datetime | None
    access_level: str
    place_id: int | None
    unit: FoundUnit

    def __str__(self) -> str:
        return self.number or self.public_id

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class FoundEntry(NamedTuple):
    """The line of a register that a document came in with."""

    number: str
    kind: str
    written_as: str
    registered_at: dt.datetime
    sender_id: int | None

    @property
    def is_imported(self) -> bool:
        return self.kind == EntryKind.IMPORTED


class FoundDocument(NamedTuple):
    pk: int
    public_id: str
    title: str
    access_level: str
    captured_at: dt.datetime
    case: FoundCase
    entry: FoundEntry | None

    @classmethod
    def read(cls, values: Sequence[Any]) -> "FoundDocument":
        """From a row in the order of ``SHOWN``."""
        ends = [len(DOCUMENT), len(DOCUMENT) + len(CASE), len(DOCUMENT) + len(CASE) + len(UNIT)]
        unit = FoundUnit._make(values[ends[1] : ends[2]])
        case = FoundCase._make((*values[ends[0] : ends[1]], unit))
        entry = values[ends[2] :]
        return cls._make((*values[: ends[0]], case, FoundEntry._make(entry) if entry[1] is not None else None))

    @property
    def is_guarded(self) -> bool:
        """Whether seeing it in a list is not enough to open it."""
        return AccessLevel.RESTRICTED in (self.access_level, self.case.access_level)


class FoundFile(NamedTuple):
    """A living file, in the order of ``FILE``; ``state``: how far its text was read, None for a file never met."""

    document: int
    component: int
    pk: int
    name: str
    role: str
    part: str
    sha256: str
    media_type: str
    state: str | None

    @property
    def office_name(self) -> str:
        return office_name_of(self.name, self.role, part=self.part)

    @property
    def text_state(self) -> TextState:
        return TextState(self.state or TextState.WAITING)


def documents_of(user: User, ids: Sequence[int]) -> list[FoundDocument]:
    """Those that the person may see in a list, in the order of the ids."""
    scope = scope_of(user)
    if scope.is_empty:
        return []
    rows = (row for some in in_turns(ids) for row in _known_documents(scope, len(some))(*some))
    found = {row[0]: FoundDocument.read(row) for row in rows}
    return [found[pk] for pk in ids if pk in found]


def shut_among(user: User, documents: Iterable[FoundDocument]) -> set[int]:
    """Those that the person may not open now. Only what is guarded is asked for."""
    guarded = {one.pk for one in documents if one.is_guarded}
    if not guarded:
        return set()
    return guarded.difference(Document.objects.readable_by(user).filter(pk__in=guarded).values_list("pk", flat=True))


def files_of(documents: Sequence[int]) -> dict[int, list[FoundFile]]:
    """By document the files that have its text: one for each of its parts, in their order."""
    parts: dict[int, dict[int, list[FoundFile]]] = {}
    for some in in_turns(documents):
        for file in map(FoundFile._make, _known_files(len(some))(*some)):
            parts.setdefault(file.document, {}).setdefault(file.component, []).append(file)
    return {document: [best_of(files) for files in found.values()] for document, found in parts.items()}


def pages_of(files: Collection[str], *, first: int, last: int) -> Iterator[tuple[str, int, str]]:
    """Texts of the pages behind ``first`` up to ``last``: hash of the file, page, text; those of a file in order."""
    for some in in_turns(sorted(files)):
        yield from _known_pages(len(some))(first, last, *some)


@lru_cache(maxsize=512)
def _known_documents(scope: Scope, amount: int) -> KnownQuery[tuple[Any, ...]]:
    visible = Document.objects.visible_within(scope)
    return KnownQuery(lambda *keys: visible.filter(pk__in=keys).values_list(*SHOWN), *[int] * amount)


@lru_cache(maxsize=len(AMOUNTS))
def _known_files(amount: int) -> KnownQuery[tuple[Any, ...]]:
    files = living_files().order_by("component__position", "pk")
    return KnownQuery(lambda *keys: files.filter(component__document__in=keys).values_list(*FILE), *[int] * amount)


@lru_cache(maxsize=len(AMOUNTS))
def _known_pages(amount: int) -> KnownQuery[tuple[str, int, str]]:
    pages = PageText.objects.order_by("stored_file", "page").values_list("stored_file_id", "page", "text")
    return KnownQuery(
        lambda first, last, *files: pages.filter(page__gt=first, page__lte=last, stored_file__in=files),
        *(int, int),
        *[str] * amount,
    )
