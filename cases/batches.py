"""Several changes written in one statement, where the database can: PostgreSQL, as parts of one ``WITH``.

What a filing costs is less the writing than the going to and fro: some twenty statements, of which few need an
answer. Inside ``together`` `cases.rows` only gathers. Keys are fetched beforehand, all in one question; values are
taken when the rows are written, so that a row that was changed meanwhile needs no second statement. Anything else that
is asked of the database first writes what was gathered: nothing ever reads a state older than it thinks. Only a
question that says so (``apart``) leaves the rows waiting that get their last values after it.
SQLite writes each statement at once: there is no way to save.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from threading import local
from typing import Any, NamedTuple

from django.db import connection, models

type Table = type[models.Model]
type Values = Callable[[], Sequence[Any]]


class Piece(NamedTuple):
    """One statement, for the new rows with these keys or for one that is changed.

    ``is_late``: its rows get their last values only at the end.
    """

    table: Table
    keys: Sequence[Any]
    statement: str
    values: Values
    is_new: bool = True
    is_late: bool = False

    def is_about(self, table: Table, key: Any) -> bool:
        return self.table is table and key in self.keys


@dataclass
class Batch:
    """What was gathered. ``spare``: keys that were fetched and have no row yet; ``used``: how many got one."""

    spare: dict[Table, list[int]]
    used: Counter[Table] = field(default_factory=Counter)
    pieces: list[Piece] = field(default_factory=list)
    is_writing: bool = False
    late_may_wait: bool = False

    def keys(self, table: Table, amount: int) -> list[int]:
        """Keys for new rows of a table."""
        self.used[table] += amount
        spare = self.spare.setdefault(table, [])
        if len(spare) < amount:
            with self._writing():
                spare += _fetch_keys({table: amount})[table]
        taken, self.spare[table] = spare[:amount], spare[amount:]
        return taken

    def add_new(
        self, table: Table, keys: Sequence[Any], statement: str, values: Values, *, is_late: bool = False
    ) -> None:
        self.pieces.append(Piece(table, keys, statement, values, is_late=is_late))

    def add_change(self, table: Table, key: Any, statement: str, values: Values) -> None:
        """A new row that still waits is written as it will be then; a statement changes no row twice."""
        waiting = [piece for piece in self.pieces if piece.is_about(table, key)]
        if any(piece.is_new for piece in waiting):
            return
        if waiting:
            self.write()
        self.pieces.append(Piece(table, [key], statement, values, is_new=False))

    def write(self) -> None:
        """Everything that was gathered, in one statement; what is late stays where it may."""
        late = [piece for piece in self.pieces if piece.is_late and self.late_may_wait]
        pieces = [piece for piece in self.pieces if not (piece.is_late and self.late_may_wait)]
        self.pieces = late
        if not pieces:
            return
        statement = _joined(tuple(piece.statement for piece in pieces))
        # Numbers go as words: the driver names another type for each size of number, and each makes another plan.
        parameters = [str(value) if type(value) is int else value for piece in pieces for value in piece.values()]
        with self._writing(), _raw_cursor() as cursor:
            cursor.execute(statement, parameters)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.is_writing = True
        try:
            yield
        finally:
            self.is_writing = False


_here = local()


def gathering() -> Batch | None:
    """The batch that this thread gathers in now."""
    return getattr(_here, "batch", None)


@contextmanager
def apart() -> Iterator[None]:
    """What is asked in this block reads none of the rows that were gathered as late: they wait on for their values."""
    batch = gathering()
    if batch is None:
        yield
        return
    batch.late_may_wait = True
    try:
        yield
    finally:
        batch.late_may_wait = False


# What the last batch of each operation needed, so that the next one fetches all its keys at once.
_usual: dict[str, Mapping[Table, int]] = {}


@contextmanager
def together(operation: str) -> Iterator[None]:
    """Gather the changes of this block; they are written at its end, or before anything else is asked.

    Only inside a transaction. ``operation``: a name, under which the keys that it usually needs are remembered.
    """
    if connection.vendor != "postgresql" or gathering():
        yield
        return
    if not connection.in_atomic_block:
        raise RuntimeError("Changes are gathered inside a transaction only.")
    batch = Batch(_fetch_keys(_usual[operation]) if _usual.get(operation) else {})

    def write_first(execute: Any, sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        if not batch.is_writing:
            batch.write()
        return execute(sql, parameters, many, context)

    _here.batch = batch
    try:
        with connection.execute_wrapper(write_first):
            yield
            batch.write()
        _usual[operation] = dict(batch.used)
    finally:
        _here.batch = None


def _fetch_keys(amounts: Mapping[Table, int]) -> dict[Table, list[int]]:
    wanted = [table for table, amount in amounts.items() for _one in range(amount)]
    with connection.cursor() as cursor:
        cursor.execute(_next_keys(tuple(wanted)))
        row = cursor.fetchone()
    found: dict[Table, list[int]] = {}
    for table, key in zip(wanted, row, strict=True):
        found.setdefault(table, []).append(key)
    return found


@lru_cache(maxsize=256)
def _next_keys(tables: tuple[Table, ...]) -> str:
    return "SELECT " + ", ".join(f"nextval('{_sequence(table)}')" for table in tables)


@lru_cache(maxsize=256)
def _sequence(table: Table) -> str:
    with connection.cursor() as cursor:
        key: Any = table._meta.pk
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table._meta.db_table}"', key.column])
        return str(cursor.fetchone()[0])


@lru_cache(maxsize=256)
def _joined(statements: tuple[str, ...]) -> str:
    """The statements as parts of one, with the database's own numbered blanks."""
    joined = statements[0]
    if len(statements) > 1:
        parts = ", ".join(f"part_{number} AS ({statement})" for number, statement in enumerate(statements))
        joined = f"WITH {parts} SELECT 1"
    first, *rest = joined.split("%s")
    return first + "".join(f"${number}{text}" for number, text in enumerate(rest, 1))


def _raw_cursor() -> Any:
    """A cursor that takes the statement as it is: the usual one looks for the blanks of a long text each time anew."""
    from psycopg import RawCursor  # noqa: PLC0415 (an installation on SQLite needs no driver)

    raw: Any = RawCursor(connection.connection)
    return connection.make_cursor(raw)
