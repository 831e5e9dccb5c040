"""The database backend: a transaction waits for its turn before it asks SQLite for the write lock."""

from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from registra.sqlite.turns import Turns


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite lets one write at a time, and who finds it busy sleeps up to a tenth of a second before the next look.

    With several at once most of the time nobody writes and somebody is unlucky for seconds. Here they stand in line,
    and the next begins when the one before has ended. Single statements outside a transaction wait as SQLite does.
    """

    _turn: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> Any:
        # A commit that fails is rolled back: the turn is kept until then.
        done = super()._commit()  # type: ignore[misc]
        self._give_turn()
        return done

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _take_turn(self) -> None:
        if self._turn or self.is_in_memory_db():
            return
        turns = Turns.of(self.settings_dict["NAME"])
        seconds = self.settings_dict["OPTIONS"].get("timeout", 5)
        if not turns.take(seconds):
            raise OperationalError("database is locked: no turn to write came in time")
        self._turn = turns

    def _give_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn:
            turn.give()
