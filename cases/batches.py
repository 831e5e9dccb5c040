"""Several changes of one transaction, gathered and written at its end.

What a filing costs is less the writing than the going to and fro: some twenty statements, of which few need an
answer. Inside ``together`` `cases.rows` only gathers. Keys are fetched beforehand, all in one question. Anything else
that is asked of the database first writes what was gathered: nothing ever reads a state older than it thinks.

PostgreSQL writes the rows in one statement, as parts of one ``WITH``. Values are taken when that is done, so that a row
that was changed meanwhile needs no second statement; only a question that says so (``apart``) leaves the rows waiting
that get their last values after it. SQLite has no such statement, but lets one write at a time: there the transaction
begins when the first rows are written, so that nobody waits while they are put together.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from threading import local
from typing import Any, NamedTuple

from django.db import connection, models, transaction

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
    """What was gathered. ``spare``: keys that were fetched and have no row yet; ``used``: how many got one.

    ``checks`` are made when all is written. ``in_order``: rows are written in the order and as they were gathered, and
    changed afterwards. A row that others point to must be there before them on SQLite: where one is missing for a
    while, it looks through all tables that may point to each further row.
    """

    spare: dict[Table, list[int]]
    in_order: bool
    used: Counter[Table] = field(default_factory=Counter)
    pieces: list[Piece] = field(default_factory=list)
    checks: list[Callable[[], None]] = field(default_factory=list)
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
        if self.in_order:
            taken = values()
            self.pieces.append(Piece(table, keys, statement, lambda: taken))
        else:
            self.pieces.append(Piece(table, keys, statement, values, is_late=is_late))

    def add_change(self, table: Table, key: Any, statement: str, values: Values) -> None:
        """A new row that still waits is written as it will be then; a statement changes no row twice."""
        if self.in_order:
            self.pieces.append(Piece(table, [key], statement, values, is_new=False))
            return
        waiting = [piece for piece in self.pieces if piece.is_about(table, key)]
        if any(piece.is_new for piece in waiting):
            return
        if waiting:
            self.write()
        self.pieces.append(Piece(table, [key], statement, values, is_new=False))

    def write(self) -> None:
        """Everything that was gathered; what is late stays where it may."""
        late = [piece for piece in self.pieces if piece.is_late and self.late_may_wait]
        pieces = [piece for piece in self.pieces if not (piece.is_late and self.late_may_wait)]
        self.pieces = late
        if not pieces:
            return
        # All values before the first statement: on SQLite others may not write from there on.
        values = [piece.values() for piece in pieces]
        with self._writing():
            write = _write_at_once if connection.vendor == "postgresql" else _write_one_by_one
            write([piece.statement for piece in pieces], values)

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
        batch.write()
        yield
    finally:
        batch.late_may_wait = False


def when_written(check: Callable[[], None]) -> None:
    """Make a check that holds only where the rows are written already; it raises, and all is rolled back.

    From then on others see them, or wait: what was true before could be so no longer.
    """
    batch = gathering()
    if batch is None:
        check()
    else:
        batch.checks.append(check)


# What the last batch of each operation needed, so that the next one fetches all its keys at once.
_usual: dict[str, Mapping[Table, int]] = {}


@contextmanager
def together(operation: str) -> Iterator[None]:
    """A transaction whose changes are gathered; they are written at its end, or before anything else is asked.

    ``operation``: a name, under which the keys that it usually needs are remembered.
    """
    if gathering():
        with transaction.atomic():
            yield
        return
    with _beginning_late(), transaction.atomic():
        usual = _usual.get(operation)
        batch = Batch(_fetch_keys(usual) if usual else {}, in_order=connection.vendor == "sqlite")

        def write_first(execute: Any, sql: Any, parameters: Any, many: bool, context: Any) -> Any:
            if not batch.is_writing:
                batch.write()
            return execute(sql, parameters, many, context)

        _here.batch = batch
        try:
            with connection.execute_wrapper(write_first):
                yield
                batch.write()
                for check in batch.checks:
                    check()
            _usual[operation] = dict(batch.used)
        finally:
            _here.batch = None


def _beginning_late() -> AbstractContextManager[None]:
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return nullcontext()
    late: AbstractContextManager[None] = connection.beginning_late()  # type: ignore[attr-defined]
    return late


def _write_at_once(statements: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
    # Numbers go as words: the driver names another type for each size of number, and each makes another plan.
    parameters = [str(value) if type(value) is int else value for some in values for value in some]
    with _raw_cursor() as cursor:
        cursor.execute(_joined(tuple(statements)), parameters)


def _write_one_by_one(statements: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        for statement, its in zip(statements, values, strict=True):
            cursor.execute(statement, its)


def _fetch_keys(amounts: Mapping[Table, int]) -> dict[Table, list[int]]:
    if connection.vendor == "sqlite":
        return _count_keys(amounts)
    wanted = [table for table, amount in amounts.items() for _one in range(amount)]
    with connection.cursor() as cursor:
        cursor.execute(_next_keys(tuple(wanted)))
        row = cursor.fetchone()
    found: dict[Table, list[int]] = {}
    for table, key in zip(wanted, row, strict=True):
        found.setdefault(table, []).append(key)
    return found


def _count_keys(amounts: Mapping[Table, int]) -> dict[Table, list[int]]:
    """SQLite notes the last key of a table in a row of ``sqlite_sequence``, once the table has had any."""
    ask: Any = connection.ask_before  # type: ignore[attr-defined]
    given = {table._meta.db_table: amount for table, amount in amounts.items()}
    last = dict(ask(_count_on(tuple(given.items()))))
    if missing := [name for name in given if name not in last]:
        for name in missing:
            ask(_begin_to_count(name))
        last |= ask(_count_on(tuple((name, given[name]) for name in missing)))
    return {
        table: [last[table._meta.db_table] - amount + number for number in range(1, amount + 1)]
        for table, amount in amounts.items()
    }


@lru_cache(maxsize=256)
def _count_on(amounts: tuple[tuple[str, int], ...]) -> str:
    names = ", ".join(f"'{name}'" for name, _amount in amounts)
    steps = " ".join(f"WHEN '{name}' THEN {amount}" for name, amount in amounts)
    return (
        f"UPDATE sqlite_sequence SET seq = seq + CASE name {steps} END "  # noqa: S608 (our own tables)
        f"WHERE name IN ({names}) RETURNING name, seq"
    )


def _begin_to_count(name: str) -> str:
    """Two who begin at once make one row."""
    return (
        f"INSERT INTO sqlite_sequence (name, seq) "  # noqa: S608 (our own tables)
        f"SELECT '{name}', (SELECT coalesce(max(rowid), 0) FROM \"{name}\") "
        f"WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '{name}')"
    )


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
