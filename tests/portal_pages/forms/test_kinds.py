"""The kinds of question: what is read from what was typed, what is refused and why, and how it is said in words."""

from dataclasses import replace
from typing import Any

import pytest

from portal_pages.forms.answers import answers_document
from portal_pages.forms.kinds import KINDS
from portal_pages.forms.shown import show
from portal_pages.forms.stored import form_as_json, form_from_json
from tests.portal_pages.forms.asking import ASKING, answers, definition, form, question, sent

DAY = {"q-day": "1", "q-month": "4", "q-year": "2026"}
WEEK = [{"code": code, "labels": {"en": name}} for code, name in (("MON", "Monday"), ("TUE", "Tuesday"))]
A_AND_B = [{"code": "A", "labels": {"en": "Alpha"}}, {"code": "B", "labels": {"en": "Beta"}}]
OTHER = {"en": "Other"}
NUMBERS = [question("girth", "WHOLE_NUMBER", required=True), question("note", "SHORT_TEXT")]
# A row of everything that takes more than one control.
OWNERS = [
    question("id", "PERSON_ID"),
    question("firm", "ORGANISATION_ID"),
    question("account", "IBAN"),
    question("home", "ADDRESS"),
    question("spot", "PLACE", asks_address=True),
    question("stretch", "LINE"),
    question("share", "CHOICE", options=A_AND_B, other=OTHER),
]
OWNER_TYPED = {
    "q-1-id-scheme": "EGN",
    "q-1-id-number": "7501020018",
    "q-1-firm": "831641791",
    "q-1-account": "bg80 bnbg 9661 1020 3456 78",
    "q-1-home-street": "ul. Lipa 4",
    "q-1-home-town": "Bela Reka",
    "q-1-spot-words": "by the school",
    "q-1-spot-latitude": "42.6977",
    "q-1-spot-longitude": "23.3219",
    "q-1-stretch-words": "ul. Lipa 1 to 9",
    "q-1-stretch-points": "42.6977, 23.3219 corner\r\nthe school",
    "q-1-share-other": "one third",
}
OWNER = {
    "id": {"scheme": "EGN", "number": "7501020018"},
    "firm": {"scheme": "EIK", "number": "831641791"},
    "account": "BG80BNBG96611020345678",
    "home": {"street": "ul. Lipa 4", "town": "Bela Reka"},
    "spot": {
        "words": "by the school",
        "point": {"latitude": "42.6977", "longitude": "23.3219"},
        "source": "TYPED",
    },
    "stretch": {
        "words": "ul. Lipa 1 to 9",
        "points": [{"latitude": "42.6977", "longitude": "23.3219", "words": "corner"}, {"words": "the school"}],
    },
    "share": {"other": "one third"},
}


@pytest.mark.parametrize(
    ("kind", "settings", "typed", "answer"),
    [
        ("SHORT_TEXT", {"pattern": r"\d{3}", "example": "123"}, {"q": " 456 "}, "456"),
        ("MONEY", {"currency": "PLN"}, {"q": "1 234,5"}, "1234.50"),
        ("DECIMAL", {"places": 3}, {"q": "0,1"}, "0.100"),
        ("DATE", {"future_allowed": True}, DAY, "2026-04-01"),
        ("DATE", {"latest": {"years": 1}}, DAY, "2026-04-01"),
        ("DATE", {"latest": {"date": "2026-04-01"}}, DAY, "2026-04-01"),
        ("DATE", {"earliest": {"answer": "absent"}, "latest": {"days": 9}}, DAY, "2026-04-01"),
        ("TIME", {}, {"q": "8.30"}, "08:30"),
        ("TIME", {"most": "24:00"}, {"q": "7"}, "07:00"),
        ("SEVERAL", {"options": A_AND_B}, {"q": ["B", "A"]}, ["A", "B"]),
        (
            "SEVERAL",
            {"options": A_AND_B, "other": {"en": "Other"}},
            {"q": "B", "q-other": "x  y"},
            ["B", "OTHER", {"other": "x y"}],
        ),
        ("IBAN", {}, {"q": "bg80 bnbg 9661 1020 3456 78"}, "BG80BNBG96611020345678"),
        ("PARCEL", {}, {"q-number": "68134.905.123"}, {"number": "68134.905.123"}),
        (
            "PLACE",
            {"asks_address": True},
            {"q-street": "ul. Lipa 4", "q-town": "Bela Reka"},
            {"words": "ul. Lipa 4, Bela Reka", "address": {"street": "ul. Lipa 4", "town": "Bela Reka"}},
        ),
        ("LINE", {}, {"q-words": "ul. Lipa 1 to 9"}, {"words": "ul. Lipa 1 to 9"}),
        (
            "LINE",
            {},
            {"q-words": "ul. Lipa", "q-points": "42.6977, 23.3219 corner\r\n\r\nat the school\r\n42,70 23,33"},
            {
                "words": "ul. Lipa",
                "points": [
                    {"latitude": "42.6977", "longitude": "23.3219", "words": "corner"},
                    {"words": "at the school"},
                    {"latitude": "42.70", "longitude": "23.33"},
                ],
            },
        ),
        ("CHOICE", {"options": A_AND_B}, {"q": "A"}, "A"),
        ("CHOICE", {"options": A_AND_B, "other": OTHER}, {"q": "A"}, "A"),
        ("CHOICE", {"options": A_AND_B, "other": OTHER}, {"q": "OTHER", "q-other": "x  y"}, {"other": "x y"}),
        ("CHOICE", {"options": A_AND_B, "other": OTHER}, {"q-other": "x"}, {"other": "x"}),
        ("GROUP", {"questions": OWNERS}, {"q-rows": "2", **OWNER_TYPED}, [OWNER]),
        ("TABLE", {"rows": WEEK, "questions": NUMBERS}, {"q-1-girth": "3"}, [{"row": "TUE", "girth": 3}]),
        ("GROUP", {"questions": NUMBERS}, {"q-rows": "2", "q-1-girth": "3"}, [{"girth": 3}]),
    ],
)
def test_an_answer_is_read(kind: str, settings: dict[str, Any], typed: dict[str, Any], answer: Any):
    assert answers(question("q", kind, **settings), typed) == {"q": answer}


@pytest.mark.parametrize(
    ("kind", "settings", "typed", "why"),
    [
        ("SHORT_TEXT", {"pattern": r"\d{3}", "example": "123"}, {"q": "45"}, {"q": "Write it like this: 123"}),
        ("MONEY", {"most": "100"}, {"q": "100.01"}, {"q": "Write a number from 0 to 100"}),
        ("DATE", {}, DAY, {"q-year": "The date can't be in the future"}),
        ("DATE", {"earliest": {"months": 1}}, DAY, {"q-year": "The date can't be before 27 April 2026"}),
        ("DATE", {"latest": {"days": 4}}, DAY, {"q-year": "The date can't be after 31 March 2026"}),
        ("TIME", {}, {"q": "24:00"}, {"q": "Write the time like this: 8:30"}),
        ("TIME", {"least": "08:00"}, {"q": "7:59"}, {"q": "Write a time from 08:00 to 23:59"}),
        ("SEVERAL", {"options": A_AND_B, "most": 1}, {"q": ["A", "B"]}, {"q": "Choose at most 1"}),
        ("SEVERAL", {"options": A_AND_B}, {"q": "OTHER", "q-other": "x"}, {"q": "Choose from the answers shown"}),
        (
            "SEVERAL",
            {"options": A_AND_B, "other": {"en": "Other"}},
            {"q": "OTHER"},
            {"q-other": "Say in your own words what it is"},
        ),
        (
            "IBAN",
            {},
            {"q": "BG81BNBG96611020345678"},
            {"q": "This IBAN has a slip in it. Compare it with your bank's paper, sign by sign"},
        ),
        ("CHOICE", {"options": A_AND_B}, {"q": "OTHER"}, {"q": "Choose one of the answers shown"}),
        (
            "CHOICE",
            {"options": A_AND_B, "other": OTHER},
            {"q": "OTHER"},
            {"q-other": "Say in your own words what it is"},
        ),
        (
            "CHOICE",
            {"options": A_AND_B, "other": OTHER},
            {"q": "A", "q-other": "x"},
            {"q-other": "Choose “Other” if this is your answer, or empty this box"},
        ),
        (
            "GROUP",
            {"questions": OWNERS},
            {"q-rows": "2", **OWNER_TYPED, "q-1-id-number": "7501020019", "q-1-home-town": ""},
            {
                "q-1-id-number": "This EGN has a slip in it. Compare it with your document, digit by digit",
                "q-1-home-town": "Write the town or village",
            },
        ),
        ("PARCEL", {}, {"q-number": "123/4"}, {"q-number": "Write the parcel number like this: 68134.905.123"}),
        (
            "LINE",
            {},
            {"q-words": "x", "q-points": "42.6, 23.3"},
            {"q-points": "A line has at least two points, each in a line of its own"},
        ),
        ("LINE", {}, {"q-points": "a\nb"}, {"q-words": "Describe the stretch in words too: from where to where"}),
        ("GROUP", {"questions": NUMBERS}, {"q-rows": "2", "q-1-note": "x"}, {"q-1-girth": "Fill in: Girth"}),
        (
            "TABLE",
            {"rows": WEEK, "questions": NUMBERS, "required": True},
            {"q-0-girth": "1"},
            {"q-1-girth": "Fill in: Girth"},
        ),
    ],
)
def test_what_is_no_answer_is_said_at_its_control(kind: str, settings: dict[str, Any], typed: Any, why: Any):
    assert answers(question("q", kind, **settings), typed) == why


@pytest.mark.parametrize(
    ("country", "typed", "answer"),
    [
        ("PL", {"q-number": "123/4", "q-district": "Zdrój"}, {"number": "123/4", "district": "Zdrój"}),
        ("PL", {"q-number": "146501_1.0001.123/4"}, {"number": "146501_1.0001.123/4"}),
        ("RO", {"q-number": "123456-c1-u2", "q-land_book": "77"}, {"number": "123456-C1-U2", "land_book": "77"}),
        ("DE", {"q-number": "Flur 3, 12"}, None),
        ("DE", {"q-number": "12-3/7 b"}, {"number": "12-3/7 b"}),
    ],
)
def test_a_parcel_is_numbered_as_in_its_country(country: str, typed: dict[str, str], answer: dict[str, str] | None):
    read = answers(question("q", "PARCEL"), typed, country=country)

    assert (read == {"q": answer}) if answer else ("q-number" in read)


def test_a_limit_counts_from_another_answer():
    read = form(
        question("start", "DATE", future_allowed=True),
        question("end", "DATE", earliest={"answer": "start"}, latest={"answer": "start", "years": 1}),
    )
    start = {"start-day": "29", "start-month": "2", "start-year": "2028"}

    errors = [
        dict(sent(read, start | {"end-day": day, "end-month": month, "end-year": year}).pages[0].errors)
        for day, month, year in (("28", "2", "2028"), ("29", "2", "2028"), ("28", "2", "2029"), ("1", "3", "2029"))
    ]

    assert [list(error.values()) for error in errors] == [
        [["The date can't be before 29 February 2028"]],
        [],
        [],
        [["The date can't be after 28 February 2029"]],
    ]


def test_after_an_error_every_value_of_a_row_still_stands_in_its_control():
    typed = {"q-rows": "2", **OWNER_TYPED, "q-1-id-number": "7501020019"}

    shown = show(sent(form(question("q", "GROUP", questions=OWNERS)), typed).pages[0], with_errors=True)

    controls = [control for one in shown.questions[0].rows[1].questions for control in one.controls]
    assert {one.name: one.value for one in controls if one.value} == {k: v for k, v in typed.items() if k != "q-rows"}
    assert [target for target, _why in shown.errors] == ["q-q-1-id-number"]
    assert shown.has_script


WEEKLY = question(
    "hours",
    "TABLE",
    required=True,
    rows=WEEK,
    questions=[
        question("closed", "YES_NO", required=True),
        question("opens", "TIME", required=True, show_when={"answer": "closed", "comparison": "IS", "value": False}),
        question(
            "closes", "TIME", required=True, after="opens", show_when={"answer": "opens", "comparison": "ANSWERED"}
        ),
    ],
)


def test_each_row_has_conditions_of_its_own():
    typed = {"hours-0-closed": "yes", "hours-0-opens": "9", "hours-1-closed": "no", "hours-1-opens": "9"}

    assert answers(WEEKLY, typed) == {"hours-1-closes": "Write the time: Closes"}
    assert answers(WEEKLY, typed | {"hours-1-closes": "8"}) == {"hours-1-closes": "Write a time after 09:00"}
    assert answers(WEEKLY, typed | {"hours-1-closes": "17"})["hours"] == [
        {"row": "MON", "closed": True},
        {"row": "TUE", "closed": False, "opens": "09:00", "closes": "17:00"},
    ]


@pytest.mark.parametrize(
    ("comparison", "value", "is_shown"), [("IS", "OTHER", True), ("IS_NOT", "A", True), ("IS", "A", False)]
)
def test_own_words_count_as_the_answer_they_stand_for(comparison: str, value: str, is_shown: bool):
    read = form(
        question("animal", "CHOICE", options=A_AND_B, other=OTHER),
        question("name", "SHORT_TEXT", show_when={"answer": "animal", "comparison": comparison, "value": value}),
    )

    shown = sent(read, {"animal": "OTHER", "animal-other": "a lynx", "name": "Rex"})

    assert ("name" in shown.answers) is is_shown


def test_what_is_hidden_has_no_answer_and_absent_is_not_empty():
    read = form(
        question("animal", "CHOICE", options=A_AND_B),
        question("name", "SHORT_TEXT", show_when={"answer": "animal", "comparison": "IS", "value": "A"}),
        question("else", "SHORT_TEXT", show_when={"answer": "name", "comparison": "IS_NOT", "value": ""}),
    )

    shown = sent(read, {"animal": "A", "name": "Rex", "else": "x"})
    hidden = sent(read, {"animal": "B", "name": "Rex", "else": "x"})

    assert dict(shown.answers) == {"animal": "A", "name": "Rex", "else": "x"}
    assert dict(hidden.answers) == {"animal": "B"}
    document = answers_document(read, hidden.answers, ASKING)
    assert [asked["key"] for asked in document["pages"][0]["questions"]] == ["animal"]
    left_open = answers_document(read, {}, ASKING)["pages"][0]["questions"][0]
    assert "answer" not in left_open


@pytest.mark.parametrize(
    ("kind", "settings", "answer", "words"),
    [
        ("MONEY", {"currency": "PLN"}, "1234.50", "1234.50 PLN"),
        ("IBAN", {}, "BG80BNBG96611020345678", "BG80 BNBG 9661 1020 3456 78"),
        ("SEVERAL", {"options": A_AND_B, "other": {"en": "Else"}}, ["A", "OTHER", {"other": "x"}], "Alpha\nElse: x"),
        ("CHOICE", {"options": A_AND_B, "other": {"en": "Else"}}, {"other": "x"}, "Else: x"),
        ("GROUP", {"questions": OWNERS}, [{"home": OWNER["home"]}], "1. Home: ul. Lipa 4, Bela Reka"),
        ("PARCEL", {}, {"number": "12", "district": "Zdrój"}, "12 (Zdrój)"),
        (
            "LINE",
            {},
            {"words": "ul. Lipa", "points": [{"words": "a"}, {"latitude": "1.0", "longitude": "2.0"}]},
            "ul. Lipa\n1. a\n2. 1.0, 2.0",
        ),
        ("TABLE", {"rows": WEEK, "questions": NUMBERS}, [{"row": "TUE", "girth": 3}], "Tuesday: Girth: 3"),
    ],
)
def test_an_answer_is_said_in_words(kind: str, settings: dict[str, Any], answer: Any, words: str):
    asked = next(form(question("q", kind, **settings)).questions())

    assert asked.kind.in_words(answer, ASKING) == words


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("SHORT_TEXT", {"least": 9, "most": 3}),
        ("SHORT_TEXT", {"pattern": "(a+)+", "example": "a"}),
        ("SHORT_TEXT", {"pattern": "a"}),
        ("SHORT_TEXT", {"pattern": "a", "example": "b"}),
        ("SHORT_TEXT", {"pattern": "a", "example": "a", "most": 500}),
        ("LONG_TEXT", {"most": 0}),
        ("WHOLE_NUMBER", {"least": 4, "most": 3}),
        ("DECIMAL", {"places": 9}),
        ("MONEY", {"currency": "złoty"}),
        ("DATE", {"past_allowed": False}),
        ("DATE", {"earliest": {"date": "2026-02-30"}}),
        ("DATE", {"earliest": {"date": "2026-02-01", "days": 3}}),
        ("DATE", {"earliest": {"days": 3}, "latest": {"days": 2}}),
        ("TIME", {"least": "8:00"}),
        ("TIME", {"least": "18:00", "most": "08:00"}),
        ("CHOICE", {}),
        ("CHOICE", {"options": [{"code": "OTHER", "labels": {"en": "x"}}], "other": OTHER}),
        ("SEVERAL", {}),
        ("FILES", {"media_types": ["application/x-evil"]}),
        ("GROUP", {}),
        ("GROUP", {"questions": NUMBERS, "most": 0}),
        ("TABLE", {"questions": NUMBERS}),
        ("CALCULATED", {}),
    ],
)
def test_a_kind_says_what_is_wrong_with_how_it_was_set(kind: str, settings: dict[str, Any]):
    asked = next(form(question("q", kind, **settings)).questions())

    assert all(list(asked.kind.flaws()))
    assert len(list(asked.kind.flaws())) >= 1


SETTINGS: dict[str, dict[str, Any]] = {
    "DATE": {"earliest": {"answer": "x", "days": -3}, "latest": {"date": "2027-01-01"}},
    "DECIMAL": {"least": "0.5", "units": {"en": "m²"}},
    "MONEY": {"most": "99.90"},
    "TABLE": {"rows": WEEK, "questions": NUMBERS},
    "GROUP": {"questions": [question("sum", "CALCULATED", calculation={"constant": "2.5"}), *OWNERS]},
    "CHOICE": {"options": A_AND_B, "other": OTHER},
    "SEVERAL": {"options": A_AND_B, "other": OTHER},
    "CALCULATED": {"calculation": {"op": "DAYS", "from": {"answer": "a"}, "to": {"answer": "b"}, "inclusive": True}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_back_as_it_was_written(kind: str):
    said = definition(question("q", kind, **SETTINGS.get(kind, {})))

    assert form_as_json(form_from_json(said)) == said
    assert next(form_from_json(said).questions()).kind.code in {kind, "CHOICE"}


def test_a_form_that_is_kept_is_shown_to_each_in_their_language_and_with_what_is_offered_to_them():
    labels = {"en": "Delivery", "bg": "Доставка"}
    options = [{"code": "PORTAL", "labels": {"en": "Here"}}, {"code": "POST", "labels": {"en": "By post"}}]
    kept = form(question("sure", "YES_NO") | {"labels": labels}, question("how", "DELIVERY_CHOICE", options=options))
    ways = {
        ("en", ()): ("Delivery", ["Yes", "No"], 2),
        ("bg", ()): ("Доставка", ["Да", "Не"], 2),
        ("en", ("POST",)): ("Delivery", ["Yes", "No"], 1),
    }

    for _time in range(2):
        for (language, deliveries), expected in ways.items():
            asking = replace(ASKING, language=language, deliveries=deliveries)
            sure, how = kept.pages[0].questions
            document = answers_document(kept, {}, asking)["pages"][0]["questions"]
            said = [label for _value, label, _help in sure.kind.controls(asking)[0].options]
            assert (document[0]["label"], said, len(how.kind.controls(asking)[0].options)) == expected
            assert len(document[1]["options"]) == expected[2]
