"""Many processes read documents and make entries of them; the one that asked them writes the entries.

To read a document and to find the forms of its words takes longer than to add it to the index, and can be done by all
processors at once. An index has one writer.
"""

import os
import signal
from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import batched
from multiprocessing import get_context

from django.db import connections

from cases.confinement import die_with_parent
from search import words
from search.engines import Entry
from search.entries import entries_of

CASES_OF_ONE_TURN = 50
# Made and not written yet: what lies in memory is bounded, however long the documents.
TURNS_AHEAD = 2


class Makers:
    """``count`` processes that make entries; use it as a context. They see what is committed."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __enter__(self) -> "Makers":
        # What all need is fetched before they are split off, and kept once. None may share our line to the database.
        words.load_dictionaries()
        connections.close_all()
        self._processes = ProcessPoolExecutor(self.count, mp_context=get_context("fork"), initializer=_begin)
        # All are split off at the first order, while no thread of an engine runs.
        self._processes.submit(os.getpid).result()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._processes.shutdown(cancel_futures=True)

    def entries_of(self, cases: Collection[int]) -> Iterator[Entry]:
        """As ``search.entries.entries_of``, with all texts spelt already."""
        waiting: deque[Future[list[Entry]]] = deque()
        for some in batched(sorted(cases), CASES_OF_ONE_TURN):
            waiting.append(self._processes.submit(_spelt_entries_of, some))
            if len(waiting) > self.count * TURNS_AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _begin() -> None:
    """Ctrl-C is for whoever writes; who is left alone ends. People who search meanwhile go first."""
    die_with_parent()
    os.nice(10)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _spelt_entries_of(cases: Collection[int]) -> list[Entry]:
    return [
        replace(entry, headings=tuple(map(words.spelt, entry.headings)), texts=tuple(map(words.spelt, entry.texts)))
        for entry in entries_of(cases)
    ]
