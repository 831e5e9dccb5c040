"""People ask for papers as they remember them; the paper that is meant is among the first ten."""

import datetime as dt
from dataclasses import replace
from itertools import batched
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import transaction

from benchmarks.back_file import Paper, papers
from benchmarks.back_file_rows import keep
from cases.models import Document
from cases.rights import reader_terms_of
from search.answering import answered
from search.engines import Entry, engine
from search.indexing import entries_of
from search.parser import And, Between, Filter, Not, Or, Phrase, Word, parse
from search.vague import looser, meant
from tests.search.entries import ALICE, entry, keep_all
from tests.search.town import Town, again

CASES = 5_000
FIRST_RESULTS = 10
LINES = (Path(__file__).parent / "vague_questions.tsv").read_text().splitlines()


class Asked(NamedTuple):
    """A question, and the paper that is meant by it, which nobody copied the question from."""

    question: str
    language: str
    unit: str
    kind: str
    date: str
    title: str
    text: str


QUESTIONS = [Asked(*line.split("\t")) for line in LINES if line and not line.startswith("#")]


def planted(asked: Asked, paper: Paper, place: int) -> Paper:
    """The paper that is meant, in the place of one of the made ones, with its length and its office sentences."""
    earliest, latest = days(asked.date)
    return replace(
        paper,
        number=f"K-{place}/{earliest.year}",
        title=asked.title,
        language=asked.language,
        unit=asked.unit,
        kind=asked.kind,
        earliest=earliest,
        latest=latest,
        written_as=asked.date,
        pages=(asked.text + "\n" + paper.pages[0], *paper.pages[1:]),
    )


def days(written: str) -> tuple[dt.date, dt.date]:
    if len(written) == len("2009"):
        return dt.date(int(written), 1, 1), dt.date(int(written), 12, 31)
    day = dt.date.fromisoformat(written)
    return day, day


def back_file() -> list[Paper]:
    made = list(papers(CASES, pages=1, words_a_page=60))
    step = CASES // len(QUESTIONS)
    for place, asked in enumerate(QUESTIONS):
        like = next(paper for paper in made[place * step + 3 :] if paper.language == asked.language)
        made[made.index(like)] = planted(asked, like, place)
    return made


def test_twenty_questions_in_four_languages_are_asked():
    assert len(QUESTIONS) == 20
    assert {asked.language for asked in QUESTIONS} == {"bg", "pl", "ro", "en"}


class Reading(NamedTuple):
    """What an archive engine is given of the back-file, and the terms under which the archivist may read it."""

    entries: list[Entry]
    reader_terms: frozenset[str]


@pytest.fixture(scope="module")
def reading(django_db_setup, django_db_blocker):
    """The back-file read from the database once for both engines; the database is as before."""
    with django_db_blocker.unblock(), transaction.atomic():
        town = Town()
        assert keep(back_file(), institution=town.institution) == CASES
        cases = list(Document.objects.values_list("case", flat=True))
        entries = [entry for some in batched(cases, 500) for entry in entries_of(some)]
        terms = frozenset(reader_terms_of(again(town.ivo)))
        transaction.set_rollback(True)
    return Reading(entries, terms)


@pytest.mark.django_db
def test_the_paper_that_is_meant_is_among_the_first_ten(reading, on_both_engines):
    engine().wipe()
    with engine().writing() as writer:
        for entry in reading.entries:
            writer.put(entry)

    missed = [asked.question for asked in QUESTIONS if asked.title not in first_titles(asked.question, reading)]

    assert engine().count() == CASES
    assert len(missed) <= 2, missed


def first_titles(question: str, reading: Reading) -> list[str]:
    answer, *_rest = answered(parse(question), reader_terms=reading.reader_terms, offset=0, limit=FIRST_RESULTS)
    titles = {entry.document: entry.headings[0] for entry in reading.entries}
    return [titles[hit.document] for hit in answer.hits]


@pytest.mark.usefixtures("on_both_engines")
def test_the_facets_are_those_of_the_question_that_answered_in_the_end():
    papers = [entry(1, texts=("oak lime elm",), facets={"kind": "PLAN"})]
    papers += [entry(number, texts=("oak lime",), facets={"kind": "LETTER"}) for number in range(2, 8)]
    engine().wipe()
    keep_all(engine(), papers)

    found = answered(parse("oak lime elm"), reader_terms=ALICE, offset=0, limit=FIRST_RESULTS)

    assert (found.answer.count, found.is_loosened) == (7, True)
    assert found.answer.facets["kind"] == {"letter": 6, "plan": 1}


def span(first: int, last: int) -> Between:
    return Between(dt.date(first, 1, 1), dt.date(last, 12, 31))


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("the kiosk by the school", And((Word("kiosk"), Word("school")))),
        ("the", Word("the")),
        ("", parse("")),
        ("kiosk 2009", And((Word("kiosk"), Or((Word("2009"), span(2009, 2009)))))),
        ("павилион през 2009 година", And((Word("павилион"), Or((Word("2009"), span(2009, 2009)))))),
        ("kiosk unit:TRADE", And((Word("kiosk"), Filter("unit", "TRADE")))),
        ('the "by the school" kiosk', And((Word("kiosk"), Phrase(("by", "the", "school"))))),
        ("the kiosk -school", And((Word("kiosk"), Not(Word("school"))))),
    ],
)
def test_little_words_say_nothing_and_years_are_years(typed, understood):
    assert meant(parse(typed)) == understood


@pytest.mark.parametrize(
    "typed", ["kiosk about 2009", "about 2009 kiosk", "kiosk, about the year 2009", "kiosk около 2009 г."]
)
def test_about_a_year_is_a_hint_and_no_condition(typed):
    kiosk = Word("kiosk")

    assert meant(parse(typed)) == Or(
        (kiosk, And((kiosk, span(2008, 2010))), And((kiosk, span(2006, 2012))), And((kiosk, Word("2009"))))
    )


def test_one_of_several_words_may_be_wrong_and_of_two_none():
    one, other, third = Word("kiosk"), Word("school"), Word("lime")

    assert list(looser(And((one, other)))) == []
    assert list(looser(And((one, other, third, Not(Word("oak"))))))[0] == And(
        (Or((And((one, other, third)), And((one, other)), And((one, third)), And((other, third)))), Not(Word("oak")))
    )
