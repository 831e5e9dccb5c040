"""What is wrong with a form before it is published: each problem with its page and question."""

from typing import Any

import pytest

from portal_pages.forms.checker import Level, Problem, problems_of
from portal_pages.forms.rules import Use, UsedBy, rules_in_words, uses_of
from portal_pages.forms.stored import form_as_json
from tests.portal_pages.forms.asking import definition, question
from tests.portal_pages.shipped_forms import FORMS

ZONES = [{"code": code, "labels": {"en": code}} for code in ("A", "B")]
TABLES = {
    "zones": {"titles": {"en": "Zones"}, "rows": [{"for": ["A"], "rate": "1.80"}, {"for": ["B"], "rate": "1.60"}]}
}
ZONE = question("zone", "CHOICE", options=ZONES, helps={"en": "See the map"})
AREA = question("area", "DECIMAL", helps={"en": "In square metres"})
TREES = question(
    "trees",
    "GROUP",
    helps={"en": "One row for each"},
    row_labels={"en": "Tree"},
    add_labels={"en": "Add a tree"},
    questions=[
        question("species", "SHORT_TEXT", helps={"en": "x"}),
        question("girth", "WHOLE_NUMBER", helps={"en": "x"}),
    ],
)


def of(*questions: dict[str, Any], languages: tuple[str, ...] = ("en",), **more: Any) -> list[Problem]:
    history = more.pop("history", ())
    return problems_of(definition(*questions, **more), languages=languages, obligatory=("en",), history=history)


def errors(*questions: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    return [(one.question, one.words) for one in of(*questions, **more) if one.level is Level.ERROR]


def when(key: str, comparison: str, value: Any = None) -> dict[str, Any]:
    return {"answer": key, "comparison": comparison, "value": value}


def asked(key: str = "q", kind: str = "SHORT_TEXT", **more: Any) -> dict[str, Any]:
    return question(key, kind, helps={"en": "Some help"}, **more)


def calculated(calculation: Any) -> dict[str, Any]:
    return question("fee", "CALCULATED", calculation=calculation)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_forms_that_ship_have_no_errors(form: Any):
    found = problems_of(form_as_json(form), languages=["en", "bg", "pl", "ro"], obligatory=["en", "bg", "pl", "ro"])

    assert [one for one in found if one.level is Level.ERROR] == []


def test_a_form_without_fault_has_no_problems():
    assert of(ZONE, AREA, TREES, asked(show_when=when("zone", "IS", "A"))) == []


def test_what_the_browser_fills_in_is_not_counted_by():
    assert errors(asked(counted=True)) == []

    [(key, words)] = errors(asked(counted=True, autocomplete="family-name"))

    assert (key, words.split(":")[0]) == ("q", "The browser fills this in with what is personal")


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ([asked(show_when=when("gone", "ANSWERED"))], "looks at the question “gone”, which is not there (any more)"),
        ([asked(show_when=when("zone", "IS", "A")), ZONE], "“zone”, which is asked only later"),
        ([asked(required_when=when("zone", "IS", "A")), ZONE], "“zone”, which is asked only later"),
        ([asked(show_when=when("q", "ANSWERED"))], "looks at itself"),
        ([TREES, asked(show_when=when("girth", "AT_LEAST", 3))], "“girth” is asked in rows"),
        ([asked("q", "DATE", earliest={"answer": "gone"})], "“gone”, which is not there"),
        ([ZONE, asked("q", "DATE", earliest={"answer": "zone"})], "“zone” is not a date"),
        ([asked("q", "SHORT_TEXT", pattern="(a+)+", example="a")], "could take too long"),
    ],
)
def test_a_rule_on_what_is_not_there_before_is_an_error(questions: list[dict[str, Any]], said: str):
    ((key, words),) = errors(*questions)

    assert (key, said in words) == ("q", True), words


@pytest.mark.parametrize(
    "condition",
    [
        when("zone", "IS", "C"),
        when("zone", "ONE_OF", ["C", "D"]),
        {"all": [when("zone", "IS", "A"), when("zone", "IS", "B")]},
        {"all": [when("zone", "ANSWERED"), when("zone", "NOT_ANSWERED")]},
        {"all": [when("area", "AT_LEAST", 10), when("area", "AT_MOST", 9)]},
        {"all": [when("area", "AT_LEAST", "9.99"), when("area", "AT_MOST", "9.99"), when("area", "IS_NOT", "9.99")]},
        when("area", "AT_MOST", "-1"),
        when("area", "IS", "2.5"),
        when("agree", "IS", "yes"),
        when("agree", "IS", False),
        {"all": [when("agree", "NOT_ANSWERED"), {"any": [when("agree", "IS", True), when("zone", "IS", "C")]}]},
        {"all": [when("inner", "ANSWERED"), when("zone", "IS", "B")]},
        {"any": []},
        {"any": [when("zone", "IS", "C"), when("zone", "IS", "A")]},
        when("day", "AT_MOST", "2019-12"),
        when("several", "CONTAINS", "C"),
        when("opens", "AT_LEAST", "18:00"),
        when("code", "IS", "ab"),
        when("note", "ANSWERED"),
    ],
)  # fmt: skip
def test_a_rule_that_can_never_be_true_is_an_error(condition: dict[str, Any]):
    before = [
        ZONE,
        AREA,
        asked("agree", "DECLARATION"),
        asked("inner", "SHORT_TEXT", show_when=when("zone", "IS", "A")),
        asked("day", "DATE", earliest={"date": "2020-01-01"}),
        asked("several", "SEVERAL", options=ZONES),
        asked("opens", "TIME", most="17:59"),
        asked("code", "SHORT_TEXT", pattern=r"\d+", example="1"),
        asked("note", "INFORMATION"),
    ]

    ((key, words),) = errors(*before, asked(show_when=condition))

    assert (key, "never" in words) == ("q", True), words


@pytest.mark.parametrize(
    "condition",
    [
        when("zone", "IS_NOT", "A"),
        when("zone", "NOT_ANSWERED"),
        {"any": [when("zone", "IS", "A"), when("zone", "IS", "B")]},
        {"all": [when("area", "AT_LEAST", "9.99"), when("area", "AT_MOST", "9.99")]},
        {"all": [when("area", "AT_LEAST", "9.98"), when("area", "AT_MOST", "10"), when("area", "IS_NOT", "9.99")]},
        {"all": [when("several", "CONTAINS", "A"), when("several", "CONTAINS", "B")]},
        {"all": [when("inner", "ANSWERED"), when("zone", "IS", "A")]},
        {"all": [when("text", "CONTAINS", "a"), when("text", "CONTAINS", "b"), when("text", "IS_NOT", "ab")]},
        {"all": [when("day", "AT_LEAST", "2026-03"), when("day", "AT_MOST", "2026-03-31")]},
        {
            "all": [
                when("opens", "AT_LEAST", "08:00"),
                when("opens", "AT_MOST", "08:01"),
                when("opens", "IS_NOT", "08:00"),
            ]
        },
        when("area", "ANSWERED"),
        {"all": []},
    ],
)
def test_a_rule_that_can_be_true_is_none(condition: dict[str, Any]):
    before = [
        ZONE,
        AREA,
        asked("inner", "SHORT_TEXT", show_when=when("zone", "IS", "A")),
        asked("several", "SEVERAL", options=ZONES),
        asked("text", "SHORT_TEXT"),
        asked("day", "DATE", future_allowed=True),
        asked("opens", "TIME"),
    ]

    assert errors(*before, asked(show_when=condition)) == []


@pytest.mark.parametrize(
    ("calculation", "said"),
    [
        ({"op": "SUM", "of": [{"answer": "zone"}]}, "“zone” is not a number"),
        ({"answer": "later"}, "“later”, which is asked only later"),
        ({"answer": "gone"}, "“gone”, which is not there"),
        ({"op": "DAYS", "from": {"answer": "area"}, "to": {"answer": "day"}}, "“area” is not a date"),
        ({"op": "COUNT", "group": "area"}, "“area” is not rows"),
        ({"op": "SUM_OF", "group": "trees", "column": "species"}, "“trees” has no column “species” with numbers"),
        ({"op": "SUM_OF", "group": "trees", "column": "girth", "when": when("zone", "IS", "C")}, "can never be true"),
        ({"op": "LOOKUP", "table": "gone", "by": {"answer": "zone"}}, "There is no table of rates “gone”"),
        ({"op": "LOOKUP", "table": "zones", "by": [{"answer": "zone"}] * 2}, "asked by 1 values, not by 2"),
        ({"op": "LOOKUP", "table": "zones", "by": {"answer": "trees"}}, "“trees” is not"),
        (
            {"op": "EITHER", "when": when("zone", "IS", "C"), "then": {"constant": 1}, "otherwise": {"constant": 2}},
            "can never be true",
        ),
    ],
)  # fmt: skip
def test_a_calculation_on_the_wrong_question_is_an_error(calculation: Any, said: str):
    before = [ZONE, AREA, TREES, asked("day", "DATE")]

    ((key, words),) = errors(*before, calculated(calculation), asked("later", "DECIMAL"), tables=TABLES)

    assert (key, said in words) == ("fee", True), words


def test_an_answer_without_a_rate_is_a_warning():
    tables = {"zones": {"titles": {"en": "Zones"}, "rows": [{"for": ["A"], "rate": "1.80"}]}}

    (problem,) = of(ZONE, calculated({"op": "LOOKUP", "table": "zones", "by": {"answer": "zone"}}), tables=tables)

    assert (problem.level, problem.question) == (Level.WARNING, "fee")
    assert "no rate for the answer “B”" in problem.words


def test_a_key_used_twice_is_an_error_in_rows_too():
    assert [key for key, _words in errors(ZONE, ZONE)] == ["zone"]
    trees = {**TREES, "questions": [asked("zone"), asked("girth"), asked("girth")]}
    assert [key for key, _words in errors(ZONE, trees)] == ["zone", "girth"]


def test_a_key_of_another_kind_before_is_an_error():
    history = [definition(question("zone", "SHORT_TEXT"), AREA)]

    ((key, words),) = errors(ZONE, AREA, history=history)

    assert key == "zone"
    assert "belonged to a question of the kind SHORT_TEXT" in words


def test_a_text_missing_in_an_obligatory_language_is_an_error_and_in_another_a_warning():
    zone = {**ZONE, "options": [{"code": "A", "labels": {"bg": "А"}}], "labels": {"en": "Zone"}, "helps": {}}

    found = of(zone, languages=("en", "bg"))

    assert [(one.level, one.page, one.question, one.words) for one in found] == [
        (Level.ERROR, "where", "zone", "The answer A is missing in an obligatory language: en"),
        (Level.WARNING, "where", "zone", "The label is missing in: bg; the main language is shown there"),
        (Level.WARNING, "where", "zone", "No help is given"),
        (Level.WARNING, "where", "", "The title is missing in: bg; the main language is shown there"),
    ]


def test_what_cannot_be_read_is_an_error_and_the_rest_is_still_checked():
    found = errors({**AREA, "least": "many"}, asked(show_when=when("zone", "ANSWERED")), ZONE)

    assert [key for key, _words in found] == ["area", "q"]
    assert [words for _key, words in errors(ZONE, tables={"zones": {}})] == [
        "the tables of rates, zones: A table can't be read: a table of rates has titles and either rows or bands"
    ]
    assert errors(ZONE, version="x") == [("", "the form's version: Here a whole number is expected")]
    assert [words for _key, words in errors()] == ["This page asks nothing: add a question or remove the page"]


@pytest.mark.parametrize("form", [{}, {"pages": 3}, {"pages": [3, None, {"questions": 3}, {"common": []}]}])
def test_nonsense_is_named_and_never_a_crash(form: dict[str, Any]):
    assert problems_of(form, languages=["en"], obligatory=["en"])
    assert rules_in_words(form, "en") == []


# -- where a question is used, and the rules in words

FEE = {"op": "PRODUCT", "of": [{"answer": "area"}, {"op": "LOOKUP", "table": "zones", "by": {"answer": "zone"}}]}
EITHER = {"any": [when("start", "ANSWERED"), when("zone", "IS", "B")]}
RULED = definition(
    {**ZONE, "required": True},
    question("start", "DATE", labels={"en": "Start"}, earliest={"days": 3}),
    question("end", "DATE", earliest={"answer": "start"}, latest={"answer": "start", "years": 1}),
    {**AREA, "show_when": {"all": [when("zone", "IS", "A"), EITHER]}},
    calculated(FEE),
    {**TREES, "questions": [asked("species"), asked("why", required_when=when("zone", "ONE_OF", ["A", "B"]))]},
    tables=TABLES,
)  # fmt: skip


def test_the_uses_of_a_question_are_found():
    assert uses_of("zone", RULED) == [
        UsedBy("where", "area", Use.SHOWN_WHEN),
        UsedBy("where", "fee", Use.CALCULATION),
        UsedBy("where", "why", Use.REQUIRED_WHEN, "trees"),
    ]
    assert uses_of("start", RULED) == [
        UsedBy("where", "end", Use.LIMIT),
        UsedBy("where", "area", Use.SHOWN_WHEN),
    ]


def test_every_rule_stands_in_words_on_one_page():
    rules = rules_in_words(RULED, "en")

    assert {rule.question: list(rule.lines) for rule in rules} == {
        "zone": ["Has to be answered"],
        "start": ["Not before today + 3 days", "Not in the future"],
        "end": ["Not before the day of “Start”", "Not after the day of “Start” + 1 year"],
        "area": ["Shown only if “Zone” is “A” and (“Start” is answered or “Zone” is “B”)"],
        "fee": ["Worked out: Area × rate from “Zones” for Zone"],
        "why": ["Has to be answered if “Zone” is one of: “A”, “B”"],
    }
