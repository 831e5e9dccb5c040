"""Colours that people can read: how a colour stands out from white (WCAG 2.2, success criterion 1.4.3)."""

import re

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LEAST_CONTRAST = 4.5
DARKER = 0.92


def readable(colour: str) -> str:
    """The colour, darkened until white text on it and it on white can be read."""
    while contrast_with_white(colour) < LEAST_CONTRAST:
        red, green, blue = parts_of(colour)
        colour = colour_of(red * DARKER, green * DARKER, blue * DARKER)
    return colour


def contrast_with_white(colour: str) -> float:
    """From 1 (white itself) to 21 (black)."""
    red, green, blue = (_linear(part / 255) for part in parts_of(colour))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def parts_of(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def colour_of(red: float, green: float, blue: float) -> str:
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"
