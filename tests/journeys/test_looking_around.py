"""Whoever looks around finds every page in order: the public site by its links, the office by its menu."""

import re

import pytest

from registra.town import PEOPLE
from tests.journeys.conftest import PHONE


def addresses(person, where: str) -> list[str]:
    """Where the links in a part of the page lead, on this site."""
    links = person.page.locator(f"{where} a[href^='/']")
    return list(dict.fromkeys(links.evaluate_all("links => links.map(link => link.pathname)")))


@pytest.mark.parametrize("language", ["en", "bg"])
def test_a_visitor_finds_every_page_of_the_public_site_in_order(resident, language):
    visitor = resident()

    visitor.open(f"/{language}/")
    pages = addresses(visitor, "main") + addresses(visitor, "footer")
    for page in pages:
        assert visitor.open(page) == 200
    services = [page for page in pages if addresses_of_services(visitor, page)]

    assert len(pages) >= 7
    assert services != []


def addresses_of_services(visitor, page: str) -> list[str]:
    """A list of services leads to each of them."""
    visitor.open(page)
    found = addresses(visitor, "main .results")
    for service in found:
        assert visitor.open(service) == 200
    return found


@pytest.mark.parametrize("username", [person.username for person in PEOPLE if person.is_shown])
def test_an_official_finds_every_page_of_their_menu_in_order(official, username):
    person = official(username)
    person.open("/office/")
    person.page.locator("nav.sidebar-main-menu a[href^='/']").first.wait_for()

    menu = addresses(person, "nav.sidebar-main-menu")
    statuses = {address: person.open(address) for address in menu}

    assert menu != []
    assert set(statuses.values()) == {200}


# Right and lower edge of the words in the header, told in a language of long words; and of the header.
LONG_TITLE = """title => {
    const [label] = [...title.querySelector("a, div").childNodes].filter(part => part.textContent.trim()).slice(-1);
    label.textContent = "Хартиени екземпляри по рафтовете";
    const words = document.createRange();
    words.selectNodeContents(label);
    const { right, bottom } = words.getBoundingClientRect();
    return [right, bottom, title.closest("header").getBoundingClientRect().bottom];
}"""


def test_a_long_title_is_read_whole_on_a_telephone(official):
    archivist = official("archivist", PHONE)
    archivist.open("/office/archive/papers/")

    right, bottom, header = archivist.page.locator(".w-breadcrumbs li").last.evaluate(LONG_TITLE)

    assert right <= PHONE["width"]
    assert bottom <= header


def test_a_wrong_password_is_refused_and_the_right_one_opens_the_office(official):
    rita = official("")
    rita.tries_to_sign_in("registrar", "guessed")
    rita.sees(re.compile("didn.t match"))
    assert rita.open("/office/tasks/") == 200
    assert "/login/" in rita.page.url

    rita.signs_in("registrar")
    rita.open("/office/tasks/")
    assert "/login/" not in rita.page.url
