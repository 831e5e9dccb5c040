"""The outbox: work that must happen after the commit is a row written in the same transaction.

Celery runs it at once; the sweep every minute is why it runs at all. Each handler can run twice
without harm, since a worker may die between doing and saying so.
"""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, OutboxRow
from cases.rows import insert

logger = logging.getLogger(__name__)

CLAIM = dt.timedelta(minutes=10)
TRIES = 8
FIRST_PAUSE = dt.timedelta(seconds=30)


class Handler(Protocol):
    def __call__(self, payload: dict[str, Any], *, at: dt.datetime) -> None: ...


_HANDLERS: dict[str, Handler] = {}
_runner: Callable[[list[int]], None] | None = None


class NotWaiting(Exception):
    """The job is done already or was never given up."""

    def __init__(self) -> None:
        super().__init__(_("This job is not waiting for another try."))


class NotNow(Exception):
    """A handler says that its turn has not come; tried again later without counting as a failure."""


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Say which function does the work of a kind of row."""

    def register(function: Handler) -> Handler:
        if kind in _HANDLERS and _HANDLERS[kind] is not function:
            raise ValueError(f"Two handlers for {kind}")
        _HANDLERS[kind] = function
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


def _hand_over(ids: list[int]) -> None:
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
        _note_failure(row, error, at=at)
        return False
    OutboxRow.objects.filter(pk=row.pk).update(done_at=timezone.now(), claimed_until=None, last_error="")
    return True


def _claim(row_id: int, *, at: dt.datetime) -> OutboxRow | None:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=at)
    waiting = OutboxRow.objects.filter(free, pk=row_id, done_at__isnull=True, failed_at__isnull=True)
    claimed = waiting.update(claimed_until=at + CLAIM)
    return OutboxRow.objects.get(pk=row_id) if claimed else None


def _put_back(row: OutboxRow, *, at: dt.datetime) -> None:
    OutboxRow.objects.filter(pk=row.pk).update(claimed_until=None, due_at=at + FIRST_PAUSE)


def _note_failure(row: OutboxRow, error: Exception, *, at: dt.datetime) -> None:
    logger.exception("Job %s (%s) failed", row.pk, row.kind)
    tries = row.tries + 1
    OutboxRow.objects.filter(pk=row.pk).update(
        claimed_until=None,
        tries=tries,
        due_at=at + FIRST_PAUSE * 2**tries,
        failed_at=at if tries >= TRIES else None,
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
    if not waits_again.update(failed_at=None, tries=0, due_at=at):
        raise NotWaiting
    row.refresh_from_db()
    transaction.on_commit(lambda: _hand_over([row.pk]))
    return row
