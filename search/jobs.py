"""What workers run for the archive. The scheduler asks for ``drain_index`` every half minute; changes ask sooner."""

import logging
import time
from collections.abc import Callable

from celery import shared_task
from celery.signals import worker_process_init
from django.db import transaction
from django.utils import timezone

from cases.scratch import remove_left_behind
from search import comparing, exporting, saved_searches, warming
from search.engines import IndexUnavailable
from search.indexing import index_waiting
from search.models import FileText, TextState
from search.reading import read_next_files
from search.scans import SECONDS_AT_MOST, is_room_for_a_scan, let_scans_wait_again, recognise_next_scan

logger = logging.getLogger(__name__)
worker_process_init.connect(warming.begin)

# Changes that come together are indexed together: the first asks for a run a moment later, the rest rely on it.
GATHERING_SECONDS = 2
LONGEST_RUN_SECONDS = 60
# So many files are read by two workers: each waits for its reader half of the time.
MUCH_TO_READ = 20
# A million lines take half an hour.
LONGEST_EXPORT_SECONDS = 4 * 3600
LONGEST_COMPARISON_SECONDS = 4 * 3600

_asked_for: dict[str, float] = {}


@shared_task(name="search.jobs.drain_index")
def drain_index() -> None:
    """Index all that waits. Ends after a minute; the next run goes on."""
    _repeat(lambda: index_waiting() > 0)
    let_scans_wait_again()
    unread = FileText.objects.filter(state=TextState.WAITING)[: MUCH_TO_READ + 1].count()
    for _reader in range(min(unread, 1) + (unread > MUCH_TO_READ)):
        _hand_over("read_texts")
    if FileText.objects.filter(state=TextState.SCAN).exists():
        _hand_over("read_scans")


@shared_task(name="search.jobs.compare_index", time_limit=LONGEST_COMPARISON_SECONDS)
def compare_index() -> None:
    """Each night: what the index and the database say differently is indexed again."""
    try:
        differed = comparing.mend_differences()
    except IndexUnavailable as trouble:
        logger.warning("The archive index could not be compared with the database: %s", trouble)
        return
    if differed:
        _hand_over("drain_index")


@shared_task(name="search.jobs.read_texts")
def read_texts() -> None:
    """Read the text of files that nobody has read yet. Ends after a minute; the next run goes on."""
    if _repeat(lambda: read_next_files(at=timezone.now()) > 0):
        _hand_over("drain_index")
        if FileText.objects.filter(state=TextState.SCAN).exists():
            _hand_over("read_scans")


# One long scan is begun within the minute and may then go on for hours.
@shared_task(name="search.jobs.read_scans", time_limit=SECONDS_AT_MOST + 600)
def read_scans() -> None:
    """Recognise the text of scans, a few at once at most: the other workers and processors are for people."""
    if _repeat(lambda: is_room_for_a_scan(at=timezone.now()) and recognise_next_scan(at=timezone.now())):
        _hand_over("drain_index")


@shared_task(name="search.jobs.write_exports", time_limit=LONGEST_EXPORT_SECONDS)
def write_exports() -> None:
    """Write the exports that wait, one after the other."""
    _repeat(lambda: exporting.write_next(now=timezone.now))


@shared_task(name="search.jobs.forget_old")
def forget_old() -> None:
    """Remove exports that are not kept any longer, saved searches that nobody brought back, and what workers that
    were killed left in the folder for temporary files."""
    exporting.forget_old(at=timezone.now())
    saved_searches.forget_removed(at=timezone.now())
    remove_left_behind()


def write_exports_soon() -> None:
    """Ask for a run after this transaction; whatever ails the broker, the scheduler's run comes."""
    transaction.on_commit(lambda: _hand_over("write_exports"), robust=True)


def drain_soon() -> None:
    """Ask for a run after this transaction; whatever ails the broker, the scheduler's run comes."""
    transaction.on_commit(_ask_once, robust=True)


def _ask_once() -> None:
    now = time.monotonic()
    if now < _asked_for.get("drain_index", 0.0):
        return
    # The run that starts in two seconds sees whatever is committed within the next one.
    _asked_for["drain_index"] = now + GATHERING_SECONDS / 2
    _hand_over("drain_index", countdown=GATHERING_SECONDS)


def _hand_over(job: str, *, countdown: float = 0) -> None:
    jobs = {
        "drain_index": drain_index,
        "read_texts": read_texts,
        "read_scans": read_scans,
        "write_exports": write_exports,
    }
    task = jobs[job]
    try:
        task.apply_async(countdown=countdown, retry=False)
    except Exception:
        logger.warning("The broker did not take %s; the scheduler will run it.", job, exc_info=True)


def _repeat(step: Callable[[], bool]) -> bool:
    """Repeat while there is something to do and time left; says whether anything was done."""
    ends_at = time.monotonic() + LONGEST_RUN_SECONDS
    is_done = False
    while time.monotonic() < ends_at and step():
        is_done = True
    return is_done
