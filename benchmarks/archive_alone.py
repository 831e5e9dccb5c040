"""What is measured inside the product: `python -m benchmarks.archive_alone fill 100000 | ask 40 | ingest 200`.

Prints one JSON object. ``fill`` stores the made back-file and indexes it; ``ask`` puts the ten kinds of query to the
engine without a page; ``ingest`` files PDFs of two pages of text and waits until each is found.
"""

import io
import json
import multiprocessing
import os
import random
import resource
import string
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 (Django must be set up first)
from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402
from django.db.models.functions import Length  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.archive import ARCHIVIST, CLIENTS, FACETS, KINDS_OF_QUERY  # noqa: E402
from benchmarks.back_file import papers  # noqa: E402
from benchmarks.back_file_rows import REGISTER, keep  # noqa: E402
from benchmarks.clients import Run, run_together  # noqa: E402
from cases.acting import Actor  # noqa: E402
from cases.capturing import FileToKeep  # noqa: E402
from cases.models import Institution, OutboxRow, RegisterEntry, Service, User  # noqa: E402
from cases.registration import PartyAsFiled, Submission, register  # noqa: E402
from cases.rights import reader_terms_of  # noqa: E402
from cases.upkeep import refresh_statistics  # noqa: E402
from search import words  # noqa: E402
from search.answering import answered  # noqa: E402
from search.building import Makers  # noqa: E402
from search.engines import engine  # noqa: E402
from search.engines.patience import Patience  # noqa: E402
from search.indexing import begin_anew, index_waiting  # noqa: E402
from search.models import PageText, WaitingCase  # noqa: E402
from search.parser import parse  # noqa: E402
from search.reading import read_next_files  # noqa: E402
from tests.search.written_documents import pdf  # noqa: E402

_fork = multiprocessing.get_context("fork")
RESULTS = 20
PATIENCE_SECONDS = 600
FOR_A_CLUSTER = Patience(tries=6, first_pause=2)


def fill(count: int) -> dict[str, float]:
    """Stores and indexes what is lacking; a town that has it all tells what it took then."""
    told = Path(settings.DATA_DIR) / "archive-filled.json"
    if told.exists() and (figures := json.loads(told.read_text()))["archive_stored"] == count:
        return figures
    began = time.perf_counter()
    there = RegisterEntry.objects.filter(register__code=REGISTER).count()
    keep(islice(papers(count), there, None), institution=Institution.objects.get(), first=there)
    OutboxRow.objects.filter(done_at=None).update(done_at=timezone.now())
    stored = time.perf_counter()
    if not WaitingCase.objects.exists() or engine().is_lost():
        begin_anew()
    refresh_statistics()
    waiting, processes = WaitingCase.objects.count(), os.cpu_count() or 1
    with Makers(processes) as makers:
        _index_all(makers)
    indexed = time.perf_counter()
    letters = PageText.objects.aggregate(sum=Sum(Length("text")))["sum"] or 1
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    figures = {
        "archive_stored": count,
        "archive_documents": engine().count(),
        "archive_store_per_s": max(count - there, 0) / (stored - began),
        "archive_index_per_s": waiting / (indexed - stored),
        "archive_index_processes": processes,
        "archive_index_mb": engine().size() / 1e6,
        "archive_index_bytes_per_letter": engine().size() / letters,
        "archive_index_peak_mb": max(peaks),
    }
    told.write_text(json.dumps(figures))
    return figures


def _index_all(makers: Makers) -> None:
    """A cluster that has no room just now is asked again, as a worker does."""
    pauses = FOR_A_CLUSTER.pauses()
    while WaitingCase.objects.exists():
        if index_waiting(makers):
            pauses = FOR_A_CLUSTER.pauses()
        elif (pause := next(pauses, None)) is not None:
            time.sleep(pause)
        else:
            raise AssertionError("The engine takes nothing any more.")


class Asking:
    """One query put to the engine, with the rights of the executive and three facets."""

    def __init__(self, typed: str, reader_terms: set[str]) -> None:
        self.typed, self.reader_terms = typed, reader_terms

    def prepare(self) -> None:
        words.load_dictionaries()

    def act(self) -> None:
        self.found()

    def found(self) -> int:
        asked = answered(parse(self.typed), reader_terms=self.reader_terms, facets=FACETS, offset=0, limit=RESULTS)
        return asked.answer.count

    def leave(self) -> None:
        """Nothing is left behind."""


def ask(times: int) -> dict[str, dict[str, float]]:
    terms = reader_terms_of(User.objects.get(username=ARCHIVIST))
    connection.close()
    words.load_dictionaries()
    return {kind: _asked(lambda typed=typed: Asking(typed, terms), times) for kind, typed in KINDS_OF_QUERY.items()}


def _asked(story: Callable[[], Asking], times: int) -> dict[str, float]:
    one = run_together(story, clients=1, deeds=times)
    many: Run = run_together(story, clients=CLIENTS, deeds=max(times // CLIENTS, 2))
    return {"median_ms": one.median, "p95_ms": one.p95, "rate_8_clients": many.rate, "found": story().found()}


def ingest(count: int) -> dict[str, float]:
    """From the first upload until all are found; and of that, from the last upload on. Two workers, as deployed."""
    words.load_dictionaries()
    mark = "".join(random.choices(string.ascii_lowercase, k=8))
    only_in = [f"einmalig{mark}{place}q" for place in range(count)]
    contents = [
        pdf(*(f"{page[:1_500]} {word}" for page in paper.pages))
        for word, paper in zip(only_in, papers(count, seed=4), strict=True)
    ]
    service = Service.objects.select_related("institution").get(code="tree-felling")
    began = time.perf_counter()
    for place, content in enumerate(contents):
        _file(service, f"{mark}-{place}", content)
    filed = time.perf_counter()
    while time.perf_counter() - began < PATIENCE_SECONDS:
        worked = index_waiting()
        connection.close()
        other = _fork.Process(target=_read_waiting)
        other.start()
        worked += _read_waiting()
        other.join()
        if not worked:
            break
    ended = time.perf_counter()
    terms = reader_terms_of(User.objects.get(username=ARCHIVIST))
    found = [engine().search(parse(word), reader_terms=terms, facets=(), offset=0, limit=1).count for word in only_in]
    if not all(found):
        raise AssertionError(f"{found.count(0)} of {count} are not found.")
    return {"ingest_per_s": count / (ended - filed), "ingest_with_filing_per_s": count / (ended - began)}


def _read_waiting() -> int:
    count = 0
    while some := read_next_files(at=timezone.now()):
        count += some
    return count


def _file(service: Service, mark: str, content: bytes) -> None:
    at = timezone.now()
    submission = Submission(
        institution=service.institution,
        service=service,
        channel="WEB",
        submission_key=f"ingest-{mark}",
        subject=f"Lime tree {mark}",
        language="en",
        received_at=at,
        parties=[PartyAsFiled(name="Ivan Petrov Ivanov")],
        files=[FileToKeep("letter.pdf", stream=io.BytesIO(content))],
    )
    register(submission, actor=Actor.applicant(), at=at)


if __name__ == "__main__":
    deed, amount = sys.argv[1:]
    print(json.dumps({"fill": fill, "ask": ask, "ingest": ingest}[deed](int(amount))))
