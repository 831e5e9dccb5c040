"""Imports as people see them: checked first, then under way, stopped, gone on with, done. A kill loses nothing.

What was taken over stands in its register; the row of the import only says how far it got. After a worker died the
next rows are entered one by one: one at which workers die again is refused, and the others go on.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import outbox
from cases.acting import Actor
from cases.backfile.importing import ROWS_AT_ONCE, Plan, ensure_register, importer, known_register, plan, take_over
from cases.backfile.refusals import Refusal, Why
from cases.backfile.table import TableUnusable, read_table
from cases.models import BackfileImport, ImportState, RefusedRow

CLAIM = dt.timedelta(minutes=3)
# A worker does this much, then lets others have their turn (Celery ends a job after ten minutes).
SLICE = dt.timedelta(minutes=4)
JOB = "take_over_table"
MOST_KILLED = 3
UNBEGUN_FOR = dt.timedelta(days=30)
MAY_GO_ON = (ImportState.CHECKED, ImportState.STOPPED, ImportState.FAILED)
UNDER_WAY = (ImportState.WAITING, ImportState.RUNNING)


class ImportRefused(Exception):
    """This can't be done with the import now; the message says why."""


def plan_of(imported: BackfileImport, *, at: dt.datetime, encoding: str = "") -> Plan:
    """What the import's table would bring now. Raises TableUnusable and OSError."""
    table = read_table(Path(imported.table_path), encoding=encoding)
    register = imported.register or known_register(imported.institution, imported.table_name)
    return plan(
        table,
        Path(imported.folder),
        institution=imported.institution,
        register=register,
        at=at,
        unit=imported.unit,
    )


def note_plan(imported: BackfileImport, planned: Plan) -> None:
    """Keep what was found: how many rows, how many known, and each refusal."""
    with transaction.atomic():
        left_out = imported.refusals.filter(reason=Why.KILLED)
        imported.rows, imported.refused = planned.rows, planned.refused_rows + left_out.count()
        imported.known = max(0, planned.known - imported.taken_over)
        imported.save(update_fields=["rows", "refused", "known"])
        imported.refusals.exclude(reason=Why.KILLED).delete()
        _keep_refusals(imported, planned.refusals)


def _keep_refusals(imported: BackfileImport, refusals: Iterable[Refusal]) -> None:
    RefusedRow.objects.bulk_create(
        [
            RefusedRow(of_import=imported, row=one.row, column=one.column, value=one.value[:200], reason=one.why)
            for one in refusals
        ],
        batch_size=500,
    )


def refusals_of(imported: BackfileImport) -> list[Refusal]:
    rows = imported.refusals.order_by("row", "pk")
    return [Refusal(row.row, row.column, row.reason, row.value) for row in rows]


def carry_out(
    imported: BackfileImport,
    planned: Plan,
    *,
    actor: Actor,
    now: Callable[[], dt.datetime],
    until: dt.datetime | None = None,
    told: Callable[[BackfileImport], None] | None = None,
    alone: int = 0,
) -> bool:
    """Take over what is new, until it is done, stopped by somebody, or time is up; True when nothing is left.

    ``told`` is called after each transaction. ``alone``: so many rows go one by one.
    """
    register = ensure_register(imported.institution, imported.table_name)
    BackfileImport.objects.filter(pk=imported.pk).exclude(state=ImportState.STOPPED).update(
        state=ImportState.RUNNING, register=register, claimed_until=now() + CLAIM, trouble=""
    )
    note_plan(imported, planned)
    left_out = set(imported.refusals.filter(reason=Why.KILLED).values_list("row", flat=True))
    new = [line for line in planned.new if line.row not in left_out]
    steps = take_over(
        new,
        Path(imported.folder),
        register,
        actor=actor,
        now=now,
        alone=alone,
        begin_row=lambda row: _begin_alone(imported, row),
    )
    for progress in steps:
        _keep_refusals(imported, progress.refusals)
        BackfileImport.objects.filter(pk=imported.pk).update(
            taken_over=F("taken_over") + progress.taken_over,
            known=F("known") + progress.known,
            refused=F("refused") + len(progress.refusals),
            claimed_until=now() + CLAIM,
            killed=0,
            row_alone=None,
        )
        imported.refresh_from_db()
        if told:
            told(imported)
        if imported.state == ImportState.STOPPED or (until and now() >= until):
            break
    return _settle(imported, at=now())


def _begin_alone(imported: BackfileImport, row: int) -> bool:
    """Note that a row is entered by itself; False when worker after worker died at it."""
    if imported.row_alone == row and imported.killed >= MOST_KILLED:
        return False
    BackfileImport.objects.filter(pk=imported.pk).update(row_alone=row)
    return True


def _settle(imported: BackfileImport, *, at: dt.datetime) -> bool:
    imported.refresh_from_db()
    is_done = imported.taken_over + imported.known + imported.refused >= imported.rows
    if is_done:
        imported.state, imported.finished_at = ImportState.DONE, at
    imported.claimed_until = None
    imported.save(update_fields=["state", "finished_at", "claimed_until"])
    if is_done:
        throw_files_away(imported)
    return is_done


# -- In the background


def begin(imported: BackfileImport, *, at: dt.datetime) -> BackfileImport:
    """Take it over in the background, or go on where it stopped."""
    with transaction.atomic():
        waits = BackfileImport.objects.filter(pk=imported.pk).filter(Q(state__in=MAY_GO_ON) | _given_up(at))
        if not waits.update(state=ImportState.WAITING, trouble="", finished_at=None, killed=0, row_alone=None):
            raise ImportRefused(_("This import is under way or done already."))
        outbox.put(JOB, at=at, import_id=imported.pk)
    imported.refresh_from_db()
    return imported


def _given_up(at: dt.datetime) -> Q:
    """Under way, but whoever ran it is gone."""
    return Q(state=ImportState.RUNNING) & (Q(claimed_until__isnull=True) | Q(claimed_until__lt=at))


def is_given_up(imported: BackfileImport, *, at: dt.datetime) -> bool:
    has_runner = imported.claimed_until is not None and imported.claimed_until >= at
    return imported.state == ImportState.RUNNING and not has_runner


def trouble_of(imported: BackfileImport, *, at: dt.datetime) -> outbox.Trouble | None:
    """Why an import under way does not go on; None while it does, or waits for its turn."""
    job = outbox.left_to_do(JOB, import_id=imported.pk).first()
    return outbox.trouble_with(job, at=at) if job and imported.state in UNDER_WAY else None


def stop(imported: BackfileImport) -> BackfileImport:
    """Stop after the rows that are being written now."""
    under_way = BackfileImport.objects.filter(pk=imported.pk, state__in=UNDER_WAY)
    if not under_way.update(state=ImportState.STOPPED):
        raise ImportRefused(_("This import is not under way."))
    imported.refresh_from_db()
    return imported


@outbox.handler(JOB, limits_itself=True)
def go_on(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """One slice of an import; puts the next. Run twice, it finds nothing new."""
    imported = BackfileImport.objects.select_related("institution", "register", "unit", "started_by").get(
        pk=payload["import_id"]
    )
    if imported.state not in UNDER_WAY:
        return
    free = BackfileImport.objects.filter(pk=imported.pk).filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=at))
    killed = imported.killed + 1 if imported.claimed_until else 0
    if not free.update(claimed_until=at + CLAIM, killed=killed):
        raise outbox.NotNow
    imported.killed = killed
    try:
        if killed >= MOST_KILLED and imported.row_alone is None:
            raise TableUnusable(
                _("Worker after worker was stopped while it read the table. Cut it into smaller tables.")
            )
        planned = plan_of(imported, at=at)
        is_done = carry_out(
            imported,
            planned,
            actor=importer(imported.started_by, imported.table_name),
            now=timezone.now,
            until=timezone.now() + SLICE,
            alone=ROWS_AT_ONCE if killed else 0,
        )
    except (TableUnusable, FileNotFoundError, NotADirectoryError) as trouble:
        BackfileImport.objects.filter(pk=imported.pk).update(
            state=ImportState.FAILED, trouble=str(trouble)[:500], claimed_until=None, finished_at=timezone.now()
        )
        return
    except BaseException:
        BackfileImport.objects.filter(pk=imported.pk).update(claimed_until=None)
        raise
    if not is_done and imported.state in UNDER_WAY:
        outbox.put(JOB, at=timezone.now(), import_id=imported.pk)


# -- What was uploaded


def place_for_upload(imported: BackfileImport) -> Path:
    """A folder of its own for a table and its files that come by the browser."""
    return Path(settings.BACKFILE_DIR) / str(imported.pk)


def throw_files_away(imported: BackfileImport) -> None:
    """What was uploaded goes once it is taken over or not wanted; the originals' store has its own."""
    if imported.is_uploaded:
        shutil.rmtree(place_for_upload(imported), ignore_errors=True)


def discard(imported: BackfileImport) -> None:
    """An import that was only checked is forgotten, with what was uploaded for it."""
    if imported.state != ImportState.CHECKED:
        raise ImportRefused(_("Only an import that was never begun can be thrown away."))
    throw_files_away(imported)
    imported.delete()


def expire_unbegun(*, at: dt.datetime) -> int:
    """What was uploaded, checked and not begun for 30 days goes, with its report; the row stays and says so."""
    unbegun = BackfileImport.objects.filter(
        state=ImportState.CHECKED, is_uploaded=True, started_at__lte=at - UNBEGUN_FOR
    )
    return sum(_expire(pk, at=at) for pk in list(unbegun.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _expire(import_id: int, *, at: dt.datetime) -> bool:
    """Stopped anywhere, it is done again: the files go before the row is committed."""
    unbegun = BackfileImport.objects.filter(pk=import_id, state=ImportState.CHECKED)
    if not unbegun.update(state=ImportState.EXPIRED, finished_at=at):
        return False
    imported = BackfileImport.objects.get(pk=import_id)
    imported.refusals.all().delete()
    throw_files_away(imported)
    return True
