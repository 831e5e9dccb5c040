"""Reads what a person types into the archive's search box.

    tree felling          both words, in any inflection
    "tree felling"        these words side by side, as written
    oak OR lime           either; OR is written large, as are ИЛИ, LUB and SAU
    -lime                 without this word
    tre*                  words that begin so
    94-00-127             a register number or its beginning, or where it is quoted in a text
    year:2026 unit:URB    filters: number, unit, service, year, kind, state
    (oak OR lime) street  brackets, a few deep

What can't be read as a sign of this language is read as words, so that no typing is an error. Only sheer size is
refused. The result is a tree that any engine can follow; no engine ever sees the text itself.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from search.words import words_of

LONGEST_QUERY = 500
MOST_TERMS = 30
DEEPEST_BRACKETS = 6
SHORTEST_BEGINNING = 2

FILTER_NAMES = {
    "number": "number", "номер": "number", "numer": "number", "număr": "number", "numar": "number",
    "unit": "unit", "звено": "unit", "komórka": "unit", "komorka": "unit", "direcție": "unit", "directie": "unit",
    "service": "service", "услуга": "service", "usługa": "service", "usluga": "service", "serviciu": "service",
    "year": "year", "година": "year", "rok": "year", "an": "year",
    "kind": "kind", "вид": "kind", "rodzaj": "kind", "fel": "kind",
    "state": "state", "състояние": "state", "stan": "state", "stare": "state",
}  # fmt: skip
OR_WORDS = {"OR", "ИЛИ", "LUB", "SAU", "|"}

_SIGN = re.compile(
    r"""\s*(?:
      (?P<open>\() | (?P<close>\))
    | (?P<minus>-(?=[^\s\-)]))
    | (?:(?P<name>[^\W\d_]+):)(?:"(?P<quoted_value>[^"]*)"?|(?P<value>[^\s()"]+(?:\(\d+\))?))
    | "(?P<phrase>[^"]*)"?
    | №?(?P<number>[^\W_]+(?:[-./\#][^\W_]+)+(?:\(\d+\))?)(?=[\s)"]|$)
    | (?P<beginning>[^\W_]+)\*
    | (?P<chunk>[^\s()"]+)
    )""",
    re.VERBOSE,
)


class QueryTooComplex(Exception):
    """What was typed is longer or deeper than the archive follows; the message says how to make it shorter."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Nothing was asked for: all that may be seen."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """These words in any inflection and order, with at most ``distance`` other words between them all."""

    words: tuple[str, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Between:
    """Documents that may be of a day from ``earliest`` to ``latest``, both included; None leaves that side open."""

    earliest: dt.date | None
    latest: dt.date | None


@dataclass(frozen=True, slots=True)
class Number:
    """A register number, whole or its beginning."""

    text: str


@dataclass(frozen=True, slots=True)
class Filter:
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    part: "Query"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Query", ...]


type Query = Everything | Word | Phrase | Near | Between | Number | Filter | Not | And | Or


def parse(text: str) -> Query:
    """The tree of what was typed. Raises QueryTooComplex when it is longer, deeper or of more terms than allowed."""
    if len(text) > LONGEST_QUERY:
        raise QueryTooComplex(
            _("This search is too long: at most {count} letters. Try a few words of it.").format(count=LONGEST_QUERY)
        )
    return _Reader(text).read()


def terms_sought(query: Query) -> Iterator[Word | Phrase | Number]:
    """The words, phrases and numbers to be marked in what was found; nothing that was excluded."""
    match query:
        case Word() | Phrase() | Number():
            yield query
        case Filter(field="number", value=value):
            yield Number(value)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from terms_sought(part)


class _Reader:
    """Goes through the signs once, from left to right."""

    END: ClassVar[dict[str, str]] = {}

    def __init__(self, text: str) -> None:
        self.signs = [
            {kind: value for kind, value in match.groupdict().items() if value is not None}
            for match in _SIGN.finditer(text)
        ]
        self.position = 0
        self.depth = 0
        self.terms = 0

    def read(self) -> Query:
        alternatives = [self._alternatives()]
        while self._sign():  # a closing bracket that nothing opened
            self.position += 1
            alternatives.append(self._alternatives())
        return _joined(And, alternatives)

    def _sign(self) -> dict[str, str]:
        return self.signs[self.position] if self.position < len(self.signs) else self.END

    def _alternatives(self) -> Query:
        parts = [self._together()]
        while self._sign().get("chunk") in OR_WORDS:
            self.position += 1
            parts.append(self._together())
        return _joined(Or, parts)

    def _together(self) -> Query:
        parts: list[Query] = []
        while (sign := self._sign()) and "close" not in sign and sign.get("chunk") not in OR_WORDS:
            parts.append(self._one())
        return _joined(And, parts)

    def _one(self) -> Query:
        sign = self._sign()
        self.position += 1
        match sign:
            case {"open": _}:
                return self._bracket()
            case {"minus": _}:
                return self._without()
            case _:
                return self._counted(_term(sign))

    def _bracket(self) -> Query:
        self._go_deeper()
        inside = self._alternatives()
        if "close" in self._sign():
            self.position += 1
        self.depth -= 1
        return inside

    def _without(self) -> Query:
        if not self._sign() or "close" in self._sign():
            return Everything()
        self._go_deeper()
        part = self._one()
        self.depth -= 1
        return Everything() if part == Everything() else Not(part)

    def _go_deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST_BRACKETS:
            raise QueryTooComplex(
                _("This search has too many brackets inside each other. Try it with fewer, or with words alone.")
            )

    def _counted(self, term: Query) -> Query:
        self.terms += len(term.parts) if isinstance(term, And) else len(term.words) if isinstance(term, Phrase) else 1
        if self.terms > MOST_TERMS:
            raise QueryTooComplex(
                _("This search has too many words: at most {count}. Try the most unusual of them.").format(
                    count=MOST_TERMS
                )
            )
        return term


def _term(sign: dict[str, str]) -> Query:
    match sign:
        case {"phrase": phrase}:
            return _phrase(phrase)
        case {"number": number} if any(letter.isdigit() for letter in number):
            return Number(number)
        case {"beginning": beginning} if len(beginning) >= SHORTEST_BEGINNING:
            return Word(beginning, is_beginning=True)
        case {"name": name}:
            return _filter(name, sign.get("value", sign.get("quoted_value", "")).strip())
    return _words(next(iter(sign.values())))


def _phrase(text: str) -> Query:
    words = tuple(word.text for word in words_of(text))
    return Phrase(words) if len(words) > 1 else _words(text)


def _filter(name: str, value: str) -> Query:
    field = FILTER_NAMES.get(name.casefold())
    if field is None or not value or (field == "year" and not re.fullmatch(r"[12]\d{3}", value, re.ASCII)):
        return _words(f"{name} {value}")
    return Filter(field, value)


def _words(text: str) -> Query:
    return _joined(And, [Word(word.text) for word in words_of(text)])


def _joined(connection: type[And] | type[Or], parts: list[Query]) -> Query:
    meant = [part for part in parts if part != Everything()]
    if not meant:
        return Everything()
    return meant[0] if len(meant) == 1 else connection(tuple(meant))
