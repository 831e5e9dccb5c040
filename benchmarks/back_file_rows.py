"""The made back-file as rows of the product: closed cases of an old register, each with one paper and its text.

Written in bulk, without events and without bytes: a stand for searching, not for the records office. Everything that
the archive shows or indexes is there.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from itertools import batched

from django.db import models, transaction

from benchmarks.back_file import Paper
from cases import media_types, staffing
from cases.models import (
    Case,
    CaseReader,
    CaseState,
    Component,
    ComponentFile,
    ComponentRole,
    Document,
    EntryKind,
    FileRole,
    Institution,
    Party,
    RecordClass,
    Register,
    RegisterEntry,
    StoredFile,
    Unit,
)
from cases.rows import insert
from search.models import FileText, PageText, TextState

REGISTER = "old"
SINCE = dt.date(1990, 1, 1)
CHANNELS = ("COUNTER", "POST", "FAX", "EMAIL", "WEB")
PAPERS_AT_ONCE = 2_000
ROWS_OF_ONE_STATEMENT = 500


def keep(papers: Iterable[Paper], *, institution: Institution, first: int = 0) -> int:
    """Store the papers, each as a closed case of its unit; returns how many there are then.

    Units and classes are made as needed. ``first``: how many were stored before.
    """
    shelf = _Shelf(institution)
    count = first
    for some in batched(papers, PAPERS_AT_ONCE):
        with transaction.atomic():
            shelf.keep(some, first=count)
        count += len(some)
    return count


def _kept[M: models.Model](rows: Iterable[M]) -> list[M]:
    return [row for some in batched(rows, ROWS_OF_ONE_STATEMENT) for row in insert(some)]


class _Shelf:
    def __init__(self, institution: Institution) -> None:
        self.institution = institution
        self.register, _made = Register.objects.get_or_create(
            institution=institution, code=REGISTER, defaults={"names": {"en": "Old register"}, "pattern": "{seq}"}
        )
        self.units: dict[str, Unit] = {unit.code: unit for unit in Unit.objects.filter(institution=institution)}
        self.classes: dict[str, RecordClass] = {}

    def keep(self, papers: Sequence[Paper], *, first: int) -> None:
        marks = [hashlib.sha256(f"{self.institution.pk} {paper.number}".encode()).hexdigest() for paper in papers]
        cases = _kept(self._case(paper, mark) for paper, mark in zip(papers, marks, strict=True))
        _kept(CaseReader(case=case, unit_id=case.unit_id) for case in cases)
        people = _kept(
            Party(case=case, role="APPLICANT", name=paper.sender, language=paper.language, added_at=case.opened_at)
            for case, paper in zip(cases, papers, strict=True)
        )
        entries = _kept(
            self._entry(paper, case, sender, first + place)
            for place, (paper, case, sender) in enumerate(zip(papers, cases, people, strict=True))
        )
        documents = _kept(self._document(*row) for row in zip(papers, cases, entries, marks, strict=True))
        self._keep_texts(papers, documents, marks)

    def _keep_texts(self, papers: Sequence[Paper], documents: Sequence[Document], marks: Sequence[str]) -> None:
        parts = _kept(Component(document=document, role=ComponentRole.LETTER, position=0) for document in documents)
        files = _kept(
            StoredFile(sha256=mark, size=1, media_type=media_types.PDF, stored_at=document.captured_at)
            for mark, document in zip(marks, documents, strict=True)
        )
        _kept(
            ComponentFile(
                component=part, stored_file=file, role=FileRole.ORIGINAL, name="scan.pdf", added_at=file.stored_at
            )
            for part, file in zip(parts, files, strict=True)
        )
        _kept(FileText(stored_file=file, state=TextState.READ, read_at=file.stored_at) for file in files)
        _kept(
            PageText(stored_file=file, page=page, text=text)
            for file, paper in zip(files, papers, strict=True)
            for page, text in enumerate(paper.pages, start=1)
        )

    def _case(self, paper: Paper, mark: str) -> Case:
        at = _moment(paper)
        return Case(
            institution=self.institution,
            public_id=mark[:16],
            record_class=self._class(paper.record_class),
            number=paper.number,
            subject=paper.title,
            language=paper.language,
            state=CaseState.CLOSED,
            unit=self._unit(paper.unit),
            opened_at=at,
            closed_at=at,
        )

    def _entry(self, paper: Paper, case: Case, sender: Party, place: int) -> RegisterEntry:
        at = case.opened_at
        return RegisterEntry(
            register=self.register,
            case=case,
            year=paper.earliest.year,
            number=paper.number,
            kind=EntryKind.IMPORTED,
            channel=CHANNELS[place % len(CHANNELS)],
            sender=sender,
            subject=paper.title,
            written_earliest=paper.earliest,
            written_latest=paper.latest,
            written_as=paper.written_as,
            received_at=at,
            registered_at=at,
            entered_at=at,
            submission_key=f"back-file {paper.number}",
        )

    def _document(self, paper: Paper, case: Case, entry: RegisterEntry, mark: str) -> Document:
        return Document(
            case=case,
            entry=entry,
            public_id=mark[16:32],
            direction="OUT" if paper.kind in {"DECISION", "LETTER"} else "IN",
            kind=paper.kind,
            title=paper.title,
            language=paper.language,
            captured_at=case.opened_at,
        )

    def _unit(self, code: str) -> Unit:
        if code not in self.units:
            self.units[code] = staffing.found_unit(
                institution=self.institution, code=code, names={"en": code.title()}, valid_from=SINCE
            )
        return self.units[code]

    def _class(self, code: str) -> RecordClass:
        if code not in self.classes:
            self.classes[code], _made = RecordClass.objects.get_or_create(
                institution=self.institution,
                code=code,
                defaults={
                    "titles": {"en": code},
                    "retention_years": 10,
                    "disposal_action": "REVIEW",
                    "valid_from": SINCE,
                },
            )
        return self.classes[code]


def _moment(paper: Paper) -> dt.datetime:
    return dt.datetime.combine(paper.latest, dt.time(9), tzinfo=dt.UTC)
