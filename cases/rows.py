"""New rows, written with statements that are put together once per table.

Filing writes some twenty tables, and Django composes each INSERT anew: that was half of what a filing cost. Here the
text of the statement is kept; values are prepared by the same fields as always. Like ``bulk_create`` it sends no
``post_save``: nothing of the records office listens to it (design: news goes up by our own signals).
"""

from collections.abc import Sequence
from functools import lru_cache

from django.db import connections, models, router


def insert[M: models.Model](rows: Sequence[M], *, ignore_conflicts: bool = False) -> Sequence[M]:
    """Write new rows of one table in one statement; afterwards each knows its key, if the database gave it.

    ``ignore_conflicts``: a row that is there already stays as it is (only for tables whose key we give).
    """
    if not rows:
        return rows
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    has_own_key = rows[0].pk is not None
    fields = _fields(model, has_own_key)
    for row in rows:
        # A row it points to may have got its key only after the two were put together.
        row._prepare_related_fields_for_save(operation_name="insert")  # type: ignore[attr-defined]
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    statement = _statement(model, connection.vendor, len(rows), has_own_key, ignore_conflicts)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        keys = [] if has_own_key else cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=False):
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def insert_one[M: models.Model](row: M) -> M:
    """Write one new row."""
    insert([row])
    return row


@lru_cache(maxsize=1024)
def _fields(model: type[models.Model], has_own_key: bool) -> tuple[models.Field, ...]:
    return tuple(field for field in model._meta.concrete_fields if has_own_key or not field.primary_key)


@lru_cache(maxsize=1024)
def _statement(model: type[models.Model], vendor: str, amount: int, has_own_key: bool, ignore_conflicts: bool) -> str:
    """The same text on both databases: they share RETURNING and ON CONFLICT."""
    quote = connections[router.db_for_write(model)].ops.quote_name
    columns = [quote(str(field.column)) for field in _fields(model, has_own_key)]
    row = f"({', '.join(['%s'] * len(columns))})"
    start = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES "  # noqa: S608 (our own tables)
    statement = start + ", ".join([row] * amount)
    if ignore_conflicts:
        statement += " ON CONFLICT DO NOTHING"
    if not has_own_key:
        statement += f" RETURNING {quote(str(model._meta.pk.column))}"
    return statement
