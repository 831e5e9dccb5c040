"""Calculated values: on decimals, absent when something is absent, rounded half up."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal_pages.forms.answers import answers_document
from portal_pages.forms.calculations import (
    Why,
    as_json,
    decimal_text,
    from_json,
    table_as_json,
    table_from_json,
    worked_out,
)
from portal_pages.forms.shown import show
from tests.portal_pages.forms.asking import ASKING, form, question, sent

TABLES = {
    "zones": {"titles": {"en": "Zones"}, "rows": [{"for": ["A"], "rate": "1.80"}, {"for": ["B"], "rate": "0"}]},
    "tiers": {"titles": {}, "rows": [{"for": ["A", "URGENT"], "rate": "3"}, {"for": ["A", "2"], "rate": "4"}]},
    "bands": {"titles": {}, "bands": [{"up_to": "50", "rate": "2"}, {"up_to": "100", "rate": "1.5"}]},
    "open": {"titles": {}, "bands": [{"up_to": "50", "rate": "2"}, {"rate": "1"}]},
}
READ = {name: table_from_json(said) for name, said in TABLES.items()}
TREES = [{"girth": 120, "kind": "OAK"}, {"girth": 80}, {"kind": "OAK"}]
ANSWERS = {
    "area": "12.50", "count": 3, "zone": "A", "tier": "URGENT", "two": 2, "yes": True, "text": "many", "nil": 0,
    "from": "2026-02-27", "to": "2026-03-02", "trees": TREES,
}  # fmt: skip
OAK = {"answer": "kind", "comparison": "IS", "value": "OAK"}


def a(key: str) -> dict[str, str]:
    return {"answer": key}


def op(name: str, *parts: Any, **more: Any) -> dict[str, Any]:
    return {"op": name} | ({"of": list(parts)} if parts else {}) | more


@pytest.mark.parametrize(
    ("calculation", "result"),
    [
        (a("area"), "12.5"),
        ({"constant": "-0.5"}, "-0.5"),
        (op("SUM", a("area"), a("count"), {"constant": "1"}), "16.5"),
        (op("PRODUCT", a("area"), a("count")), "37.5"),
        (op("DIFFERENCE", a("count"), a("area")), "-9.5"),
        (op("QUOTIENT", a("area"), a("count")), Fraction(25, 6)),
        (op("SMALLEST", a("area"), a("count")), "3"),
        (op("LARGEST", a("area"), a("count")), "12.5"),
        ({"op": "ROUNDED", "of": op("QUOTIENT", a("area"), a("count")), "places": 1}, "4.2"),
        (op("DAYS", **{"from": a("from"), "to": a("to")}), "3"),
        (op("DAYS", **{"from": a("from"), "to": a("to")}, inclusive=True), "4"),
        (op("DAYS", **{"from": a("to"), "to": a("from")}), "-3"),
        (op("COUNT", group="trees"), "3"),
        (op("COUNT", group="trees", when=OAK), "2"),
        (op("SUM_OF", group="trees", column="girth"), "200"),
        (op("SUM_OF", group="trees", column="girth", when=OAK), "120"),
        (op("LOOKUP", table="zones", by=a("zone")), "1.8"),
        (op("LOOKUP", table="tiers", by=[a("zone"), a("tier")]), "3"),
        (op("LOOKUP", table="tiers", by=[a("zone"), a("two")]), "4"),
        (op("LOOKUP", table="bands", by={"constant": "50"}), "2"),
        (op("LOOKUP", table="bands", by={"constant": "50.01"}), "1.5"),
        (op("LOOKUP", table="open", by={"constant": "1000"}), "1"),
        (op("EITHER", when=OAK | {"answer": "zone", "value": "A"}, then=a("area"), otherwise=a("text")), "12.5"),
    ],
)
def test_a_value_is_worked_out_exactly(calculation: dict[str, Any], result: str | Fraction):
    worked = worked_out(from_json(calculation), ANSWERS, READ)

    assert worked.value == Fraction(result)
    assert as_json(from_json(calculation)) == calculation


@pytest.mark.parametrize(
    ("calculation", "why", "about"),
    [
        (op("SUM", a("area"), a("gone")), Why.NOT_ANSWERED, "gone"),
        (op("PRODUCT", a("nil"), a("gone")), Why.NOT_ANSWERED, "gone"),
        (a("text"), Why.NOT_ANSWERED, "text"),
        (a("yes"), Why.NOT_ANSWERED, "yes"),
        (op("QUOTIENT", a("area"), a("nil")), Why.DIVISION_BY_ZERO, ""),
        (op("DAYS", **{"from": a("from"), "to": a("gone")}), Why.NOT_ANSWERED, "gone"),
        (op("COUNT", group="gone"), Why.NOT_ANSWERED, "gone"),
        (op("SUM_OF", group="trees", column="height"), Why.NOT_ANSWERED, "trees"),
        (op("LOOKUP", table="zones", by=a("gone")), Why.NOT_ANSWERED, "gone"),
        (op("LOOKUP", table="zones", by=a("tier")), Why.NOT_IN_TABLE, "zones"),
        (op("LOOKUP", table="bands", by={"constant": "100.01"}), Why.NOT_IN_TABLE, "bands"),
        (op("PRODUCT", *[{"constant": "100000000"}] * 2), Why.TOO_LARGE, ""),
    ],
)
def test_without_a_result_there_is_a_reason_and_never_a_nought(calculation: Any, why: Why, about: str):
    worked = worked_out(from_json(calculation), ANSWERS, READ)

    assert (worked.value, worked.why, worked.about) == (None, why, about)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("0.124", 2, "0.12"), ("-0.001", 2, "0.00"), ("2.5", 0, "3")],
)
def test_halves_are_rounded_up(value: str, places: int, text: str):
    assert decimal_text(Fraction(value), places) == text


@settings(max_examples=50)
@given(value=st.decimals(-(10**9), 10**9, places=4))
def test_rounding_is_never_further_away_than_half_a_place(value: Any):
    assert abs(Fraction(decimal_text(Fraction(value), 2)) - Fraction(value)) <= Fraction(1, 200)


@pytest.mark.parametrize(
    "said",
    [
        None, [], {}, {"answer": 3}, {"answer": "a", "x": 1}, {"constant": 1.5}, {"constant": "NaN"},
        {"constant": True},
        op("SUM"), {"op": "SUM", "of": []}, op("DIFFERENCE", a("x")), op("EXEC", a("x")), {"constant": "9" * 40},
        {"op": "ROUNDED", "of": a("x"), "places": 99}, op("LOOKUP", table="t", by=[]),
        op("DAYS", **{"from": "a", "to": "b"}),
        op("SUM", *[a("x")] * 41), {"op": ["SUM"], "of": [a("x")]},
    ],
)  # fmt: skip
def test_what_is_no_calculation_is_refused(said: Any):
    with pytest.raises(ValueError, match=r"."):
        from_json(said)


def test_a_calculation_is_not_nested_without_end():
    deep: Any = a("x")
    for _layer in range(2000):
        deep = op("SUM", deep)

    with pytest.raises(ValueError, match="nested too deeply"):
        from_json(deep)


@pytest.mark.parametrize(
    "said",
    [
        {"titles": {}, "rows": []},
        {"titles": {}, "rows": [{"for": ["A"], "rate": "1"}, {"for": ["A"], "rate": "2"}]},
        {"titles": {}, "rows": [{"for": ["A"], "rate": "1"}, {"for": ["A", "B"], "rate": "2"}]},
        {"titles": {}, "rows": [{"for": [3], "rate": "1"}]},
        {"titles": {}, "bands": [{"rate": "1"}, {"up_to": "3", "rate": "1"}]},
        {"titles": {}, "bands": [{"up_to": "3", "rate": "1"}, {"up_to": "3", "rate": "1"}]},
        {"titles": {}, "rows": [{"for": ["A"], "rate": "1"}], "bands": [{"rate": "1"}]},
    ],
)
def test_what_is_no_table_of_rates_is_refused(said: Any):
    with pytest.raises(ValueError, match=r"."):
        table_from_json(said)


def test_tables_come_back_as_they_were_written():
    assert {name: table_as_json(table) for name, table in READ.items()} == TABLES


# -- in a form

DAYS = op("DAYS", **{"from": a("start"), "to": a("end")}, inclusive=True)
ROADS = form(
    question("area", "DECIMAL", labels={"en": "Area"}),
    question("start", "DATE", labels={"en": "Start"}, future_allowed=True),
    question("end", "DATE", labels={"en": "End"}, future_allowed=True),
    question("zone", "CHOICE", options=[{"code": code, "labels": {"en": code}} for code in "ABC"]),
    question("days", "CALCULATED", calculation=DAYS, places=0),
    question(
        "fee",
        "CALCULATED",
        currency="EUR",
        calculation=op("PRODUCT", a("area"), a("days"), op("LOOKUP", table="zones", by=a("zone"))),
    ),
    question("receipt", "SHORT_TEXT", show_when={"answer": "fee", "comparison": "AT_LEAST", "value": "100"}),
    tables=TABLES,
)  # fmt: skip
TYPED = {
    "area": "12,5", "zone": "A", "receipt": "x",
    "start-day": "1", "start-month": "4", "start-year": "2026", "end-day": "10", "end-month": "4", "end-year": "2026",
}  # fmt: skip


def test_the_server_works_the_fee_out_and_stores_how_it_came_about():
    reading = sent(ROADS, {**TYPED, "fee": "0.01", "days": "1"})

    assert reading.answers["days"] == "10"
    assert reading.answers["fee"] == "225.00"
    assert reading.answers["receipt"] == "x"
    asked = {one["key"]: one for one in answers_document(ROADS, reading.answers, ASKING)["pages"][0]["questions"]}
    assert asked["fee"]["in_words"] == "225.00 EUR"
    assert asked["fee"][
        "came_about"
    ] == "12.50 (Area) × 10 (Days) × 1.80 (rate from “Zones” for zone) = 225.00 EUR".replace("for zone", "for Zone")
    assert asked["days"]["came_about"] == "10 (days from “Start” to “End”, both counted) = 10"


def test_without_an_answer_there_is_no_fee_and_the_reason_is_said():
    unanswered = sent(ROADS, {**TYPED, "area": ""})
    unknown = sent(ROADS, {**TYPED, "zone": "C"})

    assert "fee" not in unanswered.answers
    assert "receipt" not in unanswered.answers
    asked = [answers_document(ROADS, one.answers, ASKING)["pages"][0]["questions"][5] for one in (unanswered, unknown)]
    assert [one["came_about"] for one in asked] == [
        "It is worked out once this is answered: Area",
        "It can't be worked out: “Zones” has no rate for this",
    ]
    assert [("answer" in one) for one in asked] == [False, False]


def test_the_person_sees_the_value_with_how_it_came_about():
    (page,) = sent(ROADS, TYPED).pages
    (empty,) = sent(ROADS, {}).pages

    fee, nothing = (show(one, with_errors=False).questions[5] for one in (page, empty))

    assert (fee.words, fee.formula.endswith("= 225.00 EUR")) == ("225.00 EUR", True)
    assert (nothing.words, nothing.formula) == ("", "Area × Days × rate from “Zones” for Zone")


def test_a_row_has_calculated_values_of_its_own():
    read = form(
        question(
            "trees",
            "GROUP",
            questions=[
                question("girth", "WHOLE_NUMBER"),
                question("count", "WHOLE_NUMBER"),
                question("all", "CALCULATED", calculation=op("PRODUCT", a("girth"), a("count")), places=0),
            ],
        ),
        question("total", "CALCULATED", calculation=op("SUM_OF", group="trees", column="all"), places=1),
    )

    typed = {
        "trees-rows": "3",
        "trees-0-girth": "80",
        "trees-0-count": "2",
        "trees-2-girth": "40",
        "trees-2-count": "1",
    }

    assert sent(read, typed).answers == {
        "trees": [{"girth": 80, "count": 2, "all": "160"}, {"girth": 40, "count": 1, "all": "40"}],
        "total": "200.0",
    }
