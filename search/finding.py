"""One search as an official makes it: asked with their rights, looked up again in the database, shown with passages."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from cases import media_types
from cases.models import AccessLevel, Case, Component, ComponentFile, Document, EntryKind, User
from cases.rights import reader_terms_of
from search.answering import answered
from search.asking import Asked
from search.engines import ALL_FACET_VALUES, Answer
from search.models import TROUBLE_STATES, PageText, TextState
from search.parser import Query
from search.passages import Piece, Seeker
from search.texts import files_with_text, living_files, text_state

RESULTS_A_PAGE = 20
DEEPEST_PAGE = 50
PASSAGES_A_RESULT = 3
# Texts are gone through for passages within these bounds; what lies behind is found all the same, without a passage.
NEAR_PAGES, FAR_PAGES, MOST_LETTERS = 30, 600, 4_000_000

KINDS_WITH_PAGES = {media_types.PDF, media_types.DOCX, media_types.ODT}


@dataclass(frozen=True, slots=True)
class Passage:
    """``page`` is None for files that have no pages, such as an e-mail."""

    pieces: Sequence[Piece]
    file_name: str
    page: int | None
    file: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file whose text couldn't be read, and why, in words."""

    file_name: str
    words: str


@dataclass(slots=True)
class Result:
    document: Document
    title: Sequence[Piece]
    may_open: bool
    passages: list[Passage] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return self.document.case

    @property
    def number(self) -> str:
        return self.document.entry.number if self.document.entry else str(self.case)

    @property
    def written_as(self) -> str:
        """The date of an old item as its register has it, if it has one; empty where we know the day ourselves."""
        entry = self.document.entry
        return (entry.written_as or _("Without a date")) if entry and entry.kind == EntryKind.IMPORTED else ""

    @property
    def day(self) -> dt.datetime:
        return self.document.entry.registered_at if self.document.entry else self.document.captured_at


@dataclass(frozen=True, slots=True)
class Findings:
    results: Sequence[Result]
    count: int
    page: int
    pages: int
    facets: Mapping[str, Mapping[str, int]]
    is_partial: bool = False
    is_loosened: bool = False


def find(user: User, typed: str, *, chosen: Mapping[str, str] | None = None, page: int = 1) -> Findings:
    """What the person may see of what they typed; ``chosen``: values by facet. Raises like ``find_asked``."""
    return find_asked(user, Asked(typed, chosen or {}, with_receipts=True), page=page)


def find_asked(user: User, asked: Asked, *, page: int = 1, limit: int = RESULTS_A_PAGE) -> Findings:
    """What the person may see of what they asked for; ``limit``: results a page.

    Raises asking.NotTheseDays, parser.QueryTooComplex and engines.IndexUnavailable.
    """
    page = max(1, min(page, DEEPEST_PAGE))
    answer, understood, is_loosened, _asked = answered(
        asked.as_typed, reader_terms=reader_terms_of(user), order=asked.order, offset=(page - 1) * limit, limit=limit
    )
    pages = min(-(-answer.count // limit), DEEPEST_PAGE)
    results = _results(user, answer, Seeker(understood))
    return Findings(results, answer.count, page, pages, answer.facets, answer.is_partial, is_loosened)


def count_of(user: User, asked: Asked) -> int:
    """How many documents they would find. Raises like ``find_asked``."""
    return asked_in_the_end(user, asked)[1]


def values_of(user: User, asked: Asked, facet: str) -> Mapping[str, int]:
    """How many documents each value of a filter would find. Raises like ``find_asked``."""
    found = answered(
        asked.as_typed,
        reader_terms=reader_terms_of(user),
        facets=(facet,),
        order=asked.order,
        offset=0,
        limit=1,
        most_values=ALL_FACET_VALUES,
    )
    return found.answer.facets[facet]


def asked_in_the_end(user: User, asked: Asked) -> tuple[Query, int]:
    """The query that answers them, less strict where hardly a paper does, and its count. Raises like ``find_asked``."""
    found = answered(
        asked.as_typed, reader_terms=reader_terms_of(user), facets=(), order=asked.order, offset=0, limit=1
    )
    return found.asked, found.answer.count


def _results(user: User, answer: Answer, seeker: Seeker) -> list[Result]:
    """The hits in their order, as the database has them now: an index may be some seconds behind a change of rights."""
    ids = [hit.document for hit in answer.hits]
    visible = (
        Document.objects.visible_to(user).filter(pk__in=ids).select_related("case__unit", "case__service", "entry")
    )
    found = {document.pk: document for document in visible.prefetch_related(*_files())}
    guarded = {pk for pk, document in found.items() if _is_guarded(document)}
    shut = guarded.difference(Document.objects.readable_by(user).filter(pk__in=guarded).values_list("pk", flat=True))
    results = [Result(found[pk], seeker.marked(found[pk].title), may_open=pk not in shut) for pk in ids if pk in found]
    opened = [result for result in results if result.may_open]
    _add_troubles(opened)
    if seeker.seeks_something:
        _add_passages(opened, seeker)
    return results


def _is_guarded(document: Document) -> bool:
    """Whether seeing it in a list is not enough to open it."""
    return AccessLevel.RESTRICTED in {document.access_level, document.case.access_level}


def _files() -> tuple[Prefetch, Prefetch]:
    files = living_files().select_related("stored_file__text")
    components = Component.objects.order_by("position")
    return Prefetch("components", queryset=components), Prefetch("components__files", queryset=files)


def _add_troubles(results: Iterable[Result]) -> None:
    for result in results:
        for file in files_with_text(result.document):
            state = TextState(text_state(file))
            if state in TROUBLE_STATES:
                result.troubles.append(Trouble(file.office_name, str(state.label)))


def _add_passages(results: Sequence[Result], seeker: Seeker) -> None:
    """Go through the first pages of all results, then through later pages of those where nothing was found yet."""
    letters = _seek(results, seeker, first=0, last=NEAR_PAGES, letters=MOST_LETTERS)
    without = [result for result in results if not result.passages]
    _seek(without, seeker, first=NEAR_PAGES, last=FAR_PAGES, letters=letters)


def _seek(results: Collection[Result], seeker: Seeker, *, first: int, last: int, letters: int) -> int:
    """Add passages from the pages behind ``first`` up to ``last``; returns how many letters may still be read."""
    uses: dict[str, list[tuple[Result, ComponentFile]]] = {}
    for result in results:
        for file in files_with_text(result.document):
            uses.setdefault(file.stored_file_id, []).append((result, file))
    pages = PageText.objects.filter(stored_file__in=uses, page__gt=first, page__lte=last).order_by(
        "stored_file", "page"
    )
    for sha256, page, text in pages.values_list("stored_file_id", "page", "text").iterator(chunk_size=50):
        wanting = [(result, file) for result, file in uses[sha256] if len(result.passages) < PASSAGES_A_RESULT]
        letters -= len(text) if wanting else 0
        if letters < 0:
            break
        if wanting and (pieces := seeker.passage(text)):
            for result, file in wanting:
                has_pages = file.stored_file.media_type in KINDS_WITH_PAGES
                result.passages.append(Passage(pieces, file.office_name, page if has_pages else None, file.pk))
    return letters
