"""Calculated values as data: sums, products, rates of a table. No loops, nothing typed as code.

Numbers are decimals going in and coming out; in between nothing is rounded (a third stays a third), so that the
browser's mirror (templates/static/portal/calculations.js) comes to the same digits. An absent number makes the result
absent, never 0; so do a division by zero and a value that no row of the table is for. What counts is worked out here.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any

from cases import conditions
from cases.conditions import Condition, asked_about, holds
from cases.texts import Texts

MOST_PARTS = 40
MOST_ROWS = 500
DEEPEST = 10
LARGEST = 10**15


class Operation(StrEnum):
    SUM = "SUM"
    PRODUCT = "PRODUCT"
    DIFFERENCE = "DIFFERENCE"
    QUOTIENT = "QUOTIENT"
    SMALLEST = "SMALLEST"
    LARGEST = "LARGEST"


class Why(StrEnum):
    """Why there is no result."""

    NOT_ANSWERED = "NOT_ANSWERED"
    DIVISION_BY_ZERO = "DIVISION_BY_ZERO"
    NOT_IN_TABLE = "NOT_IN_TABLE"
    TOO_LARGE = "TOO_LARGE"


@dataclass(frozen=True)
class RateRow:
    """A rate and the values that it is for, one for each question that is looked up."""

    values: tuple[str, ...]
    rate: Decimal


@dataclass(frozen=True)
class Band:
    """A rate for amounts up to and including one; the last band has no end."""

    up_to: Decimal | None
    rate: Decimal


@dataclass(frozen=True)
class RateTable:
    """Rates by value (of a zone, of a tier, of both) or by bands of an amount."""

    titles: Texts = field(default_factory=dict)
    rows: tuple[RateRow, ...] = ()
    bands: tuple[Band, ...] = ()


type Tables = Mapping[str, RateTable]


@dataclass(frozen=True)
class AnswerTo:
    """The number that was answered."""

    key: str


@dataclass(frozen=True)
class Constant:
    value: Decimal


@dataclass(frozen=True)
class Combined:
    """Numbers joined by one operation; of a difference and a quotient there are two."""

    operation: Operation
    parts: tuple["Calculation", ...]


@dataclass(frozen=True)
class Rounded:
    """Half up, as fees are rounded: 0.125 to two places is 0.13, and −0.125 is −0.13."""

    part: "Calculation"
    places: int = 2


@dataclass(frozen=True)
class Days:
    """The days from one date to another; ``is_inclusive`` counts both of them."""

    start: str
    end: str
    is_inclusive: bool = False


@dataclass(frozen=True)
class RowCount:
    """How many rows of a group were filled in; with ``when``, those of which it holds."""

    group: str
    when: Condition | None = None


@dataclass(frozen=True)
class ColumnSum:
    """A column of a group or table added up over the rows in which it was answered."""

    group: str
    column: str
    when: Condition | None = None


@dataclass(frozen=True)
class Lookup:
    """The rate of the row or band that the values fall into."""

    table: str
    by: tuple["Calculation", ...]


@dataclass(frozen=True)
class Either:
    """One calculation when the condition holds, another when not."""

    when: Condition
    then: "Calculation"
    otherwise: "Calculation"


type Calculation = AnswerTo | Constant | Combined | Rounded | Days | RowCount | ColumnSum | Lookup | Either


@dataclass(frozen=True)
class Worked:
    """A result, or why there is none and which question or table that hangs on."""

    value: Fraction | None
    why: Why | None = None
    about: str = ""

    def rounded(self, places: int) -> str | None:
        """The result as text with so many places."""
        return None if self.value is None else decimal_text(self.value, places)


class _Absent(Exception):
    def __init__(self, why: Why, about: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.about = about


def worked_out(calculation: Calculation, answers: Mapping[str, Any], tables: Tables) -> Worked:
    """The result for these answers, exactly."""
    try:
        value = _value(calculation, answers, tables)
        if abs(value) >= LARGEST:
            raise _Absent(Why.TOO_LARGE)
    except _Absent as absent:
        return Worked(None, absent.why, absent.about)
    return Worked(value)


def decimal_text(value: Fraction, places: int) -> str:
    """The number with so many places, half up, away from zero."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = "-" if value < 0 and whole else ""
    digits = str(whole).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def number_of(answer: Any) -> Fraction | None:
    """An answer as a number; yes and no are none."""
    if isinstance(answer, bool) or not isinstance(answer, int | str):
        return None
    if isinstance(answer, str) and not conditions.NUMBER.fullmatch(answer):
        return None
    return Fraction(answer)


def _value(calculation: Calculation, answers: Mapping[str, Any], tables: Tables) -> Fraction:
    match calculation:
        case AnswerTo(key):
            return _number(answers, key)
        case Constant(value):
            return Fraction(value)
        case Combined(operation, parts):
            return _combined(operation, [_value(part, answers, tables) for part in parts])
        case Rounded(part, places):
            return Fraction(decimal_text(_value(part, answers, tables), places))
        case Days(start, end, is_inclusive):
            return Fraction((_day(answers, end) - _day(answers, start)).days + is_inclusive)
        case RowCount(group, when):
            return Fraction(sum(1 for row in _rows(answers, group) if holds(when, {**answers, **row})))
        case ColumnSum(group, column, when):
            return _column_sum(answers, group, column, when)
        case Lookup(table, by):
            return _rate(table, by, answers, tables)
        case Either(when, then, otherwise):
            return _value(then if holds(when, answers) else otherwise, answers, tables)
    raise AssertionError(calculation)


def _number(answers: Mapping[str, Any], key: str) -> Fraction:
    number = number_of(answers.get(key))
    if number is None:
        raise _Absent(Why.NOT_ANSWERED, key)
    return number


def _combined(operation: Operation, values: Sequence[Fraction]) -> Fraction:
    match operation:
        case Operation.SUM:
            return sum(values, start=Fraction(0))
        case Operation.PRODUCT:
            return _product(values)
        case Operation.DIFFERENCE:
            return values[0] - values[1]
        case Operation.QUOTIENT:
            if not values[1]:
                raise _Absent(Why.DIVISION_BY_ZERO)
            return values[0] / values[1]
        case Operation.SMALLEST:
            return min(values)
        case Operation.LARGEST:
            return max(values)


def _product(values: Sequence[Fraction]) -> Fraction:
    product = Fraction(1)
    for value in values:
        product *= value
    return product


def _day(answers: Mapping[str, Any], key: str) -> dt.date:
    try:
        return dt.date.fromisoformat(answers[key])
    except (KeyError, TypeError, ValueError):
        raise _Absent(Why.NOT_ANSWERED, key) from None


def _rows(answers: Mapping[str, Any], group: str) -> list[Mapping[str, Any]]:
    rows = answers.get(group)
    if not isinstance(rows, list):
        raise _Absent(Why.NOT_ANSWERED, group)
    return [row for row in rows if isinstance(row, Mapping)]


def _column_sum(answers: Mapping[str, Any], group: str, column: str, when: Condition | None) -> Fraction:
    rows = [row for row in _rows(answers, group) if holds(when, {**answers, **row})]
    numbers = [number for row in rows if (number := number_of(row.get(column))) is not None]
    if not numbers:
        raise _Absent(Why.NOT_ANSWERED, group)
    return sum(numbers, start=Fraction(0))


def _rate(name: str, by: Sequence[Calculation], answers: Mapping[str, Any], tables: Tables) -> Fraction:
    table = tables.get(name, RateTable())
    if table.bands:
        return _band_rate(table.bands, name, _value(by[0], answers, tables))
    values = tuple(looked_up(part, answers, tables) for part in by)
    for row in table.rows:
        if row.values == values:
            return Fraction(row.rate)
    raise _Absent(Why.NOT_IN_TABLE, name)


def _band_rate(bands: Sequence[Band], name: str, amount: Fraction) -> Fraction:
    for band in bands:
        if band.up_to is None or amount <= Fraction(band.up_to):
            return Fraction(band.rate)
    raise _Absent(Why.NOT_IN_TABLE, name)


def looked_up(part: Calculation, answers: Mapping[str, Any], tables: Tables) -> str:
    """What is looked for in the rows of a table: a choice by its code, yes and no, else a whole number in digits."""
    if isinstance(part, AnswerTo):
        match conditions.as_code(answers.get(part.key)):
            case None:
                raise _Absent(Why.NOT_ANSWERED, part.key)
            case bool(answer):
                return "yes" if answer else "no"
            case str(answer):
                return answer
    value = _value(part, answers, tables)
    return str(value.numerator) if value.denominator == 1 else decimal_text(value, 6).rstrip("0")


# -- what it asks about


def answers_used(calculation: Calculation) -> Iterator[str]:
    """The keys of the questions that it takes from, conditions included."""
    match calculation:
        case AnswerTo(key):
            yield key
        case Combined(_, parts) | Lookup(_, parts):
            for part in parts:
                yield from answers_used(part)
        case Rounded(part):
            yield from answers_used(part)
        case Days(start, end):
            yield from (start, end)
        case RowCount(group, when) | ColumnSum(group, _, when):
            yield group
            yield from asked_about(when)
        case Either(when, then, otherwise):
            yield from asked_about(when)
            yield from answers_used(then)
            yield from answers_used(otherwise)


def tables_used(calculation: Calculation) -> Iterator[str]:
    match calculation:
        case Lookup(table, by):
            yield table
            for part in by:
                yield from tables_used(part)
        case Combined(_, parts):
            for part in parts:
                yield from tables_used(part)
        case Rounded(part):
            yield from tables_used(part)
        case Either(_, then, otherwise):
            yield from tables_used(then)
            yield from tables_used(otherwise)


def parts_of(calculation: Calculation) -> Iterator[Calculation]:
    """The calculation itself and everything that it is made of."""
    yield calculation
    match calculation:
        case Combined(_, parts) | Lookup(_, parts):
            for part in parts:
                yield from parts_of(part)
        case Rounded(part):
            yield from parts_of(part)
        case Either(_, then, otherwise):
            yield from parts_of(then)
            yield from parts_of(otherwise)


# -- as JSON


def as_json(calculation: Calculation) -> dict[str, Any]:
    """The calculation as definitions and the browser read it."""
    match calculation:
        case AnswerTo(key):
            return {"answer": key}
        case Constant(value):
            return {"constant": plain(value)}
        case Combined(operation, parts):
            return {"op": str(operation), "of": [as_json(part) for part in parts]}
        case Rounded(part, places):
            return {"op": "ROUNDED", "of": as_json(part), "places": places}
        case Days(start, end, is_inclusive):
            days = {"op": "DAYS", "from": {"answer": start}, "to": {"answer": end}}
            return days | ({"inclusive": True} if is_inclusive else {})
        case RowCount(group, when):
            return {"op": "COUNT", "group": group} | _when(when)
        case ColumnSum(group, column, when):
            return {"op": "SUM_OF", "group": group, "column": column} | _when(when)
        case Lookup(table, by):
            return {"op": "LOOKUP", "table": table, "by": as_json(by[0]) if len(by) == 1 else [*map(as_json, by)]}
        case Either(when, then, otherwise):
            condition = conditions.as_json(when)
            return {"op": "EITHER", "when": condition, "then": as_json(then), "otherwise": as_json(otherwise)}
    raise AssertionError(calculation)


def _when(when: Condition | None) -> dict[str, Any]:
    return {} if when is None else {"when": conditions.as_json(when)}


def from_json(said: Any) -> Calculation:
    """The calculation that `as_json` wrote. Raises ValueError with what is wrong with it."""
    return _from_json(said, DEEPEST)


def _from_json(said: Any, floor: int) -> Calculation:
    if not floor:
        raise ValueError("a calculation is nested too deeply")

    def inner(part: Any) -> Calculation:
        return _from_json(part, floor - 1)

    match said:
        case {"answer": str(key), **rest} if not rest:
            return AnswerTo(key)
        case {"constant": value, **rest} if not rest:
            return Constant(decimal_from(value))
        case {"op": str(name), "of": list(parts), **rest} if not rest and name in Operation:
            return _combined_from_json(Operation(name), [inner(part) for part in parts[: MOST_PARTS + 1]])
        case {"op": "ROUNDED", "of": part, "places": int(places), **rest} if not rest and 0 <= places <= 6:
            return Rounded(inner(part), int(places))
        case {"op": "DAYS", "from": {"answer": str(start)}, "to": {"answer": str(end)}, **rest} if rest.keys() <= {
            "inclusive"
        } and isinstance(rest.get("inclusive", False), bool):
            return Days(start, end, bool(rest.get("inclusive")))
        case {"op": "COUNT", "group": str(group), **rest} if rest.keys() <= {"when"}:
            return RowCount(group, _when_from_json(rest))
        case {"op": "SUM_OF", "group": str(group), "column": str(column), **rest} if rest.keys() <= {"when"}:
            return ColumnSum(group, column, _when_from_json(rest))
        case {"op": "LOOKUP", "table": str(table), "by": by, **rest} if not rest:
            parts = by if isinstance(by, list) else [by]
            if not 1 <= len(parts) <= 3:
                raise ValueError("a rate is looked up by one to three values")
            return Lookup(table, tuple(inner(part) for part in parts))
        case {"op": "EITHER", "when": when, "then": then, "otherwise": otherwise, **rest} if not rest:
            return Either(conditions.from_json(when), inner(then), inner(otherwise))
    raise ValueError("a calculation is an answer, a constant, or one operation")


def _combined_from_json(operation: Operation, parts: list[Calculation]) -> Combined:
    if len(parts) > MOST_PARTS:
        raise ValueError(f"an operation takes at most {MOST_PARTS} parts")
    if operation in {Operation.DIFFERENCE, Operation.QUOTIENT} and len(parts) != 2:
        raise ValueError(f"{operation} takes two parts")
    if not parts:
        raise ValueError(f"{operation} takes at least one part")
    return Combined(operation, tuple(parts))


def _when_from_json(rest: Mapping[Any, Any]) -> Condition | None:
    return conditions.from_json(rest["when"]) if "when" in rest else None


def decimal_from(value: Any) -> Decimal:
    """A decimal written as text, or a whole number. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | str) or len(str(value)) > 30:
        raise ValueError("a number is written as a text like “12.50”")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError("a number is written as a text like “12.50”") from None
    if not number.is_finite() or abs(number.adjusted()) > 15:
        raise ValueError("a number is written as a text like “12.50”")
    return number


def plain(number: Decimal) -> str:
    """A decimal as text, never with an exponent."""
    return f"{number:f}"


# -- tables as JSON


def table_as_json(table: RateTable) -> dict[str, Any]:
    said: dict[str, Any] = {"titles": dict(table.titles)}
    if table.rows:
        said["rows"] = [{"for": list(row.values), "rate": plain(row.rate)} for row in table.rows]
    if table.bands:
        said["bands"] = [
            ({"up_to": plain(band.up_to)} if band.up_to is not None else {}) | {"rate": plain(band.rate)}
            for band in table.bands
        ]
    return said


def table_from_json(said: Any) -> RateTable:
    """The table that `table_as_json` wrote. Raises ValueError with what is wrong with it."""
    match said:
        case {"titles": dict(titles), "rows": list(rows), **rest} if not rest and 1 <= len(rows) <= MOST_ROWS:
            return _by_value(titles, rows)
        case {"titles": dict(titles), "bands": list(bands), **rest} if not rest and 1 <= len(bands) <= MOST_ROWS:
            return _by_band(titles, bands)
    raise ValueError("a table of rates has titles and either rows or bands")


def _by_value(titles: Texts, rows: list[Any]) -> RateTable:
    read = tuple(_row_from_json(row) for row in rows)
    if len({len(row.values) for row in read}) != 1:
        raise ValueError("all rows of a table are for as many values")
    if len({row.values for row in read}) != len(read):
        raise ValueError("two rows of a table are for the same values")
    return RateTable(titles, rows=read)


def _row_from_json(said: Any) -> RateRow:
    match said:
        case {"for": list(values), "rate": rate, **rest} if (
            not rest and 1 <= len(values) <= 3 and all(isinstance(value, str) for value in values)
        ):
            return RateRow(tuple(values), decimal_from(rate))
    raise ValueError("a row of a table says for which values it is, and the rate")


def _by_band(titles: Texts, bands: list[Any]) -> RateTable:
    read = tuple(_band_from_json(band) for band in bands)
    ends = [band.up_to for band in read]
    closed = [end for end in ends if end is not None]
    if None in ends[:-1] or any(one >= other for one, other in zip(closed, closed[1:], strict=False)):
        raise ValueError("the bands of a table rise, and only the last one may be without an end")
    return RateTable(titles, bands=read)


def _band_from_json(said: Any) -> Band:
    match said:
        case {"rate": rate, **rest} if rest.keys() <= {"up_to"}:
            return Band(decimal_from(rest["up_to"]) if "up_to" in rest else None, decimal_from(rate))
    raise ValueError("a band of a table says up to which amount it goes, and the rate")
