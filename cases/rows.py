"""Rows, written with statements that are put together once per table.

Filing writes some twenty tables, and Django composes each INSERT anew and asks every field how to write every value:
that was half of what a filing cost. Here the text of the statement is kept, and only values that need it are asked
about. Like ``bulk_create`` they send no ``post_save``: nothing of the records office listens to it (design: news goes
up by our own signals). Inside `cases.batches.together` the statements wait for each other.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from inspect import getattr_static
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute

from cases.batches import gathering

# Values of these types go to both databases as they are, unless the field makes something else of them (JSON).
PLAIN = (str, int, bool)
# Descriptors that only give what lies in the row.
HELD = (DeferredAttribute, ForeignKeyDeferredAttribute)


class Column(NamedTuple):
    """How a field's value is fetched from a row and written.

    ``is_held``: it lies in the row's ``__dict__`` (unless it was deferred), which asks no descriptor.
    """

    field: Any
    name: str
    is_set_on_save: bool
    takes_plain: bool
    is_held: bool
    is_moment: bool


def insert[M: models.Model](rows: Sequence[M], *, ignore_conflicts: bool = False, is_late: bool = False) -> Sequence[M]:
    """Write new rows of one table in one statement; afterwards each knows its key, if the database gave it.

    ``ignore_conflicts``: a row that is there already stays as it is (only for tables whose key we give).
    ``is_late``: they will be changed once more before the end (`cases.batches.apart`).
    """
    if not rows:
        return rows
    model = type(rows[0])
    connection = connections[DEFAULT_DB_ALIAS]
    batch = gathering()
    if batch and rows[0].pk is None:
        for row, key in zip(rows, batch.keys(model, len(rows)), strict=True):
            row.pk = key
    has_own_key = rows[0].pk is not None
    columns = _columns(model, has_own_key)
    statement = _statement(model, connection.vendor, len(rows), has_own_key, ignore_conflicts)

    def values() -> list[Any]:
        return [value for row in rows for value in _values(row, columns, connection)]

    if batch:
        batch.add_new(model, [row.pk for row in rows], statement, values, is_late=is_late)
    else:
        with connection.cursor() as cursor:
            cursor.execute(statement, values())
            keys = [] if has_own_key else cursor.fetchall()
        for row, (key,) in zip(rows, keys, strict=False):
            row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def insert_one[M: models.Model](row: M, *, is_late: bool = False) -> M:
    """Write one new row."""
    insert([row], is_late=is_late)
    return row


# How each database takes a list of pairs, given as JSON, apart; and a parameter that has no column to tell its type.
PAIRS = {
    "postgresql": ("pair->>0", "(pair->>1)::jsonb", "jsonb_array_elements(%s::jsonb) AS pair", "%s::{type}"),
    "sqlite": ("json_extract(value, '$[0]')", "json_extract(value, '$[1]')", "json_each(%s)", "%s"),
}


def insert_keyed(shared: models.Model, values: Mapping[str, Any], *, key: str, value: str) -> None:
    """Write as many rows as there are ``values``: each like ``shared`` but for its ``key`` and its JSON ``value``.

    They travel as one list: fourteen answers as rows of their own were a hundred parameters.
    """
    if not values:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    encoder = getattr(shared._meta.get_field(value), "encoder", None)
    pairs = json.dumps([[name, json.dumps(said, cls=encoder)] for name, said in values.items()])
    columns = [column for column in _columns(type(shared), False) if column.name not in {key, value}]
    statement = _keyed_statement(type(shared), connection.vendor, key, value)

    def parameters() -> list[Any]:
        return [*_values(shared, columns, connection), pairs]

    if batch := gathering():
        batch.add_new(type(shared), [], statement, parameters)
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters())


def update(row: models.Model, *names: str) -> None:
    """Write some fields of one row that is there."""
    model = type(row)
    connection = connections[DEFAULT_DB_ALIAS]
    columns = {column.field.name: column for column in _columns(model, True)}

    def values() -> list[Any]:
        return _values(row, [columns[name] for name in (*names, model._meta.pk.name)], connection)

    if batch := gathering():
        batch.add_change(model, row.pk, _update_statement(model, names), values)
        return
    with connection.cursor() as cursor:
        cursor.execute(_update_statement(model, names), values())


def _values(row: models.Model, columns: Sequence[Column], connection: Any) -> list[Any]:
    """What is written for a row; a few hundred values a filing, so nothing is called for those that go as they are."""
    found = []
    held, moment = row.__dict__, connection.ops.adapt_datetimefield_value
    for field, name, is_set_on_save, takes_plain, is_held, is_moment in columns:
        if is_set_on_save:
            value = field.pre_save(row, True)
        else:
            value = held[name] if is_held and name in held else getattr(row, name)
        if value is None and field.is_relation:
            value = _key_given_since(row, field, name)
        if value is None or (takes_plain and type(value) in PLAIN):
            pass
        elif is_moment and type(value) is dt.datetime and value.tzinfo is not None:
            value = moment(value)
        else:
            value = field.get_db_prep_save(value, connection)
        found.append(value)
    return found


def _key_given_since(row: models.Model, field: Any, name: str) -> Any:
    """A row it points to may have got its key only after the two were put together."""
    if not field.is_cached(row):
        return None
    pointed_to = field.get_cached_value(row)
    if pointed_to is None:
        return None
    if pointed_to.pk is None:
        raise ValueError(f"{row!r} points to {pointed_to!r}, which is not saved.")
    setattr(row, name, getattr(pointed_to, field.target_field.attname))
    return getattr(row, name)


@lru_cache(maxsize=1024)
def _columns(model: type[models.Model], has_own_key: bool) -> tuple[Column, ...]:
    return tuple(
        Column(
            field,
            field.attname,
            bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)),
            isinstance(field, models.CharField | models.TextField | models.IntegerField | models.BooleanField)
            or field.is_relation,
            type(getattr_static(model, field.attname)) in HELD,
            type(field) is models.DateTimeField,
        )
        for field in model._meta.concrete_fields
        if has_own_key or not field.primary_key
    )


@lru_cache(maxsize=1024)
def _update_statement(model: type[models.Model], names: tuple[str, ...]) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = {field.name: quote(str(field.column)) for field in model._meta.concrete_fields}
    changes = ", ".join(f"{fields[name]} = %s" for name in names)
    key = fields[model._meta.pk.name]
    return f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {key} = %s"  # noqa: S608 (our own tables)


@lru_cache(maxsize=1024)
def _statement(model: type[models.Model], vendor: str, amount: int, has_own_key: bool, ignore_conflicts: bool) -> str:
    """The same text on both databases: they share RETURNING and ON CONFLICT."""
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = [quote(str(column.field.column)) for column in _columns(model, has_own_key)]
    row = f"({', '.join(['%s'] * len(columns))})"
    start = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES "  # noqa: S608 (our own tables)
    statement = start + ", ".join([row] * amount)
    if ignore_conflicts:
        statement += " ON CONFLICT DO NOTHING"
    if not has_own_key:
        statement += f" RETURNING {quote(str(model._meta.pk.column))}"
    return statement


@lru_cache(maxsize=64)
def _keyed_statement(model: type[models.Model], vendor: str, key: str, value: str) -> str:
    connection = connections[DEFAULT_DB_ALIAS]
    quote = connection.ops.quote_name
    of_key, of_value, pairs, parameter = PAIRS[vendor]
    by_name = {column.name: column for column in _columns(model, False)}
    columns = [column for name, column in by_name.items() if name not in {key, value}]
    names = [quote(str(column.field.column)) for column in [*columns, by_name[key], by_name[value]]]
    chosen = [parameter.format(type=column.field.db_type(connection)) for column in columns] + [of_key, of_value]
    start = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(names)}) "
    return " ".join([start, "SELECT", ", ".join(chosen), "FROM", pairs])
