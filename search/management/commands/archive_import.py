"""``manage.py archive_import TABLE FOLDER``: take over an old register with its scanned files."""

import datetime as dt
import getpass
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.backfile import refusals, runs
from cases.backfile.importing import Plan, importer, known_register, plan
from cases.backfile.refusals import Refusal
from cases.backfile.table import COLUMNS, Table, TableUnusable, read_table
from cases.models import BackfileImport, ImportState, Institution, Unit, User
from search.indexing import index_waiting
from search.models import FileText, TextState
from search.reading import read_next_files

SHOWN = 500
SAY_EVERY_SECONDS = 5
UNUSABLE, SOME_REFUSED = 2, 1


class Command(BaseCommand):
    help = (
        "Takes over an old register: the lines of TABLE (CSV or XLSX) with their numbers and dates, and the scanned "
        f"files in FOLDER that they name. Columns: {','.join(COLUMNS)}; of number and title one is needed. Run again, "
        "it goes on where it was and brings nothing twice. Ends with 0 when every row is in, 1 when some were refused "
        "(the others are in), 2 when the table or the folder can't be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", type=Path, help="CSV or XLSX; its name names the register")
        parser.add_argument("folder", type=Path, help="where the files are; nothing outside it is read")
        parser.add_argument("--dry-run", action="store_true", help="look at every row, change nothing")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the refused rows as CSV")
        parser.add_argument("--institution", metavar="SLUG", help="needed where there are several")
        parser.add_argument("--unit", metavar="CODE", help="takes rows with no unit, or with one that is no more")
        parser.add_argument("--as", dest="person", metavar="USERNAME", help="whose import it is, for the history")
        parser.add_argument("--encoding", default="", help="of a CSV, where it is not found out: windows-1250, cp852")
        parser.add_argument(
            "--leave-index", action="store_true", help="let the worker index and read the texts, and end sooner"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        institution = _institution(options["institution"])
        unit, person = _unit(institution, options["unit"]), _person(institution, options["person"])
        path, folder = options["table"].absolute(), options["folder"].absolute()
        table = _table(path, options["encoding"])
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.", returncode=UNUSABLE)
        if options["dry_run"]:
            planned = self._planned(table, folder, institution, path.name, unit, at=at)
            found = list(planned.refusals)
            self._report(planned.rows, len(planned.new), planned.known, found, options["report"], is_dry=True)
        else:
            imported = BackfileImport.objects.create(
                institution=institution,
                table_name=path.name[:200],
                table_path=str(path)[:500],
                folder=str(folder)[:500],
                unit=unit,
                state=ImportState.RUNNING,
                started_by=person,
                started_at=at,
            )
            planned = self._planned(table, folder, institution, path.name, unit, at=at)
            self._take_over(imported, planned, person)
            found = runs.refusals_of(imported)
            self._report(imported.rows, imported.taken_over, imported.known, found, options["report"], is_dry=False)
            if not options["leave_index"]:
                self._bring_index_up_to_date()
        if found:
            amount = len({one.row for one in found})
            raise CommandError(f"{amount} of {planned.rows} rows refused.", returncode=SOME_REFUSED)

    def _planned(
        self,
        table: Table,
        folder: Path,
        institution: Institution,
        name: str,
        unit: Unit | None,
        *,
        at: dt.datetime,
    ) -> Plan:
        if table.unknown_columns:
            self.stderr.write(f"Columns left out: {', '.join(table.unknown_columns)}")
        register = known_register(institution, name)
        return plan(table, folder, institution=institution, register=register, at=at, unit=unit)

    def _take_over(self, imported: BackfileImport, planned: Plan, person: User | None) -> None:
        said = time.monotonic()

        def tell(now: BackfileImport) -> None:
            nonlocal said
            if time.monotonic() - said > SAY_EVERY_SECONDS:
                said = time.monotonic()
                seen = now.taken_over + now.known + now.refused
                self.stdout.write(f"{seen} of {now.rows} rows, {now.done_percent} %")

        actor = importer(person, imported.table_name, name=_login())
        try:
            runs.carry_out(imported, planned, actor=actor, now=timezone.now, told=tell)
        except TableUnusable as refusal:
            _note_failure(imported, str(refusal))
            raise CommandError(str(refusal), returncode=UNUSABLE) from None
        except BaseException as error:
            _note_failure(imported, f"{type(error).__name__}: {error}")
            raise
        if imported.state == ImportState.STOPPED:
            raise CommandError("Somebody stopped it. Run it again to go on.", returncode=SOME_REFUSED)

    def _report(
        self, rows: int, taken_over: int, known: int, found: list[Refusal], file: Path | None, *, is_dry: bool
    ) -> None:
        if found:
            self._say_refused(found)
        refused = len({one.row for one in found})
        verb = "would be taken over" if is_dry else "taken over"
        self.stdout.write(f"{rows} rows: {taken_over} {verb}, {known} there already, {refused} refused.")
        if file:
            file.write_bytes(refusals.as_csv(found))

    def _say_refused(self, found: list[Refusal]) -> None:
        self.stdout.write(f"{_('Row'):>7}  {_('Column'):<9}  {_('Why it was refused')}")
        for one in found[:SHOWN]:
            self.stdout.write(f"{one.row:>7}  {one.column:<9}  {one.words}")
        if len(found) > SHOWN:
            self.stdout.write(f"… and {len(found) - SHOWN} more; write them all with --report FILE")

    def _bring_index_up_to_date(self) -> None:
        """So that what came in is found at once, worker or not. Both may do this side by side."""
        self.stdout.write("Indexing, and reading the texts. A worker does it too: stopping here loses nothing.")
        said = time.monotonic()
        while True:
            while index_waiting():
                pass
            if not read_next_files(at=timezone.now()):
                break
            while read_next_files(at=timezone.now()):
                if time.monotonic() - said > SAY_EVERY_SECONDS:
                    said = time.monotonic()
                    left = FileText.objects.filter(state=TextState.WAITING).count()
                    self.stdout.write(f"{left} files to be read")


def _institution(slug: str | None) -> Institution:
    institutions = Institution.objects.order_by("slug")
    chosen = list(institutions.filter(slug=slug) if slug else institutions[:50])
    if len(chosen) == 1:
        return chosen[0]
    known = ", ".join(institutions.values_list("slug", flat=True))
    if not known:
        raise CommandError("There is no institution yet: found one with found_institution.", returncode=UNUSABLE)
    raise CommandError(f"Say which institution with --institution: {known}.", returncode=UNUSABLE)


def _unit(institution: Institution, code: str | None) -> Unit | None:
    if not code:
        return None
    units = Unit.objects.filter(institution=institution)
    if unit := units.filter(code__iexact=code).first():
        return unit
    known = ", ".join(units.order_by("code").values_list("code", flat=True))
    raise CommandError(f"There is no unit {code}. There are: {known}.", returncode=UNUSABLE)


def _person(institution: Institution, username: str | None) -> User | None:
    if not username:
        return None
    if person := User.objects.filter(username=username, institution=institution).first():
        return person
    raise CommandError(f"There is no person {username} in {institution.slug}.", returncode=UNUSABLE)


def _table(path: Path, encoding: str) -> Table:
    try:
        return read_table(path, encoding=encoding)
    except TableUnusable as refusal:
        raise CommandError(f"{path.name}: {refusal}", returncode=UNUSABLE) from None
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=UNUSABLE) from None


def _note_failure(imported: BackfileImport, trouble: str) -> None:
    BackfileImport.objects.filter(pk=imported.pk).update(
        state=ImportState.FAILED, trouble=trouble[:500], claimed_until=None, finished_at=timezone.now()
    )


def _login() -> str:
    """Who sits at the machine, as far as it knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return sys.platform
