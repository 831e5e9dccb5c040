"""Whether the index says what the database says of each document, and how that is mended where it doesn't."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched

from cases.models import Document
from search.engines import engine
from search.indexing import CASES_AT_ONCE, entries_of, let_wait
from search.models import WaitingCase

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """``case``: None where the database doesn't know the document. ``kept``: None where the index doesn't."""

    document: int
    case: int | None
    kept: int | None


def differences() -> Iterator[Difference]:
    """Documents that the index lacks, keeps in an old state, or knows alone. What waits is known to differ, and none.

    Raises engines.IndexUnavailable.
    """
    indexed = dict(engine().fingerprints())
    waiting = set(WaitingCase.objects.values_list("case_id", flat=True))
    cases = Document.objects.order_by("case").values_list("case_id", flat=True).distinct()
    for some in batched(cases.iterator(chunk_size=CASES_AT_ONCE), CASES_AT_ONCE):
        for entry in sorted(entries_of(some, with_texts=False), key=lambda entry: entry.document):
            kept = indexed.pop(entry.document, None)
            if kept != entry.fingerprint and entry.case not in waiting:
                yield Difference(entry.document, entry.case, kept)
    for document, kept in indexed.items():
        yield Difference(document, None, kept)


def mend_differences() -> int:
    """Let the cases that differ wait for the index, and have it forget strangers. Returns how many documents differed.

    Raises engines.IndexUnavailable.
    """
    found = list(differences())
    let_wait(sorted({one.case for one in found if one.case is not None}))
    # A document that came in during the comparison is no stranger.
    strangers = {one.document for one in found if one.case is None}
    for some in batched(sorted(strangers), CASES_AT_ONCE):
        strangers.difference_update(Document.objects.filter(pk__in=some).values_list("pk", flat=True))
    if strangers:
        with engine().writing() as writer:
            writer.remove(strangers)
    if found:
        logger.warning(
            "The archive index differed from the database in %s documents; they are indexed again.", len(found)
        )
    return len(found)
