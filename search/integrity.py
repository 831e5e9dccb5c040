"""Whether the index says what the database says (``manage.py check_integrity``)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched

from cases.models import Document
from search.engines import IndexUnavailable, engine
from search.indexing import CASES_AT_ONCE, entries_of
from search.models import WaitingCase

LONGEST_WAIT = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class IndexFinding:
    """One difference: its name, the document or case it is about, and a sentence."""

    name: str
    subject: str
    words: str


def find_index_differences(*, at: dt.datetime) -> Iterator[IndexFinding]:
    """Each document that the index lacks, keeps in an old state, or knows alone; and cases that wait too long."""
    yield from _waiting_too_long(at)
    try:
        indexed = dict(engine().fingerprints())
    except IndexUnavailable:
        yield IndexFinding("INDEX_UNAVAILABLE", "index", "The archive index is missing or damaged; reindex builds it.")
        return
    yield from _differences(indexed)


def _waiting_too_long(at: dt.datetime) -> Iterator[IndexFinding]:
    late = WaitingCase.objects.filter(since__lt=at - LONGEST_WAIT).values_list("case_id", "since")
    for case, since in late:
        yield IndexFinding(
            "INDEX_WAITS", f"case {case}", f"Case {case} waits for the index since {since:%Y-%m-%d %H:%M}."
        )


def _differences(indexed: dict[int, int]) -> Iterator[IndexFinding]:
    """What waits is known to differ, and no finding; the documents that are left over at the end are strangers."""
    waiting = set(WaitingCase.objects.values_list("case_id", flat=True))
    cases = Document.objects.order_by("case").values_list("case_id", flat=True).distinct()
    for some in batched(cases, CASES_AT_ONCE):
        for entry in entries_of(some, with_texts=False):
            fingerprint = indexed.pop(entry.document, None)
            if fingerprint != entry.fingerprint and entry.case not in waiting:
                yield _difference(entry.document, fingerprint)
    for document in indexed:
        name = f"document {document}"
        yield IndexFinding("INDEX_KNOWS_MORE", name, f"The index knows document {document}; the database does not.")


def _difference(document: int, fingerprint: int | None) -> IndexFinding:
    name = f"document {document}"
    if fingerprint is None:
        return IndexFinding("INDEX_LACKS", name, f"Document {document} is not in the index.")
    return IndexFinding("INDEX_IS_OLD", name, f"The index keeps document {document} in an older state.")
