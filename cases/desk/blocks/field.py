"""A column that holds what somebody builds in Wagtail's editor, kept apart from how the editor looks today."""

from typing import Any, Self

from django.db import models
from wagtail.fields import StreamField


class BuiltField(StreamField):
    """A StreamField whose blocks stay out of migrations.

    What is built is published as JSON of its own; the blocks are only its editor and change with every label, which
    is no change of the column.
    """

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        # Not StreamField's, which first goes through all blocks: seconds whenever tables are compared with models.
        name, path, _args, kwargs = models.Field.deconstruct(self)
        return name, path, [], kwargs

    def clone(self) -> Self:
        _name, _path, _args, kwargs = self.deconstruct()
        return type(self)(self.block_types_arg, **kwargs)
