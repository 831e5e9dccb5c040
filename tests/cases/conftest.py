"""The town that every test of this folder may act in."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.built_once import built_once
from tests.cases.town import Town, build_town


@pytest.fixture(scope="module")
def _built_town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    yield from built_once(django_db_blocker, build_town)


@pytest.fixture
def town(_built_town: Town, db: None) -> Town:
    return copy.deepcopy(_built_town)
