"""Rows of ours are made in fewer steps than Django's, and hold the same afterwards."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import models
from django.db.models.signals import post_init

from cases.models import Case, Clock, Document, Institution, Service, Unit
from cases.models.lean import LeanModel, _shape
from tests.factories import CaseFactory, ServiceFactory

LEAN = sorted((model for model in apps.get_models() if issubclass(model, LeanModel)), key=str)


def held(row: models.Model) -> dict:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def djangos(model: type[LeanModel], **values) -> LeanModel:
    row = model.__new__(model)
    models.Model.__init__(row, **values)
    return row


def example(field: models.Field) -> object:
    """A value of the field's kind; which one does not matter, nothing is saved."""
    if isinstance(field, models.ForeignKey):
        other = field.remote_field.model
        return djangos(other, pk="a" * 64 if isinstance(other._meta.pk, models.CharField) else 7)
    if isinstance(field, models.DateTimeField):
        return dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    if isinstance(field, models.DateField):
        return dt.date(2026, 11, 23)
    return 7 if isinstance(field, models.IntegerField) else "words"


def is_made(field: models.Field) -> bool:
    """Whether each row gets a default of its own."""
    return field.has_default() and callable(field.default)


@pytest.mark.parametrize("model", LEAN, ids=lambda model: model.__name__)
def test_a_row_holds_what_django_would_put_into_it(model):
    fields = [field for field in model._meta.concrete_fields if not is_made(field)]
    values = {field.name: example(field) for field in fields}
    empty = {field.name: None for field in fields if field.null}
    by_key = {field.attname: 7 for field in fields if field.many_to_one}

    for given in ({}, values, empty, by_key):
        lean, slow = model(**given), djangos(model, **given)
        made = {field.attname for field in model._meta.concrete_fields if is_made(field)}
        assert {n: v for n, v in held(lean).items() if n not in made} == {
            n: v for n, v in held(slow).items() if n not in made
        }
        assert {type(held(lean)[name]) for name in made} == {type(held(slow)[name]) for name in made}
        assert lean._state.fields_cache.keys() == slow._state.fields_cache.keys()
        assert lean._state.adding


def test_most_models_are_made_the_short_way():
    assert [model.__name__ for model in LEAN if _shape(model) is None] == []


def test_defaults_that_are_made_are_each_rows_own():
    assert Case().versions is not Case().versions


def test_what_is_wrong_is_said_in_djangos_words():
    with pytest.raises(TypeError, match="unexpected keyword"):
        Case(colour="red")
    with pytest.raises(ValueError, match='must be a "Service" instance'):
        Case(service=Unit())


def test_the_other_side_of_a_one_to_one_relation_knows():
    case = Case()

    clock = Clock(case=case)

    assert case.clock is clock


def test_keys_and_positions_go_djangos_way():
    assert Unit(pk=7).id == 7
    assert Institution(7).id == 7


@pytest.mark.django_db
def test_rows_that_are_read_hold_the_same(django_assert_num_queries):
    case = CaseFactory(service=ServiceFactory())

    read = Case.objects.select_related("service").get(pk=case.pk)
    some = Case.objects.only("subject").get(pk=case.pk)

    slow = models.Model.from_db.__func__(Case, "default", list(held(read)), [held(read)[name] for name in held(read)])
    assert held(slow) == held(read)
    assert (read._state.adding, read._state.db) == (False, "default")
    with django_assert_num_queries(0):
        assert read.service.pk == case.service_id
    assert some.get_deferred_fields() >= {"number", "language"}
    with django_assert_num_queries(1):
        assert some.language == case.language
    assert isinstance(read.service, Service)


def test_a_model_that_somebody_wants_to_be_told_of_is_made_the_long_way():
    told = []

    def note(instance: Document, **_news) -> None:
        told.append(instance)

    post_init.connect(note, sender=Document)
    _shape.cache_clear()
    try:
        document = Document(title="Decision")
        assert told == [document]
    finally:
        post_init.disconnect(note, sender=Document)
        _shape.cache_clear()
