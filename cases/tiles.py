"""The source of map tiles that an institution may choose: the pictures that lie under its outline on a map."""

import re
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?")
ADDRESS = re.compile(r"[A-Za-z0-9:/?&=%._~@{},+-]+")
GAPS = ("{z}", "{x}", "{y}")


class TileSourceRefused(ValueError):
    """The address can't be used; the message says what to write."""


def checked_tile_source(address: str) -> str:
    """The address of a tile with gaps for zoom, column and row.

    Its host goes into the Content-Security-Policy of every page with a map, so that nothing but a plain host passes.
    Raises TileSourceRefused.
    """
    address = address.strip()
    if not address.startswith("https://"):
        raise TileSourceRefused(_("The address begins with https://, so that nobody reads along."))
    missing = [gap for gap in GAPS if address.count(gap) != 1]
    if missing:
        words = _("The address has {gaps} once each, for example https://tiles.example.org/{{z}}/{{x}}/{{y}}.png")
        raise TileSourceRefused(words.format(gaps=", ".join(GAPS)))
    plain = address
    for gap in GAPS:
        plain = plain.replace(gap, "0")
    if "{" in plain or "}" in plain:
        raise TileSourceRefused(_("Only {z}, {x} and {y} are filled in. Write one host instead of several, no {s}."))
    if not ADDRESS.fullmatch(address) or not HOST.fullmatch(urlsplit(plain).netloc) or "{" in urlsplit(address).netloc:
        raise TileSourceRefused(_("This is no address of a host that pictures can be fetched from."))
    return address
