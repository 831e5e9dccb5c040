"""Keys for new rows, fetched before the rows are written (`cases.batches`), those of a whole operation in one question.

While many of the same operation come at once, one question fetches the keys of several.
"""

import math
import os
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from functools import lru_cache
from threading import Lock
from typing import Any

from django.db import connection, models

type Table = type[models.Model]
type Keys = dict[Table, list[int]]
type Amounts = Mapping[Table, int]
type Fetch = Callable[[Amounts, int], list[Keys]]


class KeyStore:
    """What an operation needs, for the next few of the same moment.

    No keys are older than ``MOMENT_SECONDS``: but for that moment, what came later has higher ones. Those that nobody
    took by then stay unused, as the keys of an operation that fails do.
    """

    MOMENT_SECONDS = 0.25
    SETS_AT_ONCE = 8

    def __init__(self) -> None:
        self._lock = Lock()
        self._fetched_at = -math.inf
        self._amounts: Amounts = {}
        self._sets: deque[Keys] = deque()

    def take(self, amounts: Amounts, fetch: Fetch) -> Keys:
        """One set of so many keys. ``fetch`` asks the database for some sets, which nothing may take back."""
        with self._lock:
            now = time.monotonic()
            is_busy = now - self._fetched_at < self.MOMENT_SECONDS
            if not is_busy or amounts != self._amounts:
                self._sets.clear()
            if self._sets:
                return self._sets.popleft()
            self._fetched_at, self._amounts = now, amounts
        mine, *rest = fetch(amounts, self.SETS_AT_ONCE if is_busy else 1)
        with self._lock:
            if self._fetched_at == now:
                self._sets.extend(rest)
        return mine


# By the database and the operation.
_stores: defaultdict[tuple[str, str], KeyStore] = defaultdict(KeyStore)
# What its parent fetched, the parent may use itself.
os.register_at_fork(after_in_child=_stores.clear)


def keys_for(operation: str, amounts: Amounts, *, is_outermost: bool) -> Keys:
    """New keys for one operation. In a transaction of somebody else SQLite takes them back where that one fails."""
    if not is_outermost:
        return fetch_keys(amounts)[0]
    return _stores[str(connection.settings_dict["NAME"]), operation].take(amounts, fetch_keys)


def fetch_keys(amounts: Amounts, sets: int = 1) -> list[Keys]:
    """So many sets of new keys, in their order."""
    if connection.vendor == "sqlite":
        return _count_keys(amounts, sets)
    wanted = [table for table, amount in amounts.items() for _one in range(amount)]
    with connection.cursor() as cursor:
        cursor.execute(_next_keys(tuple(wanted)), [sets])
        rows = cursor.fetchall()
    found: list[Keys] = []
    for row in rows:
        keys: Keys = {}
        for table, key in zip(wanted, row, strict=True):
            keys.setdefault(table, []).append(key)
        found.append(keys)
    return found


@lru_cache(maxsize=256)
def _next_keys(tables: tuple[Table, ...]) -> str:
    """One row for each of so many sets."""
    keys = ", ".join(f"nextval('{_sequence(table)}')" for table in tables)
    return f"SELECT {keys} FROM generate_series(1, %s)"  # noqa: S608 (our own tables)


@lru_cache(maxsize=256)
def _sequence(table: Table) -> str:
    with connection.cursor() as cursor:
        key: Any = table._meta.pk
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table._meta.db_table}"', key.column])
        return str(cursor.fetchone()[0])


def _count_keys(amounts: Amounts, sets: int) -> list[Keys]:
    """SQLite notes the last key of a table in a row of ``sqlite_sequence``, once the table has had any."""
    ask: Any = connection.ask_before  # type: ignore[attr-defined]
    given = {table._meta.db_table: amount * sets for table, amount in amounts.items()}
    last = dict(ask(_count_on(tuple(given.items()))))
    if missing := [name for name in given if name not in last]:
        for name in missing:
            ask(_begin_to_count(name))
        last |= ask(_count_on(tuple((name, given[name]) for name in missing)))
    return [
        {
            table: [last[table._meta.db_table] - amount * later + number for number in range(1, amount + 1)]
            for table, amount in amounts.items()
        }
        for later in range(sets, 0, -1)
    ]


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
