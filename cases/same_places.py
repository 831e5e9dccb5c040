"""When two places are one: the same words however they are spelled, or points close to each other."""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import QuerySet

from cases.models import Place

EARTH_RADIUS_M = 6_371_008.8  # mean radius (IUGG)
METRES_OF_A_DEGREE = 111_195.0
MOST_CANDIDATES = 5_000
LONGEST_KEY = 300

# Words that say what kind of way it is, and the signs before a house's number: people write them or not.
_SAID_OR_NOT = {
    *("street", "str", "st", "road", "rd", "avenue", "ave", "boulevard", "blvd", "square", "sq", "no", "nr", "number"),
    *(
        "улица",
        "ул",
        "булевард",
        "бул",
        "площад",
        "пл",
        "номер",
        "ulica",
        "ulicy",
        "ul",
        "aleja",
        "al",
        "plac",
        "placu",
    ),
    *("strada", "strazii", "bulevardul", "bd", "bdul", "piata", "calea", "numer", "numarul"),
}
_WORD = re.compile(r"\d+[^\W\d_]?(?!\w)|[^\W_]+")
_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ѝ": "и"})


class Point(NamedTuple):
    latitude: float
    longitude: float


def words_key(words: str, address: Mapping[str, Any] | None = None) -> str:
    """The place's words as they are compared: without case, accents, full stops, and what kind of street it is.

    Empty where nothing remains. Without words, those of the address count.
    """
    said = words or " ".join(str(part) for part in (address or {}).values() if isinstance(part, str | int))
    parts = _WORD.findall(_plain(said))
    return " ".join(part for part in parts if part not in _SAID_OR_NOT)[:LONGEST_KEY]


def _plain(words: str) -> str:
    """Accents go but for й, which is a letter of its own in Bulgarian."""
    lowered = unicodedata.normalize("NFC", words).casefold()
    letters = (letter if "\u0400" <= letter <= "\u04ff" else _bare(letter) for letter in lowered)
    return "".join(letters).translate(_LETTERS)


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def middle_of(geometry: Mapping[str, Any] | None) -> Point | None:
    """The middle of a GeoJSON geometry: of a point the point, else of the box around it; None without one."""
    points = list(_points(geometry.get("coordinates"))) if geometry else []
    if not points:
        return None
    longitudes, latitudes = zip(*points, strict=True)
    return Point((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)


def _points(coordinates: Any) -> Iterator[tuple[float, float]]:
    """Pairs of longitude and latitude, however deep they lie."""
    if not isinstance(coordinates, list | tuple) or not coordinates:
        return
    if isinstance(coordinates[0], int | float):
        if len(coordinates) > 1 and isinstance(coordinates[1], int | float):
            yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _points(part)


def note_how_it_is_found(place: Place) -> Place:
    """Set the columns by which the same place is found again; not saved."""
    place.words_key = words_key(place.words, place.address)
    middle = middle_of(place.geometry)
    place.latitude, place.longitude = middle or (None, None)
    return place


def metres_between(one: Point, other: Point) -> float:
    """Along the great circle (haversine)."""
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    half_height = math.sin((second - first) / 2) ** 2
    half_width = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    inner = half_height + math.cos(first) * math.cos(second) * half_width
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, inner)))


def places_near(point: Point, *, metres: float) -> dict[int, float]:
    """Keys of places within so many metres, with how many: looked for in a box, then measured."""
    height = metres / METRES_OF_A_DEGREE
    width = height / max(math.cos(math.radians(point.latitude)), 0.01)
    inside: QuerySet[Place] = Place.objects.filter(
        latitude__range=(point.latitude - height, point.latitude + height),
        longitude__range=(point.longitude - width, point.longitude + width),
    )
    found: dict[int, float] = {}
    for pk, latitude, longitude in inside.values_list("pk", "latitude", "longitude")[:MOST_CANDIDATES]:
        far = metres_between(point, Point(latitude or 0.0, longitude or 0.0))
        if far <= metres:
            found[pk] = far
    return found
