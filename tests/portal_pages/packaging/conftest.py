"""The demo town with its pages, with one service that the general procedure leads: made once for all these tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from cases.models import Institution
from portal_pages.demo import build_demo_pages
from registra.town import build_town
from registra.town_services import bring_forms
from tests.built_once import built_once
from tests.factories import NOON


@pytest.fixture(scope="package")
def _built_town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Institution]:
    yield from built_once(django_db_blocker, found_town)


def found_town() -> Institution:
    town = build_town()
    bring_forms(town, ["tree-felling"], at=NOON)
    build_demo_pages(town)
    return town


@pytest.fixture
def town(_built_town: Institution, db: None) -> Institution:
    return Institution.objects.get(pk=_built_town.pk)
