"""Operations of migrations that take indexes away and leave the rows where they are."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations, models
from django.db.migrations.state import StateApps


class DropIndexOfField(migrations.AlterField):
    """A field loses its own index (``db_index=False``). SQLite would write its whole table anew for that."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        _drop(schema_editor, model, self.name)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        for statement in schema_editor._field_indexes_sql(model, field):
            schema_editor.execute(statement)


def drop_pattern_indexes(app_label: str, *fields: str) -> migrations.RunPython:
    """Drop the second index that PostgreSQL gets for searching the beginnings of words (``varchar_pattern_ops``).

    Nobody looks for the beginning of a hash, and each new row was put into a random place of a large index for it.
    ``fields``: ``model.field``.
    """

    def drop(apps: StateApps, schema_editor: Any) -> None:
        for model, field in _each(apps, schema_editor):
            _drop(schema_editor, model, field, ending="_like")

    def make(apps: StateApps, schema_editor: Any) -> None:
        for model, field in _each(apps, schema_editor):
            schema_editor.execute(schema_editor._create_like_index_sql(model, model._meta.get_field(field)))

    def _each(apps: StateApps, schema_editor: Any) -> list[tuple[type[models.Model], str]]:
        if schema_editor.connection.vendor != "postgresql":
            return []
        return _fields(apps, app_label, fields)

    return migrations.RunPython(drop, make)


def drop_indexes_of_others(app_label: str, *fields: str) -> migrations.RunPython:
    """Drop indexes of a table that is not ours, whose fields alone say nothing: always empty, or led by another index.

    ``fields``: ``model.field``. Their own migrations do not notice: Django looks for an index before it changes one.
    """

    def drop(apps: StateApps, schema_editor: Any) -> None:
        for model, field in _fields(apps, app_label, fields):
            _drop(schema_editor, model, field)

    def make(apps: StateApps, schema_editor: Any) -> None:
        for model, field in _fields(apps, app_label, fields):
            for statement in schema_editor._field_indexes_sql(model, model._meta.get_field(field)):
                schema_editor.execute(statement)

    return migrations.RunPython(drop, make)


def _fields(apps: StateApps, app_label: str, names: Sequence[str]) -> list[tuple[type[models.Model], str]]:
    pairs = [name.split(".") for name in names]
    return [(apps.get_model(app_label, model), field) for model, field in pairs]


def _drop(schema_editor: Any, model: type[models.Model], name: str, *, ending: str = "") -> None:
    named = {known.name for known in (*model._meta.indexes, *model._meta.constraints)}
    column = model._meta.get_field(name).column
    for index in schema_editor._constraint_names(model, [column], index=True, unique=False, exclude=named):
        if index.endswith(ending):
            schema_editor.execute(schema_editor._delete_index_sql(model, index))
