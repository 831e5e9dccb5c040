"""The institution's page: the administrator changes names, border and map tiles; what is wrong is said beside it."""

import json
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import Institution
from tests.cases.town import Town

SQUARE = {"type": "Polygon", "coordinates": [[[23.0, 42.0], [24.0, 42.0], [24.0, 43.0], [23.0, 42.0]]]}
VALUES = {"names_en": "Bela Reka", "names_bg": "Бела река", "opening_hours_en": "8:30-17:00"}
TILES = {"tile_source": "https://tiles.example.org/{z}/{x}/{y}.png", "tile_attribution": "© Example"}


def test_the_administrator_sets_up_the_institution(town: Town, desk: Callable[[str], Client]) -> None:
    adam, address = desk("adam"), reverse("desk_institution")
    file = SimpleUploadedFile("border.geojson", json.dumps(SQUARE).encode(), "application/geo+json")

    adam.post(address, {**VALUES, **TILES, "area_file": file, "area_text": ""})

    institution = Institution.objects.get(pk=town.institution.pk)
    assert institution.names == {"en": "Bela Reka", "bg": "Бела река"}
    assert institution.area == SQUARE
    assert (institution.tile_source, institution.tile_attribution) == tuple(TILES.values())
    page = adam.get(address).content.decode()
    assert 'd="M0.0' in page
    assert desk("helen").get(address).status_code == 404


def test_what_cannot_be_kept_is_said_and_nothing_is_changed(town: Town, desk: Callable[[str], Client]) -> None:
    adam, address = desk("adam"), reverse("desk_institution")
    town.institution.obligatory_languages = ["bg"]
    town.institution.save()

    answer = adam.post(
        address, {"names_en": "Elsewhere", "tile_source": TILES["tile_source"], "area_text": '{"type": "Point"}'}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "names": ["The name is missing in an obligatory language: bg"],
        "tile_attribution": ["Say whose tiles they are: their makers ask for it."],
        "area_text": ["Only a GeoJSON Polygon or MultiPolygon is an area."],
    }
    assert Institution.objects.get(pk=town.institution.pk).names != {"en": "Elsewhere"}
