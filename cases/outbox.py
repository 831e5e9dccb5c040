"""The outbox: work that must happen after the commit is a row written in the same transaction.

Celery runs it at once; the sweep every minute is why it runs at all. Each handler can run twice
without harm, since a worker may die between doing and saying so. Work in which three workers died one after the other
is given up: it may be what kills them.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Case as Depending
from django.db.models import F, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from cases.models import Case, OutboxRow
from cases.rows import insert

logger = logging.getLogger(__name__)

CLAIM = dt.timedelta(minutes=10)
TRIES = 8
MOST_KILLED = 3
# Busy workers begin within seconds, and the sweep looks every minute.
WAITS_LONG = dt.timedelta(minutes=3)
NO_WORKER = _("It waits, and no worker has begun it: probably none is running. Tell whoever runs the installation.")
# Whose messages are sentences for people.
OWN_WORDS = ("Unfinished", "GivenUp")
FIRST_PAUSE = dt.timedelta(seconds=30)
# How long rows of several transactions wait for each other to go with one message.
GATHERED_SECONDS = 0.2


class Handler(Protocol):
    def __call__(self, payload: dict[str, Any], *, at: dt.datetime) -> None: ...


_HANDLERS: dict[str, Handler] = {}
_LIMIT_THEMSELVES: set[str] = set()
_runner: Callable[[list[int]], None] | None = None
_gathered: SimpleQueue[list[int]] | None = None


class NotWaiting(Exception):
    """The job is done already or was never given up."""

    def __init__(self) -> None:
        super().__init__(_("This job is not waiting for another try."))


class NotNow(Exception):
    """A handler says that its turn has not come; tried again later without counting as a failure."""


class Unfinished(Exception):
    """Some of many things could not be done; tried again, later each time. The message says what and why."""


class GivenUp(Exception):
    """A handler says that no other try would help before somebody has looked; the message says why."""


def handler(kind: str, *, limits_itself: bool = False) -> Callable[[Handler], Handler]:
    """Say which function does the work of a kind of row.

    ``limits_itself``: it works through many things and counts by itself at which of them workers die.
    """

    def register(function: Handler) -> Handler:
        if kind in _HANDLERS and _HANDLERS[kind] is not function:
            raise ValueError(f"Two handlers for {kind}")
        _HANDLERS[kind] = function
        if limits_itself:
            _LIMIT_THEMSELVES.add(kind)
        return function

    return register


def known_kinds() -> set[str]:
    return set(_HANDLERS)


def run_soon_with(runner: Callable[[list[int]], None]) -> None:
    """Name the function that hands row ids to a worker (cases.jobs sets it; no Celery in here)."""
    global _runner
    _runner = runner


def put(kind: str, *, at: dt.datetime, case: Case | None = None, **payload: Any) -> OutboxRow:
    """Write one job, in the transaction of what it follows from."""
    return put_many([(kind, payload)], at=at, case=case)[0]


def put_many(work: list[tuple[str, dict[str, Any]]], *, at: dt.datetime, case: Case | None = None) -> list[OutboxRow]:
    """Write several jobs at once; they run in any order."""
    rows = [OutboxRow(kind=kind, payload=payload, case=case, put_at=at, due_at=at) for kind, payload in work]
    insert(rows)
    ids = [row.pk for row in rows]
    transaction.on_commit(lambda: _hand_over(ids))
    return rows


def gather_messages() -> None:
    """From now on this process sends its messages from a thread, one for all rows of the same moment.

    For web servers: writing a message took a fifteenth of a filing, and nobody who files waits for a broker that is
    away. What a process that is killed had gathered is found by the sweep. To be called after the process was split
    off, since threads don't come along.
    """
    global _gathered
    _gathered = SimpleQueue()
    threading.Thread(target=_send_gathered, args=[_gathered], name="outbox", daemon=True).start()


def _send_gathered(gathered: SimpleQueue[list[int]]) -> None:
    while True:
        ids = list(gathered.get())
        time.sleep(GATHERED_SECONDS)
        while not gathered.empty():
            ids += gathered.get()
        _send(ids)


def _hand_over(ids: list[int]) -> None:
    if _gathered is None:
        _send(ids)
    else:
        _gathered.put(ids)


def _send(ids: list[int]) -> None:
    if _runner is None:
        return
    try:
        _runner(ids)
    except Exception:
        # The rows are safe in the database: whatever ails the broker, the sweep runs them.
        logger.warning("The broker did not take jobs %s; the sweep will run them.", ids, exc_info=True)


def run(row_id: int, *, at: dt.datetime) -> bool:
    """Run one row if it waits and nobody has it. True when it is done after this."""
    row = _claim(row_id, at=at)
    if row is None:
        return False
    try:
        _HANDLERS[row.kind](row.payload, at=at)
    except NotNow:
        _put_back(row, at=at)
        return False
    except Exception as error:
        _note_failure(row, error, at=at, is_last=isinstance(error, GivenUp))
        return False
    OutboxRow.objects.filter(pk=row.pk).update(done_at=timezone.now(), claimed_until=None, last_error="")
    return True


def _claim(row_id: int, *, at: dt.datetime) -> OutboxRow | None:
    """A row whose claim ran out was left by a worker that died, or was too slow to live."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=at)
    waiting = OutboxRow.objects.filter(free, pk=row_id, done_at__isnull=True, failed_at__isnull=True)
    deaths = Depending(When(claimed_until__isnull=True, then=F("killed")), default=F("killed") + 1)
    if not waiting.update(claimed_until=at + CLAIM, killed=deaths):
        return None
    row = OutboxRow.objects.get(pk=row_id)
    if row.killed >= MOST_KILLED and row.kind not in _LIMIT_THEMSELVES:
        logger.error("Job %s (%s) is given up: %s workers died in it", row.pk, row.kind, row.killed)
        OutboxRow.objects.filter(pk=row.pk).update(claimed_until=None, failed_at=at, last_error="Killed")
        return None
    return row


def _put_back(row: OutboxRow, *, at: dt.datetime) -> None:
    OutboxRow.objects.filter(pk=row.pk).update(claimed_until=None, killed=0, due_at=at + FIRST_PAUSE)


def _note_failure(row: OutboxRow, error: Exception, *, at: dt.datetime, is_last: bool) -> None:
    logger.exception("Job %s (%s) failed", row.pk, row.kind)
    tries = row.tries + 1
    OutboxRow.objects.filter(pk=row.pk).update(
        claimed_until=None,
        killed=0,
        tries=tries,
        due_at=at + FIRST_PAUSE * 2**tries,
        failed_at=at if is_last or tries >= TRIES else None,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )


def waiting_ids(*, at: dt.datetime, limit: int = 500) -> list[int]:
    """Rows whose turn it is: missed by the broker, or up for another try."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=at)
    waiting = OutboxRow.objects.filter(free, done_at__isnull=True, failed_at__isnull=True, due_at__lte=at)
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:limit])


def sweep(*, at: dt.datetime) -> int:
    """Run whatever was missed; returns how many rows got done."""
    return sum(run(row_id, at=at) for row_id in waiting_ids(at=at))


def retry(row: OutboxRow, *, at: dt.datetime) -> OutboxRow:
    """The administrator asks for another try of a failed row."""
    waits_again = OutboxRow.objects.filter(pk=row.pk, done_at__isnull=True).exclude(last_error="", failed_at=None)
    if not waits_again.update(failed_at=None, tries=0, killed=0, due_at=at):
        raise NotWaiting
    row.refresh_from_db()
    transaction.on_commit(lambda: _hand_over([row.pk]))
    return row


# -- Work that stands still, as the people who wait for it read it


@dataclass(frozen=True)
class Trouble:
    """Why work does not go on. ``next_try_at`` is None when nothing tries by itself.

    ``waits_for_worker``: nothing is wrong with it, and another try would change nothing.
    """

    reason: str
    next_try_at: dt.datetime | None
    waits_for_worker: bool = False


def left_to_do(*kinds: str, **payload: Any) -> QuerySet[OutboxRow]:
    """Rows of these kinds about something that are not done, the newest first."""
    about = {f"payload__{name}": value for name, value in payload.items()}
    return OutboxRow.objects.filter(kind__in=kinds, done_at__isnull=True, **about).order_by("-pk")


def trouble_with(row: OutboxRow | None, *, at: dt.datetime) -> Trouble | None:
    """What keeps a row from being done; None while it waits for its turn or a worker has it."""
    if row is None:
        return Trouble(said("No job carries it out."), None)
    if row.last_error:
        return Trouble(reason_of(row), None if row.failed_at else row.due_at)
    if row.claimed_until and row.claimed_until < at:
        return Trouble(said("The worker that carried it out was stopped in the middle."), at)
    if row.claimed_until is None and row.due_at < at - WAITS_LONG and nobody_works(at=at):
        return Trouble(str(NO_WORKER), at, waits_for_worker=True)
    return None


def nobody_works(*, at: dt.datetime) -> bool:
    """Whether a row has waited for minutes while no worker was busy with another: probably none is running."""
    left = OutboxRow.objects.filter(done_at__isnull=True, failed_at__isnull=True)
    waits = left.filter(claimed_until__isnull=True, due_at__lt=at - WAITS_LONG)
    return waits.exists() and not left.filter(claimed_until__gte=at).exists()


def reason_of(row: OutboxRow) -> str:
    """Why the last try failed, in one line."""
    if row.killed >= MOST_KILLED:
        return said("Three workers were stopped in the middle of it, one after the other.")
    name, _colon, words = row.last_error.partition("\n")[0].partition(": ")
    return words if name in OWN_WORDS else row.last_error.partition("\n")[0]
