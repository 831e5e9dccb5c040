"""The area that an institution is in charge of, and whether a point lies in it. Needs no library of maps."""

from collections.abc import Iterator, Sequence
from typing import Any

type Ring = Sequence[Sequence[float]]


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
    for (x1, y1, *_), (x2, y2, *_) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed += 1
    return crossed % 2 == 1
