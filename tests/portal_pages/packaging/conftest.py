"""The demo town with its pages, with one service that the general procedure leads: made once for all these tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from cases.models import Institution
from portal_pages.demo import build_demo_pages
from registra.town import build_town
from registra.town_services import bring_forms
from tests.factories import NOON


@pytest.fixture(scope="package")
def _built_town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Institution]:
    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
        town = build_town()
        bring_forms(town, ["tree-felling"], at=NOON)
        build_demo_pages(town)
    yield town
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def town(_built_town: Institution, db: None) -> Institution:
    return Institution.objects.get(pk=_built_town.pk)
