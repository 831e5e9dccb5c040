"""Register numbers as people write them: 94-00-127/21.11.2026, РД-01-856, 2026-000123, ABC.123.77.2011."""

import re
import unicodedata

# The same sign is typed on either keyboard: the Cyrillic letter looks like the Latin one.
_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХІЅЈ", "ABEKMHOPCTYXISJ")
_NOT_PART_OF_A_NUMBER = re.compile(r"[\s№]")
_DATE_BEHIND = re.compile(r"(?:[/\-]\d{1,2}\.\d{1,2}\.\d{4}|[/.](?:19|20)\d\d)$")
_LEADING_ZEROS = re.compile(r"(?<![0-9A-Z])0+(?=\d)")
_BETWEEN_PARTS = re.compile(r"(?:[^\w()#]|_)+")
_BEFORE_A_BRACKET = re.compile(r"-(?=[(#])")
_LAST_PART = re.compile(r"[0-9]+(?=$|\(|#)")


def number_key(number: str) -> str:
    """The number as it is compared: large letters of one alphabet, without spaces and № signs."""
    return _NOT_PART_OF_A_NUMBER.sub("", _composed(number))


def dashed_key(number: str) -> str:
    """The same with a dash between its parts, whatever was typed there: 48 00 34, 48/00/34, 48.00.34."""
    return _BEFORE_A_BRACKET.sub("", _BETWEEN_PARTS.sub("-", _composed(number))).strip("-")


def keys_of(number: str) -> set[str]:
    """Everything that a number may be asked by: whole, without its date, without zeros in front, its last part.

    With what stands between its parts, and with dashes there.
    """
    whole = number_key(number)
    undated = _DATE_BEHIND.sub("", whole)
    keys = {whole, undated, dashed_key(number), dashed_key(undated)}
    keys |= {_LEADING_ZEROS.sub("", key) for key in keys}
    if last := _LAST_PART.search(undated):
        keys |= {last.group(), last.group().lstrip("0")}
    return keys - {""}


def _composed(number: str) -> str:
    return unicodedata.normalize("NFKC", number.replace("№", " ")).upper().translate(_LOOK_ALIKES)
