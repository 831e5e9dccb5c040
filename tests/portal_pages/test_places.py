"""The question for a place: words first, a point for whoever wants to give one."""

import pytest
from django.core.cache import cache

from cases.models import Case, Institution
from tests.portal_pages.filling import Filling, said

POINT = {"place-latitude": "42.6977", "place-longitude": "23.3219"}


@pytest.mark.parametrize(
    ("typed", "is_open"), [({}, False), (POINT, True), ({"place-latitude": "north", "place-longitude": ""}, True)]
)
def test_coordinates_are_folded_away_until_they_are_wanted(filling: Filling, typed, is_open):
    filling.send("place", **typed)

    page = filling.open("place/").content.decode()

    assert ('<details class="point" open>' in page) is is_open
    assert page.index('name="place-words"') < page.index("data-use-position") < page.index('name="place-latitude"')


def test_a_point_that_is_none_is_said_at_its_field(filling: Filling):
    page = filling.send("place", **{**POINT, "place-latitude": "north"})

    assert "Write degrees like 42.6977, or leave both fields empty" in said(page)
    assert '<details class="point" open>' in page.content.decode()


# -- the area of the institution


@pytest.fixture
def _area(town: Institution) -> None:
    town.area = [23.0, 42.0, 24.0, 43.0]
    town.save()
    cache.clear()


@pytest.mark.usefixtures("_area")
def test_a_point_outside_the_area_is_said_kindly_at_its_field(filling: Filling):
    page = filling.send("place", **{**POINT, "place-latitude": "48.85", "place-longitude": "2.35"})

    assert "This point lies outside our area. Put it right, or empty both fields: words are enough" in said(page)
    assert page.context["page"].errors[0][0] == "q-place-latitude"


@pytest.mark.usefixtures("_area")
@pytest.mark.parametrize("typed", [POINT, {"place-latitude": "", "place-longitude": ""}])
def test_a_point_inside_and_words_alone_are_taken(filling: Filling, typed):
    filling.send("place", **{**POINT, "place-latitude": "48.85"})

    assert filling.send("place", **typed).status_code == 302


def test_without_an_area_every_point_is_taken(filling: Filling):
    filling.fill_in(but=("place",))
    filling.send("place", **{"place-latitude": "48.85", "place-longitude": "2.35"})
    filling.file()

    assert Case.objects.get().place.geometry["coordinates"] == [2.35, 48.85]
