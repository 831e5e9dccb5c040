"""Brings the index up to date with the database: what changed, or everything."""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import batched

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from cases.known_queries import KnownQuery
from cases.models import AccessLevel, Case, Component, ComponentFile, Document
from cases.rights import reader_terms
from cases.rows import insert
from search.engines import Entry, IndexUnavailable, engine
from search.models import WaitingCase, WaitReason
from search.numbers import keys_of
from search.orders import days_of, number_order, year_of
from search.texts import (
    files_with_text,
    forget_texts_of_destroyed_files,
    living_files,
    note_files,
    pages_of,
    text_state,
)

logger = logging.getLogger(__name__)

CASES_AT_ONCE = 200
ROWS_AT_ONCE = 2_000
# Their texts are in memory together; one may have three hundred pages.
DOCUMENTS_AT_ONCE = 40


def index_waiting() -> int:
    """Index the cases that wait, some at a time. Returns how many rows are done with.

    An index that is lost is begun anew, and every case waits for it again. One that is only out of reach is left
    alone: whatever waits goes on waiting.
    """
    try:
        return _index_some()
    except IndexUnavailable as trouble:
        logger.warning("The archive index could not be written; the next run tries again: %s", trouble)
        return 0


def _index_some() -> int:
    archive = engine()
    if archive.is_lost():
        begin_anew()
    if not WaitingCase.objects.exists():
        _finish_rebuild()
        return 0
    with archive.writing() as writer:
        waiting = list(WaitingCase.objects.order_by("pk")[:CASES_AT_ONCE])
        changed = {row.case_id for row in waiting if row.reason == WaitReason.CHANGE}
        cases = {row.case_id for row in waiting}
        forget_texts_of_destroyed_files(cases)
        documents: dict[int, int] = {}
        writer.begin_reading()
        for entry in entries_of(cases):
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


def entries_of(cases: Collection[int], *, with_texts: bool = True) -> Iterator[Entry]:
    """What the index ought to hold of the documents of these cases. Notes which files have no text yet."""
    found = (
        Case.objects.filter(pk__in=cases)
        .select_related("institution", "unit", "service", "sign", "record_class", "place")
        .prefetch_related("parties", "readers", Prefetch("documents", queryset=_documents()))
    )
    documents = ((case, document) for case in found for document in case.documents.all())
    for some in batched(documents, DOCUMENTS_AT_ONCE):
        yield from _entries(some, with_texts=with_texts)


def _entries(documents: Collection[tuple[Case, Document]], *, with_texts: bool) -> Iterator[Entry]:
    pages: dict[str, list[str]] = {}
    if with_texts:
        files = [file for _case, document in documents for file in files_with_text(document)]
        note_files(files)
        pages = pages_of(files)
    for case, document in documents:
        yield _entry(case, document, pages)


def _documents() -> QuerySet[Document]:
    return (
        Document.objects.order_by("pk")
        .select_related("entry__register")
        .prefetch_related(
            Prefetch("components", queryset=Component.objects.order_by("position")),
            Prefetch("components__files", queryset=living_files().select_related("stored_file__text")),
        )
    )


def _entry(case: Case, document: Document, pages: Mapping[str, Sequence[str]]) -> Entry:
    """``pages``: the texts of files by their hash."""
    files = files_with_text(document)
    listers = frozenset(reader_terms(case))
    is_guarded = AccessLevel.RESTRICTED in {case.access_level, document.access_level}
    names = [party.name for party in case.parties.all()] + [file.name for file in files]
    if case.place and case.place.words:
        names.append(case.place.words)
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
        facets=_facets(case, document, is_guarded=is_guarded),
        days=days_of(case, document),
        number_order=number_order(case, document),
        texts=tuple(names) if is_guarded else (),
    )
    texts = [text for file in files for text in pages.get(file.stored_file_id, ())]
    return replace(entry, fingerprint=_fingerprint(entry, files), texts=(*entry.texts, *texts))


def _direct_readers(listers: frozenset[str]) -> frozenset[str]:
    """Of those who may list a restricted case, the units and people who may open it without giving a reason."""
    return frozenset(term for term in listers if term[0] in "up")


def _numbers(case: Case, document: Document) -> tuple[str, ...]:
    entry = document.entry
    sign = getattr(case, "sign", None)
    written = [case.number, sign.sign if sign else "", *([entry.number, entry.sender_reference] if entry else [])]
    return tuple(sorted(set().union(*(keys_of(number) for number in written if number))))


def _facets(case: Case, document: Document, *, is_guarded: bool) -> dict[str, str]:
    entry = document.entry
    return {
        "unit": case.unit.code,
        "service": case.service.code if case.service else "",
        "register": entry.register.code if entry else "",
        "class": case.record_class.code if case.record_class else "",
        "year": year_of(days_of(case, document)),
        "kind": document.kind,
        "channel": entry.channel if entry else "",
        "state": case.state,
        "language": document.language or case.language,
        "access": AccessLevel.RESTRICTED if is_guarded else AccessLevel.INTERNAL,
    }


def _fingerprint(entry: Entry, files: Collection[ComponentFile]) -> int:
    """A number of 63 bits over everything that is kept of the document; of texts, where they come from."""
    texts = [(file.stored_file_id, text_state(file)) for file in files]
    content = json.dumps([asdict(entry), texts], default=sorted, sort_keys=True, ensure_ascii=False)
    return int.from_bytes(hashlib.blake2b(content.encode(), digest_size=8).digest()) >> 1


def oldest_wait() -> dt.datetime | None:
    """Since when the longest waiting case waits."""
    return WaitingCase.objects.order_by("pk").values_list("since", flat=True).first()


_first_of_rebuild = KnownQuery(lambda: WaitingCase.objects.filter(reason=WaitReason.REBUILD).values_list("pk")[:1])


def is_being_rebuilt() -> bool:
    """Whether searches may miss something: there is no index, or the one in use is not yet filled."""
    is_filling = bool(_first_of_rebuild()) and not engine().is_rebuilding()
    return is_filling or not engine().is_healthy()
