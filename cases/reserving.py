"""Numbers for an outage, and numbers that a restore may have lost: both stay in the register, with their kind."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.acting import Actor
from cases.clock import zone_of
from cases.models import Channel, Counter, EntryKind, RecordClass, Register, RegisterEntry, Unit
from cases.numbering import Number, give_number, scope_key_of, written


class ReservationRefused(Exception):
    """The numbers can't be reserved; the message says why."""


LARGEST_RESERVE = 1000


@transaction.atomic
def reserve_numbers(
    register: Register,
    amount: int,
    *,
    actor: Actor,
    at: dt.datetime,
    unit: Unit | None = None,
    record_class: RecordClass | None = None,
) -> list[RegisterEntry]:
    """Reserve a run of numbers to give out on paper while the system is down (R71)."""
    if not 0 < amount <= LARGEST_RESERVE:
        raise ReservationRefused(_("Reserve between 1 and {most} numbers.").format(most=LARGEST_RESERVE))
    return RegisterEntry.objects.bulk_create(
        _placeholder(
            register, give_number(register, at=at, unit=unit, record_class=record_class), EntryKind.RESERVED, actor
        )
        for _number in range(amount)
    )


@transaction.atomic
def jump_after_restore(
    register: Register,
    *,
    past: int,
    year: int,
    actor: Actor,
    at: dt.datetime,
    unit: Unit | None = None,
    record_class: RecordClass | None = None,
) -> list[RegisterEntry]:
    """After last night's backup was restored: go past every number that may be out, and mark those as lost.

    ``past``: the highest number that may have been given since the backup, from receipts, the log or
    the outgoing mail. What is found again of them is entered late under its old number.
    """
    scope_key = scope_key_of(register, unit, record_class)
    Counter.objects.get_or_create(register=register, scope_key=scope_key, year=year)
    counter = Counter.objects.select_for_update().get(register=register, scope_key=scope_key, year=year)
    first = counter.last + 1
    if past < first:
        return []

    today = at.astimezone(zone_of(register.institution.time_zone)).date()
    day = today if today.year == year else dt.date(year, 12, 31)

    def words(seq: int) -> str:
        return written(register, seq, day=day, unit=unit, record_class=record_class)

    lost = [
        _placeholder(register, Number(scope_key, year, seq, words(seq), at), EntryKind.LOST, actor)
        for seq in range(first, past + 1)
    ]
    counter.last, counter.last_at = past, max(at, counter.last_at) if counter.last_at else at
    counter.save(update_fields=["last", "last_at"])
    return RegisterEntry.objects.bulk_create(lost)


def _placeholder(register: Register, number: Number, kind: str, actor: Actor) -> RegisterEntry:
    return RegisterEntry(
        register=register,
        scope_key=number.scope_key,
        year=number.year,
        seq=number.seq,
        number=number.text,
        kind=kind,
        channel=Channel.OFFICE,
        subject="",
        received_at=number.given_at,
        registered_at=number.given_at,
        entered_at=number.given_at,
        registered_by=actor.user,
        submission_key=secrets.token_hex(16),
    )
