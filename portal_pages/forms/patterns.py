r"""Patterns of short texts: regular expressions, of which only the harmless part is taken.

Letters, ``\d \w \s``, classes ``[A-Z]``, groups, ``|`` and ``* + ? {2,5}``. What looks ahead or back, and whatever
could take a long time on a hostile answer, is refused when the form is written: a pattern that repeats what is itself
repeated or has alternatives takes exponential time in Python's engine.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

LONGEST_PATTERN = 200
# What is repeated without end is counted with the longest answer; this many ways take some hundredths of a second.
LONGEST_ANSWER = 200
MOST_WAYS = 40_000_000
REPEATED = re.compile(r"[*+?]|\{(\d{1,3})(,(\d{0,3}))?\}")
SHORTHANDS = frozenset("dDwWsS")
# Python keeps these for sets of signs within sets, one day.
KEPT_FREE = re.compile(r"\[\[|--|&&|\|\||~~")


class PatternRefused(ValueError):
    """The pattern is broken or could take too long; says why."""


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, to be matched against the whole answer. Raises PatternRefused."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternRefused(_("A pattern has at most {number} letters").format(number=LONGEST_PATTERN))
    text = pattern.removeprefix("^")
    text = text.removesuffix("$") if not text.endswith("\\$") else text
    if KEPT_FREE.search(text):
        raise PatternRefused(_("This pattern uses a sign that is not taken here"))
    try:
        found = re.compile(text)
    except (re.error, OverflowError, RecursionError):
        raise PatternRefused(_("This pattern is broken: a bracket or a sign has no partner")) from None
    _Walk(text).judge()
    return found


class _Times(NamedTuple):
    """How often a part is repeated."""

    least: int
    most: int


ONCE = _Times(1, 1)


@dataclass
class _Walk:
    """One way through the pattern, from left to right; counts in how many ways an answer could be tried at worst."""

    text: str
    place: int = 0

    def judge(self) -> None:
        if self._alternatives() > MOST_WAYS:
            raise PatternRefused(_("This pattern could take too long: repeat fewer parts without a limit"))

    def _alternatives(self) -> int:
        ways = self._row()
        while self._at("|"):
            self.place += 1
            ways += self._row()
        return ways

    def _row(self) -> int:
        ways = 1
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            # Kept small while it grows: what is too much stays too much.
            ways = min(ways * self._repeated(self._part()), MOST_WAYS + 1)
        return ways

    def _repeated(self, ways: int) -> int:
        least, most = self._times()
        if least == most:
            return ways if most == 1 else min(ways ** min(most, 30), MOST_WAYS + 1)
        if ways > 1 and most > 1:
            raise PatternRefused(_("This pattern repeats what is repeated already; that could take too long"))
        return ways + most - least

    def _times(self) -> _Times:
        found = REPEATED.match(self.text, self.place)
        if found is None:
            return ONCE
        self.place = found.end()
        if self._at("?") or self._at("+") or self._at("*"):
            raise PatternRefused(_("This pattern uses a sign that is not taken here"))
        if found[0] == "?":
            return _Times(0, 1)
        if found[1] is None:
            return _Times(0, LONGEST_ANSWER)
        least = int(found[1])
        if found[2] is None:
            return _Times(least, least)
        return _Times(least, int(found[3])) if found[3] else _Times(least, least + LONGEST_ANSWER)

    def _part(self) -> int:
        sign = self.text[self.place]
        self.place += 1
        match sign:
            case "\\":
                self._skip_escaped()
            case "[":
                self._skip_class()
            case "(":
                return self._group()
            case "^" | "$":
                raise PatternRefused(_("This pattern uses a sign that is not taken here"))
        return 1

    def _skip_escaped(self) -> None:
        sign = self.text[self.place]
        self.place += 1
        if sign.isalnum() and sign not in SHORTHANDS:
            raise PatternRefused(_("This pattern uses a sign that is not taken here"))

    def _skip_class(self) -> None:
        """A bracket right after the opening one is a sign like any other."""
        self.place += 2 if self._at("^") else 1
        while not self._at("]"):
            self.place += 2 if self._at("\\") else 1
        self.place += 1

    def _group(self) -> int:
        if self._at("?"):
            if not self._at("?:"):
                raise PatternRefused(_("This pattern uses a sign that is not taken here"))
            self.place += 2
        ways = self._alternatives()
        self.place += 1
        return ways

    def _at(self, sign: str) -> bool:
        return self.text.startswith(sign, self.place)
