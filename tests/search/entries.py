"""Entries of an index and what is found of them. Without models: processes that a test starts anew read it too."""

from pathlib import Path

from search.engines import Entry
from search.parser import parse

ALICE, BOB, CHARLIE = {"p1", "u1"}, {"p2", "u1"}, {"p3", "u2"}


def entry(document, **changes):
    values = {
        "document": document,
        "case": 100 + document,
        "fingerprint": document,
        "captured_on": 1_763_700_000,
        "institution": "bela-reka",
        "listers": frozenset({"u1"}),
        "text_readers": changes.get("listers", frozenset({"u1"})),
        "numbers": (),
        "headings": (),
        "facets": {},
    }
    return Entry(**{**values, **changes})


def keep(engine, *entries):
    keep_all(engine, entries)


def keep_all(engine, entries):
    with engine.writing() as writer:
        for one in entries:
            writer.put(one)


def found(engine, typed, who=ALICE, **options):
    query = parse(typed) if isinstance(typed, str) else typed
    answer = engine.search(query, reader_terms=who, **{"offset": 0, "limit": 20, **options})
    return [hit.document for hit in answer.hits]


def put_in_place_of(file: Path, content: bytes) -> None:
    """Another content under the same name, as a bad copy that was brought back.

    Never written into the file itself: an engine may have it mapped into memory, and a process that reads beyond its
    new end is killed.
    """
    other = file.with_name(f"{file.name}-other")
    other.write_bytes(content)
    other.replace(file)
