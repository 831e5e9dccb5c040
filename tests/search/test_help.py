"""The page that says how to search: every example of it is a search that finds its way."""

import re
from urllib.parse import unquote_plus

import pytest
from django.urls import reverse

from search.asking import Asked
from search.desk.help import CHAPTERS
from search.parser import Everything


@pytest.fixture
def page(town, client):
    client.force_login(town.alice)
    return client.get(reverse("desk_archive_help")).content.decode()


def test_every_example_is_a_link_into_the_search(page, town):
    addresses = re.findall(r'href="[^"]*archive/\?q=([^"]+)"', page)

    assert [unquote_plus(address) for address in addresses] == [
        str(example.typed) for _title, examples in CHAPTERS for example in examples
    ]
    assert all(Asked(unquote_plus(address)).query != Everything() for address in addresses)


def test_the_archive_leads_to_it(town, client):
    client.force_login(town.alice)

    assert f'href="{reverse("desk_archive_help")}"' in client.get(reverse("desk_archive")).content.decode()


def test_who_may_not_search_gets_no_help(town, client):
    town.alice.groups.clear()
    client.force_login(town.alice)

    assert client.get(reverse("desk_archive_help")).status_code in {302, 403, 404}
