"""The archive engine of a small machine: tantivy, in a folder beside the database.

One process writes at a time, under a file lock; any number read. The folder holds the index in use and, while it is
built again, the one that will take its place, each in a folder of its own; the file ``which`` names them. In each a
file says which shape of index it holds. Where that is missing, or where tantivy can't read what it wrote, the index
counts as gone.
"""

import datetime as dt
import json
import logging
import re
import secrets
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import batched, chain, permutations, repeat
from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings
from tantivy import FieldType, Occur

from search import words
from search.engines import (
    AS_WRITTEN_WEIGHT,
    FACETS,
    GAP_BETWEEN_TEXTS,
    HEADING_WEIGHT,
    MOST_FACET_VALUES,
    NUMBER_WEIGHT,
    Answer,
    Entry,
    Hit,
    IndexUnavailable,
    Order,
    is_ranked,
    matching,
    newest_key,
    oldest_key,
    pairs_of_near,
)
from search.engines.turns import one_at_a_time
from search.numbers import dashed_key, number_key
from search.parser import And, Between, Everything, Filter, Near, Not, Number, Or, Phrase, Query, Word

logger = logging.getLogger(__name__)

SHAPE = "registra archive 2"
SHAPE_FILE = "shape"
WHICH_FILE = "which"
WRITER_MEMORY = 64_000_000
ROWS_AT_ONCE = 10_000

# ENOSPC, EFBIG and EDQUOT as Rust and Python write them, and what tantivy says when its thread met one of them.
_NO_ROOM = re.compile(r"(?:os error |Errno )(?:28|27|122)\b|index writer was killed", re.IGNORECASE)

type EngineQuery = tantivy.Query


@dataclass(frozen=True, slots=True)
class _Which:
    """Names of the folders of the index in use and of the one being built."""

    in_use: str
    being_built: str = ""


class EmbeddedEngine:
    """Keeps its index in ``folder``. Several objects and processes may use the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: tantivy.Index | None = None
        self._seen: tuple[str, int, int] | None = None

    @classmethod
    def from_settings(cls) -> "EmbeddedEngine":
        return cls(settings.SEARCH_INDEX_DIR)

    def is_healthy(self) -> bool:
        try:
            self._searcher()
        except IndexUnavailable:
            return False
        return True

    def is_lost(self) -> bool:
        return not self.is_healthy()

    @contextmanager
    def writing(self) -> Iterator["_Writer"]:
        with one_at_a_time(self.folder), ExitStack() as finally_:
            with self._trouble_means_unavailable():
                which = self._which()
            writers = [self._open_writer(name, finally_) for name in (which.being_built, which.in_use) if name]
            try:
                yield _Writer(writers, self._trouble_means_unavailable)
                with self._trouble_means_unavailable():
                    for writer in writers:
                        writer.commit()
            except BaseException:
                for writer in writers:
                    with suppress(ValueError):
                        writer.rollback()
                raise

    def _open_writer(self, name: str, finally_: ExitStack) -> tantivy.IndexWriter:
        with self._trouble_means_unavailable(name):
            writer = self._open(name).writer(heap_size=WRITER_MEMORY, num_threads=1)

        def end() -> None:
            with suppress(ValueError):
                writer.wait_merging_threads()

        finally_.callback(end)
        return writer

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
        searcher = self._searcher()
        with self._trouble_means_unavailable():
            translator = _Translator(reader_terms, searcher)
            ranking = translator.rights_and(query)
            found = searcher.search(ranking, limit=limit, offset=offset, **_sorted_by(query, order))
            if found.count < fewest:  # type: ignore[attr-defined]  # tantivy's stubs forgot it
                facets = ()
            alike = matching(query) if facets else query
            counts = searcher.aggregate(
                ranking if alike == query else translator.rights_and(alike),
                {name: {"terms": {"field": name, "size": most_values}} for name in facets},
            )
            places = [place for _, place in found.hits]
            pairs = _pairs(searcher, "document", "case", places)
        return Answer(
            hits=[Hit(document, case) for document, case in pairs],
            count=found.count,  # type: ignore[attr-defined]  # tantivy's stubs forgot it
            facets={name: {b["key"]: b["doc_count"] for b in counts[name]["buckets"]} for name in facets},
        )

    def scan(self, query: Query, *, reader_terms: Collection[str], order: Order = Order.RELEVANCE) -> Iterator[Hit]:
        searcher = self._searcher()
        with self._trouble_means_unavailable():
            translated = _Translator(reader_terms, searcher).rights_and(query)
            found = searcher.search(translated, limit=max(searcher.num_docs, 1), **_sorted_by(query, order))
        for document, case in self._rows(searcher, "document", "case", found):
            yield Hit(document, case)

    def wipe(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        with one_at_a_time(self.folder):
            meanwhile()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self._begin_using(_Which(self._new()))

    def begin_rebuild(self) -> None:
        with one_at_a_time(self.folder), self._trouble_means_unavailable():
            which = self._which()
            if not which.being_built:
                self._begin_using(_Which(which.in_use, being_built=self._new()))

    def is_rebuilding(self) -> bool:
        try:
            return bool(self._which().being_built)
        except (OSError, ValueError):
            return False

    def finish_rebuild(self) -> None:
        with one_at_a_time(self.folder), self._trouble_means_unavailable():
            which = self._which()
            if not which.being_built:
                return
            with self._trouble_means_unavailable(which.being_built):
                self._open(which.being_built)
            self._begin_using(_Which(which.being_built))
            shutil.rmtree(self.folder / which.in_use, ignore_errors=True)

    def count(self) -> int:
        return self._searcher().num_docs

    def size(self) -> int:
        with self._trouble_means_unavailable():
            files = list((self.folder / self._which().in_use).iterdir())
        return sum(_size(file) for file in files)

    def fingerprints(self, *, of_rebuilt: bool = False) -> Iterator[tuple[int, int]]:
        searcher = self._searcher_of_rebuilt() if of_rebuilt else self._searcher()
        with self._trouble_means_unavailable():
            everything = searcher.search(tantivy.Query.all_query(), limit=max(searcher.num_docs, 1))
        yield from self._rows(searcher, "document", "fingerprint", everything)

    def _rows(
        self, searcher: tantivy.Searcher, one: str, other: str, found: tantivy.SearchResult
    ) -> Iterator[tuple[int, int]]:
        for some in batched(found.hits, ROWS_AT_ONCE):
            with self._trouble_means_unavailable():
                pairs = _pairs(searcher, one, other, [place for _, place in some])
            yield from pairs

    def _searcher(self) -> tantivy.Searcher:
        """A look at the newest commit. The folder is asked each time: it may have been wiped behind our back."""
        with self._trouble_means_unavailable():
            try:
                return self._newest_searcher()
            except (OSError, ValueError):
                # The index in use may have been replaced between two of our looks.
                return self._newest_searcher()

    def _newest_searcher(self) -> tantivy.Searcher:
        name = self._which().in_use
        meta = (self.folder / name / "meta.json").stat()
        seen = (name, meta.st_ino, meta.st_mtime_ns)
        if self._index is None or seen != self._seen:
            self._index = self._open(name)
            self._seen = seen
        return self._index.searcher()

    def _searcher_of_rebuilt(self) -> tantivy.Searcher:
        with self._trouble_means_unavailable():
            return self._open(self._which().being_built).searcher()

    def _which(self) -> _Which:
        try:
            return _Which(**json.loads((self.folder / WHICH_FILE).read_text()))
        except TypeError as error:
            raise ValueError("The file that names the index in use is damaged.") from error

    def _begin_using(self, which: _Which) -> None:
        new = self.folder / f"{WHICH_FILE}.new"
        new.write_text(json.dumps(asdict(which)))
        new.replace(self.folder / WHICH_FILE)

    def _new(self) -> str:
        name = secrets.token_hex(4)
        (self.folder / name).mkdir()
        tantivy.Index(_SCHEMA, path=str(self.folder / name), reuse=False)
        (self.folder / name / SHAPE_FILE).write_text(SHAPE)
        return name

    def _open(self, name: str) -> tantivy.Index:
        if not name or (self.folder / name / SHAPE_FILE).read_text() != SHAPE:
            raise ValueError(f"The index in {self.folder.name} has another shape.")
        return tantivy.Index.open(str(self.folder / name))

    @contextmanager
    def _trouble_means_unavailable(self, name: str = "") -> Iterator[None]:
        """Whatever goes wrong with the folder condemns the index; nothing but time is lost by building it anew.

        ``name``: the index that is meant; without one all of them.
        """
        try:
            yield
        except (OSError, ValueError) as error:
            self._condemn(name, error)
        except BaseException as error:
            # Rust's panics come as a class that no module exports and that is no Exception.
            if type(error).__name__ != "PanicException":
                raise
            self._condemn(name, error)

    def _condemn(self, name: str, error: BaseException) -> None:
        if _NO_ROOM.search(str(error)):
            # A full disk harms only what was to be written; the last commit stays good.
            raise IndexUnavailable(str(error)) from error
        self._index = self._seen = None
        with suppress(OSError, ValueError):
            which = self._which()
            if name and name == which.being_built:
                self._begin_using(_Which(which.in_use))
            else:
                (self.folder / WHICH_FILE).unlink()
            logger.warning("The archive index can't be read and will be built again: %s", error)
        raise IndexUnavailable(str(error)) from error


def _size(file: Path) -> int:
    """Files that were merged into another vanish at any moment."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


class _Writer:
    """Writes into the index being built, if any, and into the one in use, which is the last of ``writers``."""

    def __init__(
        self, writers: Sequence[tantivy.IndexWriter], trouble: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self.refused: set[int] = set()
        self._writers = writers
        self._trouble = trouble

    def begin_reading(self) -> None:
        """Nobody else writes meanwhile."""

    def put(self, entry: Entry) -> None:
        self._put(entry, self._writers)

    def put_into_rebuilt(self, entry: Entry) -> None:
        self._put(entry, self._writers[:1])

    def remove(self, documents: Collection[int]) -> None:
        for writer in self._writers:
            self._remove(documents, writer)

    def _put(self, entry: Entry, writers: Sequence[tantivy.IndexWriter]) -> None:
        document = _document(entry)
        for writer in writers:
            self._remove([entry.document], writer)
            with self._trouble():
                writer.add_document(document)

    def _remove(self, documents: Collection[int], writer: tantivy.IndexWriter) -> None:
        with self._trouble():
            for document in documents:
                writer.delete_documents_by_query(_term("document", document))


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    for name in ("document", "case", "fingerprint", "number_order"):
        document.add_unsigned(name, getattr(entry, name))
    for name, number in zip(("earliest", "latest"), entry.days, strict=True):
        document.add_unsigned(name, number)
    document.add_unsigned("newest", newest_key(entry))
    document.add_unsigned("oldest", oldest_key(entry))
    document.add_text("institution", entry.institution)
    for name in ("listers", "text_readers", "numbers"):
        for term in getattr(entry, name):
            document.add_text(name, term)
    for name, value in entry.facets.items():
        if value:
            document.add_text(name, value.casefold())
    text_field = "text" if entry.text_readers == entry.listers else "guarded_text"
    document.add_pre_tokenized_text("heading", _tokens(entry.headings))
    document.add_pre_tokenized_text(text_field, _tokens(entry.texts))
    return document


class _Translator:
    """Turns our tree into tantivy's, for one person and one look at the index.

    What tantivy is asked costs it a look into its dictionary at each mention: what no paper has is left out, and what
    is mentioned twice is put together once.
    """

    def __init__(self, reader_terms: Collection[str], searcher: tantivy.Searcher) -> None:
        self.reader_terms = sorted(reader_terms)
        self._searcher = searcher
        self._known: dict[Query, EngineQuery] = {}

    def rights_and(self, query: Query) -> EngineQuery:
        may_list = tantivy.Query.const_score_query(self._any_reader_term("listers"), 0.0)
        return _all_of([may_list, self._translate(query)])

    def _translate(self, query: Query) -> EngineQuery:
        if query not in self._known:
            self._known[query] = self._put_together(query)
        return self._known[query]

    def _put_together(self, query: Query) -> EngineQuery:
        match query:
            case Everything():
                return tantivy.Query.all_query()
            case Word(text, is_beginning=True):
                return self._in_all_fields(lambda field: _beginning(field, words.plain(text)))
            case Word(text):
                return self._word(text)
            case Phrase(parts):
                return self._side_by_side([words.plain(part) for part in parts])
            case Near((_, _) as pair, distance):
                return self._near(pair, distance)
            case Near((part,)):
                return self._word(part)
            case Near():
                return _all_of([self._translate(two) for two in pairs_of_near(query)])
            case Between(earliest, latest):
                return _of_days(earliest, latest)
            case Number(text):
                return self._number(text)
            case Filter("number", value):
                return _number(value)
            case Filter(field, value):
                return tantivy.Query.const_score_query(_term(field, value.casefold()), 0.0)
            case Not(part):
                return _none_of(self._translate(part))
            case And(parts):
                return _all_of([self._translate(part) for part in parts])
            case Or(parts):
                return _any_of([self._translate(part) for part in parts])

    def _word(self, text: str) -> EngineQuery:
        as_written, *others = words.wanted_forms(text)

        def any_form(field: str) -> EngineQuery | None:
            forms = [_term(field, form) for form in others if self._is_there(field, form)]
            if self._is_there(field, as_written):
                forms.append(tantivy.Query.boost_query(_term(field, as_written), AS_WRITTEN_WEIGHT))
            return _any_of(forms) if forms else None

        anywhere = self._in_all_fields(any_form)
        return _any_of([anywhere, _number(text)]) if any(letter.isdigit() for letter in text) else anywhere

    def _number(self, text: str) -> EngineQuery:
        parts = [words.plain(word.text) for word in words.words_of(text)]
        return _any_of([_number(text), self._side_by_side(parts)]) if len(parts) > 1 else _number(text)

    def _side_by_side(self, written: Sequence[str]) -> EngineQuery:
        def in_field(field: str) -> EngineQuery | None:
            if not all(self._is_there(field, word) for word in written):
                return None
            return tantivy.Query.phrase_query(_SCHEMA, field, list[str | tuple[int, str]](written))

        return self._in_all_fields(in_field)

    def _near(self, pair: Sequence[str], distance: int) -> EngineQuery:
        """In whatever order: a phrase with gaps is asked for in each."""

        def in_field(field: str) -> EngineQuery | None:
            there = [[form for form in words.wanted_forms(one) if self._is_there(field, form)] for one in pair]
            if not all(there):
                return None
            any_of_its_forms = [f"({'|'.join(form.replace('?', '\\?') for form in forms)})" for forms in there]
            return _any_of(
                [
                    tantivy.Query.regex_phrase_query(_SCHEMA, field, list[str | tuple[int, str]](row), slop=distance)
                    for row in permutations(any_of_its_forms)
                ]
            )

        return self._in_all_fields(in_field)

    def _is_there(self, field: str, form: str) -> bool:
        return self._searcher.doc_freq(field, form) > 0

    def _in_all_fields(self, in_field: Callable[[str], EngineQuery | None]) -> EngineQuery:
        """In the heading, in the text, and in a guarded text where this person may open it. None: it is not there."""
        found = []
        if (heading := in_field("heading")) is not None:
            found.append(tantivy.Query.boost_query(heading, HEADING_WEIGHT))
        if (text := in_field("text")) is not None:
            found.append(text)
        if (guarded := in_field("guarded_text")) is not None:
            found.append(_all_of([guarded, self._any_reader_term("text_readers")]))
        return _any_of(found) if found else tantivy.Query.empty_query()

    def _any_reader_term(self, field: str) -> EngineQuery:
        if not self.reader_terms:
            return tantivy.Query.empty_query()
        return tantivy.Query.const_score_query(tantivy.Query.term_set_query(_SCHEMA, field, self.reader_terms), 0.0)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("document", indexed=True, fast=True)
    for name in ("case", "fingerprint", "number_order", "earliest", "latest", "newest", "oldest"):
        builder.add_unsigned_field(name, fast=True)
    for name in ("institution", "listers", "text_readers", "numbers"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("heading", "text", "guarded_text"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="position")
    return builder.build()


_SCHEMA = _schema()


def _tokens(texts: Sequence[str]) -> tantivy.PreTokenizedString:
    """Every form of a word stands at the word's own place, so that phrases keep their order."""
    found: list[Sequence[str]] = []
    places: list[Iterable[int]] = []
    place = 0
    for text in texts:
        forms = words.forms_in(text)
        found += forms
        places.append(range(place, place + len(forms)))
        place += len(forms) + GAP_BETWEEN_TEXTS
    # Put together without a step of Python's own for each of the thousand forms of a letter.
    place_of_each = chain.from_iterable(map(repeat, chain.from_iterable(places), map(len, found)))
    tokens = map(tantivy.Token, chain.from_iterable(found), place_of_each, repeat(0), repeat(0))
    return tantivy.PreTokenizedString("", list(tokens))


def _pairs(searcher: tantivy.Searcher, one: str, other: str, places: list[tantivy.DocAddress]) -> list[tuple[int, int]]:
    """The values of two columns, row by row. Every entry has both."""
    columns = (searcher.fast_field_values(name, places) for name in (one, other))
    return [(int(first or 0), int(second or 0)) for first, second in zip(*columns, strict=True)]


def _term(field: str, value: str | int) -> EngineQuery:
    return tantivy.Query.term_query(_SCHEMA, field, value)


def _of_days(earliest: dt.date | None, latest: dt.date | None) -> EngineQuery:
    ends = [
        tantivy.Query.range_query(_SCHEMA, "latest", FieldType.Unsigned, lower_bound=earliest.toordinal())
        if earliest
        else None,
        tantivy.Query.range_query(_SCHEMA, "earliest", FieldType.Unsigned, upper_bound=latest.toordinal())
        if latest
        else None,
    ]
    asked = [tantivy.Query.const_score_query(end, 0.0) for end in ends if end]
    return _all_of(asked) if asked else tantivy.Query.all_query()


def _sorted_by(query: Query, order: Order) -> dict[str, Any]:
    """How tantivy is told: its own order by relevance, or a column with its direction."""
    if order == Order.RELEVANCE and is_ranked(query):
        return {}
    column, direction = {
        Order.OLDEST: ("oldest", tantivy.Order.Asc),
        Order.NUMBER: ("number_order", tantivy.Order.Asc),
    }.get(order, ("newest", tantivy.Order.Desc))
    return {"order_by_field": column, "order": direction}


def _beginning(field: str, start: str) -> EngineQuery:
    return tantivy.Query.fuzzy_term_query(_SCHEMA, field, start, distance=0, prefix=True)


def _number(text: str) -> EngineQuery:
    key = number_key(text)
    if not key:
        return tantivy.Query.empty_query()
    keys = dict.fromkeys((key, dashed_key(text) or key))
    exact = [tantivy.Query.boost_query(_term("numbers", one), NUMBER_WEIGHT) for one in keys]
    # The beginning of a number is asked for only when it has a separator: else "1" would be the whole register.
    return _any_of(exact + [_beginning("numbers", one) for one in keys if not one.isalnum()])


def _all_of(queries: list[EngineQuery]) -> EngineQuery:
    return tantivy.Query.boolean_query([(Occur.Must, query) for query in queries])


def _any_of(queries: list[EngineQuery]) -> EngineQuery:
    return tantivy.Query.boolean_query([(Occur.Should, query) for query in queries])


def _none_of(query: EngineQuery) -> EngineQuery:
    return tantivy.Query.boolean_query([(Occur.Must, tantivy.Query.all_query()), (Occur.MustNot, query)])
