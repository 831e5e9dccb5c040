"""What a person means who asks as they would ask the archivist: "the kiosk by the school, about 2009".

Little words say nothing about a paper. A year may be on the paper or be its year; "about" makes it a hint, not a
condition. And of several words one may be wrong: where hardly a paper has them all, papers that have most of them
answer too.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import combinations

from cases.rough_dates import ABOUT
from search.parser import And, Between, Everything, Number, Or, Query, Word
from search.words import plain

FEWEST_WORDS_TO_LEAVE_ONE_OUT = 3
MOST_WORDS_TO_LEAVE_ONE_OUT = 7
YEARS_NEAR, YEARS_AROUND = 1, 3

# Little words of one language that are no word worth seeking in another (pod is a bridge in Romanian).
_LITTLE_WORDS_OF = {
    "en": "a an the of by near in at for to from with about around and or that which who was were is some somebody"
    " something where when there it its this we our my",
    "bg": "на в във с със от за и или по при до край около през към че който която което които е са беше бяха се си"
    " да го ги ни ми му един една едно някакъв някаква нещо някой където когато вх изх рег",
    "pl": "w we z ze na od dla u przy obok koło i oraz lub że który która które którzy jest był była było były się ta"
    " jakiś jakaś jakieś coś ktoś nasz gdzie kiedy w sprawie o",
    "ro": "de la în din pe cu pentru lângă langa despre și ce al ai ale un unei unui este a fost prin spre niște ceva"
    " cineva unde când cam vreun vreo nr lui",
}
LITTLE_WORDS = frozenset(plain(word) for words in _LITTLE_WORDS_OF.values() for word in words.split())
ABOUT_WORDS = frozenset(plain(word.rstrip(".")) for word in ABOUT) | {
    "ok", "ca", "cca", "koło", "kolo", "към", "roughly", "vreo", "cam", "prin", "circa", "jakoś",
}  # fmt: skip
WORDS_FOR_YEAR = frozenset({"year", "г", "год", "година", "годината", "r", "rok", "roku", "anul", "an", "ani", "anii"})
FIRST_YEAR, LAST_YEAR = 1800, 2100


def meant(query: Query) -> Query:
    """The query without little words, with years as years. Says as much as it was asked, and no less strictly."""
    content, others, hints = _parts(query)
    if not content and not others and not hints:
        return query
    if not content and not others:
        return _any([_whole(hint) for hint in hints])
    return _hinted(_all([*content, *others]), hints)


def looser(query: Query) -> Iterator[Query]:
    """The same with any one of its words left out, then with any of them at all; nothing for one or two words."""
    content, others, hints = _parts(query)
    if len(content) < FEWEST_WORDS_TO_LEAVE_ONE_OUT:
        return
    if len(content) <= MOST_WORDS_TO_LEAVE_ONE_OUT:
        fewer = [_all(some) for some in combinations(content, len(content) - 1)]
        yield _hinted(_all([_any([_all(content), *fewer]), *others]), hints)
    pairs = [_all(pair) for pair in combinations(content, 2)] if len(content) <= MOST_WORDS_TO_LEAVE_ONE_OUT else []
    yield _hinted(_all([_any([*content, *pairs]), *others]), hints)


def _parts(query: Query) -> tuple[list[Query], list[Query], list[int]]:
    """The words (and years) sought, whatever else was asked, and years that are only a hint."""
    content: list[Query] = []
    others: list[Query] = []
    hints: list[int] = []
    is_about = False
    for part in _flat(query):
        word = plain(part.text) if isinstance(part, Word) and not part.is_beginning else ""
        year = _year(word)
        if year and is_about:
            hints.append(year)
        elif year:
            content.append(Or((part, _years(year, 0))))
        elif word in ABOUT_WORDS:
            is_about = True
            continue
        elif word in WORDS_FOR_YEAR and (hints or content or is_about):
            continue
        elif word in LITTLE_WORDS:
            pass
        elif word:
            content.append(part)
        elif isinstance(part, Number) and (span := _span(part)):
            others.append(Or((part, span)))
        else:
            others.append(part)
        is_about = is_about and word in LITTLE_WORDS
    return content, others, hints


def _flat(query: Query) -> Iterator[Query]:
    if isinstance(query, And):
        for part in query.parts:
            yield from _flat(part)
    elif query != Everything():
        yield query


def _hinted(query: Query, years: Sequence[int]) -> Query:
    """Papers of about these years come first, as if everything else were found in them once more."""
    nearer = [And((query, _years(year, width))) for year in years for width in (YEARS_NEAR, YEARS_AROUND)]
    written = [And((query, Word(str(year)))) for year in years]
    return Or((query, *nearer, *written)) if nearer else query


def _whole(year: int) -> Query:
    return Or((Word(str(year)), _years(year, YEARS_NEAR)))


def _years(year: int, width: int) -> Between:
    return Between(dt.date(year - width, 1, 1), dt.date(year + width, 12, 31))


def _year(word: str) -> int:
    figure = word.removesuffix("г").removesuffix("r")
    return int(figure) if figure.isdecimal() and len(figure) == 4 and FIRST_YEAR <= int(figure) <= LAST_YEAR else 0


def _span(number: Number) -> Between | None:
    """2008-2010, which could be a register number as well."""
    years = [_year(part) for part in number.text.split("-")]
    return Between(dt.date(years[0], 1, 1), dt.date(years[1], 12, 31)) if len(years) == 2 and all(years) else None


def _all(parts: Sequence[Query]) -> Query:
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _any(parts: Sequence[Query]) -> Query:
    return parts[0] if len(parts) == 1 else Or(tuple(parts))
