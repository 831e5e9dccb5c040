"""Whether the index says what the database says: a check that ``manage.py check_integrity`` runs with its own."""

import datetime as dt
from collections.abc import Iterator
from itertools import batched

from django.utils import timezone

from cases.integrity import Finding, check
from cases.models import Document
from search.engines import IndexUnavailable, engine
from search.indexing import CASES_AT_ONCE, entries_of
from search.models import WaitingCase

LONGEST_WAIT = dt.timedelta(minutes=15)


@check
def the_index_equals_the_database() -> Iterator[Finding]:
    """Each document that the index lacks, keeps in an old state, or knows alone; and cases that wait too long."""
    late = WaitingCase.objects.filter(since__lt=timezone.now() - LONGEST_WAIT)
    for public_id in late.order_by("case").values_list("case__public_id", flat=True).distinct():
        yield Finding("index-waits", public_id, "The case waits too long for the archive index; is a worker running?")
    try:
        indexed = dict(engine().fingerprints())
    except IndexUnavailable:
        yield Finding("index-unavailable", "archive", "The archive index is missing or damaged; run manage.py reindex.")
        return
    yield from _differences(indexed)


def _differences(indexed: dict[int, int]) -> Iterator[Finding]:
    """What waits is known to differ, and no finding; the documents that are left over at the end are strangers."""
    waiting = set(WaitingCase.objects.values_list("case_id", flat=True))
    cases = Document.objects.order_by("case").values_list("case_id", flat=True).distinct()
    for some in batched(cases.iterator(chunk_size=CASES_AT_ONCE), CASES_AT_ONCE):
        for entry in sorted(entries_of(some, with_texts=False), key=lambda entry: entry.document):
            kept = indexed.pop(entry.document, None)
            if kept != entry.fingerprint and entry.case not in waiting:
                yield _difference(entry.document, kept)
    for document in indexed:
        yield Finding("index-knows-more", f"document {document}", "The index knows a document that is not there.")


def _difference(document: int, kept: int | None) -> Finding:
    if kept is None:
        return Finding("index-lacks", f"document {document}", "The document is not in the archive index.")
    return Finding("index-is-old", f"document {document}", "The archive index keeps an older state of the document.")
