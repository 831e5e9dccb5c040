"""The area that an institution is in charge of, and whether a point lies in it. Needs no library of maps."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

type Ring = Sequence[Sequence[float]]

# Every page with a place reads the area: a border so fine that nobody sees it would only cost time.
MOST_CORNERS = 2_000
LARGEST_TEXT = 2_000_000
DEEPEST = 12
# A hundredth of a second of arc: about 30 centimetres.
PLACES = 6


class AreaUnreadable(ValueError):
    """The text is no area; the message says what to do about it."""


def is_inside(area: Any, *, latitude: float, longitude: float) -> bool:
    """Whether a point (WGS 84) lies in the area, its border included where it is a box.

    ``area``: a box ``[west, south, east, north]``, or a GeoJSON Polygon or MultiPolygon (RFC 7946: longitude first,
    outer ring before its holes). No area, or one of another shape, holds every point: a mistake in the settings
    must not turn people away.
    """
    if isinstance(area, list) and len(area) == 4:
        west, south, east, north = area
        return bool(west <= longitude <= east and south <= latitude <= north)
    polygons = list(_polygons(area))
    return not polygons or any(_holds(rings, longitude, latitude) for rings in polygons)


def area_from_text(text: str) -> dict[str, Any]:
    """A GeoJSON Polygon or MultiPolygon, also the only one in a Feature or FeatureCollection, checked and rounded.

    Raises AreaUnreadable. A ring that was left open is closed; heights are dropped.
    """
    if len(text) > LARGEST_TEXT:
        raise AreaUnreadable(_("This is too long for an area. Export it with fewer corners."))
    if _is_too_deep(text):
        raise AreaUnreadable(_("This is no GeoJSON: it is nested too deeply."))
    try:
        said = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        raise AreaUnreadable(_("This is no JSON: {why}").format(why=error)) from None
    geometry = _only_geometry(said)
    polygons = [_checked_polygon(one) for one in _polygons_said(geometry)]
    corners = sum(len(ring) for polygon in polygons for ring in polygon)
    if corners > MOST_CORNERS:
        words = _("The border has {corners} corners; at most {most} are taken. Simplify it and export it again.")
        raise AreaUnreadable(words.format(corners=corners, most=MOST_CORNERS))
    if geometry["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _is_too_deep(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign in "[{") - (sign in "]}")
        if depth > DEEPEST:
            return True
    return False


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _only_geometry(said: Any) -> dict[str, Any]:
    match said:
        case {"type": "FeatureCollection", "features": [feature]}:
            return _only_geometry(feature)
        case {"type": "FeatureCollection"}:
            raise AreaUnreadable(_("There are several features in it, or none. Export the one with the border."))
        case {"type": "Feature", "geometry": geometry}:
            return _only_geometry(geometry)
        case {"type": "Polygon" | "MultiPolygon", "coordinates": [_first, *_rest]}:
            return dict(said)
    raise AreaUnreadable(_("Only a GeoJSON Polygon or MultiPolygon is an area."))


def _polygons_said(geometry: dict[str, Any]) -> list[Any]:
    coordinates = geometry["coordinates"]
    return [coordinates] if geometry["type"] == "Polygon" else list(coordinates)


def _checked_polygon(rings: Any) -> list[list[list[float]]]:
    if not isinstance(rings, list) or not rings:
        raise AreaUnreadable(_("A polygon is written as a list of rings."))
    return [_checked_ring(ring) for ring in rings]


def _checked_ring(ring: Any) -> list[list[float]]:
    if not isinstance(ring, list):
        raise AreaUnreadable(_("A ring is written as a list of corners."))
    corners = [_checked_corner(corner) for corner in ring]
    if corners and corners[0] != corners[-1]:
        corners.append(corners[0])
    if len(corners) < 4:
        raise AreaUnreadable(_("A ring has at least three corners."))
    return corners


def _checked_corner(corner: Any) -> list[float]:
    match corner:
        case [int() | float() as longitude, int() | float() as latitude, *_rest] if not (
            isinstance(longitude, bool) or isinstance(latitude, bool)
        ):
            if abs(longitude) > 180 or abs(latitude) > 85:
                words = _("{longitude}, {latitude} are no degrees. Export it in WGS 84 (EPSG:4326), longitude first.")
                raise AreaUnreadable(words.format(longitude=longitude, latitude=latitude))
            return [round(float(longitude), PLACES), round(float(latitude), PLACES)]
    raise AreaUnreadable(_("A corner is written as [longitude, latitude], in numbers."))


def rings_of(area: Any) -> list[list[list[float]]]:
    """Every border of the area, outer ones and holes, as corners of longitude and latitude; none without an area."""
    if isinstance(area, list) and len(area) == 4:
        west, south, east, north = (float(side) for side in area)
        return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]
    return [[[float(x), float(y)] for x, y, *_height in ring] for rings in _polygons(area) for ring in rings]


def drawing_of(area: Any, *, width: float) -> tuple[str, float]:
    """The outline as the path of an SVG drawing so wide, and how high it is; empty without an area."""
    corners = [corner for ring in rings_of(area) for corner in ring]
    if not corners:
        return "", 0.0
    west, east = min(x for x, _y in corners), max(x for x, _y in corners)
    south, north = min(y for _x, y in corners), max(y for _x, y in corners)
    narrowing = math.cos(math.radians((south + north) / 2))
    scale = width / max((east - west) * narrowing, (north - south), 1e-9)

    def placed(corner: Sequence[float]) -> str:
        return f"{(corner[0] - west) * narrowing * scale:.1f} {(north - corner[1]) * scale:.1f}"

    path = "".join(f"M{'L'.join(placed(corner) for corner in ring)}Z" for ring in rings_of(area))
    return path, round((north - south) * scale, 1)


def _polygons(area: Any) -> Iterator[Sequence[Ring]]:
    match area:
        case {"type": "Polygon", "coordinates": [_, *_] as rings}:
            yield rings
        case {"type": "MultiPolygon", "coordinates": [_, *_] as polygons}:
            yield from polygons


def _holds(rings: Sequence[Ring], x: float, y: float) -> bool:
    outer, *holes = rings
    return _encloses(outer, x, y) and not any(_encloses(hole, x, y) for hole in holes)


def _encloses(ring: Ring, x: float, y: float) -> bool:
    """A ray from the point to the east crosses the border of what it lies in an odd number of times."""
    corners = list(ring)
    crossed = 0
    for (x1, y1, *_high), (x2, y2, *_higher) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed += 1
    return crossed % 2 == 1
