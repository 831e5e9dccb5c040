"""The town that every test of this folder acts in."""

from collections.abc import Iterator

import pytest

from cases import triggers
from tests.flows.town import Town, build_town


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


@pytest.fixture
def town_for_threads(transactional_db: None) -> Iterator[Town]:
    """The town in committed rows, so that several connections see it; the clean-up may delete events."""
    yield build_town()
    triggers.lift()  # the flush that follows puts them back in place
