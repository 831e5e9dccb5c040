"""The town that every test of this folder acts in."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from cases import triggers
from tests.built_once import built_once
from tests.flows.town import Town, build_town


@pytest.fixture(scope="module")
def _built_town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    yield from built_once(django_db_blocker, build_town)


@pytest.fixture
def town(_built_town: Town, db: None) -> Town:
    return copy.deepcopy(_built_town)


@pytest.fixture
def town_for_threads(transactional_db: None) -> Iterator[Town]:
    """The town in committed rows, so that several connections see it; the clean-up may delete events."""
    yield build_town()
    triggers.lift()  # the flush that follows puts them back in place
