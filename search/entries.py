"""What the index ought to hold of each document, read from the database some hundred cases at a time.

What there is much of is read as bare values: to make an object of each row was most of the work.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import batched
from typing import NamedTuple

from cases.models import AccessLevel, Case, CaseReader, Document, Party
from cases.rights import reader_terms
from search.engines import Entry
from search.numbers import keys_of
from search.orders import days_of, number_order, year_of
from search.texts import KnownFile, known_files, note_files, pages_of

# Their texts are in memory together; one may have three hundred pages.
DOCUMENTS_AT_ONCE = 40

_KEPT = [field.name for field in fields(Entry)]


class _Rows(NamedTuple):
    """What belongs to the cases (readers as unit and person, names of parties) and to the documents, by their keys."""

    readers: Mapping[int, Sequence[tuple[int | None, int | None]]]
    names: Mapping[int, Sequence[str]]
    files: Mapping[int, Sequence[KnownFile]]


def entries_of(cases: Collection[int], *, with_texts: bool = True) -> Iterator[Entry]:
    """What the index ought to hold of the documents of these cases. Notes which files have no text yet."""
    known = {
        case.pk: case
        for case in Case.objects.filter(pk__in=cases)
        .select_related("sign", "place")
        .prefetch_related("institution", "unit", "service", "record_class")
    }
    documents = (
        Document.objects.filter(case__in=known)
        .order_by("case", "pk")
        .select_related("entry")
        .prefetch_related("entry__register")
    )
    rows = _Rows(
        readers=_by_first(CaseReader.objects.filter(case__in=known).values_list("case_id", "unit_id", "user_id")),
        names={
            case: [name for (name,) in names]
            for case, names in _by_first(
                Party.objects.filter(case__in=known).order_by("case", "pk").values_list("case_id", "name")
            ).items()
        },
        files=known_files(known),
    )
    for some in batched(documents, DOCUMENTS_AT_ONCE):
        pages: dict[str, list[str]] = {}
        if with_texts:
            files = [file for document in some for file in rows.files.get(document.pk, ())]
            note_files(files)
            pages = pages_of(files)
        for document in some:
            yield _entry(known[document.case_id], document, rows, pages)


def _by_first(rows: Iterable[tuple]) -> dict[int, list[tuple]]:
    found: dict[int, list[tuple]] = {}
    for first, *others in rows:
        found.setdefault(first, []).append(tuple(others))
    return found


def _entry(case: Case, document: Document, rows: _Rows, pages: Mapping[str, Sequence[str]]) -> Entry:
    """``pages``: the texts of files by their hash."""
    files = rows.files.get(document.pk, ())
    listers = frozenset(reader_terms(case, rows.readers.get(case.pk, ())))
    is_guarded = AccessLevel.RESTRICTED in {case.access_level, document.access_level}
    names = [*rows.names.get(case.pk, ()), *(file.name for file in files)]
    if case.place and case.place.words:
        names.append(case.place.words)
    days = days_of(case, document)
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
        facets=_facets(case, document, year=year_of(days), is_guarded=is_guarded),
        days=days,
        number_order=number_order(case, document),
        texts=tuple(names) if is_guarded else (),
    )
    texts = [text for file in files for text in pages.get(file.sha256, ())]
    return replace(entry, fingerprint=_fingerprint(entry, files), texts=(*entry.texts, *texts))


def _direct_readers(listers: frozenset[str]) -> frozenset[str]:
    """Of those who may list a restricted case, the units and people who may open it without giving a reason."""
    return frozenset(term for term in listers if term[0] in "up")


def _numbers(case: Case, document: Document) -> tuple[str, ...]:
    entry = document.entry
    sign = getattr(case, "sign", None)
    written = {case.number, sign.sign if sign else "", *([entry.number, entry.sender_reference] if entry else [])}
    return tuple(sorted(set().union(*(keys_of(number) for number in written if number))))


def _facets(case: Case, document: Document, *, year: str, is_guarded: bool) -> dict[str, str]:
    entry = document.entry
    return {
        "unit": case.unit.code,
        "service": case.service.code if case.service else "",
        "register": entry.register.code if entry else "",
        "class": case.record_class.code if case.record_class else "",
        "year": year,
        "kind": document.kind,
        "channel": entry.channel if entry else "",
        "state": case.state,
        "language": document.language or case.language,
        "access": AccessLevel.RESTRICTED if is_guarded else AccessLevel.INTERNAL,
    }


def _fingerprint(entry: Entry, files: Collection[KnownFile]) -> int:
    """A number of 63 bits over everything that is kept of the document; of texts, where they come from."""
    kept = {name: getattr(entry, name) for name in _KEPT}
    texts = [(file.sha256, file.state) for file in files]
    content = json.dumps([kept, texts], default=sorted, sort_keys=True, ensure_ascii=False)
    return int.from_bytes(hashlib.blake2b(content.encode(), digest_size=8).digest()) >> 1
