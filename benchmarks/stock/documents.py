"""Stored Wagtail documents by the thousand, with their rows in Wagtail's search index."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, models, transaction
from wagtail.documents.models import Document
from wagtail.models import Collection
from wagtail.search.backends import get_search_backend

PATTERN = "0000000"


def make_documents(amount: int) -> None:
    """Write the rows that so many saved uploads leave behind; nobody opens their bytes."""
    index = get_search_backend().get_index_for_model(Document)
    # Its scan of the whole index after each batch is done once, at the end.
    weigh_titles, index._refresh_title_norms = index._refresh_title_norms, lambda: None
    with transaction.atomic():
        pattern = Document.objects.create(
            title=f"sketch-{PATTERN}.pdf",
            file=f"documents/sketch_{PATTERN}.pdf",
            file_size=1_000_000,
            file_hash=f"{PATTERN:0>40}",
            collection=Collection.get_first_root_node(),
        )
        index.add_items(Document, [pattern])
        of_documents = index.entries.filter(content_type=ContentType.objects.get_for_model(Document))
        entry = of_documents.get(object_id=str(pattern.pk))
        # Wagtail's own way takes minutes.
        _copy(pattern, amount - 1, {"id": f"{pattern.pk} + n"})
        _copy(entry, amount - 1, {"id": f"{entry.pk} + n", "object_id": f"CAST({pattern.pk} + n AS varchar(50))"})
    weigh_titles(full=True)


def numbers_up_to(last: int) -> str:
    """A query with one column ``n``."""
    if connection.vendor == "postgresql":
        return f"SELECT generate_series(1, {last}) AS n"
    counted = f"SELECT 1 UNION ALL SELECT n + 1 FROM some WHERE n < {last}"
    return f"WITH RECURSIVE some(n) AS ({counted}) SELECT n FROM some"


def _copy(row: models.Model, amount: int, own: dict[str, str]) -> None:
    """Copies inside the database, each with its number where the pattern has its own."""
    table = connection.ops.quote_name(row._meta.db_table)
    columns = {field.column: field for field in row._meta.concrete_fields if field.column}
    expressions = [own.get(name) or _numbered(name, field) for name, field in columns.items()]
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(expressions)} "
        f"FROM {table}, ({numbers_up_to(amount)}) AS numbers WHERE {table}.id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [row.pk])
        for reset in connection.ops.sequence_reset_sql(no_style(), [type(row)]):
            cursor.execute(reset)


def _numbered(name: str, field: models.Field[Any, Any]) -> str:
    column, kind = connection.ops.quote_name(name), field.db_type(connection) or ""
    if kind.startswith(("varchar", "text", "tsvector")):
        number = "lpad(CAST(n AS text), 7, '0')" if connection.vendor == "postgresql" else "printf('%%07d', n)"
        return f"CAST(replace(CAST({column} AS text), '{PATTERN}', {number}) AS {kind})"
    return column
