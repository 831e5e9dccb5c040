"""Numbers without gaps and without twins, in order of time.

The counter's row is locked and incremented inside the registering transaction, as late as possible:
whoever else wants a number of the block waits until this one is committed or given back.
"""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.batches import apart
from cases.known_queries import KnownQuery
from cases.models import Counter, CounterScope, RecordClass, Register, Unit
from cases.rows import update

_PART = re.compile(r"\{([a-z]+)(?::(\d{1,2}))?\}")
KNOWN_PARTS = {"seq", "yyyy", "date", "unit", "class", "group"}


class RegisterClosed(Exception):
    def __init__(self, register: Register) -> None:
        super().__init__(_("The register “{register}” is closed and gives no more numbers.").format(register=register))


class SeriesUnclear(Exception):
    """The register counts by unit or class, and the item names none."""

    def __init__(self, register: Register) -> None:
        super().__init__(
            _("The register “{register}” counts by unit or class: choose one for this item.").format(register=register)
        )


@dataclass(frozen=True)
class Number:
    """A number that was given: its place in the block, its words and its moment."""

    scope_key: str
    year: int
    seq: int
    text: str
    given_at: dt.datetime


def validate_pattern(pattern: str) -> None:
    """Refuse a pattern with unknown parts or without the running number."""
    unknown = {name for name, _width in _PART.findall(pattern)} - KNOWN_PARTS
    leftover = _PART.sub("", pattern)
    if unknown or "{" in leftover or "}" in leftover:
        raise ValidationError(_("Use only these parts: {seq}, {seq:06}, {yyyy}, {date}, {unit}, {class}, {group}."))
    if "{seq" not in pattern:
        raise ValidationError(_("The pattern needs the running number: {seq}."))


def give_number(
    register: Register, *, at: dt.datetime, unit: Unit | None = None, record_class: RecordClass | None = None
) -> Number:
    """Give the next number of the block that the item belongs to.

    Must run inside the transaction that uses the number, as its last step but the insert of the line.
    No number is given at an earlier moment than the one before it, even when a clock went back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A number is given only inside the transaction that uses it.")
    if register.is_closed:
        raise RegisterClosed(register)
    scope_key = scope_key_of(register, unit, record_class)
    zone = ZoneInfo(register.institution.time_zone)
    year = at.astimezone(zone).year
    counter = _locked_counter(register, scope_key, year)
    given_at = max(at, counter.last_at) if counter.last_at else at
    counter.last += 1
    counter.last_at = given_at
    update(counter, "last", "last_at")
    day = given_at.astimezone(zone).date()
    text = written(register, counter.last, day=day, unit=unit, record_class=record_class)
    return Number(scope_key, year, counter.last, text, given_at)


_locked = KnownQuery(
    lambda register, scope_key, year: Counter.objects.select_for_update().filter(
        register=register, scope_key=scope_key, year=year
    ),
    int,
    str,
    int,
)


def _locked_counter(register: Register, scope_key: str, year: int) -> Counter:
    with apart():
        counter = _locked.first(register.pk, scope_key, year)
    if counter is None:
        Counter.objects.get_or_create(register=register, scope_key=scope_key, year=year)
        counter = _locked(register.pk, scope_key, year)[0]
    return counter


def scope_key_of(register: Register, unit: Unit | None, record_class: RecordClass | None) -> str:
    """The series inside the register: a unit's symbol, a class's code, both, or the index group."""
    parts: list[str] = []
    if register.scope in {CounterScope.UNIT, CounterScope.UNIT_AND_CLASS}:
        parts.append(unit.code if unit else "")
    if register.scope in {CounterScope.CLASS, CounterScope.UNIT_AND_CLASS}:
        parts.append(record_class.code if record_class else "")
    if register.scope == CounterScope.INDEX_GROUP:
        parts.append(register.index_group)
    if not all(parts):
        raise SeriesUnclear(register)
    return ".".join(parts)


def written(
    register: Register, seq: int, *, day: dt.date, unit: Unit | None = None, record_class: RecordClass | None = None
) -> str:
    """The number in words, by the register's pattern."""

    def fill(match: re.Match[str]) -> str:
        name, width = match.groups()
        if name == "seq":
            return f"{seq:0{int(width or 1)}d}"
        values = {
            "yyyy": f"{day:%Y}",
            "date": f"{day:%d.%m.%Y}",
            "unit": unit.code if unit else "",
            "class": record_class.code if record_class else "",
            "group": register.index_group,
        }
        return values[name]

    return _PART.sub(fill, register.pattern)
