"""Texts of one thing in the four languages that ship, side by side."""

from cases.texts import Texts


def texts(*, en: str, bg: str, pl: str, ro: str) -> Texts:
    return {"en": en, "bg": bg, "pl": pl, "ro": ro}
