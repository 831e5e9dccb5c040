"""The town of the records office, and who sits at its desk."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.built_once import built_once
from tests.cases.town import Town, build_town


@pytest.fixture(scope="module")
def _built_town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    yield from built_once(django_db_blocker, build_town)


@pytest.fixture
def town(_built_town: Town, db: None) -> Town:
    return copy.deepcopy(_built_town)


@pytest.fixture
def desk(town: Town) -> Callable[[str], Client]:
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(town.person(name))
        return client

    return sign_in
