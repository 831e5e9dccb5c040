"""What is typed into the search box is understood, or refused kindly; nothing breaks it."""

import random

import pytest

from search.parser import (
    And,
    Everything,
    Filter,
    Not,
    Number,
    Or,
    Phrase,
    QueryTooComplex,
    Word,
    parse,
    terms_sought,
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("?!„“", Everything()),
        ("дърво", Word("дърво")),
        ("tree felling", And((Word("tree"), Word("felling")))),
        ('"tree felling"', Phrase(("tree", "felling"))),
        ('"tree"', Word("tree")),
        ('"tree felling', Phrase(("tree", "felling"))),
        ("oak OR lime", Or((Word("oak"), Word("lime")))),
        ("дъб ИЛИ липа", Or((Word("дъб"), Word("липа")))),
        ("oak or lime", And((Word("oak"), Word("or"), Word("lime")))),
        ("OR", Everything()),
        ("OR oak OR", Word("oak")),
        ("street oak OR lime", Or((And((Word("street"), Word("oak"))), Word("lime")))),
        ("street (oak OR lime)", And((Word("street"), Or((Word("oak"), Word("lime")))))),
        ("street -lime", And((Word("street"), Not(Word("lime"))))),
        ("-(oak OR lime)", Not(Or((Word("oak"), Word("lime"))))),
        ('-"old oak"', Not(Phrase(("old", "oak")))),
        ("- oak", Word("oak")),
        ("-", Everything()),
        ("oak -", Word("oak")),
        ("tre*", Word("tre", is_beginning=True)),
        ("t*", Word("t")),
        ("Bela-Reka", And((Word("Bela"), Word("Reka")))),
        ("e-mail@example.org", And((Word("e"), Word("mail"), Word("example"), Word("org")))),
        ("((oak", Word("oak")),
        ("oak)) lime", And((Word("oak"), Word("lime")))),
        (") oak (", Word("oak")),
        ("()", Everything()),
    ],
)
def test_it_is_read_as_meant(typed, meant):
    assert parse(typed) == meant


@pytest.mark.parametrize(
    "number",
    [
        "94-00-127/21.11.2026", "94-00-127", "72-В44/26.01.2012", "РД-01-856/19.10.2021", "РД.02.05-522/02.09.2014",
        "А-1262/26.06.2019", "94-00-123(1)", "94-00-123#2", "2026-000123", "ABC.123.77.2011", "0006-000123-12.05.2026",
    ],
)  # fmt: skip
def test_register_numbers_are_recognised(number):
    assert parse(number) == Number(number)
    assert parse(f"вх. №{number} липа") == And((Word("вх"), Number(number), Word("липа")))
    assert parse(f"({number})") == Number(number)


def test_a_bare_figure_is_a_word():
    assert parse("127") == Word("127")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("unit:URB", Filter("unit", "URB")),
        ('unit:"URB 1"', Filter("unit", "URB 1")),
        ("звено:УТ", Filter("unit", "УТ")),
        ("Year:2026", Filter("year", "2026")),
        ("rok:2026", Filter("year", "2026")),
        ("number:94-00-1", Filter("number", "94-00-1")),
        ("номер:94-00-123(1)", Filter("number", "94-00-123(1)")),
        ("-state:CLOSED", Not(Filter("state", "CLOSED"))),
        ("year:soon", And((Word("year"), Word("soon")))),
        ("year:٢٠٢٦", And((Word("year"), Word("٢٠٢٦")))),
        ("unit:", Word("unit")),
        ("unit: URB", And((Word("unit"), Word("URB")))),
        ('unit:""', Word("unit")),
        ("https://example.org", And((Word("https"), Word("example"), Word("org")))),
    ],
)
def test_filters_are_recognised_and_the_rest_are_words(typed, meant):
    assert parse(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "(" * 10_240,
        ")" * 10_240,
        "-" * 10_240,
        "((((((((oak))))))))",
        "-(" * 10 + "oak",
        "a b " * 16,
        '"' + "a " * 31 + '"',
        "липа " * 200,
        "94-00-1 " * 31,
    ],
)
def test_too_much_is_refused_with_advice(typed):
    with pytest.raises(QueryTooComplex, match="Try"):
        parse(typed)


def test_nothing_that_can_be_typed_breaks_it():
    chance = random.Random(94_00_127)
    signs = [*'()-"*: №\x00\u202e|#', "OR", "oak", "год", "year:", "unit:", "94-00-1"]

    for _ in range(3_000):
        typed = "".join(chance.choice(signs) for _ in range(chance.randrange(40)))
        try:
            tree = parse(typed)
        except QueryTooComplex:
            continue
        assert parse(typed) == tree


def test_what_is_excluded_is_not_marked():
    tree = parse('oak (lime OR "old road") -elm number:94-00-1 year:2026')

    assert list(terms_sought(tree)) == [Word("oak"), Word("lime"), Phrase(("old", "road")), Number("94-00-1")]
