"""Brings the index up to date with the database: what changed, or everything."""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, replace
from itertools import batched
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from cases.models import AccessLevel, Case, Component, ComponentFile, Document
from cases.rights import reader_terms
from cases.rows import insert
from search.engines import Entry, IndexUnavailable, engine
from search.models import WaitingCase, WaitReason
from search.numbers import keys_of
from search.texts import files_with_text, forget_texts_of_destroyed_files, living_files, text_state, texts_of

logger = logging.getLogger(__name__)

CASES_AT_ONCE = 200
ROWS_AT_ONCE = 2_000


def index_waiting() -> int:
    """Index the cases that wait, some at a time, all in one commit. Returns how many rows waited.

    An index that is missing or damaged is begun anew, and every case waits for it again.
    """
    archive = engine()
    if not archive.is_healthy():
        begin_anew()
    if not WaitingCase.objects.exists():
        return 0
    try:
        with archive.writing() as writer:
            waiting = list(WaitingCase.objects.order_by("pk").values_list("pk", "case_id")[:CASES_AT_ONCE])
            cases = {case for _, case in waiting}
            forget_texts_of_destroyed_files(cases)
            for entry in entries_of(cases):
                writer.put(entry)
    except IndexUnavailable as trouble:
        logger.warning("The archive index could not be written; the next run tries again: %s", trouble)
        return 0
    # A row that was added meanwhile stays, so a change during the writing is never forgotten.
    WaitingCase.objects.filter(pk__in=[row for row, _ in waiting]).delete()
    return len(waiting)


def begin_anew() -> None:
    """An empty index, for which every case waits."""
    engine().wipe(meanwhile=_let_everything_wait)


def index_everything_again() -> None:
    """Every case waits, and the index forgets what the database doesn't know; what it holds stays findable."""
    archive = engine()
    strangers = {document for document, _ in archive.fingerprints()}
    for some in batched(sorted(strangers), ROWS_AT_ONCE):
        strangers.difference_update(Document.objects.filter(pk__in=some).values_list("pk", flat=True))
    with archive.writing() as writer:
        writer.remove(strangers)
    _let_everything_wait(WaitReason.CHANGE)


def let_wait(cases: Iterable[int]) -> None:
    """These cases changed; call it in the transaction of the change."""
    insert([WaitingCase(case_id=case) for case in cases])


@transaction.atomic
def _let_everything_wait(reason: str = WaitReason.REBUILD) -> None:
    WaitingCase.objects.filter(reason=WaitReason.REBUILD).delete()
    cases = Document.objects.order_by("case").values_list("case", flat=True).distinct()
    for some in batched(cases.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_ONCE):
        WaitingCase.objects.bulk_create(WaitingCase(case_id=case, reason=reason) for case in some)


def entries_of(cases: Collection[int], *, with_texts: bool = True) -> Iterator[Entry]:
    """What the index ought to hold of the documents of these cases. Notes which files have no text yet."""
    found = (
        Case.objects.filter(pk__in=cases)
        .select_related("institution", "unit", "service", "sign")
        .prefetch_related("parties", Prefetch("documents", queryset=_documents()))
    )
    for case in found:
        listers = frozenset(reader_terms(case))
        for document in case.documents.all():
            yield _entry(case, document, listers, with_texts=with_texts)


def _documents() -> QuerySet[Document]:
    return (
        Document.objects.order_by("pk")
        .select_related("entry")
        .prefetch_related(
            Prefetch("components", queryset=Component.objects.order_by("position")),
            Prefetch("components__files", queryset=living_files().select_related("stored_file__text")),
        )
    )


def _entry(case: Case, document: Document, listers: frozenset[str], *, with_texts: bool) -> Entry:
    files = files_with_text(document)
    is_guarded = AccessLevel.RESTRICTED in {case.access_level, document.access_level}
    names = [party.name for party in case.parties.all()] + [file.name for file in files]
    entry = Entry(
        document=document.pk,
        case=case.pk,
        fingerprint=0,
        captured_on=int(document.captured_at.timestamp()),
        institution=case.institution.slug,
        listers=listers,
        text_readers=_direct_readers(listers) if is_guarded else listers,
        numbers=_numbers(case, document),
        headings=(document.title, case.subject, *([] if is_guarded else names)),
        facets=_facets(case, document),
        texts=tuple(names) if is_guarded else (),
    )
    texts = texts_of(files) if with_texts else ()
    return replace(entry, fingerprint=_fingerprint(entry, files), texts=(*entry.texts, *texts))


def _direct_readers(listers: frozenset[str]) -> frozenset[str]:
    """Of those who may list a restricted case, the units and people who may open it without giving a reason."""
    return frozenset(term for term in listers if term[0] in "up")


def _numbers(case: Case, document: Document) -> tuple[str, ...]:
    entry = document.entry
    sign = getattr(case, "sign", None)
    written = [case.number, sign.sign if sign else "", *([entry.number, entry.sender_reference] if entry else [])]
    return tuple(sorted(set().union(*(keys_of(number) for number in written if number))))


def _facets(case: Case, document: Document) -> dict[str, str]:
    moment = document.entry.registered_at if document.entry else document.captured_at
    return {
        "unit": case.unit.code,
        "service": case.service.code if case.service else "",
        "year": str(moment.astimezone(ZoneInfo(case.institution.time_zone)).year),
        "kind": document.kind,
        "state": case.state,
    }


def _fingerprint(entry: Entry, files: Collection[ComponentFile]) -> int:
    """A number of 63 bits over everything that is kept of the document; of texts, where they come from."""
    texts = [(file.stored_file_id, text_state(file)) for file in files]
    content = json.dumps([asdict(entry), texts], default=sorted, sort_keys=True, ensure_ascii=False)
    return int.from_bytes(hashlib.blake2b(content.encode(), digest_size=8).digest()) >> 1


def oldest_wait() -> dt.datetime | None:
    """Since when the longest waiting case waits."""
    return WaitingCase.objects.order_by("pk").values_list("since", flat=True).first()


def is_being_rebuilt() -> bool:
    return not engine().is_healthy() or WaitingCase.objects.filter(reason=WaitReason.REBUILD).exists()
