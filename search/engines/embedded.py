"""The archive engine of a small machine: tantivy, in a folder beside the database.

One process writes at a time, under a file lock; any number read. A file in the folder says which shape of index it
holds. Where it is missing, or where tantivy can't read what it wrote, the index counts as gone.
"""

import fcntl
import logging
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import tantivy
from tantivy import Occur

from search import words
from search.engines import FACETS, Answer, Entry, Hit, IndexUnavailable
from search.numbers import number_key
from search.parser import And, Everything, Filter, Not, Number, Or, Phrase, Query, Word

logger = logging.getLogger(__name__)

SHAPE = "registra archive 1"
SHAPE_FILE = "shape"
WRITER_MEMORY = 64_000_000
MOST_FACET_VALUES = 100
# A word in a title says more about a document than the same word in its text.
HEADING_WEIGHT, AS_WRITTEN_WEIGHT, NUMBER_WEIGHT = 3.0, 2.0, 20.0

# ENOSPC, EFBIG and EDQUOT as Rust and Python write them, and what tantivy says when its thread met one of them.
_NO_ROOM = re.compile(r"(?:os error |Errno )(?:28|27|122)\b|index writer was killed", re.IGNORECASE)

type EngineQuery = tantivy.Query


class EmbeddedEngine:
    """Keeps its index in ``folder``. Several objects and processes may use the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: tantivy.Index | None = None
        self._seen: tuple[int, int] | None = None

    def is_healthy(self) -> bool:
        try:
            self._searcher()
        except IndexUnavailable:
            return False
        return True

    @contextmanager
    def writing(self) -> Iterator["_Writer"]:
        with self._lock():
            with self._trouble_means_unavailable():
                index = self._open()
                writer = index.writer(heap_size=WRITER_MEMORY, num_threads=1)
            try:
                yield _Writer(writer, self._trouble_means_unavailable)
                with self._trouble_means_unavailable():
                    writer.commit()
            except BaseException:
                with suppress(ValueError):
                    writer.rollback()
                raise
            finally:
                with suppress(ValueError):
                    writer.wait_merging_threads()

    def search(
        self, query: Query, *, reader_terms: Collection[str], facets: Collection[str] = FACETS, offset: int, limit: int
    ) -> Answer:
        searcher = self._searcher()
        with self._trouble_means_unavailable():
            translated = _Translator(reader_terms).rights_and(query)
            newest_first = None if _is_ranked(query) else "captured_on"
            found = searcher.search(translated, limit=limit, offset=offset, order_by_field=newest_first)
            counts = searcher.aggregate(
                translated, {name: {"terms": {"field": name, "size": MOST_FACET_VALUES}} for name in facets}
            )
            places = [place for _, place in found.hits]
            pairs = _pairs(searcher, "document", "case", places)
        return Answer(
            hits=[Hit(document, case) for document, case in pairs],
            count=found.count,  # type: ignore[attr-defined]  # tantivy's stubs forgot it
            facets={name: {b["key"]: b["doc_count"] for b in counts[name]["buckets"]} for name in facets},
        )

    def wipe(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        with self._lock():
            meanwhile()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self._index = tantivy.Index(_SCHEMA, path=str(self.folder), reuse=False)
            (self.folder / SHAPE_FILE).write_text(SHAPE)

    def count(self) -> int:
        return self._searcher().num_docs

    def fingerprints(self) -> Iterator[tuple[int, int]]:
        searcher = self._searcher()
        with self._trouble_means_unavailable():
            everything = searcher.search(tantivy.Query.all_query(), limit=max(searcher.num_docs, 1))
            places = [place for _, place in everything.hits]
            pairs = _pairs(searcher, "document", "fingerprint", places)
        yield from pairs

    def _searcher(self) -> tantivy.Searcher:
        """A look at the newest commit. The folder is asked each time: it may have been wiped behind our back."""
        with self._trouble_means_unavailable():
            meta = (self.folder / "meta.json").stat()
            seen = (meta.st_ino, meta.st_mtime_ns)
            if self._index is None or seen != self._seen:
                self._index = self._open()
                self._seen = seen
            return self._index.searcher()

    def _open(self) -> tantivy.Index:
        if (self.folder / SHAPE_FILE).read_text() != SHAPE:
            raise IndexUnavailable(f"The index in {self.folder.name} has another shape.")
        return tantivy.Index.open(str(self.folder))

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Beside the folder and not in it, because the folder may be removed while somebody holds the lock."""
        lock_file = self.folder.with_name(self.folder.name + ".lock")
        lock_file.parent.mkdir(parents=True, exist_ok=True)
        with lock_file.open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _trouble_means_unavailable(self) -> Iterator[None]:
        """Whatever goes wrong with the folder condemns the index; nothing but time is lost by building it anew."""
        try:
            yield
        except (OSError, ValueError) as error:
            self._condemn(error)
        except BaseException as error:
            # Rust's panics come as a class that no module exports and that is no Exception.
            if type(error).__name__ != "PanicException":
                raise
            self._condemn(error)

    def _condemn(self, error: BaseException) -> None:
        if _NO_ROOM.search(str(error)):
            # A full disk harms only what was to be written; the last commit stays good.
            raise IndexUnavailable(str(error)) from error
        self._index = self._seen = None
        with suppress(OSError):
            (self.folder / SHAPE_FILE).unlink()
            logger.warning("The archive index can't be read and will be built again: %s", error)
        raise IndexUnavailable(str(error)) from error


class _Writer:
    def __init__(self, writer: tantivy.IndexWriter, trouble: Callable[[], AbstractContextManager[None]]) -> None:
        self._writer = writer
        self._trouble = trouble

    def put(self, entry: Entry) -> None:
        self.remove([entry.document])
        document = tantivy.Document()
        for name in ("document", "case", "fingerprint", "captured_on"):
            document.add_unsigned(name, getattr(entry, name))
        document.add_text("institution", entry.institution)
        for name in ("listers", "text_readers", "numbers"):
            for term in getattr(entry, name):
                document.add_text(name, term)
        for name, value in entry.facets.items():
            if value:
                document.add_text(name, value.casefold())
        for text in entry.headings:
            document.add_pre_tokenized_text("heading", _tokens(text))
        text_field = "text" if entry.text_readers == entry.listers else "guarded_text"
        for text in entry.texts:
            document.add_pre_tokenized_text(text_field, _tokens(text))
        with self._trouble():
            self._writer.add_document(document)

    def remove(self, documents: Collection[int]) -> None:
        with self._trouble():
            for document in documents:
                self._writer.delete_documents_by_query(_term("document", document))


class _Translator:
    """Turns our tree into tantivy's, for one person."""

    def __init__(self, reader_terms: Collection[str]) -> None:
        self.reader_terms = sorted(reader_terms)

    def rights_and(self, query: Query) -> EngineQuery:
        may_list = tantivy.Query.const_score_query(self._any_reader_term("listers"), 0.0)
        return _all_of([may_list, self._translate(query)])

    def _translate(self, query: Query) -> EngineQuery:
        match query:
            case Everything():
                return tantivy.Query.all_query()
            case Word(text, is_beginning=True):
                return self._in_all_fields(lambda field: _beginning(field, words.plain(text)))
            case Word(text):
                return self._word(text)
            case Phrase(parts):
                written = [words.plain(part) for part in parts]
                return self._in_all_fields(lambda field: _side_by_side(field, written))
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
        forms = words.wanted_forms(text)
        anywhere = self._in_all_fields(lambda field: _any_form(field, forms))
        return _any_of([anywhere, _number(text)]) if any(letter.isdigit() for letter in text) else anywhere

    def _number(self, text: str) -> EngineQuery:
        parts = [words.plain(word.text) for word in words.words_of(text)]
        quoted = self._in_all_fields(lambda field: _side_by_side(field, parts))
        return _any_of([_number(text), quoted]) if len(parts) > 1 else _number(text)

    def _in_all_fields(self, in_field: Callable[[str], EngineQuery]) -> EngineQuery:
        """In the heading, in the text, and in a guarded text where this person may open it."""
        guarded = _all_of([in_field("guarded_text"), self._any_reader_term("text_readers")])
        return _any_of([tantivy.Query.boost_query(in_field("heading"), HEADING_WEIGHT), in_field("text"), guarded])

    def _any_reader_term(self, field: str) -> EngineQuery:
        if not self.reader_terms:
            return tantivy.Query.empty_query()
        return tantivy.Query.const_score_query(tantivy.Query.term_set_query(_SCHEMA, field, self.reader_terms), 0.0)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("document", indexed=True, fast=True)
    for name in ("case", "fingerprint", "captured_on"):
        builder.add_unsigned_field(name, fast=True)
    for name in ("institution", "listers", "text_readers", "numbers"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("heading", "text", "guarded_text"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="position")
    return builder.build()


_SCHEMA = _schema()


def _tokens(text: str) -> tantivy.PreTokenizedString:
    """Every form of a word stands at the word's own place, so that phrases keep their order."""
    tokens = [
        tantivy.Token(form, position, 0, 0)
        for position, word in enumerate(words.words_of(text))
        for form in words.forms(word.text)
    ]
    return tantivy.PreTokenizedString("", tokens)


def _pairs(searcher: tantivy.Searcher, one: str, other: str, places: list[tantivy.DocAddress]) -> list[tuple[int, int]]:
    """The values of two columns, row by row. Every entry has both."""
    columns = (searcher.fast_field_values(name, places) for name in (one, other))
    return [(int(first or 0), int(second or 0)) for first, second in zip(*columns, strict=True)]


def _is_ranked(query: Query) -> bool:
    """Whether anything but filters was asked for; else the newest come first."""
    match query:
        case Everything() | Filter() | Not():
            return False
        case And(parts) | Or(parts):
            return any(_is_ranked(part) for part in parts)
    return True


def _term(field: str, value: str | int) -> EngineQuery:
    return tantivy.Query.term_query(_SCHEMA, field, value)


def _any_form(field: str, forms: tuple[str, ...]) -> EngineQuery:
    as_written, *others = forms
    exact = tantivy.Query.boost_query(_term(field, as_written), AS_WRITTEN_WEIGHT)
    return _any_of([exact, *(_term(field, form) for form in others)])


def _side_by_side(field: str, written: Sequence[str]) -> EngineQuery:
    return tantivy.Query.phrase_query(_SCHEMA, field, list[str | tuple[int, str]](written))


def _beginning(field: str, start: str) -> EngineQuery:
    return tantivy.Query.fuzzy_term_query(_SCHEMA, field, start, distance=0, prefix=True)


def _number(text: str) -> EngineQuery:
    key = number_key(text)
    if not key:
        return tantivy.Query.empty_query()
    exact = tantivy.Query.boost_query(_term("numbers", key), NUMBER_WEIGHT)
    # The beginning of a number is asked for only when it has a separator: else "1" would be the whole register.
    return exact if key.isalnum() else _any_of([exact, _beginning("numbers", key)])


def _all_of(queries: list[EngineQuery]) -> EngineQuery:
    return tantivy.Query.boolean_query([(Occur.Must, query) for query in queries])


def _any_of(queries: list[EngineQuery]) -> EngineQuery:
    return tantivy.Query.boolean_query([(Occur.Should, query) for query in queries])


def _none_of(query: EngineQuery) -> EngineQuery:
    return tantivy.Query.boolean_query([(Occur.Must, tantivy.Query.all_query()), (Occur.MustNot, query)])
