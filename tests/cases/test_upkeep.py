"""SQLite's own statistics: without them it guesses which index leads to an answer."""

from contextlib import closing
from secrets import token_hex

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from cases.jobs import refresh_statistics as job
from cases.upkeep import refresh_statistics
from registra.environment import database

OF_A_FEW_CASES = "SELECT id FROM files WHERE successor IS NULL AND of_case IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)"


@pytest.fixture
def town(tmp_path, django_db_blocker):
    """Opens connections to a database file of its own, in which no file has a successor yet."""

    def connected():
        return closing(ConnectionHandler({"default": database("", f"sqlite:///{tmp_path}/town.sqlite3")})["default"])

    with django_db_blocker.unblock(), connected() as first:
        with first.cursor() as cursor:
            cursor.execute("CREATE TABLE files (id INTEGER PRIMARY KEY, successor INTEGER, of_case INTEGER)")
            cursor.execute("CREATE INDEX by_successor ON files (successor)")
            cursor.execute("CREATE INDEX by_case ON files (of_case)")
            cursor.executemany("INSERT INTO files (of_case) VALUES (%s)", [[number] for number in range(3_000)])
        yield connected


def way_of(opened) -> str:
    """Which index the question is answered by, after it was asked once more."""
    with opened.cursor() as cursor:
        cursor.execute(OF_A_FEW_CASES).fetchall()
        # The driver keeps what it has explained by its text.
        return cursor.execute(f"EXPLAIN QUERY PLAN {OF_A_FEW_CASES} -- {token_hex(4)}").fetchone()[-1]


def test_open_connections_take_the_better_way_once_statistics_are_there(town):
    with town() as reader, town() as upkeep:
        assert "by_successor" in way_of(reader)

        refresh_statistics(upkeep)

        assert "by_case" in way_of(reader)


def test_refreshing_again_goes_well_also_after_one_that_was_broken_off(town):
    with town() as upkeep:
        refresh_statistics(upkeep)
        with upkeep.cursor() as cursor:
            cursor.execute("CREATE VIEW statistics_are_new AS SELECT 1")

        refresh_statistics(upkeep)

        with upkeep.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'view'").fetchone() == (0,)


@pytest.mark.both_databases
@pytest.mark.django_db
def test_the_job_runs_on_either_database():
    job()

    if connection.vendor == "sqlite":
        assert "sqlite_stat1" in connection.introspection.table_names()
