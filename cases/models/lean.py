"""The base of our models: rows are made with what is given and the defaults, without asking each field in turn.

A filing makes and reads some forty rows, a list several hundred. Django asks every field of every row what to do and
tells listeners twice; here that is found out once per model. What a row holds afterwards is the same
(`tests/cases/test_lean_models.py` compares all models); whatever is unusual goes Django's way.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init


class Relation(NamedTuple):
    """A foreign key: where its value is kept, and the key of what.

    ``is_mutual``: the other side of a one-to-one relation is told as well.
    """

    attribute: str
    cached_as: str
    points_to: type[models.Model]
    key: str
    is_mutual: bool


class Shape(NamedTuple):
    """``attributes`` in the order of the columns; ``fixed`` defaults, and those that are made for each row."""

    attributes: tuple[str, ...]
    fixed: Mapping[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]
    relations: Mapping[str, Relation]
    names: frozenset[str]


class LeanModel(models.Model):
    class Meta:
        abstract = True

    def __init__(self, *args: Any, **values: Any) -> None:
        shape = _shape(type(self))
        if shape is None or args or not shape.names.issuperset(values):
            super().__init__(*args, **values)
            return
        held, state = self.__dict__, ModelState()
        held["_state"] = state
        held.update(shape.fixed)
        for name, make in shape.made:
            if name not in values:
                held[name] = make()
        for name, value in values.items():
            relation = shape.relations.get(name)
            if relation is None:
                held[name] = value
            elif value is None and not relation.is_mutual:
                held[relation.attribute] = state.fields_cache[relation.cached_as] = None
            elif isinstance(value, relation.points_to) and not relation.is_mutual:
                held[relation.attribute] = getattr(value, relation.key)
                state.fields_cache[relation.cached_as] = value
            else:
                setattr(self, name, value)  # which also says what is wrong

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], *, fetch_mode: Any = None
    ) -> Self:
        shape = _shape(cls)
        if shape is None or len(values) != len(shape.attributes):
            return super().from_db(db, field_names, values, fetch_mode=fetch_mode)
        row, state = cls.__new__(cls), ModelState()
        state.db, state.adding = db, False
        if fetch_mode is not None:
            state.fetch_mode = fetch_mode
        row.__dict__["_state"] = state
        row.__dict__.update(zip(shape.attributes, values, strict=True))
        return row


def where_given(field: str, *, name: str) -> models.Index:
    """An index for a foreign key that most rows leave empty (it has ``db_index=False``): those cost nothing then."""
    return models.Index(fields=[field], name=name, condition=models.Q(**{f"{field}__isnull": False}))


@cache
def _shape(model: type[models.Model]) -> Shape | None:
    """None for a model that somebody wants to be told of, or with a field that keeps its value in a way of its own."""
    fields = model._meta.concrete_fields
    if any(signal.has_listeners(model) for signal in (pre_init, post_init)) or not all(map(_is_plain, fields)):
        return None
    relations = {field.name: _relation(field) for field in fields if field.is_relation}
    made = {field.attname: field.get_default for field in fields if field.has_default() and callable(field.default)}
    return Shape(
        attributes=tuple(field.attname for field in fields),
        fixed={field.attname: field.get_default() for field in fields if field.attname not in made},
        made=tuple(made.items()),
        relations=relations,
        names=frozenset({field.attname for field in fields} | set(relations)),
    )


def _is_plain(field: Any) -> bool:
    if field.generated or field.has_db_default():
        return False
    if field.is_relation:
        return len(field.foreign_related_fields) == 1
    return not hasattr(field.descriptor_class, "__set__")


def _relation(field: Any) -> Relation:
    key, other = field.target_field.attname, field.remote_field.model
    return Relation(field.attname, field.cache_name, other, key, is_mutual=not field.many_to_one)
