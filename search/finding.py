"""One search as an official makes it: asked with their rights, looked up again in the database, shown with passages."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cases import media_types
from cases.models import User
from cases.rights import reader_terms_of
from search.answering import answered
from search.asking import Asked
from search.engines import ALL_FACET_VALUES, Answer
from search.hits import FoundCase, FoundDocument, FoundFile, documents_of, files_of, pages_of, shut_among
from search.models import TROUBLE_STATES
from search.parser import Query
from search.passages import Piece, Seeker
from search.texts import in_words

RESULTS_A_PAGE = 20
DEEPEST_PAGE = 50
PASSAGES_A_RESULT = 3
# Texts are gone through for passages within these bounds; what lies behind is found all the same, without a passage.
NEAR_PAGES, FAR_PAGES, MOST_LETTERS = 30, 600, 4_000_000
# Most papers end within the first few; what follows is asked for only where a file goes on.
PAGES_AT_ONCE = (4, NEAR_PAGES, 100, FAR_PAGES)

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
    document: FoundDocument
    title: Sequence[Piece]
    may_open: bool
    passages: list[Passage] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def case(self) -> FoundCase:
        return self.document.case

    @property
    def number(self) -> str:
        return self.document.entry.number if self.document.entry else str(self.case)

    @property
    def written_as(self) -> str:
        """The date of an old item as its register has it, if it has one; empty where we know the day ourselves."""
        entry = self.document.entry
        return (entry.written_as or _("Without a date")) if entry and entry.is_imported else ""

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
    documents = documents_of(user, [hit.document for hit in answer.hits])
    shut = shut_among(user, documents)
    results = [Result(one, seeker.marked(one.title), may_open=one.pk not in shut) for one in documents]
    opened = {result.document.pk: result for result in results if result.may_open}
    files = [(opened[document], file) for document, some in files_of(list(opened)).items() for file in some]
    _add_troubles(files)
    if seeker.seeks_something:
        _add_passages(files, seeker)
    return results


type Uses = Iterable[tuple[Result, FoundFile]]


def _add_troubles(uses: Uses) -> None:
    troubled = [(result, file) for result, file in uses if file.text_state in TROUBLE_STATES]
    words = in_words({file.sha256: file.text_state for _result, file in troubled})
    for result, file in troubled:
        result.troubles.append(Trouble(file.office_name, words[file.sha256]))


def _add_passages(uses: Uses, seeker: Seeker) -> None:
    """Go through the first pages of all results, then through later pages of those where nothing was found yet."""
    letters, first = MOST_LETTERS, 0
    for last in PAGES_AT_ONCE:
        enough = PASSAGES_A_RESULT if last <= NEAR_PAGES else 1
        uses = [(result, file) for result, file in uses if len(result.passages) < enough]
        longer, letters = _seek(uses, seeker, first=first, last=last, letters=letters)
        uses = [(result, file) for result, file in uses if file.sha256 in longer]
        first = last


def _seek(uses: Uses, seeker: Seeker, *, first: int, last: int, letters: int) -> tuple[set[str], int]:
    """Add passages from the pages behind ``first`` up to ``last``.

    Returns the files that have the last of these pages, and so may have more, and how many letters may still be read.
    """
    by_file: dict[str, list[tuple[Result, FoundFile]]] = {}
    for result, file in uses:
        by_file.setdefault(file.sha256, []).append((result, file))
    longer = set()
    for sha256, page, text in pages_of(by_file, first=first, last=last):
        if page == last:
            longer.add(sha256)
        wanting = [(result, file) for result, file in by_file[sha256] if len(result.passages) < PASSAGES_A_RESULT]
        letters -= len(text) if wanting else 0
        if letters < 0:
            return set(), letters
        if wanting and (pieces := seeker.passage(text)):
            for result, file in wanting:
                has_pages = file.media_type in KINDS_WITH_PAGES
                result.passages.append(Passage(pieces, file.office_name, page if has_pages else None, file.pk))
    return longer, letters
