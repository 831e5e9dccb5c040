"""The town that every test of this folder may act in."""

import pytest

from tests.cases.town import Town, build_town


@pytest.fixture
def town(db: None) -> Town:
    return build_town()
