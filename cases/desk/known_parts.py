"""Parts of pages that are drawn from their template once for each language and each shape.

A list draws the same few lines of a template for every row, and Django goes through each tag and variable of them
anew: for twenty results of the archive that took as long as finding them. A known part is a template like any other,
drawn once with a blank in each place where a value comes.
"""

import html
import re
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

_BLANK = re.compile("\x02(\\w+)\x03")


class KnownPart:
    """``template`` is drawn with the values given, and may ask of each whether it is there: empty ones are not.

    Beside that it may only show them: what it makes of a value (its date, its length) would be made of the blank.
    Values are escaped unless they are safe already; True stands for what is only asked for.
    """

    def __init__(self, template: str) -> None:
        self._template = template

    def __call__(self, **values: Any) -> SafeString:
        there = tuple([name for name, value in values.items() if value])
        literals, blanks = _drawn(self._template, get_language(), there)
        pieces = list(literals)
        for place, name in blanks:
            pieces[place] = escaped(values[name])
        return mark_safe("".join(pieces))  # noqa: S308 (literals come from a template, values are escaped)


def escaped(value: Any) -> str:
    """The value as it stands in a page; what is safe already stays as it is."""
    return str(value) if hasattr(value, "__html__") else html.escape(str(value))


@lru_cache(maxsize=2_000)
def _drawn(template: str, _language: str | None, there: tuple[str, ...]) -> tuple[list[str], list[tuple[int, str]]]:
    """The part in pieces, and where among them which value stands."""
    blanks = {name: mark_safe(f"\x02{name}\x03") for name in there}  # noqa: S308 (a name of our own)
    pieces = _BLANK.split(get_template(template).render(blanks))
    return pieces, [(place, pieces[place]) for place in range(1, len(pieces), 2)]
