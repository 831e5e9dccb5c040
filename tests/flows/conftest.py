"""The town that every test of this folder acts in."""

import pytest

from tests.flows.town import Town, build_town


@pytest.fixture
def town(db: None) -> Town:
    return build_town()
