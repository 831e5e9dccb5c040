"""Whether a point lies in the area of an institution."""

import pytest

from cases.areas import is_inside

BOX = [23.0, 42.0, 24.0, 43.0]
# A house with a pointed roof, and a courtyard in it.
OUTER = [[23.0, 42.0], [24.0, 42.0], [24.0, 43.0], [23.5, 43.5], [23.0, 43.0], [23.0, 42.0]]
COURTYARD = [[23.4, 42.4], [23.6, 42.4], [23.6, 42.6], [23.4, 42.6], [23.4, 42.4]]
HOUSE = {"type": "Polygon", "coordinates": [OUTER, COURTYARD]}
ISLAND = [[25.0, 42.0], [26.0, 42.0], [25.5, 43.0], [25.0, 42.0]]
BOTH = {"type": "MultiPolygon", "coordinates": [[OUTER, COURTYARD], [ISLAND]]}


@pytest.mark.parametrize(
    ("area", "latitude", "longitude", "expected"),
    [
        (BOX, 42.5, 23.5, True),
        (BOX, 42.0, 23.0, True),
        (BOX, 43.1, 23.5, False),
        (BOX, 23.5, 42.5, False),
        (HOUSE, 42.2, 23.5, True),
        (HOUSE, 43.3, 23.5, True),
        (HOUSE, 43.3, 23.1, False),
        (HOUSE, 42.5, 23.5, False),
        (HOUSE, 42.2, 22.9, False),
        (BOTH, 42.2, 25.5, True),
        (BOTH, 42.2, 24.5, False),
    ],
)
def test_a_point_lies_inside_or_outside(area, latitude, longitude, expected):
    assert is_inside(area, latitude=latitude, longitude=longitude) is expected


@pytest.mark.parametrize(
    "area", [None, {}, [], [1, 2], "box", {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon"}]
)
def test_without_an_area_that_can_be_read_every_point_is_inside(area):
    assert is_inside(area, latitude=0.0, longitude=0.0)
