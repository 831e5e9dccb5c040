"""Brings the index up to date with the database: what changed, or everything."""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from itertools import batched

from django.db import transaction

from cases.known_queries import KnownQuery
from cases.models import Document
from cases.rows import insert
from search.building import Makers
from search.engines import IndexUnavailable, engine
from search.entries import entries_of
from search.models import WaitingCase, WaitReason
from search.texts import forget_texts_of_destroyed_files

logger = logging.getLogger(__name__)

CASES_AT_ONCE = 200
# Done in seconds too; the index need not be opened and closed so often.
CASES_OF_MAKERS = 4_000
ROWS_AT_ONCE = 2_000


def index_waiting(makers: Makers | None = None) -> int:
    """Index the cases that wait, some at a time. Returns how many rows are done with.

    ``makers``: processes that make the entries, when there are many; a larger part is then done at a time.

    An index that is lost is begun anew, and every case waits for it again. One that is only out of reach is left
    alone: whatever waits goes on waiting.
    """
    try:
        return _index_some(makers)
    except IndexUnavailable as trouble:
        logger.warning("The archive index could not be written; the next run tries again: %s", trouble)
        return 0


def _index_some(makers: Makers | None) -> int:
    archive = engine()
    if archive.is_lost():
        begin_anew()
    if not WaitingCase.objects.exists():
        _finish_rebuild()
        return 0
    with archive.writing() as writer:
        waiting = list(WaitingCase.objects.order_by("pk")[: CASES_OF_MAKERS if makers else CASES_AT_ONCE])
        changed = {row.case_id for row in waiting if row.reason == WaitReason.CHANGE}
        cases = {row.case_id for row in waiting}
        forget_texts_of_destroyed_files(cases)
        documents: dict[int, int] = {}
        writer.begin_reading()
        for entry in makers.entries_of(cases) if makers else entries_of(cases):
            documents[entry.document] = entry.case
            (writer.put if entry.case in changed else writer.put_into_rebuilt)(entry)
    refused = {documents[document] for document in writer.refused}
    # A row that was added meanwhile stays, so a change during the writing is never forgotten.
    WaitingCase.objects.filter(pk__in=[row.pk for row in waiting if row.case_id not in refused]).delete()
    _queue_again([row for row in waiting if row.case_id in refused])
    _finish_rebuild()
    return sum(row.case_id not in refused for row in waiting)


@transaction.atomic
def _queue_again(rows: Sequence[WaitingCase]) -> None:
    """What the engine refused waits behind all others, and is still seen to wait since it began to."""
    WaitingCase.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        again = WaitingCase.objects.create(case_id=row.case_id, reason=row.reason)
        WaitingCase.objects.filter(pk=again.pk).update(since=row.since)


def begin_anew() -> None:
    """An empty index, for which every case waits."""
    engine().wipe(meanwhile=_let_everything_wait)


def begin_rebuild() -> None:
    """A new index beside the one in use, for which every case waits; or go on with the one that was begun."""
    archive = engine()
    if not archive.is_rebuilding():
        archive.begin_rebuild()
        _let_everything_wait()


def _finish_rebuild() -> None:
    """Once nobody waits for the new index any more, it takes the place of the old one; if nothing is lacking in it."""
    if WaitingCase.objects.filter(reason=WaitReason.REBUILD).exists() or not engine().is_rebuilding():
        return
    built = {document for document, _ in engine().fingerprints(of_rebuilt=True)}
    waiting = WaitingCase.objects.values("case")
    lacking = {
        case
        for document, case in Document.objects.exclude(case__in=waiting).values_list("pk", "case").iterator()
        if document not in built
    }
    if lacking:
        insert([WaitingCase(case_id=case, reason=WaitReason.REBUILD) for case in sorted(lacking)])
    else:
        engine().finish_rebuild()


def let_wait(cases: Iterable[int]) -> None:
    """These cases changed; call it in the transaction of the change."""
    insert([WaitingCase(case_id=case) for case in cases])


@transaction.atomic
def _let_everything_wait() -> None:
    WaitingCase.objects.filter(reason=WaitReason.REBUILD).delete()
    cases = Document.objects.order_by("case").values_list("case", flat=True).distinct()
    for some in batched(cases.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_ONCE):
        WaitingCase.objects.bulk_create(WaitingCase(case_id=case, reason=WaitReason.REBUILD) for case in some)


def oldest_wait() -> dt.datetime | None:
    """Since when the longest waiting case waits."""
    return WaitingCase.objects.order_by("pk").values_list("since", flat=True).first()


_first_of_rebuild = KnownQuery(lambda: WaitingCase.objects.filter(reason=WaitReason.REBUILD).values_list("pk")[:1])


def is_being_rebuilt() -> bool:
    """Whether searches may miss something: there is no index, or the one in use is not yet filled."""
    is_filling = bool(_first_of_rebuild()) and not engine().is_rebuilding()
    return is_filling or not engine().is_healthy()
