"""Handing over at the desk: a head picks whose work goes to whom."""

import pytest
from django.test import Client

from flows.handing_over import Holdings
from tests.flows.town import Town
from tests.flows.walking import drafted, resolved

pytestmark = pytest.mark.django_db
HAND_OVER = "/office/hand-over/"


def ticked(holdings: Holdings) -> dict[str, list[int]]:
    return {
        "case": [case.pk for case in holdings.cases],
        "task": [task.pk for task in holdings.tasks],
        "draft": [draft.pk for draft in holdings.drafts],
    }


def test_the_head_sees_what_a_person_holds(client: Client, town: Town):
    drafted(town, town.file())
    client.force_login(town.people["helen"])

    content = client.get(HAND_OVER, {"old": town.alice.pk}).content.decode()

    assert "Write the decision" in content
    assert "Permit to fell one tree" in content


def test_what_is_ticked_changes_hands(client: Client, town: Town):
    first, second = town.file(), town.file()
    resolved(town, first)
    resolved(town, second)
    everything = Holdings.of(town.alice)
    some = Holdings(cases=everything.cases[:1], tasks=everything.tasks[:1])
    client.force_login(town.people["helen"])

    response = client.post(HAND_OVER, {"old": town.alice.pk, "new": town.bob.pk, "reason": "Ill", **ticked(some)})

    assert response.status_code == 302
    assert [len(Holdings.of(person).cases) for person in (town.alice, town.bob)] == [1, 1]


def test_a_refusal_keeps_what_was_chosen(client: Client, town: Town):
    resolved(town, town.file())
    client.force_login(town.people["helen"])
    everything = ticked(Holdings.of(town.alice))

    response = client.post(HAND_OVER, {"old": town.alice.pk, "new": town.alice.pk, "reason": "Ill", **everything})

    assert response.status_code == 422
    assert "Choose another person." in response.content.decode()


def test_people_of_other_units_are_not_offered(client: Client, town: Town):
    client.force_login(town.people["helen"])

    people = client.get(HAND_OVER).context["form"].fields["old"].queryset

    assert {person.username for person in people} == {"helen", "alice", "bob"}


def test_the_page_is_for_those_who_may_hand_over(client: Client, town: Town):
    client.force_login(town.people["alice"])

    assert client.get(HAND_OVER, follow=True).status_code == 404


@pytest.mark.parametrize("query", ["?old=x", "?old=99999999999999999999", "?old="])
def test_nonsense_in_the_address_harms_nobody(client: Client, town: Town, query: str):
    client.force_login(town.people["helen"])

    assert client.get(HAND_OVER + query).status_code == 200
