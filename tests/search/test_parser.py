"""What is typed into the search box is understood, or refused kindly; nothing breaks it."""

import datetime as dt
import random

import pytest

from search.parser import (
    And,
    Between,
    Everything,
    Filter,
    Near,
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


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("48 00 34", Or((Number("48-00-34"), And((Word("48"), Word("00"), Word("34")))))),
        (
            "abc 123 77 2011",
            Or((Number("abc-123-77-2011"), And((Word("abc"), Word("123"), Word("77"), Word("2011"))))),
        ),
        (
            "вх 48 34 липа",
            And((Word("вх"), Or((Number("48-34"), And((Word("48"), Word("34"))))), Word("липа"))),
        ),
        ("lipa 12", And((Word("lipa"), Word("12")))),
        ("kiosk 2009", And((Word("kiosk"), Word("2009")))),
    ],
)
def test_figures_in_a_row_may_be_a_register_number(typed, meant):
    assert parse(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("school NEAR kiosk", Near(("school", "kiosk"), 10)),
        ("школа БЛИЗО павилион", Near(("школа", "павилион"), 10)),
        ("school NEAR/3 kiosk", Near(("school", "kiosk"), 3)),
        ("school NEAR/999 kiosk", Near(("school", "kiosk"), 50)),
        ("a NEAR/2 b NEAR/7 c", Near(("a", "b", "c"), 7)),
        ('"school kiosk"~5', Near(("school", "kiosk"), 5)),
        ('"school"~5', Word("school")),
        ('"old school" NEAR kiosk', Near(("old", "school", "kiosk"), 10)),
        ("street school NEAR kiosk", And((Word("street"), Near(("school", "kiosk"), 10)))),
        ("unit:URB NEAR kiosk", And((Filter("unit", "URB"), Word("kiosk")))),
        ("NEAR", Everything()),
        ("NEAR kiosk", Word("kiosk")),
        ("kiosk NEAR", Word("kiosk")),
        ("near kiosk", And((Word("near"), Word("kiosk")))),
        ("lime NOT oak", And((Word("lime"), Not(Word("oak"))))),
        ("липа НЕ дъб", And((Word("липа"), Not(Word("дъб"))))),
        ("„стар дъб“", Phrase(("стар", "дъб"))),
    ],
)
def test_words_may_be_asked_for_near_each_other_or_left_out(typed, meant):
    assert parse(typed) == meant


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("date:2009", Between(day("2009-01-01"), day("2009-12-31"))),
        ("дата:2009", Between(day("2009-01-01"), day("2009-12-31"))),
        ("date:21.11.2009", Between(day("2009-11-21"), day("2009-11-21"))),
        ("date:about 2009", Between(day("2008-01-02"), day("2010-12-31"))),
        ("data: około 2009", Between(day("2008-01-02"), day("2010-12-31"))),
        ('dată:"circa 2009"', Between(day("2008-01-02"), day("2010-12-31"))),
        ('date:"March 2009"', Between(day("2009-03-01"), day("2009-03-31"))),
        ("date:2009-2011", Between(day("2009-01-01"), day("2011-12-31"))),
        ("year:2011-2009", Between(day("2009-01-01"), day("2011-12-31"))),
        ("from:2009-03", Between(day("2009-03-01"), None)),
        ("до:2011", Between(None, day("2011-12-31"))),
        ("from:2009-03 to:2011", Between(day("2009-03-01"), day("2011-12-31"))),
        ("to:2011 oak from:2009", And((Between(day("2009-01-01"), day("2011-12-31")), Word("oak")))),
        ("od:2009 do:2008", And((Between(day("2009-01-01"), None), Between(None, day("2008-12-31"))))),
        ("to:9999", Between(None, day("9999-12-31"))),
        ("date:about 9999", And((Word("date"), Word("about"), Word("9999")))),
        ("date:soon", And((Word("date"), Word("soon")))),
        ("до: кмета", And((Word("до"), Word("кмета")))),
        ("date:", Word("date")),
    ],
)
def test_days_may_be_as_rough_as_on_paper(typed, meant):
    assert parse(typed) == meant


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
        ("регистър:IN", Filter("register", "IN")),
        ("klasa:0631", Filter("class", "0631")),
        ("canal:EMAIL", Filter("channel", "EMAIL")),
        ("language:bg", Filter("language", "bg")),
        ("dostęp:RESTRICTED", Filter("access", "RESTRICTED")),
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
    signs = [*'()-"*: №\x00\u202e|#~/', "OR", "oak", "год", "year:", "unit:", "94-00-1", "NEAR", "date:", "2009"]

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
