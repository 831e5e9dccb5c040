"""A place: words always suffice; a point is an addition."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.areas import is_inside
from portal_pages.forms.kinds.base import ABSENT, Asking, Kind, Part, Wrong

DEGREES = re.compile(r"[+-]?\d{1,3}([.,]\d{1,8})?")


@dataclass(frozen=True)
class PlaceOnMap(Kind):
    """Words, and if wished latitude and longitude as a telephone or a map shows them."""

    code: ClassVar[str] = "PLACE"
    missing = gettext_lazy("Describe the place in words: {label}")

    def parts(self, asking: Asking) -> Sequence[Part]:
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
        words = " ".join(values["words"].split())
        latitude, longitude = values["latitude"].strip(), values["longitude"].strip()
        if not (words or latitude or longitude):
            return ABSENT
        if not words:
            raise Wrong(_("Describe the place in words too: a street, a number, what is beside it"), "words")
        if len(words) > 300:
            raise Wrong(_("Describe the place in at most 300 letters"), "words")
        place: dict[str, Any] = {"words": words}
        if latitude or longitude:
            place["point"] = _point(latitude, longitude, asking)
            place["source"] = "DEVICE" if values["source"] == "DEVICE" else "TYPED"
        return place

    def in_words(self, answer: Any, asking: Asking) -> str:
        point = answer.get("point")
        return answer["words"] + (f"\n{point['latitude']}, {point['longitude']}" if point else "")


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
