"""The question for a place: words first, a point for whoever wants to give one."""

import pytest

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
