"""Who sits at the desk: `desk("rita")` is a browser in which Rita has signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cases.town import Town


@pytest.fixture
def desk(town: Town) -> Callable[[str], Client]:
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(town.person(name))
        return client

    return sign_in
