"""SQLite's writing transactions wait in line: for other threads, for other processes, and not for ever."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from registra.sqlite.turns import Turns

# Holds the turn from the word "begun" until it is told to go on, or killed.
HOLDER = """
import sys
from registra.sqlite.turns import Turns
turns = Turns.of(sys.argv[1])
assert turns.take(5)
print("begun", flush=True)
sys.stdin.read(1)
turns.give()
"""


@pytest.fixture
def database(tmp_path, django_db_blocker):
    """A file of its own, not the tests' database."""
    with django_db_blocker.unblock():
        yield tmp_path / "town.sqlite3"


def connected(database: Path, *, seconds: float = 30):
    options = {"transaction_mode": "IMMEDIATE", "timeout": seconds, "init_command": "PRAGMA journal_mode=WAL"}
    handler = ConnectionHandler({"default": {"ENGINE": "registra.sqlite", "NAME": str(database), "OPTIONS": options}})
    return closing(handler["default"])


def count(connection) -> int:
    with connection.cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM notes").fetchone()[0]


def note(connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO notes VALUES (1)")


@pytest.fixture
def holder(database) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(database)]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=paths) as holder:
        assert holder.stdout.readline() == "begun\n"
        yield holder
        holder.kill()


def begin(connection) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(connection, deed: str) -> None:
    getattr(connection, deed)()
    connection.set_autocommit(True)


@pytest.mark.parametrize("deed", ["commit", "rollback", "close"])
def test_the_next_begins_when_the_one_before_has_ended(database, deed):
    with connected(database) as first, connected(database, seconds=0.01) as second:
        begin(first)
        with pytest.raises(OperationalError, match="turn"):
            begin(second)
        second.close()

        if deed == "close":
            first.close()
        else:
            end(first, deed)

        begin(second)
        end(second, "commit")


def test_a_transaction_that_begins_late_takes_its_turn_when_it_asks(database):
    with connected(database) as first, connected(database, seconds=0.01) as second:
        first.cursor().execute("CREATE TABLE notes (words)")
        with first.beginning_late():
            begin(first)
        begin(second)
        note(second)
        end(second, "commit")

        note(first)
        with pytest.raises(OperationalError, match="turn"):
            begin(second)
        second.close()
        end(first, "rollback")

        assert count(second) == 1


def test_only_one_transaction_begins_late(database):
    """What is done at its commit has transactions of its own."""
    with connected(database) as first, connected(database, seconds=0.01) as second, first.beginning_late():
        begin(first)
        end(first, "commit")

        begin(first)
        with pytest.raises(OperationalError, match="turn"):
            begin(second)
        second.close()
        end(first, "commit")


def test_a_late_transaction_whose_turn_did_not_come_tries_again_and_never_writes_without(database):
    with connected(database) as first, connected(database, seconds=0.01) as second:
        first.cursor().execute("CREATE TABLE notes (words)")
        with second.beginning_late():
            begin(second)
        begin(first)
        for _time in range(2):
            with pytest.raises(OperationalError, match="turn"):
                note(second)
        end(first, "commit")

        note(second)
        end(second, "rollback")

        assert count(first) == 0


def test_what_is_asked_before_a_late_transaction_stays_and_leaves_the_turn_to_others(database):
    with connected(database) as first, connected(database, seconds=0.01) as second:
        first.cursor().execute("CREATE TABLE notes (words)")
        with first.beginning_late():
            begin(first)
        assert first.ask_before("INSERT INTO notes VALUES (%s) RETURNING words", [7]) == [(7,)]
        begin(second)
        end(second, "commit")
        note(first)
        assert first.ask_before("SELECT count(*) FROM notes") == [(2,)]
        end(first, "rollback")

        assert count(second) == 1


def test_a_statement_that_fails_before_a_late_transaction_leaves_the_turn_to_others(database):
    with connected(database) as first, connected(database, seconds=0.01) as second:
        with first.beginning_late():
            begin(first)
        with pytest.raises(OperationalError, match="no such table"):
            first.ask_before("INSERT INTO notes VALUES (1) RETURNING words")

        begin(second)
        end(second, "commit")
        first.cursor().execute("CREATE TABLE notes (words)")
        end(first, "commit")

        assert count(second) == 0


def test_threads_that_write_at_once_all_get_their_turn(database):
    with connected(database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE notes (words)")

    def write() -> None:
        with connected(database) as mine:
            for _time in range(20):
                begin(mine)
                note(mine)
                end(mine, "commit")

    writers = [threading.Thread(target=write) for _number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with connected(database) as connection:
        assert count(connection) == 160


def test_a_transaction_waits_for_another_process_and_gets_the_turn_of_one_that_is_killed(database, holder):
    turns = Turns.of(database)
    assert not turns.take(0.01)

    holder.kill()
    holder.wait()

    assert turns.take(5)
    turns.give()


def test_a_process_that_goes_on_gives_its_turn(database, holder):
    began = threading.Event()

    def wait_in_line() -> None:
        with connected(database) as connection:
            begin(connection)
            began.set()
            end(connection, "commit")

    waiting = threading.Thread(target=wait_in_line)
    waiting.start()
    assert not began.is_set()

    holder.communicate("x")
    waiting.join()

    assert began.is_set()


def test_a_transaction_that_can_not_begin_leaves_the_turn_to_others(database):
    with connected(database) as plain, connected(database, seconds=0.01) as connection:
        plain.cursor().execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            begin(connection)
        plain.cursor().execute("ROLLBACK")

        begin(connection)
        end(connection, "commit")


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root gives files to others.")
def test_a_command_of_roots_does_not_lock_the_towns_user_out(database):
    database.touch(mode=0o640)
    os.chown(database, 65534, 65534)

    turns = Turns.of(database)
    assert turns.take(5)
    turns.give()

    file = database.with_name(f"{database.name}-turn").stat()
    assert (file.st_uid, file.st_gid, stat.S_IMODE(file.st_mode)) == (65534, 65534, 0o640)
