"""Queries whose SQL is put together once.

Filing, the lists and the case page ask the same few questions again and again, and Django composes each of them
anew: that takes longer than the answer of the database. A known query is written like any other, once, with a blank
in each place where a value comes.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import FETCH_ONE, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

# Stand where values come while the SQL is put together; no query of ours holds such a value itself. The numbers fit
# the smallest column.
_BLANK_NUMBER = 32_700
_BLANK_DAY = dt.date(1582, 10, 15)
_BLANK_WORD = "\x01blank {}"


# For questions about many: what is fewer is filled up, what is more is asked in turns.
AMOUNTS = (20, 100)


@dataclass(frozen=True)
class _Composed:
    """``places``: for each parameter the number of the blank that stands there, or None for one that never changes."""

    sql: str
    parameters: Sequence[Any]
    places: Sequence[int | None]
    model: Any
    names: Sequence[str]
    own: slice
    converters: dict[int, tuple[Sequence[Any], Any]]
    populators: Sequence[Any]
    annotations: dict[str, int]


class KnownQuery[Row]:
    """``make`` gets one blank for each of ``kinds`` (int, str or a day) and returns the query set.

    Called with as many values it returns the rows: instances with what ``select_related`` brings, or tuples for a
    ``values_list``. Not for ``prefetch_related``, nor for values that make another query (None, lists).
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]], *kinds: type[int] | type[str] | type[dt.date]) -> None:
        self._make, self._kinds = make, kinds
        self._composed: _Composed | None = None

    def __call__(self, *values: int | str | dt.date) -> list[Row]:
        if len(values) != len(self._kinds) or not all(map(isinstance, values, self._kinds)):
            raise TypeError(f"Asked with {values!r}, known for {self._kinds!r}.")
        composed = self._composed or self._compose()
        connection = connections[DEFAULT_DB_ALIAS]
        given = [connection.ops.adapt_datefield_value(v) if isinstance(v, dt.date) else v for v in values]
        parameters = [
            fixed if place is None else given[place]
            for fixed, place in zip(composed.parameters, composed.places, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(composed.sql, parameters)
            rows = cursor.fetchall()
        return list(self._read(composed, rows, connection))

    def first(self, *values: int | str | dt.date) -> Row | None:
        """The first row, if there is any."""
        return next(iter(self(*values)), None)

    def _compose(self) -> _Composed:
        blanks = [_blank(kind, number) for number, kind in enumerate(self._kinds)]
        query = self._make(*blanks)
        compiler = query.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        adapt = connections[DEFAULT_DB_ALIAS].ops.adapt_datefield_value
        numbers: dict[Any, int] = {adapt(b) if isinstance(b, dt.date) else b: number for number, b in enumerate(blanks)}
        places = [numbers.get(value) if isinstance(value, int | str | dt.date) else None for value in parameters]
        if set(places) - {None} != set(numbers.values()):
            raise ValueError(f"A blank got lost in {sql}")
        info = compiler.klass_info if issubclass(query._iterable_class, ModelIterable) else None
        related = get_related_populators(info, compiler.select, DEFAULT_DB_ALIAS, FETCH_ONE) if info else ()
        own = slice(info["select_fields"][0], info["select_fields"][-1] + 1) if info else slice(0)
        self._composed = _Composed(
            sql,
            tuple(parameters),
            places,
            model=info["model"] if info else None,
            names=[column[0].target.attname for column in compiler.select[own]],
            own=own,
            converters=compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]]),
            populators=related,
            annotations=dict(compiler.annotation_col_map or {}) if info else {},
        )
        return self._composed

    def _read(self, composed: _Composed, rows: Iterable[Sequence[Any]], connection: Any) -> Iterator[Any]:
        for given in rows:
            row = list(given)
            for position, (converters, expression) in composed.converters.items():
                for converter in converters:
                    row[position] = converter(row[position], expression, connection)
            yield self._instance(composed, row) if composed.model else tuple(row)

    def _instance(self, composed: _Composed, row: list[Any]) -> Any:
        instance = composed.model.from_db(DEFAULT_DB_ALIAS, composed.names, row[composed.own])
        for populator in composed.populators:
            populator.populate(row, instance)
        for name, position in composed.annotations.items():
            setattr(instance, name, row[position])
        return instance


def in_turns[Key](keys: Sequence[Key]) -> Iterator[list[Key]]:
    """As many as a known question takes, one of ``AMOUNTS``; the last one again and again where there are fewer."""
    most = AMOUNTS[-1]
    for first in range(0, len(keys), most):
        some = keys[first : first + most]
        amount = next(amount for amount in AMOUNTS if amount >= len(some))
        yield [*some, *[some[-1]] * (amount - len(some))]


def _blank(kind: type, number: int) -> int | str | dt.date:
    if kind is dt.date:
        return _BLANK_DAY + dt.timedelta(number)
    return _BLANK_NUMBER + number if kind is int else _BLANK_WORD.format(number)
