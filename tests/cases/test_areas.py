"""Whether a point lies in the area of an institution."""

import json

import pytest

from cases.areas import AreaUnreadable, area_from_text, drawing_of, is_inside, rings_of

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


# -- reading an area that somebody exported

LOOSE = '{"type": "Polygon", "coordinates": [[[23.12345678, 42, 560], [24, 42], [24, 43]]]}'
CLOSED = {"type": "Polygon", "coordinates": [[[23.123457, 42.0], [24.0, 42.0], [24.0, 43.0], [23.123457, 42.0]]]}


@pytest.mark.parametrize(
    ("text", "area"),
    [
        (LOOSE, CLOSED),
        (f'{{"type": "Feature", "properties": {{"name": "x"}}, "geometry": {LOOSE}}}', CLOSED),
        (f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "geometry": {LOOSE}}}]}}', CLOSED),
        (json.dumps(BOTH), BOTH),
    ],
)
def test_an_exported_border_is_read_rounded_and_closed(text: str, area: dict):
    assert area_from_text(text) == area


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BELA REKA", "no JSON"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 1], [2, 2]]]}', "no JSON"),
        ("[" * 100_000, "too deeply"),
        (" " * 2_000_001, "too long"),
        ('{"type": "Point", "coordinates": [23, 42]}', "Only a GeoJSON Polygon"),
        ("[23.0, 42.0, 24.0, 43.0]", "Only a GeoJSON Polygon"),
        ('{"type": "FeatureCollection", "features": []}', "several features in it, or none"),
        ('{"type": "Polygon", "coordinates": [[[23, 42], [24, 42]]]}', "at least three corners"),
        ('{"type": "Polygon", "coordinates": [["a", "b", "c"]]}', "longitude, latitude"),
        ('{"type": "Polygon", "coordinates": [[[true, 1], [2, 1], [2, 2]]]}', "longitude, latitude"),
        ('{"type": "Polygon", "coordinates": [23, 42]}', "list of corners"),
        ('{"type": "MultiPolygon", "coordinates": [23, 42]}', "list of rings"),
        ('{"type": "Polygon", "coordinates": [[[322000, 4730000], [1, 1], [2, 2]]]}', "EPSG:4326"),
        (json.dumps({"type": "Polygon", "coordinates": [[[n / 100, n % 2] for n in range(2001)]]}), "Simplify"),
    ],
)
def test_what_is_no_area_is_refused_with_what_to_do(text: str, why: str):
    with pytest.raises(AreaUnreadable, match=why):
        area_from_text(text)


def test_the_outline_is_as_wide_as_wanted_and_as_high_as_the_land():
    path, height = drawing_of([0.0, 59.5, 2.0, 60.5], width=100)

    assert height == pytest.approx(100, abs=0.1)  # at 60 degrees two of longitude are as long as one of latitude
    assert path == "M0.0 100.0L100.0 100.0L100.0 0.0L0.0 0.0L0.0 100.0Z"
    assert drawing_of(None, width=100) == ("", 0.0)
    assert len(rings_of(BOTH)) == 3
