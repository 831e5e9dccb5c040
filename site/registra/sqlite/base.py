"""The database backend: a transaction waits for its turn before it asks SQLite for the write lock."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from registra.sqlite.turns import Turns

# Letters of a statement that is worth remembering; longer ones insert many rows, and hardly come twice.
LONGEST_REMEMBERED = 10_000
# Systems that lack the first have the second.
_sync = getattr(os, "fdatasync", os.fsync)


class Cursor(base.SQLiteCursorWrapper):
    """Django's, which looks for the blanks of each statement anew: as dear as carrying out a small one."""

    def convert_query(self, query: str, *, param_names: Iterable[str] | None = None) -> str:
        if param_names is None and len(query) <= LONGEST_REMEMBERED:
            return _in_sqlites_words(query)
        return str(super().convert_query(query, param_names=param_names))


@lru_cache(maxsize=2_000)
def _in_sqlites_words(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite lets one write at a time, and who finds it busy sleeps up to a tenth of a second before the next look.

    With several at once most of the time nobody writes and somebody is unlucky for seconds. Here they stand in line,
    and the next begins when the one before has ended. Single statements outside a transaction wait as SQLite does.

    Nor does the next wait for the disk of the one before. In a transaction SQLite is told not to sync its log at
    the commit (``synchronous=NORMAL``); we do it ourselves, when the turn is given and before the commit returns. The
    log is read from its beginning as far as it is whole, so that a commit which is on disk has all earlier ones there
    too. ``waits_for_disk``: set to False by who can do without for once.

    Whoever computes long before anything is asked need not hold the turn meanwhile (``beginning_late``).
    """

    waits_for_disk = True
    _may_begin_late = False
    _is_to_begin = False
    _turn: Turns | None = None
    _has_log = False
    _changes_before = 0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        new = super().get_new_connection(conn_params)
        # Some network folders can't have one: there SQLite writes the old way, and syncs as it was told.
        self._has_log = new.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        return new

    def create_cursor(self, name: str | None = None) -> Any:
        if self._is_to_begin:
            self._begin()
            self._is_to_begin = False
        return self.connection.cursor(factory=Cursor)

    @contextmanager
    def beginning_late(self) -> Iterator[None]:
        """The transaction that starts in this block begins with its first cursor: the turn is taken only then."""
        self._may_begin_late = True
        try:
            yield
        finally:
            self._may_begin_late = False

    def ask_before(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """What a statement returns, carried out before a transaction that has not begun yet, else in this one.

        Before it, it is a transaction of its own, which waits for no disk: the next one that does brings it along.
        """
        if not self._is_to_begin:
            return self._asked(statement, parameters)
        self._is_to_begin = False
        try:
            self._begin()
            found = self._asked(statement, parameters)
            with self.wrap_database_errors:
                self.connection.commit()
        except BaseException:
            self.connection.rollback()
            raise
        finally:
            self._give_turn()
            self._is_to_begin = True
        return found

    def _asked(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        with self.cursor() as cursor:
            return list(cursor.execute(statement, parameters).fetchall())

    def _start_transaction_under_autocommit(self) -> None:
        if self._may_begin_late:
            self._may_begin_late, self._is_to_begin = False, True
        else:
            self._begin()

    def _begin(self) -> None:
        self._take_turn()
        try:
            if self._turn and self._has_log:
                # SQLite refuses to change this inside a transaction.
                self.connection.execute("PRAGMA synchronous = NORMAL")
                self._changes_before = self.connection.total_changes
            # Not by a cursor: whoever listens to what is asked (cases.batches) writes rows first, which must be in it.
            with self.wrap_database_errors:
                self.connection.execute(f"BEGIN {self.transaction_mode or ''}")  # type: ignore[attr-defined]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> Any:
        self._is_to_begin = False
        # A commit that fails is rolled back: the turn is kept until then.
        done = super()._commit()  # type: ignore[misc]
        has_changes = self._turn and self.connection.total_changes > self._changes_before
        self._give_turn()
        if has_changes and self._has_log and self.waits_for_disk:
            self._sync_log()
        return done

    def _rollback(self) -> Any:
        self._is_to_begin = False
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> Any:
        self._is_to_begin = False
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._give_turn(is_closed=True)

    def _sync_log(self) -> None:
        """Everything that was committed so far is on disk. Raises OperationalError; it is then in doubt."""
        # SQLite locks the database and its shared memory, never the log: opening that one beside it is safe. It has
        # synced the folder when it began the log, with the log's head.
        try:
            log = os.open(os.path.realpath(self.settings_dict["NAME"]) + "-wal", os.O_RDONLY | os.O_CLOEXEC)
            try:
                _sync(log)
            finally:
                os.close(log)
        except OSError as trouble:
            raise OperationalError(f"disk I/O error: the log was not synced: {trouble}") from trouble

    def _take_turn(self) -> None:
        if self._turn or self.is_in_memory_db():
            return
        turns = Turns.of(self.settings_dict["NAME"])
        seconds = self.settings_dict["OPTIONS"].get("timeout", 5)
        if not turns.take(seconds):
            raise OperationalError("database is locked: no turn to write came in time")
        self._turn = turns

    def _give_turn(self, *, is_closed: bool = False) -> None:
        turn, self._turn = self._turn, None
        if turn is None:
            return
        try:
            if self._has_log and not is_closed:
                # Statements outside a transaction are synced by SQLite.
                self.connection.execute("PRAGMA synchronous = FULL")
        finally:
            turn.give()
