"""Database triggers that refuse any change to events, stored files, the access log and published versions.

Django rebuilds a SQLite table on AlterField and its triggers vanish without a word, so they are put
back after every migration, and ``missing`` is asked by a system check and by ``check_integrity``.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

APPEND_ONLY_TABLES = [
    "cases_event",
    "cases_eventplace",
    "cases_storedfile",
    "cases_accesslog",
    "cases_casetombstone",
    "cases_disposalprotocol",
]
ACTS = ("UPDATE", "DELETE")

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION registra_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'registra: rows of % are never changed or deleted', TG_TABLE_NAME;
END $$
"""


def guard(table: str) -> None:
    """Have the rows of another app's table never changed or deleted either; said when the app gets ready."""
    if table not in APPEND_ONLY_TABLES:
        APPEND_ONLY_TABLES.append(table)


def expected(vendor: str) -> set[str]:
    acts = (*ACTS, "TRUNCATE") if vendor == "postgresql" else ACTS
    return {f"{table}_refuse_{act.lower()}" for table in APPEND_ONLY_TABLES for act in acts}


def _statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_refuse_{act.lower()} BEFORE {act} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, 'registra: rows of {table} are never changed or deleted'); END"
            for table in APPEND_ONLY_TABLES
            for act in ACTS
        ]
    statements = [_POSTGRESQL_FUNCTION]
    for table in APPEND_ONLY_TABLES:
        for act in (*ACTS, "TRUNCATE"):
            level = "STATEMENT" if act == "TRUNCATE" else "ROW"
            statements.append(
                f"CREATE OR REPLACE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} "
                f"FOR EACH {level} EXECUTE FUNCTION registra_refuse()"
            )
    return statements


def missing(using: str = DEFAULT_DB_ALIAS) -> set[str]:
    """Names of the triggers that ought to be there and are not."""
    connection = connections[using]
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return expected(connection.vendor) - present


def put_in_place(sender: Any = None, *, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Create whatever is missing; called after every migration of this app's tables."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if not set(APPEND_ONLY_TABLES) <= tables or not missing(using):
        return
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def lift(using: str = DEFAULT_DB_ALIAS) -> None:
    """Remove the triggers. Only the test clean-up calls this (tests/triggers.py)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in APPEND_ONLY_TABLES:
            for act in (*ACTS, "TRUNCATE") if connection.vendor == "postgresql" else ACTS:
                name = f"{table}_refuse_{act.lower()}"
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
