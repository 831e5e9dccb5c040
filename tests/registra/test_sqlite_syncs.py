"""A commit on SQLite returns when the disk has it; whose turn is next does not wait for that."""

from contextlib import closing
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.db.utils import ConnectionHandler

from registra.sqlite import base
from registra.sqlite.turns import Turns

NORMAL, FULL = 1, 2


@pytest.fixture
def database(tmp_path, django_db_blocker):
    """A file of its own, not the tests' database."""
    with django_db_blocker.unblock():
        yield tmp_path / "town.sqlite3"


def connected(database: Path, *, journal: str = "WAL"):
    options = {
        "transaction_mode": "IMMEDIATE",
        "init_command": f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL",
    }
    handler = ConnectionHandler({"default": {"ENGINE": "registra.sqlite", "NAME": str(database), "OPTIONS": options}})
    return closing(handler["default"])


@pytest.fixture
def town(database):
    with connected(database) as connection:
        connection.cursor().execute("CREATE TABLE notes (words UNIQUE)")
        yield connection


@pytest.fixture
def done(database, monkeypatch) -> list[str]:
    """What happened, in order; of a sync, which file it was and whether the turn was free."""
    done: list[str] = []

    def sync(log: int) -> None:
        file = Path(f"/proc/self/fd/{log}").readlink()
        turns = Turns.of(database)
        is_free = turns.take(0.01)
        if is_free:
            turns.give()
        done.append(f"sync {file.name}, turn {'free' if is_free else 'taken'}")

    monkeypatch.setattr(base, "_sync", sync)
    return done


def changing(connection) -> transaction.Atomic:
    """As `transaction.atomic`, of this connection."""

    class Here(transaction.Atomic):
        def __enter__(self) -> None:
            connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)

        def __exit__(self, kind, error, trace) -> None:
            (connection.rollback if kind else connection.commit)()
            connection.set_autocommit(True)

    return Here("default", savepoint=False, durable=False)


def note(connection, *words: str) -> None:
    for some in words:
        connection.cursor().execute("INSERT INTO notes VALUES (%s)", [some])


def level(connection) -> int:
    return connection.cursor().execute("PRAGMA synchronous").fetchone()[0]


def test_the_log_is_synced_when_the_turn_is_given_and_before_anything_follows(town, done):
    with changing(town):
        note(town, "lime")
        town.run_on_commit.append((set(), lambda: done.append("what follows"), False))

    assert done == ["sync town.sqlite3-wal, turn free", "what follows"]


def test_what_changed_nothing_is_not_synced(town, done):
    with changing(town):
        town.cursor().execute("SELECT * FROM notes").fetchall()
    with pytest.raises(IntegrityError), changing(town):
        note(town, "lime", "lime")

    assert done == []


def test_who_can_do_without_the_disk_does_not_wait(town, done):
    town.waits_for_disk = False
    with changing(town):
        note(town, "lime")

    assert done == []


def test_statements_outside_a_transaction_are_synced_by_sqlite(town):
    assert level(town) == FULL
    with changing(town):
        note(town, "lime")
        assert level(town) == NORMAL
    assert level(town) == FULL
    with pytest.raises(IntegrityError), changing(town):
        note(town, "lime")
    assert level(town) == FULL


def test_a_disk_that_fails_is_no_success(town, monkeypatch):
    def fail(_log: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(base, "_sync", fail)
    with pytest.raises(OperationalError, match="Input/output"), changing(town):
        note(town, "lime")

    turns = Turns.of(town.settings_dict["NAME"])
    assert turns.take(0.01)
    turns.give()


def test_without_a_log_sqlite_syncs_as_it_was_told(database, done):
    with connected(database, journal="DELETE") as connection:
        connection.cursor().execute("CREATE TABLE notes (words UNIQUE)")
        with changing(connection):
            note(connection, "lime")
            assert level(connection) == FULL

    assert done == []


def test_a_link_to_the_database_leads_to_its_log(database, tmp_path, done):
    with connected(database) as real:
        real.cursor().execute("CREATE TABLE notes (words UNIQUE)")
        (tmp_path / "link").symlink_to(database)
        with connected(tmp_path / "link") as connection, changing(connection):
            note(connection, "lime")

    assert [one.split(",")[0] for one in done] == ["sync town.sqlite3-wal"]


def test_blanks_and_percent_signs_reach_sqlite_as_they_are_meant(town):
    for _time in range(2):
        found = town.cursor().execute("SELECT %s, '100 %%', '%%s'", ["%s"]).fetchone()
        assert found == ("%s", "100 %", "%s")
    assert town.cursor().execute("SELECT %(a)s", {"a": 1}).fetchone() == (1,)
    assert town.cursor().execute("SELECT '100 %'").fetchone() == ("100 %",)
