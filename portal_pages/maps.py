"""The map beside a question for a place: what the browser draws it from, and whose pictures may lie under it.

An institution that has said where it is in charge has a map: its own outline, drawn by our own module and asking no
other host. Only where it has chosen a source of tiles too are those shown, and only on pages with a map.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csp import csp_override

from cases.areas import rings_of
from cases.models import Institution


@dataclass(frozen=True)
class Map:
    """``settings`` goes to the browser as JSON; ``credit`` names whose tiles they are; ``host`` is theirs."""

    settings: dict[str, Any]
    credit: str = ""
    host: str = ""


def map_of(institution: Institution) -> Map | None:
    """The institution's map; none where nobody has said what its area is."""
    rings = rings_of(institution.area)
    if not rings:
        return None
    if not institution.tile_source:
        return Map({"rings": rings, "tiles": ""})
    address = urlsplit(institution.tile_source)
    return Map(
        {"rings": rings, "tiles": institution.tile_source},
        credit=institution.tile_attribution,
        host=f"{address.scheme}://{address.netloc}",
    )


def show_with_map(map_: Map | None, request: HttpRequest, show: Callable[[], HttpResponse]) -> HttpResponse:
    """The page, which may load pictures from the host of the tiles, and from no other."""
    if map_ is None or not map_.host:
        return show()
    policy = {**settings.SECURE_CSP, "img-src": [*settings.SECURE_CSP["img-src"], map_.host]}
    return csp_override(policy)(lambda _request: show())(request)
