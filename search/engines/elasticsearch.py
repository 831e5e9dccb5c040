"""The archive engine of a large town: Elasticsearch.

A generation of the index is one index, or one for each year in which documents were captured, and is searched by an
alias. Another generation may be built beside the one in use; the alias then moves to it in one step. Nobody but us
analyses text: the forms of each word come ready-made from search.words, so that both engines find the same.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from django.conf import settings
from elastic_transport.client_utils import DEFAULT
from elasticsearch import Elasticsearch
from elasticsearch_dsl import A, Document, Integer, Keyword, Long, Q, Search, Text, analyzer, token_filter, tokenizer
from elasticsearch_dsl.query import Query as EngineQuery

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
    newest_key,
    oldest_key,
    pairs_of_near,
)
from search.engines.patience import BUSY, FOR_A_JOB, FOR_A_PERSON, is_blocked
from search.engines.turns import one_at_a_time
from search.numbers import dashed_key, number_key
from search.parser import And, Between, Everything, Filter, Near, Not, Number, Or, Phrase, Query, Word

logger = logging.getLogger(__name__)

SHAPE = "registra archive 2"
SECONDS_FOR_AN_ANSWER = 10
SECONDS_FOR_A_BULK = 60
BULK_BYTES = 4_000_000
ROWS_AT_ONCE = 5_000
POINT_IN_TIME = "5m"
# A body of more than 100 MB is refused by a cluster as it comes; what lies behind these letters isn't found.
MOST_LETTERS_OF_A_TEXT = 40_000_000
MISSING, CONFLICT = 404, 409

_archive_words = analyzer(
    "archive_words",
    tokenizer=tokenizer("at_blanks", "whitespace", max_token_length=4_096),
    filter=[
        token_filter("forms_at_one_place", "pattern_capture", preserve_original=False, patterns=[r"([^|]+)"]),
    ],
)


class ArchiveDocument(Document):
    """What the cluster keeps of a document. The text itself isn't kept, only its words: the database has it."""

    document = Long()
    case = Long(index=False)
    fingerprint = Long(index=False)
    number_order = Long(index=False)
    newest = Long(index=False)
    oldest = Long(index=False)
    earliest = Integer()
    latest = Integer()
    institution = Keyword()
    listers = Keyword(doc_values=False)
    text_readers = Keyword(doc_values=False)
    numbers = Keyword(doc_values=False)
    heading = Text(analyzer=_archive_words, position_increment_gap=GAP_BETWEEN_TEXTS)
    text = Text(analyzer=_archive_words, position_increment_gap=GAP_BETWEEN_TEXTS)
    guarded_text = Text(analyzer=_archive_words, position_increment_gap=GAP_BETWEEN_TEXTS)

    class Index:
        name = "registra-archive"


for _name in FACETS:
    ArchiveDocument._doc_type.mapping.field(_name, Keyword())
ArchiveDocument._doc_type.mapping.meta("dynamic", "strict")
ArchiveDocument._doc_type.mapping.meta("_source", enabled=False)
ArchiveDocument._doc_type.mapping.meta("_meta", shape=SHAPE)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the cluster is, how it is entered, and how the archive is spread over it."""

    nodes: Sequence[str]
    prefix: str = "registra"
    authority: str = ""
    api_key: str = ""
    shards: int = 1
    replicas: str = "0-1"
    is_by_year: bool = False


@dataclass(frozen=True, slots=True)
class _Generations:
    """Indexes by generation, and which generation is in use or being built."""

    in_use: str = ""
    being_built: str = ""
    indexes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def written(self) -> tuple[str, str]:
        return self.in_use, self.being_built


class ElasticsearchEngine:
    """``lock``: one process of this machine writes at a time. Those of other machines may; who is late is refused."""

    def __init__(self, cluster: Cluster, *, lock: Path) -> None:
        self.cluster = cluster
        self.lock = lock
        self.alias = f"{cluster.prefix}-archive"
        self.alias_of_rebuilt = f"{cluster.prefix}-archive-rebuilt"
        self.client = Elasticsearch(
            list(cluster.nodes),
            ca_certs=cluster.authority or DEFAULT,
            api_key=cluster.api_key or None,
            request_timeout=SECONDS_FOR_AN_ANSWER,
            max_retries=0,
        )

    @classmethod
    def from_settings(cls) -> "ElasticsearchEngine":
        return cls(Cluster(**settings.SEARCH_CLUSTER), lock=settings.SEARCH_INDEX_DIR)

    def is_healthy(self) -> bool:
        try:
            if not self._generations().in_use:
                return False
            health = FOR_A_PERSON.ask(lambda: self.client.cluster.health(index=self.alias))
        except IndexUnavailable:
            return False
        return bool(health["status"] != "red")

    def is_lost(self) -> bool:
        try:
            return not self._generations().in_use
        except IndexUnavailable:
            return False

    @contextmanager
    def writing(self) -> Iterator["_Writer"]:
        with one_at_a_time(self.lock):
            generations = self._generations()
            if not generations.in_use:
                raise IndexUnavailable("There is no archive index yet.")
            writer = _Writer(self, generations)
            yield writer
            writer.finish()
            if self._generations().written != generations.written:
                raise IndexUnavailable("Another index came into use meanwhile.")

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
        asked = self._asked(query, reader_terms, order)[offset : offset + limit].extra(track_total_hits=True)
        for name in facets:
            asked.aggs.bucket(name, A("terms", field=name, size=most_values))
        reply = FOR_A_PERSON.ask(lambda: self.client.search(index=self.alias, body=asked.to_dict()))
        found = reply.get("aggregations", {})
        return Answer(
            hits=[_hit(row) for row in reply["hits"]["hits"]],
            count=reply["hits"]["total"]["value"],
            facets={name: {b["key"]: b["doc_count"] for b in found[name]["buckets"]} for name in facets},
            is_partial=reply["timed_out"] or reply["_shards"]["failed"] > 0,
        )

    def scan(self, query: Query, *, reader_terms: Collection[str], order: Order = Order.RELEVANCE) -> Iterator[Hit]:
        for row in self._rows(self.alias, self._asked(query, reader_terms, order)):
            yield _hit(row)

    def wipe(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """``meanwhile`` is called twice: writers of other machines may be at it until the new index is in use."""
        with one_at_a_time(self.lock):
            new = self._name_of_new_generation()
            self._create(new, self._year_of_now(), aliases=[])
            meanwhile()
            old = [index for index in self._all_indexes() if not index.startswith(new)]
            self._change_aliases(
                *({"remove_index": {"index": index}} for index in old),
                {"add": {"index": f"{new}*", "alias": self.alias}},
            )
            meanwhile()

    def begin_rebuild(self) -> None:
        with one_at_a_time(self.lock):
            if not self._generations().being_built:
                new = self._name_of_new_generation()
                self._create(new, self._year_of_now(), aliases=[self.alias_of_rebuilt])

    def is_rebuilding(self) -> bool:
        try:
            return bool(self._generations().being_built)
        except IndexUnavailable:
            return False

    def finish_rebuild(self) -> None:
        with one_at_a_time(self.lock):
            generations = self._generations()
            if not generations.being_built:
                return
            new = generations.being_built
            self._refresh(generations.indexes[new])
            old = [index for index in self._all_indexes() if index not in generations.indexes[new]]
            self._change_aliases(
                *({"remove_index": {"index": index}} for index in old),
                *({"add": {"index": index, "alias": self.alias}} for index in sorted(generations.indexes[new])),
                {"remove": {"index": f"{new}*", "alias": self.alias_of_rebuilt}},
            )

    def count(self) -> int:
        return int(FOR_A_PERSON.ask(lambda: self.client.count(index=self.alias))["count"])

    def size(self) -> int:
        stats = FOR_A_PERSON.ask(lambda: self.client.indices.stats(index=self.alias, metric="store"))
        return int(stats["_all"]["total"]["store"]["size_in_bytes"])

    def fingerprints(self, *, of_rebuilt: bool = False) -> Iterator[tuple[int, int]]:
        index = self.alias_of_rebuilt if of_rebuilt else self.alias
        if of_rebuilt:
            self._refresh([index])
        everything = Search().query("match_all").extra(docvalue_fields=["document", "fingerprint"], _source=False)
        for row in self._rows(index, everything.sort("_shard_doc")):
            yield row["fields"]["document"][0], row["fields"]["fingerprint"][0]

    def _asked(self, query: Query, reader_terms: Collection[str], order: Order) -> Search:
        asked = Search().query(_Translator(reader_terms).rights_and(query))
        return asked.sort(*_sorted_by(query, order)).extra(docvalue_fields=["document", "case"], _source=False)

    def _rows(self, index: str, asked: Search) -> Iterator[Mapping[str, Any]]:
        """Every row of one point in time, some thousand at a time."""
        opened = FOR_A_JOB.ask(lambda: self.client.open_point_in_time(index=index, keep_alive=POINT_IN_TIME))
        body = asked.extra(size=ROWS_AT_ONCE, track_total_hits=False).to_dict()
        pit = opened["id"]
        try:
            while True:
                body["pit"] = {"id": pit, "keep_alive": POINT_IN_TIME}
                reply = FOR_A_JOB.ask(lambda: self.client.search(body=body))
                rows = reply["hits"]["hits"]
                if reply["_shards"]["failed"]:
                    raise IndexUnavailable("A part of the archive index did not answer.")
                pit = reply["pit_id"]
                yield from rows
                if len(rows) < ROWS_AT_ONCE:
                    return
                body["search_after"] = rows[-1]["sort"]
        finally:
            self._close(pit)

    def _close(self, pit: str) -> None:
        try:
            FOR_A_PERSON.ask(lambda: self.client.close_point_in_time(id=pit))
        except IndexUnavailable:
            logger.info("A point in time was left open; it closes by itself.")

    def _generations(self) -> _Generations:
        """As the aliases have it; an index of another shape counts as none."""
        reply = FOR_A_PERSON.ask(
            lambda: self.client.indices.get(
                index=f"{self.alias}-*",
                features=["aliases", "mappings"],
                filter_path=["*.aliases", "*.mappings._meta"],
                allow_no_indices=True,
            )
        )
        indexes: dict[str, set[str]] = {}
        generation_by_alias = {}
        for index, about in reply.items():
            if about.get("mappings", {}).get("_meta", {}).get("shape") != SHAPE:
                continue
            generation = index.rpartition("-")[0]
            indexes.setdefault(generation, set()).add(index)
            generation_by_alias.update(dict.fromkeys(about["aliases"], generation))
        return _Generations(
            in_use=generation_by_alias.get(self.alias, ""),
            being_built=generation_by_alias.get(self.alias_of_rebuilt, ""),
            indexes={generation: frozenset(names) for generation, names in indexes.items()},
        )

    def _all_indexes(self) -> list[str]:
        reply = FOR_A_JOB.ask(lambda: self.client.indices.get_alias(index=f"{self.alias}-*", allow_no_indices=True))
        return sorted(reply)

    def _name_of_new_generation(self) -> str:
        return f"{self.alias}-{time.time_ns() // 1_000_000}"

    def _year_of_now(self) -> str:
        return self._part(int(time.time()))

    def _part(self, captured_on: int) -> str:
        """Of a generation, the index for what was captured at that moment; it never changes, so that nothing moves."""
        return str(dt.datetime.fromtimestamp(captured_on, dt.UTC).year) if self.cluster.is_by_year else "all"

    def _create(self, generation: str, part: str, *, aliases: Iterable[str]) -> str:
        """Beside the shared alias each index has one of its own to write through: it vanishes with the index, and
        nothing that is written late brings up an index that nobody asked for."""
        name = f"{generation}-{part}"
        body = ArchiveDocument._index.to_dict()
        own: dict[str, Any] = {f"{name}-write": {}}
        body_settings = {
            "number_of_shards": self.cluster.shards,
            "auto_expand_replicas": self.cluster.replicas,
            "refresh_interval": -1,
            # Several forms of one word make a text no shorter in the eyes of the ranking; the embedded engine's way.
            "similarity": {"default": {"type": "BM25", "discount_overlaps": False}},
        }
        made = {
            "mappings": body["mappings"],
            "settings": {**body.get("settings", {}), **body_settings},
            "aliases": {**own, **{alias: {} for alias in aliases}},
        }
        FOR_A_JOB.ask(
            lambda: self.client.options(ignore_status=400).indices.create(
                index=name, **made, wait_for_active_shards="1"
            )
        )
        return name

    def _change_aliases(self, *actions: Mapping[str, Any]) -> None:
        FOR_A_JOB.ask(lambda: self.client.indices.update_aliases(actions=list(actions)))

    def _refresh(self, indexes: Collection[str]) -> None:
        client = self.client.options(request_timeout=SECONDS_FOR_A_BULK)
        FOR_A_JOB.ask(lambda: client.indices.refresh(index=sorted(indexes), ignore_unavailable=True))


@dataclass(slots=True)
class _Action:
    document: int
    head: dict[str, Any]
    body: dict[str, Any] | None = None


class _Writer:
    """Gathers some megabytes, then sends them.

    Each writing has a version, and the cluster keeps the newest: what a slower process read earlier is refused. It
    lies between the look at what waits and the reading of the documents, so that the newer version has seen all that
    the older was asked to write.
    """

    def __init__(self, engine: ElasticsearchEngine, generations: _Generations) -> None:
        self.refused: set[int] = set()
        self._engine = engine
        self._generations = generations
        self._version = time.time_ns()
        self._actions: list[_Action] = []
        self._letters = 0
        self._known = {index for indexes in generations.indexes.values() for index in indexes}
        self._touched: set[str] = set()

    def begin_reading(self) -> None:
        # Nanoseconds since 1970, so that it goes on after a restore of the database.
        self._version = time.time_ns()

    def put(self, entry: Entry) -> None:
        self._put(entry, [name for name in self._generations.written if name])

    def put_into_rebuilt(self, entry: Entry) -> None:
        self._put(entry, [self._generations.being_built or self._generations.in_use])

    def remove(self, documents: Collection[int]) -> None:
        indexes = [
            index
            for generation in self._generations.written
            for index in sorted(self._generations.indexes.get(generation, ()))
        ]
        for document in documents:
            for index in indexes:
                self._add(_Action(document, {"delete": self._head(index, document)}), letters=100)

    def finish(self) -> None:
        self._send()
        if shown := [index for index in self._touched if index.startswith(self._generations.in_use)]:
            self._engine._refresh(shown)

    def _put(self, entry: Entry, generations: Sequence[str]) -> None:
        body = _body(entry)
        letters = sum(len(text) for name in ("heading", "text", "guarded_text") for text in body.get(name, ()))
        for generation in generations:
            index = self._index(generation, entry)
            self._add(_Action(entry.document, {"index": self._head(index, entry.document)}, body), letters=letters)

    def _index(self, generation: str, entry: Entry) -> str:
        part = self._engine._part(entry.captured_on)
        name = f"{generation}-{part}"
        if name not in self._known:
            in_use = generation == self._generations.in_use
            self._engine._create(
                generation, part, aliases=[self._engine.alias if in_use else self._engine.alias_of_rebuilt]
            )
            self._known.add(name)
        return name

    def _head(self, index: str, document: int) -> dict[str, Any]:
        return {
            "_index": f"{index}-write",
            "_id": str(document),
            "version": self._version,
            "version_type": "external_gte",
            "require_alias": True,
        }

    def _add(self, action: _Action, *, letters: int) -> None:
        self._actions.append(action)
        self._touched.add(next(iter(action.head.values()))["_index"].removesuffix("-write"))
        self._letters += letters
        if self._letters > BULK_BYTES:
            self._send()

    def _send(self) -> None:
        """Send what was gathered, and what the cluster was too busy for again, a few times."""
        left, self._actions, self._letters = self._actions, [], 0
        pauses = FOR_A_JOB.pauses()
        while left:
            left = self._send_once(left)
            if left and (pause := next(pauses, None)) is None:
                self.refused.update(action.document for action in left)
                return
            if left:
                time.sleep(pause or 0)

    def _send_once(self, actions: Sequence[_Action]) -> list[_Action]:
        """Returns those that the cluster had no room for just now."""
        client = self._engine.client.options(request_timeout=SECONDS_FOR_A_BULK)
        lines = [line for action in actions for line in (action.head, action.body) if line is not None]
        reply = FOR_A_JOB.ask(lambda: client.bulk(operations=lines, filter_path=["errors", "items"]))
        if not reply["errors"]:
            return []
        again = []
        for action, item in zip(actions, reply["items"], strict=True):
            outcome = next(iter(item.values()))
            if self._is_to_be_sent_again(action, outcome):
                again.append(action)
        return again

    def _is_to_be_sent_again(self, action: _Action, outcome: Mapping[str, Any]) -> bool:
        status, error = outcome["status"], outcome.get("error")
        if error is None:
            return False
        reason = f"{error.get('type')}: {error.get('reason')}"
        if is_blocked(reason) or status == MISSING:
            raise IndexUnavailable(reason[:500])
        if status in BUSY:
            return True
        if status != CONFLICT:
            logger.error("Elasticsearch refused document %s: %s", action.document, reason[:500])
        self.refused.add(action.document)
        return False


def _body(entry: Entry) -> dict[str, Any]:
    text_field = "text" if entry.text_readers == entry.listers else "guarded_text"
    return {
        "document": entry.document,
        "case": entry.case,
        "fingerprint": entry.fingerprint,
        "number_order": entry.number_order,
        "newest": newest_key(entry),
        "oldest": oldest_key(entry),
        "earliest": entry.days[0],
        "latest": entry.days[1],
        "institution": entry.institution,
        "listers": sorted(entry.listers),
        "text_readers": sorted(entry.text_readers),
        "numbers": list(entry.numbers),
        **{name: value.casefold() for name, value in entry.facets.items() if value},
        "heading": list(_with_forms(entry.headings)),
        text_field: list(_with_forms(entry.texts)),
    }


def _with_forms(texts: Iterable[str]) -> Iterator[str]:
    """The words of each text between blanks, each with all its forms: ``oaks|oak|~oak trees|tree|~tree``."""
    left = MOST_LETTERS_OF_A_TEXT
    for text in texts:
        spelt = words.spelt(text)
        yield spelt[:left]
        left -= len(spelt)
        if left <= 0:
            return


class _Translator:
    """Turns our tree into Elasticsearch's, for one person."""

    def __init__(self, reader_terms: Collection[str]) -> None:
        self.reader_terms = sorted(reader_terms)

    def rights_and(self, query: Query) -> EngineQuery:
        return Q("bool", must=[self._translate(query)], filter=[self._any_reader_term("listers")])

    def _translate(self, query: Query) -> EngineQuery:
        match query:
            case Everything():
                return Q("match_all")
            case Word(text, is_beginning=True):
                return self._in_all_fields(lambda field: _beginning(field, words.plain(text)))
            case Word(text):
                return self._word(text)
            case Phrase(parts):
                written = [words.plain(part) for part in parts]
                return self._in_all_fields(lambda field: _side_by_side(field, written))
            case Near((_, _) as pair, distance):
                return self._in_all_fields(lambda field: _near(field, pair, distance))
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
                return _silent(Q("term", **{field: value.casefold()}))
            case Not(part):
                return Q("bool", must=[Q("match_all")], must_not=[self._translate(part)])
            case And(parts):
                return _all_of([self._translate(part) for part in parts])
            case Or(parts):
                return self._any_of(parts)

    def _any_of(self, parts: Sequence[Query]) -> EngineQuery:
        """What search.vague makes of a question names the same words again and again, to weigh them. Here each is named
        once or twice, and the score of the whole multiplied: the same scores for a third of the work.
        """
        first, *others = parts
        again = [other.parts[-1] for other in others if isinstance(other, And) and other.parts[:-1] == (first,)]
        if again and len(again) == len(others):
            return self._strengthened(first, again)
        if isinstance(first, And) and others == _with_one_left_out(first.parts):
            return self._all_or_all_but_one(first.parts)
        words_alone = [part for part in parts if not isinstance(part, And)]
        if len(words_alone) > 1 and list(parts) == [*words_alone, *map(And, combinations(words_alone, 2))]:
            return self._the_more_the_better(words_alone)
        return _any_of([self._translate(part) for part in parts])

    def _strengthened(self, query: Query, hints: Sequence[Query]) -> EngineQuery:
        """As if the query were asked once more with each of the hints."""
        translated = [self._translate(hint) for hint in hints]
        nearer = _times([(Q("match_all"), 1), *((hint, 1) for hint in translated)], self._translate(query))
        return Q("bool", must=[nearer], should=translated)

    def _all_or_all_but_one(self, parts: Sequence[Query]) -> EngineQuery:
        """As if all were asked for, and all but the first, and all but the second ..."""
        translated = [self._translate(part) for part in parts]
        most = Q("bool", should=translated, minimum_should_match=len(parts) - 1)
        return _times([(Q("match_all"), 1), (_all_of(translated), len(parts) - 1)], most)

    def _the_more_the_better(self, parts: Sequence[Query]) -> EngineQuery:
        """As if each were asked for, and each two."""
        translated = [self._translate(part) for part in parts]
        return _times([(one, 1) for one in translated], _any_of(translated))

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
        guarded = Q("bool", must=[in_field("guarded_text")], filter=[self._any_reader_term("text_readers")])
        heading = Q("bool", must=[in_field("heading")], boost=HEADING_WEIGHT)
        return _any_of([heading, in_field("text"), guarded])

    def _any_reader_term(self, field: str) -> EngineQuery:
        return Q("terms", **{field: self.reader_terms}) if self.reader_terms else Q("match_none")


def _hit(row: Mapping[str, Any]) -> Hit:
    return Hit(row["fields"]["document"][0], row["fields"]["case"][0])


def _sorted_by(query: Query, order: Order) -> list[Any]:
    if order == Order.RELEVANCE and is_ranked(query):
        return ["_score", {"newest": "desc"}, {"document": "asc"}]
    column = {Order.OLDEST: {"oldest": "asc"}, Order.NUMBER: {"number_order": "asc"}}
    return [column.get(order, {"newest": "desc"}), {"document": "asc"}]


def _any_form(field: str, forms: Sequence[str]) -> EngineQuery:
    as_written, *others = forms
    exact = Q("term", **{field: {"value": as_written, "boost": AS_WRITTEN_WEIGHT}})
    return _any_of([exact, *(Q("term", **{field: form}) for form in others)])


def _side_by_side(field: str, written: Sequence[str]) -> EngineQuery:
    return Q("match_phrase", **{field: {"query": " ".join(written), "analyzer": "whitespace"}})


def _near(field: str, parts: Sequence[str], distance: int) -> EngineQuery:
    any_of_its_forms = [
        Q("span_or", clauses=[Q("span_term", **{field: form}) for form in words.wanted_forms(part)]) for part in parts
    ]
    return Q("span_near", clauses=any_of_its_forms, slop=distance, in_order=False)


def _of_days(earliest: dt.date | None, latest: dt.date | None) -> EngineQuery:
    asked = []
    if earliest:
        asked.append(_silent(Q("range", latest={"gte": earliest.toordinal()})))
    if latest:
        asked.append(_silent(Q("range", earliest={"lte": latest.toordinal()})))
    return _all_of(asked) if asked else Q("match_all")


def _beginning(field: str, start: str) -> EngineQuery:
    return Q("prefix", **{field: start})


def _number(text: str) -> EngineQuery:
    key = number_key(text)
    if not key:
        return Q("match_none")
    keys = dict.fromkeys((key, dashed_key(text) or key))
    exact = [Q("term", numbers={"value": one, "boost": NUMBER_WEIGHT}) for one in keys]
    # The beginning of a number is asked for only when it has a separator: else "1" would be the whole register.
    return _any_of(exact + [_beginning("numbers", one) for one in keys if not one.isalnum()])


def _silent(query: EngineQuery) -> EngineQuery:
    """It narrows and doesn't weigh."""
    return Q("bool", filter=[query])


def _times(weights: Iterable[tuple[EngineQuery, int]], query: EngineQuery) -> EngineQuery:
    """The score of the query times the sum of the weights of what is met, of which there must be something."""
    functions = [{"filter": met, "weight": weight} for met, weight in weights]
    return Q("function_score", query=query, functions=functions, score_mode="sum", boost_mode="multiply")


def _with_one_left_out(parts: Sequence[Query]) -> list[Query]:
    return [And(some) for some in combinations(parts, len(parts) - 1)]


def _all_of(queries: list[EngineQuery]) -> EngineQuery:
    return Q("bool", must=queries)


def _any_of(queries: list[EngineQuery]) -> EngineQuery:
    return Q("bool", should=queries, minimum_should_match=1)
