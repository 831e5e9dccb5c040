"""Records management: an old register comes in, disposal lists are proposed, a transfer is packed.

Each part is done by a process of its own that has met nothing but Django (`benchmarks/prepared.py`), so that its memory
is its own. Processor time, which others on the machine hardly disturb, stands beside the clock's; queries are counted,
since what grows with the rows shows there first.
"""

import csv
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.installation import PRODUCT, Installation

COLUMNS = ["number", "date", "title", "sender", "unit", "class", "language", "files"]
DOCUMENTS_A_CASE = 2  # a package holds at most 500 cases
TABLE = "cellar.csv"


def measure_records(*, rows: int, closed: int, packed: int) -> dict[str, float]:
    """On SQLite, in a folder of its own. ``packed``: how many documents the package has."""
    with tempfile.TemporaryDirectory(prefix="registra-records-") as name:
        folder = Path(name)
        town = Installation(f"sqlite:///{folder / 'registra.sqlite3'}", folder)
        try:
            town.found(has_history=False)
            product = town.prepared(PRODUCT)
            product.ask("benchmarks.records", "write_register", str(folder), rows)
            figures = dict(product.ask("benchmarks.records", "check", str(folder)))
            figures |= product.ask("benchmarks.records", "bring_in", str(folder))
            figures |= product.ask("benchmarks.records", "pack", packed)
            product.ask("benchmarks.records", "store", closed)
            figures |= product.ask("benchmarks.records", "count", closed)
            figures |= product.ask("benchmarks.records", "propose")
            return figures
        finally:
            town.stop()


class Cost:
    """What a piece of work took."""

    def __init__(self) -> None:
        self.clock = self.processor = 0.0
        self.queries = 0

    def figures(self, name: str, *, of: int) -> dict[str, float]:
        """``of``: how many rows, cases or documents it was about."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {
            f"{name}_s": self.clock,
            f"{name}_processor_s": self.processor,
            f"{name}_queries": self.queries,
            f"{name}_queries_each": self.queries / max(of, 1),
            f"{name}_peak_mb": peak,
        }


@contextmanager
def counted() -> Iterator[Cost]:
    from django.db import connection  # noqa: PLC0415 (whoever only asks needs no Django)

    cost = Cost()

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        cost.queries += 1
        return execute(*arguments)

    clock, used = time.perf_counter(), os.times()
    with connection.execute_wrapper(count):
        yield cost
    now = os.times()
    cost.clock = time.perf_counter() - clock
    cost.processor = now.user + now.system - used.user - used.system


# -- asked of a process of its own


def write_register(folder: str, rows: int) -> None:
    """A table of so many lines, each with a scanned page of its own."""
    from benchmarks.back_file import papers  # noqa: PLC0415
    from tests.search.written_documents import pdf  # noqa: PLC0415

    scans = Path(folder) / "scans"
    scans.mkdir()
    with (Path(folder) / TABLE).open("w", newline="") as table:
        lines = csv.writer(table)
        lines.writerow(COLUMNS)
        for place, paper in enumerate(papers(rows, pages=1, words_a_page=40)):
            (scans / f"{place}.pdf").write_bytes(pdf(paper.pages[0]))
            described = (paper.number, paper.written_as, paper.title, paper.sender)
            lines.writerow([*described, "", "", paper.language, f"{place}.pdf"])


def check(folder: str) -> dict[str, float]:
    """The dry run: every row is looked at, its file too."""
    with counted() as cost:
        planned = _plan(folder)
    return {"import_rows": planned.rows, **cost.figures("import_check", of=planned.rows)}


def bring_in(folder: str) -> dict[str, float]:
    """The rows are taken over, a hundred in a transaction, and every original is synced."""
    from django.utils import timezone  # noqa: PLC0415

    from cases.backfile import runs  # noqa: PLC0415
    from cases.backfile.importing import importer  # noqa: PLC0415
    from cases.models import BackfileImport, ImportState, Institution  # noqa: PLC0415

    imported = BackfileImport.objects.create(
        institution=Institution.objects.get(),
        table_name=TABLE,
        table_path=str(Path(folder) / TABLE),
        folder=str(Path(folder) / "scans"),
        state=ImportState.RUNNING,
        started_at=timezone.now(),
    )
    with counted() as cost:
        planned = _plan(folder)
        runs.carry_out(imported, planned, actor=importer(None, TABLE, name="bench"), now=timezone.now)
    rate = imported.taken_over / cost.clock
    return {"import_per_s": rate, "import_refused": imported.refused, **cost.figures("import", of=planned.rows)}


def _plan(folder: str) -> Any:
    from django.utils import timezone  # noqa: PLC0415

    from cases.backfile.importing import known_register, plan  # noqa: PLC0415
    from cases.backfile.table import read_table  # noqa: PLC0415
    from cases.models import Institution  # noqa: PLC0415

    institution = Institution.objects.get()
    register = known_register(institution, TABLE)
    table, scans = read_table(Path(folder) / TABLE), Path(folder) / "scans"
    return plan(table, scans, institution=institution, register=register, at=timezone.now(), unit=None)


def pack(documents: int) -> dict[str, float]:
    """Cases of the old register are packed for the state archive, two documents in each."""
    from django.utils import timezone  # noqa: PLC0415

    from cases import retaining, transferring  # noqa: PLC0415
    from cases.acting import Actor  # noqa: PLC0415
    from cases.models import Case, DisposalAction, Document, RecordClass, User  # noqa: PLC0415

    now = timezone.now()
    count = documents // DOCUMENTS_A_CASE
    cases = list(Case.objects.filter(state="CLOSED").order_by("pk").values_list("pk", flat=True)[: 2 * count])
    leads, others = cases[:count], cases[count:]
    for lead, other in zip(leads, others, strict=True):
        Document.objects.filter(case=other).update(case=lead)
    record_class = RecordClass.objects.exclude(disposal_action=DisposalAction.TRANSFER).first()
    RecordClass.objects.filter(pk=record_class.pk).update(disposal_action=DisposalAction.TRANSFER, retention_years=0)
    Case.objects.filter(pk__in=leads).update(record_class=record_class, closed_at=now.replace(year=now.year - 9))
    retaining.count_cases(leads, at=now)
    archivist = Actor.of(User.objects.get(username="archivist"), on=now.date())
    unit = Case.objects.get(pk=leads[0]).unit
    with counted() as proposing:
        chosen = transferring.propose_transfer(unit, year=now.year, archive="State Archive", actor=archivist, at=now)
    transferring.make_package(chosen, actor=archivist, at=now)
    with counted() as packing:
        transferring.pack_transfer({"transfer_list": chosen.pk}, at=now)
    chosen.refresh_from_db()
    packed = Document.objects.filter(case__in=chosen.items.values("case")).count()
    if chosen.state != "PACKED" or packed != documents:
        raise RuntimeError(f"{packed} documents, {chosen.state}: {chosen.failure}")
    return {
        "transfer_documents": packed,
        "transfer_package_mb": chosen.package_size / 1e6,
        **proposing.figures("transfer_propose", of=count),
        **packing.figures("transfer_pack", of=packed),
    }


def store(closed: int) -> None:
    """Closed cases in bulk, of classes that let most of them go."""
    from benchmarks.back_file import papers  # noqa: PLC0415
    from benchmarks.back_file_rows import keep  # noqa: PLC0415
    from cases.models import DisposalAction, Institution, RecordClass  # noqa: PLC0415

    # Other papers than those that the old register brought.
    keep(islice(papers(closed, seed=1, pages=1, words_a_page=5), closed), institution=Institution.objects.get())
    RecordClass.objects.filter(disposal_action=DisposalAction.REVIEW).update(disposal_action=DisposalAction.DESTROY)


def count(closed: int) -> dict[str, float]:
    """From when on each of them may go."""
    from django.utils import timezone  # noqa: PLC0415

    from cases import retaining  # noqa: PLC0415
    from cases.models import Institution  # noqa: PLC0415

    institution, now = Institution.objects.get(), timezone.now()
    with counted() as cost:
        after = 0
        while (last := retaining.count_batch(institution, after=after, at=now)) != after:
            after = last
    return cost.figures("retention_count", of=closed)


def propose() -> dict[str, float]:
    """A list of one unit, as full as a list may be; then all lists of the year, as the yearly job makes them."""
    from django.utils import timezone  # noqa: PLC0415

    from cases import disposal_lists, yearly_lists  # noqa: PLC0415
    from cases.acting import Actor  # noqa: PLC0415
    from cases.models import DisposalItem, DisposalList, Institution, Unit, User  # noqa: PLC0415

    now = timezone.now()
    archivist = Actor.of(User.objects.get(username="archivist"), on=now.date())
    due = disposal_lists.due_for_destruction(Institution.objects.get(), until=now.date())
    unit = Unit.objects.get(pk=due.order_by("case__unit").values_list("case__unit", flat=True)[0])
    with counted() as one:
        listed = disposal_lists.propose(unit, year=now.year, actor=archivist, at=now)
    with counted() as whole:
        yearly_lists.propose_yearly_lists(at=now)
    return {
        "disposal_list_cases": listed.items.count(),
        **one.figures("disposal_propose", of=listed.items.count()),
        "disposal_yearly_lists": DisposalList.objects.count() - 1,
        "disposal_yearly_cases": DisposalItem.objects.count() - listed.items.count(),
        **whole.figures("disposal_yearly", of=DisposalItem.objects.count() - listed.items.count()),
    }
