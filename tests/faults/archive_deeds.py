"""Deeds of the archivist's desk in an office, and what they left behind: offered with those of ``tests.faults.deeds``.

Nothing but what is asked for waits afterwards: the jobs of the filings are passed over.
"""

import base64
import datetime as dt
import hashlib
import io
import os
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from cases import disposal_lists, disposing, outbox, papers, retaining, transferring
from cases.acting import Actor
from cases.backfile import importing, runs
from cases.capturing import FileToKeep, keep_files, store_rows
from cases.media_types import PDF
from cases.models import (
    BackfileImport,
    Case,
    CaseRelation,
    ComponentFile,
    ComponentRole,
    DisposalAction,
    DisposalList,
    DisposalProtocol,
    FileRole,
    Institution,
    Loan,
    OutboxRow,
    RecordClass,
    RefusedRow,
    RegisterEntry,
    Retention,
    Task,
    TransferList,
    Unit,
    User,
)
from cases.originals import store
from search import exporting, saved_searches
from search.asking import Asked
from search.engines import engine
from search.indexing import entries_of, index_waiting
from search.models import Export, ExportContent, ExportFormat, ExportState, FileText, PageText, SavedSearch, TextState
from search.page_texts import SEARCHABLE
from search.reading import read_next_files
from tests.faults.deeds import close_long_ago, content, die, file, run_work
from tests.search import scans_made, written_documents


def acting(name: str) -> dict[str, Any]:
    return {"actor": Actor.of(User.objects.get(username=name), on=timezone.localdate()), "at": timezone.now()}


def nothing_waits() -> None:
    """As if every job had been done."""
    OutboxRow.objects.filter(done_at__isnull=True).update(done_at=timezone.now())


def two_cases() -> list[int]:
    cases = [file(key=f"letter {number}", contents=[content(f"letter {number}")])["case"] for number in (1, 2)]
    nothing_waits()
    return cases


def two_closed_cases(*, action: str = DisposalAction.DESTROY) -> list[int]:
    """Closed so long ago that their class gives them up; nobody has counted that yet."""
    RecordClass.objects.update(disposal_action=action)
    cases = two_cases()
    for case in cases:
        Task.objects.filter(case=case).delete()
        close_long_ago(case=case)
    return cases


def two_due_cases(*, action: str = DisposalAction.DESTROY) -> list[int]:
    cases = two_closed_cases(action=action)
    retaining.count_cases(cases, at=timezone.now())
    return cases


# -- linked cases, reminders, searchable copies


def ask_for_linked_case() -> None:
    case = Case.objects.get(pk=file(key="first")["case"])
    nothing_waits()
    at = timezone.now()
    outbox.put("open_linked_case", at=at, case=case, of=case.pk, service="tree-felling", key="linked-1")


def linked_cases() -> dict[str, int]:
    return {"entries": RegisterEntry.objects.count(), "relations": CaseRelation.objects.count()}


def everybody_has_an_address() -> None:
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@bela-reka.example")


def ask_for_reminder() -> None:
    task = Case.objects.get(pk=file(key="late")["case"]).tasks.get()
    nothing_waits()
    Task.objects.filter(pk=task.pk).update(holder=User.objects.get(username="alice"))
    outbox.put("remind_of_late_task", at=timezone.now(), task=task.pk)


def ask_for_searchable_copies() -> None:
    """Two cases have the same scan; its searchable copy was made and is to be put beside each."""
    scan = scans_made.saved(scans_made.paper("walnut"))
    for number in (1, 2):
        file(key=f"scan {number}", contents=[base64.b64encode(scan).decode()])
    nothing_waits()
    at = timezone.now()
    copy = FileToKeep(SEARCHABLE, stream=io.BytesIO(written_documents.pdf("walnut")), media_type=PDF)
    kept = keep_files([copy])
    store_rows(kept, at=at)
    original = hashlib.sha256(scan).hexdigest()
    known = {"state": TextState.READ, "searchable_id": kept[0].kept.sha256}
    FileText.objects.update_or_create(pk=original, defaults=known)
    outbox.put("add_searchable_copies", at=at, files=[original])


def searchable_copies() -> dict[str, Any]:
    """By case, how many searchable copies it has; and how often that was said."""
    copies = ComponentFile.objects.filter(role=FileRole.SEARCHABLE)
    said = Case.objects.filter(events__kind="SEARCHABLE_COPY_MADE")
    return {
        "copies": sorted(Counter(copies.values_list("component__document__case", flat=True)).values()),
        "said": sorted(Counter(said.values_list("pk", flat=True)).values()),
    }


def papers_of_answers() -> list[int]:
    """How many papers each form has that was filed."""
    forms = ComponentFile.objects.filter(component__role=ComponentRole.ANSWERS)
    by_form = Counter(forms.values_list("component", flat=True))
    papers = Counter(forms.filter(role=FileRole.PAGE_IMAGES).values_list("component", flat=True))
    return [papers[form] for form in by_form]


# -- keeping, destroying, handing over


def change_rule() -> None:
    """The years of the class become other ones: its closed cases are to be counted again."""
    two_due_cases()
    institution = Institution.objects.get()
    RecordClass.objects.update(retention_years=3)
    retaining.rule_changed(institution, RecordClass.objects.values_list("code", flat=True), at=timezone.now())


def counted() -> dict[str, int]:
    rows = Retention.objects.all()
    return {"counted": rows.count(), "stale": rows.filter(is_stale=True).count()}


def execute_list() -> None:
    two_due_cases()
    at = timezone.now()
    new = disposal_lists.propose(Unit.objects.get(code="PARK"), year=at.year, **acting("victor"))
    disposal_lists.finish_review(new, **acting("helen"))
    disposal_lists.approve(new, **acting("victor"))
    disposal_lists.execute(new, **acting("dora"))


def destroyed() -> dict[str, Any]:
    """The list and its lines; the bytes that are left of its cases; protocols in the register."""
    disposal_list = DisposalList.objects.get()
    cases = disposal_list.items.values_list("case", flat=True)
    files = ComponentFile.objects.filter(component__document__case__in=cases)
    return {
        "list": disposal_list.state,
        "lines": sorted(disposal_list.items.values_list("state", flat=True)),
        "bytes": sum(store().exists(sha256) for sha256 in files.values_list("stored_file", flat=True)),
        "protocols": [
            DisposalProtocol.objects.count(),
            RegisterEntry.objects.filter(submission_key__startswith="disposal-protocol-").count(),
        ],
    }


def yearly_lists() -> dict[str, Any]:
    """Unit and length of each list that nobody asked for, and how many letters about them were put."""
    return {
        "lists": [[one.unit.code, one.items.count()] for one in DisposalList.objects.filter(proposed_by__isnull=True)],
        "told": OutboxRow.objects.filter(kind="tell_of_yearly_lists").count(),
    }


def ask_for_package() -> None:
    two_due_cases(action=DisposalAction.TRANSFER)
    new = transferring.propose_transfer(
        Unit.objects.get(code="PARK"), year=timezone.now().year, archive="State Archive", **acting("victor")
    )
    transferring.make_package(new, **acting("victor"))


def hand_over() -> None:
    """The archive takes the package; our copies are to go."""
    packed = TransferList.objects.get()
    today = timezone.localdate()
    done = transferring.accept(packed, acceptance="12", acceptance_date=today, **acting("victor"))
    transferring.remove_copies(done, **acting("dora"))


def handed_over() -> dict[str, Any]:
    """The list; each package that lies about, and whether it is whole and the one that counts; what is left of ours."""
    transfer_list = TransferList.objects.get()
    cases = transfer_list.items.values_list("case", flat=True)
    files = ComponentFile.objects.filter(component__document__case__in=cases)
    packages = list((Path(settings.DATA_DIR) / "derived" / transferring.FOLDER).glob("*"))
    return {
        "list": transfer_list.state,
        "packages": [is_whole(package, transfer_list.package_sha256) for package in packages],
        "half made": len([path for path in Path(settings.STAGING_DIR).iterdir() if path.is_file()]),
        "bytes": sum(store().exists(sha256) for sha256 in files.values_list("stored_file", flat=True)),
    }


def is_whole(package: Path, sha256: str) -> bool:
    with zipfile.ZipFile(package) as bag:
        return bag.testzip() is None and hashlib.sha256(package.read_bytes()).hexdigest() == sha256


# -- papers and old registers


def lend_a_paper() -> None:
    """Alice has a paper that was to be back yesterday."""
    today = timezone.localdate()
    case = Case.objects.get(pk=two_cases()[0])
    loan = papers.lend_paper(case, to=User.objects.get(username="alice"), until=today, **acting("victor"))
    Loan.objects.filter(pk=loan.pk).update(due_date=today - dt.timedelta(days=1))


def reminders() -> dict[str, int]:
    return {
        "loans": Loan.objects.filter(reminded_at__isnull=False).count(),
        "put": OutboxRow.objects.filter(kind="remind_borrower").count(),
    }


def leave_imports() -> None:
    """Two tables were brought and checked long ago, and nobody began to take them over."""
    for number in range(2):
        imported = BackfileImport.objects.create(
            institution=Institution.objects.get(),
            table_name=f"{number}.csv",
            is_uploaded=True,
            started_at=timezone.now() - dt.timedelta(days=31),
        )
        place = runs.place_for_upload(imported)
        place.mkdir(parents=True)
        (place / "table.csv").write_text("number,title")


def left_imports() -> dict[str, Any]:
    folders = Path(settings.BACKFILE_DIR).glob("*")
    return {"states": imports(), "folders": len([folder for folder in folders if folder.is_dir()])}


def begin_import(*, table: str, folder: str) -> None:
    imported = BackfileImport.objects.create(
        institution=Institution.objects.get(),
        table_name=Path(table).name,
        table_path=table,
        folder=folder,
        started_by=User.objects.get(username="victor"),
        started_at=timezone.now(),
    )
    runs.begin(imported, at=timezone.now())


def imports() -> list[str]:
    return list(BackfileImport.objects.values_list("state", flat=True))


# -- the archive's memory


def spoil_index() -> None:
    """The index lacks a document, knows a stranger, and keeps one in an old state; no case waits for it."""
    cases = two_cases()
    while index_waiting():
        pass
    lacking, old = (Case.objects.get(pk=case).documents.first().pk for case in cases)
    [entry] = [entry for entry in entries_of(cases) if entry.document == old]
    with engine().writing() as writer:
        writer.begin_reading()
        writer.put(replace(entry, document=999_999))
        writer.put(replace(entry, fingerprint=entry.fingerprint ^ 1))
        writer.remove([lacking])


def file_scan() -> None:
    """A sheet of paper that was scanned: its reader has found that there is no text in it yet."""
    scan = scans_made.saved(scans_made.paper(scans_made.LETTERS["en"]))
    file(key="scan", contents=[base64.b64encode(scan).decode()])
    nothing_waits()
    while index_waiting() or read_next_files(at=timezone.now()):
        pass


def scans_read() -> dict[str, Any]:
    """What was made of the scans: the state of their texts, how often a word was read, copies beside them."""
    texts = FileText.objects.filter(searchable__isnull=False)
    return {
        "states": list(texts.values_list("state", flat=True)),
        "found": PageText.objects.filter(stored_file__text__in=texts, text__contains="permit").count(),
        **searchable_copies(),
    }


# -- exports


def index_two_cases() -> None:
    two_cases()
    while index_waiting():
        pass


def ask_for_export() -> None:
    exporting.ask_for(
        Asked("tree"),
        content=ExportContent.LIST,
        format=ExportFormat.CSV,
        owner=User.objects.get(username="alice"),
        language="en",
        at=timezone.now(),
    )


def export_files() -> list[Path]:
    return list((Path(settings.DATA_DIR) / "derived" / exporting.FOLDER).glob("*"))


def exports() -> dict[str, Any]:
    """State and lines of each export, oldest first; and how many files there are that none of them knows."""
    rows = Export.objects.order_by("pk")
    known = {Path(row.file_name).name: row for row in rows if row.file_name}
    lines = {path.name: len(path.read_bytes().splitlines()) for path in export_files()}
    return {
        "exports": [[row.state, lines.get(Path(row.file_name).name, 0)] for row in rows],
        "unknown": len(lines.keys() - known.keys()),
    }


def leave_old_exports() -> None:
    """Two files that are kept no longer, one that no export knows, and a search that was removed two days ago."""
    long_ago = timezone.now() - dt.timedelta(days=4)
    alice = User.objects.get(username="alice")
    for number in range(2):
        Export.objects.create(
            owner=alice, content=ExportContent.LIST, format=ExportFormat.CSV, language="en", asked_at=long_ago,
            state=ExportState.READY, finished_at=long_ago,
            file_name=storages["derived"].save(f"{exporting.FOLDER}/old-{number}.csv", ContentFile(b"Number")),
        )  # fmt: skip
    storages["derived"].save(f"{exporting.FOLDER}/unknown.csv", ContentFile(b"Number"))
    for path in export_files():
        os.utime(path, (long_ago.timestamp(), long_ago.timestamp()))
    search = saved_searches.keep(Asked("tree"), name="Trees", owner=alice, count=0, at=long_ago)
    saved_searches.remove(search, at=long_ago)


def old_exports() -> dict[str, Any]:
    return {**exports(), "searches": SavedSearch.objects.count()}


# -- work that kills whoever does it


def destroy_dying_at_the_first(*, later: float = 0) -> None:
    """The worker dies whenever it comes to the first case of the list."""
    first, erase = DisposalList.objects.get().items.earliest("pk").case_id, disposing.erase_people

    def erase_or_die(case: Case, **values: Any) -> int:
        return die() if case.pk == first else erase(case, **values)

    disposing.erase_people = erase_or_die
    run_work(kind="execute_disposal", later=later)


def pack_dying(*, later: float = 0) -> None:
    """The worker dies whenever it makes a package."""
    transferring.pack = die
    run_work(kind="pack_transfer", later=later)


def take_over_dying_at(*, number: str, later: float = 0) -> None:
    """The worker dies whenever it enters the line of that number."""
    enter = importing.enter_old_line

    def enter_or_die(line: Any, *arguments: Any, **values: Any) -> RegisterEntry:
        return die() if line.number == number else enter(line, *arguments, **values)

    importing.enter_old_line = enter_or_die
    run_work(kind="take_over_table", later=later)


def read_table_dying(*, later: float = 0) -> None:
    """The worker dies whenever it reads the table."""
    runs.read_table = die
    run_work(kind="take_over_table", later=later)


def trouble() -> list[Any]:
    """What the list's page says: why it does not go on, and whether it is tried by itself."""
    at = timezone.now()
    disposal_list, transfer_list = DisposalList.objects.first(), TransferList.objects.first()
    found = (
        disposal_lists.trouble_of(disposal_list, at=at)
        if disposal_list
        else transferring.trouble_of(transfer_list, at=at)
    )
    return [found.reason, found.next_try_at is not None] if found else []


def press_try_again() -> None:
    for disposal_list in DisposalList.objects.all():
        disposal_lists.try_again(disposal_list, **acting("dora"))
    for transfer_list in TransferList.objects.all():
        transferring.try_again(transfer_list, **acting("victor"))


def press_go_on() -> None:
    runs.begin(BackfileImport.objects.get(), at=timezone.now())


def left_out_rows() -> list[list[Any]]:
    return [list(row) for row in RefusedRow.objects.values_list("row", "reason")]
