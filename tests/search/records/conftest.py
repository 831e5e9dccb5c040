"""The town of the records office, and who sits at its desk."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cases.town import Town, build_town


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


@pytest.fixture
def desk(town: Town) -> Callable[[str], Client]:
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(town.person(name))
        return client

    return sign_in
