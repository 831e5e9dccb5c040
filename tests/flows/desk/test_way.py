"""The way of a case: the diagram of its procedure with the place where it stands."""

from django.test import Client

from tests.flows.town import Town


def test_the_way_of_a_case_says_where_it_stands(town: Town, client: Client):
    case = town.file()
    client.force_login(town.rita)

    answer = client.get(f"/office/case/{case.public_id}/way/", headers={"X-Requested-With": "XMLHttpRequest"})

    places = [(place.name, place.state) for place in answer.context["places"]]
    assert places[:2] == [("Check whether it is complete", "now"), ("Decide who handles it", "")]
    assert "chart-node--now" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_way_has_a_page_of_its_own(town: Town, client: Client):
    case = town.file()
    client.force_login(town.rita)

    assert "Check whether it is complete" in client.get(f"/office/case/{case.public_id}/way/").content.decode()
    assert f"/office/case/{case.public_id}/way/" in client.get(f"/office/case/{case.public_id}/").content.decode()


def test_whoever_may_not_open_a_case_does_not_see_its_way(town: Town, client: Client):
    case = town.file()
    client.force_login(town.charlie)

    assert client.get(f"/office/case/{case.public_id}/way/").status_code == 404
