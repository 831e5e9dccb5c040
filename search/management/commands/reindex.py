"""Builds the archive index from the database, showing how far it has got."""

import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases.upkeep import refresh_statistics
from search.building import Makers
from search.engines import engine
from search.indexing import begin_anew, begin_rebuild, index_waiting
from search.models import FileText, PageText, TextState, WaitingCase
from search.reading import read_next_files
from search.scans import recognise_next_scan

BAR_WIDTH = 30
# Fewer are indexed before a second process has begun.
WORTH_PROCESSES = 1_000


class Command(BaseCommand):
    help = "Bring the archive index up to date with the database. Searching goes on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wipe", action="store_true", help="begin with an empty index")
        parser.add_argument("--texts", action="store_true", help="read the text of all originals again, too")
        parser.add_argument(
            "--processes", type=int, default=os.cpu_count() or 1, help="so many read beside each other (all processors)"
        )

    def handle(self, *, wipe: bool, texts: bool, processes: int, **options: Any) -> None:
        self.processes = processes
        refresh_statistics()
        if texts:
            PageText.objects.all().delete()
            FileText.objects.update(state=TextState.WAITING, claimed_until=None)
        if wipe or not engine().is_healthy():
            begin_anew()
        else:
            begin_rebuild()
        self._index("Cases")
        self._read("Texts of originals", TextState.WAITING, read_next_files)
        self._read("Texts of scans", TextState.SCAN, recognise_next_scan)
        self._index("Cases with new texts")
        self.stdout.write(f"The index holds {engine().count()} documents.")

    def _index(self, title: str) -> None:
        total = WaitingCase.objects.count()
        is_much = self.processes > 1 and total >= WORTH_PROCESSES
        done = 0
        try:
            with Makers(self.processes) if is_much else nullcontext() as makers:
                while total and (some := index_waiting(makers)):
                    done += some
                    self._show(title, done, max(total, done))
        except BrokenExecutor as trouble:
            raise CommandError(
                "A process that read documents was killed; was there too little memory? The same command"
                " goes on where it was, with fewer processes (--processes) if need be."
            ) from trouble

    def _read(self, title: str, state: TextState, read_next: Callable[..., int]) -> None:
        total = FileText.objects.filter(state=state).count()
        done = 0
        while some := read_next(at=timezone.now()):
            done += some
            self._show(title, done, max(total, done))

    def _show(self, title: str, done: int, total: int) -> None:
        """One line that is written over itself on a terminal, and once per step elsewhere."""
        filled = BAR_WIDTH * done // total
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        is_last = done == total
        self.stdout.write(
            f"\r{title}: {bar} {done}/{total}", ending="\n" if is_last or not self.stdout.isatty() else ""
        )
        self.stdout.flush()
