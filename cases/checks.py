"""System checks: what must be true before Registra may serve anybody."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, connections

from cases import triggers


@register(Tags.database)
def append_only_tables_are_guarded(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Every append-only table has its triggers."""
    if DEFAULT_DB_ALIAS not in (databases or []):
        return []
    tables = set(connections[DEFAULT_DB_ALIAS].introspection.table_names())
    if not set(triggers.APPEND_ONLY_TABLES) <= tables:
        return []
    return [
        Error(
            f"The trigger {name} is missing: rows that must never change could be changed.",
            hint="Run manage.py migrate; it puts the triggers back.",
            id="cases.E001",
        )
        for name in sorted(triggers.missing())
    ]
