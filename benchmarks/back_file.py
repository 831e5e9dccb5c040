"""Thirty years of a town's papers, made up: the same for the same seed, of realistic length, in four languages.

Nothing here needs a database; ``back_file_rows`` brings papers into one.
"""

import calendar
import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.back_file_words import VOCABULARIES, Vocabulary

FIRST_YEAR, LAST_YEAR = 1996, 2026
LANGUAGES = ("bg", "pl", "ro", "en")
WORDS_A_PAGE = 280
SHARE_OF_DETAILS = 0.25
# Of a hundred old lines of a register so many say only a month, only a year, or "about".
ONLY_A_MONTH, ONLY_A_YEAR, ABOUT_A_YEAR = 8, 6, 4


@dataclass(frozen=True)
class Paper:
    """One paper of one case. ``earliest``, ``latest``: the days it may be of; ``written_as``: its date as written."""

    number: str
    title: str
    language: str
    kind: str
    unit: str
    record_class: str
    sender: str
    earliest: dt.date
    latest: dt.date
    written_as: str
    pages: tuple[str, ...]

    @property
    def is_vague(self) -> bool:
        return self.earliest != self.latest


def papers(count: int, *, seed: int = 94_00_127, pages: int = 2, words_a_page: int = WORDS_A_PAGE) -> Iterator[Paper]:
    """So many papers. Their numbers are all different."""
    chance = random.Random(seed)
    for place in range(count):
        yield _paper(chance, place, pages, words_a_page)


def _paper(chance: random.Random, place: int, pages: int, words_a_page: int) -> Paper:
    language = LANGUAGES[place % len(LANGUAGES)]
    vocabulary = VOCABULARIES[language]
    unit, kind, title, *about_it = chance.choice(vocabulary.matters)
    words = _words(chance, vocabulary)
    earliest, latest, written_as = _date(chance, vocabulary)
    text = [sentence.format(**words) for sentence in about_it]
    return Paper(
        number=_number(language, unit, place, earliest),
        title=title.format(**words),
        language=language,
        kind=kind,
        unit=unit,
        record_class=f"{unit}-{kind[:3]}",
        sender=words["name"],
        earliest=earliest,
        latest=latest,
        written_as=written_as,
        pages=tuple(_page(chance, vocabulary, text if not page else [], words_a_page) for page in range(pages)),
    )


def _words(chance: random.Random, vocabulary: Vocabulary) -> dict[str, str]:
    return {
        "street": chance.choice(vocabulary.streets),
        "no": str(chance.randint(1, 140)),
        "parcel": f"{chance.randint(10_000, 99_999)}.{chance.randint(1, 900)}.{chance.randint(1, 99)}",
        "name": f"{chance.choice(vocabulary.first_names)} {chance.choice(vocabulary.surnames)}",
        "company": chance.choice(vocabulary.companies),
        "amount": f"{chance.randint(1, 90)} {chance.randint(100, 999)}",
    }


def _date(chance: random.Random, vocabulary: Vocabulary) -> tuple[dt.date, dt.date, str]:
    year, month = chance.randint(FIRST_YEAR, LAST_YEAR - 1), chance.randint(1, 12)
    lot = chance.randrange(100)
    if lot < ONLY_A_MONTH:
        last = calendar.monthrange(year, month)[1]
        return dt.date(year, month, 1), dt.date(year, month, last), f"{month:02}.{year}"
    if lot < ONLY_A_MONTH + ONLY_A_YEAR:
        return dt.date(year, 1, 1), dt.date(year, 12, 31), str(year)
    if lot < ONLY_A_MONTH + ONLY_A_YEAR + ABOUT_A_YEAR:
        return dt.date(year - 1, 1, 1), dt.date(year + 1, 12, 31), f"{vocabulary.about} {year}"
    day = dt.date(year, month, chance.randint(1, 28))
    return day, day, f"{day:%d.%m.%Y}"


def _number(language: str, unit: str, place: int, day: dt.date) -> str:
    match language:
        case "bg":
            return f"94-{place % 97:02}-{place}/{day:%d.%m.%Y}"
        case "pl":
            return f"{unit}.{place}.{place % 89}.{day.year}"
        case "ro":
            return f"{place}/{day.year}"
    return f"{day.year}-{place:06}"


def _page(chance: random.Random, vocabulary: Vocabulary, first: list[str], words_a_page: int) -> str:
    """What it is about, then the sentences of offices, with names, dates and sums of its own between them."""
    lines = list(first)
    count = sum(len(line.split()) for line in lines)
    while count < words_a_page:
        line = vocabulary.sentences[int(chance.random() * len(vocabulary.sentences))]
        if chance.random() < SHARE_OF_DETAILS:
            words = _words(chance, vocabulary)
            day = f"{chance.randint(1, 28)} {chance.choice(vocabulary.months)} {chance.randint(FIRST_YEAR, LAST_YEAR)}"
            place = f"{words['street']} {words['no']}"
            line += f" {words['name']}, {place}, {day} {vocabulary.year_word}, {words['amount']}."
        lines.append(line)
        count += line.count(" ") + 1
    return "\n".join(lines)
