"""A place or a stretch of street: words always suffice; points are an addition."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.areas import is_inside
from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Part, Wrong
from portal_pages.forms.kinds.contact import Address, address_lines, record_schema

DEGREES = re.compile(r"[+-]?\d{1,3}([.,]\d{1,8})?")
# A point of a line as a map shows it, then words: "42.6977, 23.3219 the corner of ul. Lipa".
POINT = re.compile(r"([+-]?\d{1,2}[.,]\d{1,8})\s*[,; ]\s*([+-]?\d{1,3}[.,]\d{1,8})(?:[\s,;:]+(.*))?")
# How a point was got, when it was not typed: from the device, from the map on the page.
SOURCES = ("DEVICE", "MAP")
MOST_POINTS = 100
LONGEST_WORDS = 300
DEGREES_SCHEMA = {"type": "string", "pattern": r"^-?\d{1,3}(\.\d{1,8})?$"}


@dataclass(frozen=True)
class PlaceOnMap(Kind):
    """Words, and if wished latitude and longitude as a telephone or a map shows them.

    ``asks_address``: the postal address of the place is asked too, by its parts; it stands for the words if need be.
    """

    code: ClassVar[str] = "PLACE"
    gives: ClassVar[Gives] = Gives.MORE
    missing = gettext_lazy("Describe the place in words: {label}")
    asks_address: bool = False

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [*self._point_parts(), *(Address().parts(asking)[:3] if self.asks_address else ())]

    def _point_parts(self) -> Sequence[Part]:
        return [
            Part("words", forms.CharField(required=False), control="area", width="3", label=_("In words")),
            Part(
                "latitude",
                forms.CharField(required=False),
                label=_("Latitude (optional)"),
                width="is-w8",
                inputmode="decimal",
            ),
            Part(
                "longitude",
                forms.CharField(required=False),
                label=_("Longitude (optional)"),
                width="is-w8",
                inputmode="decimal",
            ),
            Part("source", forms.CharField(required=False), control="hidden"),
        ]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        address = self._address(values, asking)
        words = " ".join(values["words"].split()) or address_lines(address).replace("\n", ", ")
        latitude, longitude = values["latitude"].strip(), values["longitude"].strip()
        if not (words or latitude or longitude):
            return ABSENT
        if not words:
            raise Wrong(_("Describe the place in words too: a street, a number, what is beside it"), "words")
        if len(words) > LONGEST_WORDS:
            raise Wrong(_("Describe the place in at most 300 letters"), "words")
        place: dict[str, Any] = {"words": words} | ({"address": address} if address else {})
        if latitude or longitude:
            place["point"] = _point(latitude, longitude, asking)
            place["source"] = values["source"] if values["source"] in SOURCES else "TYPED"
        return place

    def _address(self, values: Mapping[str, Any], asking: Asking) -> dict[str, str]:
        return Address().read({"country": "", **values}, asking) or {} if self.asks_address else {}

    def in_words(self, answer: Any, asking: Asking) -> str:
        point, address = answer.get("point"), address_lines(answer.get("address", {}))
        lines = [answer["words"]]
        if address and address.replace("\n", ", ") != answer["words"]:
            lines.append(address)
        if point:
            lines.append(f"{point['latitude']}, {point['longitude']}")
        return "\n".join(lines)

    def schema(self) -> dict[str, Any]:
        return record_schema(
            {
                "words": {"type": "string", "minLength": 1, "maxLength": LONGEST_WORDS},
                "address": Address().schema(),
                "point": _point_schema(),
                "source": {"enum": [*SOURCES, "TYPED"]},
            },
            needed=("words",),
        )


@dataclass(frozen=True)
class Line(Kind):
    """A stretch of street: words, and its points one a line, each with coordinates, words, or both.

    Written as text it works on paper, without JavaScript and with a screen reader; a map can only add to it.
    """

    code: ClassVar[str] = "LINE"
    gives: ClassVar[Gives] = Gives.MORE
    missing = gettext_lazy("Describe the stretch in words: {label}")

    def parts(self, asking: Asking) -> Sequence[Part]:
        points = _(
            "Its points, one a line: coordinates, words or both, for example 42.6977, 23.3219 corner of ul. Lipa"
        )
        return [
            Part(
                "words",
                forms.CharField(required=False),
                control="area",
                width="3",
                label=_("In words: from where to where"),
            ),
            Part("points", forms.CharField(required=False), control="area", width="5", label=points),
        ]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        words = " ".join(values["words"].split())
        lines = [" ".join(line.split()) for line in values["points"].splitlines()]
        points = [self._read_point(line, asking) for line in lines if line]
        if not words and not points:
            return ABSENT
        if not words:
            raise Wrong(_("Describe the stretch in words too: from where to where"), "words")
        if len(words) > LONGEST_WORDS:
            raise Wrong(_("Describe the place in at most 300 letters"), "words")
        if len(points) == 1:
            raise Wrong(_("A line has at least two points, each in a line of its own"), "points")
        if len(points) > MOST_POINTS:
            raise Wrong(_("Give at most {number} points").format(number=MOST_POINTS), "points")
        return {"words": words} | ({"points": points} if points else {})

    def _read_point(self, line: str, asking: Asking) -> dict[str, str]:
        found = POINT.fullmatch(line)
        if found is None:
            return {"words": line[:LONGEST_WORDS]}
        try:
            point = _point(found[1], found[2], asking)
        except Wrong as wrong:
            raise Wrong(f"{wrong.why} ({line[:60]})", "points") from None
        return point | ({"words": found[3][:LONGEST_WORDS]} if found[3] else {})

    def in_words(self, answer: Any, asking: Asking) -> str:
        lines = [
            ", ".join(filter(None, map(point.get, ("latitude", "longitude", "words")))) for point in points_of(answer)
        ]
        return "\n".join([answer["words"], *(f"{number}. {line}" for number, line in enumerate(lines, 1))])

    def schema(self) -> dict[str, Any]:
        words = {"type": "string", "minLength": 1, "maxLength": LONGEST_WORDS}
        point = record_schema({"latitude": DEGREES_SCHEMA, "longitude": DEGREES_SCHEMA, "words": words}, needed=())
        points = {"type": "array", "items": point, "minItems": 2, "maxItems": MOST_POINTS}
        return record_schema({"words": words, "points": points}, needed=("words",))


def points_of(answer: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    yield from answer.get("points", ())


def _point_schema() -> dict[str, Any]:
    return record_schema({"latitude": DEGREES_SCHEMA, "longitude": DEGREES_SCHEMA}, needed=("latitude", "longitude"))


def _point(latitude: str, longitude: str, asking: Asking) -> dict[str, str]:
    point = {"latitude": _degrees(latitude, 90, "latitude"), "longitude": _degrees(longitude, 180, "longitude")}
    if not is_inside(asking.area, latitude=float(point["latitude"]), longitude=float(point["longitude"])):
        raise Wrong(
            _("This point lies outside our area. Put it right, or empty both fields: words are enough"), "latitude"
        )
    return point


def _degrees(text: str, limit: int, part: str) -> str:
    """Degrees as text: JSON's numbers would round them."""
    if not DEGREES.fullmatch(text) or abs(Decimal(text.replace(",", "."))) > limit:
        raise Wrong(_("Write degrees like 42.6977, or leave both fields empty"), part)
    return str(Decimal(text.replace(",", ".")))
