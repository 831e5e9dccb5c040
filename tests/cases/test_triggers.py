"""Append-only tables: the database itself refuses, and a missing guard never goes unnoticed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, models, transaction
from django.db.models.signals import post_migrate

from cases import triggers
from cases.models import AccessLog, Event, StoredFile
from tests.factories import (
    NOON,
    AccessLogFactory,
    CaseTombstoneFactory,
    DisposalProtocolFactory,
    EventFactory,
    EventPlaceFactory,
    StoredFileFactory,
)
from tests.triggers import append_only_triggers_lifted

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

GUARDED = [
    (EventFactory, {"kind": "CLOSED"}),
    (EventPlaceFactory, {"position": 99}),
    (StoredFileFactory, {"size": 0}),
    (AccessLogFactory, {"at": NOON}),
    (CaseTombstoneFactory, {"number": "95-1"}),
    (DisposalProtocolFactory, {"destroyed": 0}),
]


def refused():
    return pytest.raises(DatabaseError, match="registra: rows of .* are never changed or deleted")


def test_every_guarded_table_of_the_records_office_is_tried_here():
    tables = {factory._meta.model._meta.db_table for factory, _change in GUARDED}

    assert tables == {table for table in triggers.APPEND_ONLY_TABLES if table.startswith("cases_")}


@pytest.mark.parametrize(("factory", "change"), GUARDED)
def test_the_database_refuses_to_change_a_row(factory, change):
    row = factory()

    with refused(), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(("factory", "change"), GUARDED)
def test_the_database_refuses_to_delete_a_row(factory, change):
    row = factory()

    with refused(), transaction.atomic():
        type(row).objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize(("factory", "change"), GUARDED)
def test_raw_sql_is_refused_as_well(factory, change):
    row = factory()

    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table}")


@pytest.mark.sqlite
def test_replacing_a_row_is_refused_too():
    row = StoredFileFactory()

    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO cases_storedfile (sha256, size, media_type, stored_at) VALUES (%s, 0, '', %s)",
            [row.sha256, NOON],
        )


@pytest.mark.postgresql
@pytest.mark.parametrize("table", triggers.APPEND_ONLY_TABLES)
def test_emptying_a_table_is_refused(table):
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_only_the_tests_clean_up_lifts_the_guards():
    row = EventFactory()

    with append_only_triggers_lifted():
        row.delete()

    assert (Event.objects.count(), triggers.missing()) == (0, set())


def drop(name: str) -> None:
    table = name.partition("_refuse_")[0]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def test_a_missing_guard_is_named():
    drop("cases_event_refuse_delete")

    assert triggers.missing() == {"cases_event_refuse_delete"}


@pytest.mark.postgresql
def test_a_guard_that_was_switched_off_counts_as_missing():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER cases_event_refuse_update")

    assert triggers.missing() == {"cases_event_refuse_update"}


def test_the_system_check_fails_when_a_guard_is_missing():
    drop("cases_event_refuse_delete")

    [error] = run_checks(tags=["database"], databases=["default"])

    assert (error.id, error.hint) == ("cases.E001", "Run manage.py migrate; it puts the triggers back.")
    with pytest.raises(CommandError, match="cases_event_refuse_delete is missing"):
        call_command("check", databases=["default"])


def test_the_system_check_is_content_when_all_guards_stand():
    assert run_checks(tags=["database"], databases=["default"]) == []


def test_every_migration_puts_the_guards_back():
    drop("cases_event_refuse_delete")

    post_migrate.send(sender=apps.get_app_config("cases"), app_config=apps.get_app_config("cases"), using="default")

    assert triggers.missing() == set()


@pytest.fixture
def copied_database(tmp_path: Path) -> Iterator[None]:
    """A copy of the database outside the test's transaction, since SQLite alters tables only there."""
    copy, original = tmp_path / "copy.sqlite3", connections["default"]
    with closing(sqlite3.connect(original.settings_dict["NAME"])) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    connections["default"] = connections.create_connection("default")
    connection.settings_dict = {**original.settings_dict, "NAME": str(copy)}
    yield
    connection.close()
    connections["default"] = original


@pytest.mark.sqlite
@pytest.mark.parametrize(("model", "name"), [(Event, "kind"), (StoredFile, "media_type"), (AccessLog, "reason")])
def test_a_table_that_django_rebuilt_on_sqlite_gets_its_guards_back(copied_database, model, name):
    """The reason for ``post_migrate``: AlterField makes a new table and drops the old one with its triggers."""
    table, longer = model._meta.db_table, models.CharField(max_length=500)
    longer.set_attributes_from_name(name)
    with connection.schema_editor() as editor:
        editor.alter_field(model, model._meta.get_field(name), longer)
    lost = triggers.missing()

    triggers.put_in_place()

    assert lost == {f"{table}_refuse_update", f"{table}_refuse_delete"}
    assert triggers.missing() == set()


def test_guards_are_not_asked_for_before_their_tables_exist(monkeypatch):
    monkeypatch.setattr(triggers, "APPEND_ONLY_TABLES", ("cases_not_there_yet",))

    triggers.put_in_place()

    assert run_checks(tags=["database"], databases=["default"]) == []


def test_models_of_the_guarded_tables_exist():
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, models.Model)}

    assert set(triggers.APPEND_ONLY_TABLES) <= tables
