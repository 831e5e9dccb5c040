"""Reads what a person types into the archive's search box.

    tree felling              both words, in any inflection
    "tree felling"            these words side by side, as written
    "tree felling"~5          these words in any inflection and order, with at most five others between
    school NEAR kiosk         the same with at most ten; also NEAR/3, БЛИЗО, BLISKO, APROAPE
    oak OR lime               either; OR is written large, as are ИЛИ, LUB and SAU
    -lime, NOT lime           without this word; also НЕ, NIE, NU
    tre*                      words that begin so
    94-00-127, 94 00 127      a register number or its beginning, or where it is quoted in a text
    date:2009  date:about 2009  date:2009-2011
    from:2009-03  to:2011     papers that may be of these days, as rough as dates are on paper
    year:2026 unit:URB        filters: number, unit, service, register, class, year, kind, channel, state, language,
                              access; their names and values in any language of the product
    (oak OR lime) street      brackets, a few deep

What can't be read as a sign of this language is read as words, so that no typing is an error. Only sheer size is
refused. The result is a tree that any engine can follow; no engine ever sees the text itself.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from search.words import plain, words_of

LONGEST_QUERY = 500
MOST_TERMS = 30
DEEPEST_BRACKETS = 6
SHORTEST_BEGINNING = 2

USUAL_DISTANCE, FARTHEST = 10, 50

_FILTER_NAMES_OF = {
    "number": "number номер numer număr",
    "unit": "unit звено komórka direcție",
    "service": "service услуга usługa serviciu",
    "register": "register регистър rejestr registru",
    "class": "class клас klasa clasă clasa",
    "year": "year година rok an anul",
    "kind": "kind вид rodzaj fel tip",
    "channel": "channel канал kanał canal",
    "state": "state състояние stan stare",
    "language": "language език język limbă limba",
    "access": "access достъп dostęp acces",
    "date": "date дата data dată",
    "from": "from от od din",
    "to": "to до do până",
}
FILTER_NAMES = {plain(word): name for name, words in _FILTER_NAMES_OF.items() for word in words.split()}
OR_WORDS = {"OR", "ИЛИ", "LUB", "SAU", "|"}
NOT_WORDS = {"NOT", "НЕ", "NIE", "NU"}
WORDS_BEFORE_A_NUMBER = {"вх", "изх", "рег", "no", "nr", "znak", "inv"}
DATE_NAMES = {"date", "from", "to"}
# No paper of the archive is of a later day; "today" is no matter of a query.
_END_OF_TIME = dt.date.max

_DATE_WORDS = "|".join(word for name in sorted(DATE_NAMES) for word in _FILTER_NAMES_OF[name].split() + ["pana"])
_SIGN = re.compile(
    rf"""\s*(?:
      (?P<open>\() | (?P<close>\))
    | (?P<minus>-(?=[^\s\-)]))
    | (?P<date_name>{_DATE_WORDS}):\s?(?:"(?P<quoted_date>[^"]*)"?|(?P<date>(?:[^\W\d]+\.?\s+(?=\d))?[^\s()"]+))
    | (?:(?P<name>[^\W\d_]+):)(?:"(?P<quoted_value>[^"]*)"?|(?P<value>[^\s()"]+(?:\(\d+\))?))
    | "(?P<phrase>[^"]*)"?(?:~(?P<distance>\d{{1,3}}))?
    | (?P<near>(?:NEAR|БЛИЗО|BLISKO|APROAPE)(?:/(?P<near_distance>\d{{1,3}}))?)(?=[\s()"]|$)
    | №?(?P<number>[^\W_]+(?:[-./\#][^\W_]+)+(?:\(\d+\))?)(?=[\s)"]|$)
    | (?P<beginning>[^\W_]+)\*
    | (?P<chunk>[^\s()"]+)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_NEAR = re.compile(r"(?:NEAR|БЛИЗО|BLISKO|APROAPE)(?:/\d+)?")
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("„“”‟«»", '"'))
_YEARS = re.compile(r"([12]\d{3})\s*(?:-|–|\.\.)\s*([12]\d{3})")
# A number typed with blanks: at most four letters, then two or more figures.
_LETTERS_OF_A_NUMBER = re.compile(r"[^\W\d_]{1,4}")
_FIGURE_OF_A_NUMBER = re.compile(r"\d{1,6}")


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
    return _Reader(text.translate(_QUOTATION_MARKS)).read()


def terms_sought(query: Query) -> Iterator[Word | Phrase | Near | Number]:
    """The words, phrases and numbers to be marked in what was found; nothing that was excluded."""
    match query:
        case Word() | Phrase() | Near() | Number():
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
            if parts and _is_near(sign):
                parts[-1] = self._near(parts[-1])
            else:
                parts.append(self._one())
        return _joined(And, _with_numbers(_with_one_span(parts)))

    def _near(self, before: Query) -> Query:
        """Words with NEAR between them; anything else beside that sign only has to be there too."""
        distance = min(int(self._sign().get("near_distance", USUAL_DISTANCE)), FARTHEST)
        self.position += 1
        if not self._sign() or "close" in self._sign() or self._sign().get("chunk") in OR_WORDS:
            return before
        behind = self._one()
        sides = [_words_in(before), _words_in(behind)]
        if not all(sides):
            return _joined(And, [before, behind])
        farthest = max(distance, before.distance if isinstance(before, Near) else 0)
        return Near(tuple(word for side in sides for word in side), farthest)

    def _one(self) -> Query:
        sign = self._sign()
        self.position += 1
        match sign:
            case {"open": _}:
                return self._bracket()
            case {"minus": _}:
                return self._without()
            case {"chunk": word} if word in NOT_WORDS:
                return self._without()
            case _ if _is_near(sign):
                return Everything()
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
        self.terms += (
            len(term.parts) if isinstance(term, And) else len(term.words) if isinstance(term, Phrase | Near) else 1
        )
        if self.terms > MOST_TERMS:
            raise QueryTooComplex(
                _("This search has too many words: at most {count}. Try the most unusual of them.").format(
                    count=MOST_TERMS
                )
            )
        return term


def _is_near(sign: dict[str, str]) -> bool:
    """Written large; the same word written small is a word."""
    return "near" in sign and bool(_NEAR.fullmatch(sign["near"]))


def _term(sign: dict[str, str]) -> Query:
    match sign:
        case {"phrase": phrase, "distance": distance}:
            return _near_each_other(phrase, int(distance))
        case {"phrase": phrase}:
            return _phrase(phrase)
        case {"number": number} if any(letter.isdigit() for letter in number):
            return Number(number)
        case {"beginning": beginning} if len(beginning) >= SHORTEST_BEGINNING:
            return Word(beginning, is_beginning=True)
        case {"date_name": name}:
            return _days(name, sign.get("date", sign.get("quoted_date", "")).strip())
        case {"name": name}:
            return _filter(name, sign.get("value", sign.get("quoted_value", "")).strip())
    return _words(next(iter(sign.values())))


def _phrase(text: str) -> Query:
    words = tuple(word.text for word in words_of(text))
    return Phrase(words) if len(words) > 1 else _words(text)


def _near_each_other(text: str, distance: int) -> Query:
    words = tuple(word.text for word in words_of(text))
    return Near(words, min(distance, FARTHEST)) if len(words) > 1 else _words(text)


def _days(name: str, value: str) -> Query:
    """The days that the words mean, on the side that the name says. What is no date is words."""
    try:
        earliest, latest = _span(value)
    except ValueError:
        return _words(f"{name} {value}")
    match FILTER_NAMES[plain(name)]:
        case "from":
            return Between(earliest, None)
        case "to":
            return Between(None, latest)
    return Between(earliest, latest)


def _span(value: str) -> tuple[dt.date, dt.date]:
    """Raises ValueError for what is no date."""
    from cases import rough_dates  # noqa: PLC0415 (it needs Django's models, which an engine's process may lack)

    if years := _YEARS.fullmatch(value):
        first, last = sorted(int(year) for year in years.groups())
        return dt.date(first, 1, 1), dt.date(last, 12, 31)
    try:
        day = rough_dates.read_date(value, today=_END_OF_TIME)
    except (rough_dates.NotADate, rough_dates.DateAhead, OverflowError) as error:
        raise ValueError(value) from error
    if day is None:
        raise ValueError(value)
    return day.earliest, day.latest


def _filter(name: str, value: str) -> Query:
    field = FILTER_NAMES.get(plain(name))
    if field == "year" and _YEARS.fullmatch(value):
        return _days("date", value)
    if (
        field is None
        or field in DATE_NAMES
        or not value
        or (field == "year" and not re.fullmatch(r"[12]\d{3}", value, re.ASCII))
    ):
        return _words(f"{name} {value}")
    return Filter(field, value)


def _words_in(part: Query) -> tuple[str, ...]:
    """The words of a part that NEAR may stand beside."""
    match part:
        case Word(text, is_beginning=False):
            return (text,)
        case Phrase(words) | Near(words):
            return words
        case Number(text):
            return tuple(word.text for word in words_of(text))
        case And(parts):
            inside = [_words_in(one) for one in parts]
            return tuple(word for words in inside for word in words) if all(inside) else ()
    return ()


def _with_one_span(parts: list[Query]) -> list[Query]:
    """from: and to: side by side are one span of days, whichever was typed first."""
    spans = [part for part in parts if isinstance(part, Between)]
    begins = [span.earliest for span in spans if span.latest is None]
    ends = [span.latest for span in spans if span.earliest is None]
    if len(begins) != 1 or len(ends) != 1 or begins[0] is None or ends[0] is None or begins[0] > ends[0]:
        return parts
    whole = Between(begins[0], ends[0])
    half = {Between(begins[0], None), Between(None, ends[0])}
    first = next(place for place, part in enumerate(parts) if part in half)
    return [whole if place == first else part for place, part in enumerate(parts) if place == first or part not in half]


def _with_numbers(parts: list[Query]) -> list[Query]:
    """Figures in a row may be a register number typed with blanks: 48 00 34, abc 123 77 2011."""
    read: list[Query] = []
    position = 0
    while position < len(parts):
        row = _number_in_front(parts[position:])
        if row:
            read.append(Or((Number("-".join(word.text for word in row)), And(tuple(row)))))
        else:
            read.append(parts[position])
        position += len(row) or 1
    return read


def _number_in_front(parts: list[Query]) -> list[Word]:
    row: list[Word] = []
    for part in parts:
        if not isinstance(part, Word) or part.is_beginning:
            break
        is_figure = _FIGURE_OF_A_NUMBER.fullmatch(part.text)
        is_letters = _LETTERS_OF_A_NUMBER.fullmatch(part.text) and plain(part.text) not in WORDS_BEFORE_A_NUMBER
        if not is_figure and (row or not is_letters):
            break
        row.append(part)
    figures = [word for word in row if word.text[0].isdigit()]
    return row if len(figures) > 1 else []


def _words(text: str) -> Query:
    return _joined(And, [Word(word.text) for word in words_of(text)])


def _joined(connection: type[And] | type[Or], parts: list[Query]) -> Query:
    meant = [part for part in parts if part != Everything()]
    if not meant:
        return Everything()
    return meant[0] if len(meant) == 1 else connection(tuple(meant))
