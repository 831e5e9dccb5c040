"""A registrar fills in the form for the person who stands at the counter."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from cases.models import Event, Institution, RegisterEntry, User
from cases.staffing import ensure_groups
from portal_pages.models import Draft
from tests.portal_pages.filling import Filling, said


class AtCounter(Filling):
    def address(self, step: str = "") -> str:
        return f"/office/counter/forms/{self.code}/{step}"


def registrar(town: Institution, name: str, group: str = "Registrar") -> Client:
    user = User.objects.create_user(name, password="stamps-and-counts", institution=town)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def at_counter(town: Institution) -> AtCounter:
    ensure_groups()
    return AtCounter(registrar(town, "rita"), "tree-felling")


def test_what_is_filed_at_the_counter_says_so(at_counter):
    at_counter.fill_in()
    response = at_counter.file()

    entry = RegisterEntry.objects.get()
    event = Event.objects.order_by("seq").first()
    assert response.headers["Content-Location"] == at_counter.address("done/")
    assert (entry.channel, entry.registered_by.username) == ("COUNTER", "rita")
    assert (event.capacity, event.actor.username) == ("AT_COUNTER", "rita")


def test_the_confirmation_at_the_counter_shows_number_and_digits(at_counter):
    at_counter.fill_in()
    at_counter.file()

    page = at_counter.open("done/").content.decode()

    assert RegisterEntry.objects.get().number in page
    assert 'class="digits"' in page


def test_a_number_that_fails_its_check_is_taken_with_a_reason(at_counter):
    refused = at_counter.send("applicant", **{"applicant_id-number": "7523169264"})
    taken = at_counter.send(
        "applicant", **{"applicant_id-number": "7523169264", "applicant_id-unchecked": "Copied from a passport of 1991"}
    )

    assert "has a slip in it" in said(refused)
    assert taken.status_code == 302


def test_on_the_web_a_reason_does_not_excuse_a_wrong_number(client, town):
    filling = Filling(client, "tree-felling")

    response = filling.send(
        "applicant", **{"applicant_id-number": "7523169264", "applicant_id-unchecked": "Because I say so"}
    )

    assert "has a slip in it" in said(response)


def test_another_registrar_does_not_see_the_form(at_counter, town):
    at_counter.send("place")
    other = registrar(town, "rosa")
    other.cookies["counter-tree-felling"] = at_counter.client.cookies["counter-tree-felling"].value

    page = other.get(at_counter.address("place/")).content.decode()

    assert "ul. Lipa 4" not in page


def test_a_form_of_the_counter_has_no_link_for_outsiders(at_counter):
    at_counter.send("place")

    page = at_counter.open("trees/").content.decode()

    assert "Finish later with a link" not in page


def test_whoever_may_not_register_may_not_file_at_the_counter(at_counter, town):
    officer = registrar(town, "alice", "Officer")

    response = officer.get(at_counter.address())

    assert response.status_code in {302, 403, 404}
    assert Draft.objects.count() == 0


def test_a_stranger_is_sent_to_the_sign_in(town):
    response = Client().get("/office/counter/forms/tree-felling/")

    assert response.status_code == 302
    assert "/office/login/" in response.headers["Location"]


def test_the_form_at_the_counter_stands_under_the_office_header_with_a_way_back(at_counter):
    page = at_counter.open().content.decode()

    header = page[page.index("w-slim-header") : page.index("</header>")]
    assert 'href="/office/counter/forms/"' in header
    assert "Permit to fell" in header or "tree" in header.lower()
    assert page.count("<h1") == 1
