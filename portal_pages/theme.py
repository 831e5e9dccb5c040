"""An institution's colours as CSS custom properties, kept readable (WCAG 2.2, success criterion 1.4.3)."""

import hashlib
import json
import re
from collections.abc import Mapping

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LEAST_CONTRAST = 4.5
DARKER = 0.92
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


def readable(colour: str) -> str:
    """The colour, darkened until white text on it and it on white can be read."""
    while contrast_with_white(colour) < LEAST_CONTRAST:
        red, green, blue = _parts(colour)
        colour = _hex(red * DARKER, green * DARKER, blue * DARKER)
    return colour


def contrast_with_white(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _parts(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(red: float, green: float, blue: float) -> str:
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_parts(colour), _parts(other), strict=True)
    red, green, blue = (mine * (1 - share) + theirs * share for mine, theirs in pairs)
    return _hex(red, green, blue)
