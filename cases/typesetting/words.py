"""Which characters can be printed.

PDF/A allows no character without a glyph, and the typesetter refuses or dies when it meets one (an emoji in a
complaint, Chinese, a character that turns the writing direction). A paper must be made whatever people type, so
each such character is printed as an empty box; the original keeps it as it was typed.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass

EMPTY_BOX = "□"

# What the built-in typefaces cover, found by setting each character (tests/cases/test_typesetting.py does so again).
COVERED_RANGES = (
    ("\u0020", "\u007e"),  # Latin
    ("\u00a0", "\u00ac"),
    ("\u00ae", "\u024f"),
    ("\u0370", "\u0377"),  # Greek
    ("\u037a", "\u037f"),
    ("\u0384", "\u038a"),
    ("\u038e", "\u03a1"),
    ("\u03a3", "\u03ff"),
    ("\u0400", "\u0482"),  # Cyrillic without its combining signs
    ("\u048a", "\u04ff"),
    ("\u1e00", "\u1eff"),
    ("\u2010", "\u2027"),  # dashes, quotation marks
    ("\u2030", "\u2040"),
    ("\u20a0", "\u20bf"),  # currencies
    ("\u2116", "\u2116"),
    ("\u2122", "\u2122"),
    ("\u2190", "\u2193"),
    ("\u2200", "\u22ff"),
    ("\u2460", "\u24ff"),
    ("\u25a0", "\u25ff"),
    ("\u2713", "\u2714"),
)
_NOT_COVERED = re.compile("[^\n" + "".join(f"{first}-{last}" for first, last in COVERED_RANGES) + "]")
# Drawings and the attached machine copy are bytes in words' clothing: nothing of them is set as text.
VERBATIM = frozenset({"code_svg", "crest_svg", "content"})
_INVISIBLE = {"\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufe0e", "\ufe0f", "\ufeff"}


def printable(words: str) -> str:
    """The words as they can be printed: line ends made one kind, unprintable characters shown as empty boxes."""
    composed = unicodedata.normalize("NFC", words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    return _NOT_COVERED.sub(_stand_in, composed)


def _stand_in(found: re.Match[str]) -> str:
    # An accent that has no composed letter is left out: the letter under it stays readable.
    left_out = found[0] in _INVISIBLE or unicodedata.category(found[0]) in {"Mn", "Me"}
    return "" if left_out else EMPTY_BOX


def printable_data(value: object) -> object:
    """The same for every value of a paper's data; what is not words stays as it is."""
    if is_dataclass(value) and not isinstance(value, type):
        return printable_data(asdict(value))
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: inner if key in VERBATIM else printable_data(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable_data(inner) for inner in value]
    return value
