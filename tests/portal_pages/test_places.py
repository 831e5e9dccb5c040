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


# -- the map

TILES = {"tile_source": "https://tiles.example.org:8443/{z}/{x}/{y}.png", "tile_attribution": "© Example & Co"}


def test_without_an_area_there_is_no_map(filling: Filling, town: Institution):
    town.area = None
    town.save()

    page = filling.open("place/").content.decode()

    assert "map.js" not in page
    assert "data-map" not in page


@pytest.mark.usefixtures("_area")
def test_the_map_draws_the_towns_own_border_and_calls_nobody(filling: Filling):
    answer = filling.open("place/")

    page = answer.content.decode()
    assert '{"rings": [[[23.0, 42.0], [24.0, 42.0], [24.0, 43.0], [23.0, 43.0], [23.0, 42.0]]], "tiles": ""}' in page
    assert "map-credit" not in page
    assert page.index('name="place-words"') < page.index("data-map-view") < page.index('name="place-latitude"')
    assert "img-src 'self' data: blob:;" in answer["Content-Security-Policy"]


@pytest.mark.usefixtures("_area")
def test_pictures_come_from_the_chosen_host_only_and_only_where_a_map_is(filling: Filling):
    Institution.objects.update(**TILES)
    filling.send("place", **POINT)

    with_map, without = filling.open("place/"), filling.open("trees/")

    assert "img-src 'self' data: blob: https://tiles.example.org:8443;" in with_map["Content-Security-Policy"]
    assert "© Example &amp; Co" in with_map.content.decode()
    assert "https:" not in without["Content-Security-Policy"]
    assert "map.js" not in without.content.decode()
