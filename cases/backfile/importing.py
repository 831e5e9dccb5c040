"""Takes over a table: what is new of it, some rows in each transaction; a kill loses little and repeats nothing.

Which row is which: a row is known again in its register by all of its cells; of rows that are wholly alike the first
is told from the second. So the same number twice is two lines, the same table twice brings nothing twice, and a row
that was put right comes in later. A row whose number came in from this table with other words is refused (CHANGED).
"""

import datetime as dt
import hashlib
import json
import logging
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import DataError, IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cases.acting import Actor
from cases.backfile.checking import Checker, OldLine
from cases.backfile.entering import enter_old_line, keep_scans
from cases.backfile.refusals import Refusal, Why
from cases.backfile.scans import FileRefused, ScanFolder
from cases.backfile.table import COLUMNS, Row, Table, TableUnusable
from cases.capturing import BytesDestroyed, KeptFile
from cases.models import Capacity, EntryKind, Institution, Register, RegisterEntry, RegisterKind, Unit, User

logger = logging.getLogger(__name__)

ROWS_AT_ONCE = 100


@dataclass(frozen=True)
class Plan:
    """What a table would bring: lines that are new, how many are there already, and what is refused."""

    rows: int
    new: Sequence[OldLine]
    known: int
    refusals: Sequence[Refusal]

    @property
    def refused_rows(self) -> int:
        return len({refusal.row for refusal in self.refusals})


@dataclass(frozen=True)
class Progress:
    """How much of a plan is done, and what was refused on the way."""

    taken_over: int
    known: int
    refusals: Sequence[Refusal]


def register_code(table_name: str) -> str:
    """The code of the register that a table's name stands for: its file name without the ending.

    A name that is not all Latin gets a few signs of its hash, so that two of them are never one register.
    """
    stem = unicodedata.normalize("NFC", Path(table_name).stem).casefold().strip()
    digest = "" if stem.isascii() and slugify(stem) else hashlib.sha256(stem.encode()).hexdigest()[:8]
    return "-".join(part for part in ("old", slugify(stem)[:26].strip("-"), digest) if part)


def known_register(institution: Institution, table_name: str) -> Register | None:
    """The register that the table's lines are in, if any came in before."""
    registers = Register.objects.filter(institution=institution, kind=RegisterKind.IMPORTED)
    return registers.select_related("institution").filter(code=register_code(table_name)).first()


def ensure_register(institution: Institution, table_name: str) -> Register:
    """An old register is a closed one of its own: nothing new is ever entered into it. Raises TableUnusable."""
    register, _is_new = Register.objects.get_or_create(
        institution=institution,
        code=register_code(table_name),
        defaults={
            "names": {institution.main_language: Path(table_name).stem[:200]},
            "kind": RegisterKind.IMPORTED,
            "is_closed": True,
        },
    )
    if register.kind != RegisterKind.IMPORTED:
        raise TableUnusable(
            _("The register {code} is in use for something else. Give the table's file another name.").format(
                code=register.code
            )
        )
    register.institution = institution
    return register


def plan(
    table: Table,
    folder: Path,
    *,
    institution: Institution,
    register: Register | None,
    at: dt.datetime,
    unit: Unit | None = None,
) -> Plan:
    """Look at every row and change nothing. ``unit``: takes rows that name none, or one that Registra doesn't know."""
    today = at.astimezone(ZoneInfo(institution.time_zone)).date()
    checker = Checker(institution, ScanFolder(folder), today=today, unit=unit)
    there = _lines_there(register)
    keys = row_keys(table.rows)
    vanished = Counter(there[key] for key in there.keys() - set(keys) if there[key])
    new: list[OldLine] = []
    refusals: list[Refusal] = []
    known = 0
    for row, key in zip(table.rows, keys, strict=True):
        if key in there:
            known += 1
            continue
        line, why_not = checker.check(row, key)
        if line is not None and vanished[line.number]:
            vanished[line.number] -= 1
            why_not = [Refusal(row.number, "number", Why.CHANGED, line.number)]
            line = None
        refusals += why_not
        if line:
            new.append(line)
    return Plan(len(table.rows), new, known, refusals)


def _lines_there(register: Register | None) -> dict[str, str]:
    """Numbers by key."""
    if register is None:
        return {}
    lines = RegisterEntry.objects.filter(register=register, kind=EntryKind.IMPORTED)
    return dict(lines.values_list("submission_key", "number"))


def row_keys(rows: Sequence[Row]) -> list[str]:
    """For each row what it is known by: a hash of its cells, and which of several wholly alike it is."""
    seen: Counter[str] = Counter()
    keys = []
    for row in rows:
        cells = json.dumps([row.cells[column] for column in COLUMNS], ensure_ascii=False)
        seen[cells] += 1
        keys.append(hashlib.sha256(f"{cells}#{seen[cells]}".encode()).hexdigest())
    return keys


def take_over(
    lines: Sequence[OldLine],
    folder: Path,
    register: Register,
    *,
    actor: Actor,
    now: Callable[[], dt.datetime],
    alone: int = 0,
    begin_row: Callable[[int], bool] = lambda row: True,
) -> Iterator[Progress]:
    """Enter the lines, some in each transaction; says after each what it did. Whoever asks for no more stops it.

    ``alone``: so many lines have a transaction each. ``begin_row`` is told the row before, and may refuse it.
    """
    scans = ScanFolder(folder)
    for line in lines[:alone]:
        if begin_row(line.row):
            yield _enter_some([line], scans, register, actor=actor, at=now())
        else:
            yield Progress(0, 0, [Refusal(line.row, "", Why.KILLED)])
    for some in batched(lines[alone:], ROWS_AT_ONCE):
        yield _enter_some(some, scans, register, actor=actor, at=now())


def _enter_some(
    lines: Sequence[OldLine], scans: ScanFolder, register: Register, *, actor: Actor, at: dt.datetime
) -> Progress:
    taken_over = known = 0
    refusals: list[Refusal] = []
    ready: list[tuple[OldLine, list[KeptFile]]] = []
    for line in lines:
        try:
            ready.append((line, keep_scans(line, scans)))
        except FileRefused as refused:
            refusals.append(Refusal(line.row, "files", refused.why, refused.value[:200]))
    with transaction.atomic():
        for line, files in ready:
            try:
                enter_old_line(line, register, files, actor=actor, at=at)
                taken_over += 1
            except IntegrityError:
                # Somebody else takes over the same table at this moment, and was here first.
                if not _is_there(register, line):
                    raise
                known += 1
            except (BytesDestroyed, DataError) as error:
                logger.warning("Row %s could not be stored.", line.row, exc_info=True)
                refusals.append(Refusal(line.row, "", Why.BROKE, type(error).__name__))
    return Progress(taken_over, known, refusals)


def _is_there(register: Register, line: OldLine) -> bool:
    return RegisterEntry.objects.filter(register=register, submission_key=line.key).exists()


def importer(user: User | None, table_name: str, *, name: str = "") -> Actor:
    """Who takes a table over: a job, in the name of a person where one is known."""
    who = str(user) if user else name
    return Actor(user, Capacity.JOB, note=f"import of {table_name} by {who}"[:200])
