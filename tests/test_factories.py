"""Every model of the records office has its factory, and each makes a row that the database accepts."""

import pytest
from django.apps import apps
from factory.django import DjangoModelFactory

from tests import factories

FACTORIES = [
    thing
    for thing in vars(factories).values()
    if isinstance(thing, type) and issubclass(thing, DjangoModelFactory) and thing is not DjangoModelFactory
]


@pytest.mark.both_databases
@pytest.mark.django_db
@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_a_factory_makes_a_valid_row(factory):
    row = factory()

    row.refresh_from_db()
    row.validate_constraints()
    assert str(row)


def test_no_model_is_without_a_factory():
    made = {factory._meta.model for factory in FACTORIES}

    assert {model.__name__ for model in set(apps.get_app_config("cases").get_models()) - made} == {
        "Preview",  # made by the job that draws pages, from real files
        "SignatureCheck",  # made by checking a real signed file
    }
