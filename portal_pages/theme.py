"""An institution's colours as CSS custom properties, kept readable (WCAG 2.2, success criterion 1.4.3)."""

import hashlib
import json
from collections.abc import Mapping

from cases.colours import COLOUR, colour_of, parts_of, readable

THEMED = ("accent", "stamp")


def theme_css(theme: Mapping[str, object]) -> str:
    """The rules of one institution; what is no colour is left out, what is too light is darkened."""
    rules = []
    for name in THEMED:
        value = theme.get(name)
        if isinstance(value, str) and COLOUR.fullmatch(value):
            rules.append(f"--{name}:{readable(value)}")
    accent = theme.get("accent")
    if isinstance(accent, str) and COLOUR.fullmatch(accent):
        rules.append(f"--accent-deep:{_mixed(readable(accent), '#000000', 0.3)}")
        rules.append(f"--accent-tint:{_mixed(readable(accent), '#ffffff', 0.9)}")
    return f":root{{{';'.join(rules)}}}\n"


def theme_fingerprint(theme: Mapping[str, object]) -> str:
    """Changes when the colours change, so that the style sheet may be cached for ever."""
    return hashlib.sha256(json.dumps(theme, sort_keys=True).encode()).hexdigest()[:12]


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(parts_of(colour), parts_of(other), strict=True)
    red, green, blue = (mine * (1 - share) + theirs * share for mine, theirs in pairs)
    return colour_of(red, green, blue)
