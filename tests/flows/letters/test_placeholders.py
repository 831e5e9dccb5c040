"""Placeholders: filled from the case, visible while they would print nothing."""

import pytest

from flows import tasks
from flows.letters.filling import filling_of, in_words
from flows.letters.placeholders import KNOWN, Gap, fill, gaps_in
from tests.flows.town import NOON, Town
from tests.flows.walking import asked, resolved

VALUES = {"case number": "94-1", "applicant": "Ana Marin", "legal basis": ""}


def test_a_placeholder_is_replaced_by_its_value():
    assert fill("Case {case number} of {applicant}", VALUES) == "Case 94-1 of Ana Marin"


@pytest.mark.parametrize("written", ["{case number}", "{Case number}", "{ case  number }"])
def test_case_and_spaces_do_not_matter(written: str):
    assert fill(written, VALUES) == "94-1"


def test_what_would_print_nothing_stays_visible():
    assert fill("{reasons} {legal basis}", VALUES) == "[reasons] [legal basis]"


def test_gaps_are_told_once_each_with_their_kind():
    gaps = gaps_in("{reasons} {legal basis} {reasons} {applicant}", VALUES)

    assert gaps == [Gap("reasons", is_known=False), Gap("legal basis", is_known=True)]
    assert [str(gap.reason) for gap in gaps] == [
        "Write your own words in place of {reasons}.",
        "The case has nothing for {legal basis}: write it yourself.",
    ]


@pytest.mark.parametrize("words", ["{", "{}", "{{x}", "}{", "{a\nb}", "{" + "x" * 201 + "}"])
def test_braces_that_are_no_placeholder_are_left_alone(words: str):
    assert [gap.name for gap in gaps_in(words, VALUES)] in ([], ["x"])


@pytest.mark.django_db
def test_every_known_placeholder_has_its_value_from_the_case(town: Town):
    case = town.file()

    values = filling_of(case, language="bg", today=NOON.date()).values

    assert set(values) == set(KNOWN)
    assert values["service"] == "Отсичане на дърво"
    assert values["institution"] == "Бела река"
    assert values["filed on"].lower().startswith("24 ноември 2025")
    assert values["applicant"] == "Ana Marin"


@pytest.mark.django_db
def test_whoever_has_no_name_is_a_gap_and_not_an_empty_line(town: Town):
    case = town.file(parties=())

    values = filling_of(case, language="en", today=NOON.date()).values

    assert [gap.name for gap in gaps_in("Dear {applicant},", values)] == ["applicant"]
    assert str(case.opened_at.astimezone(NOON.tzinfo).date()) == "2025-11-24"


ASKED = {
    "pages": [
        {
            "title": "Trees",
            "questions": [
                {"key": "why", "label": "Why?", "in_words": "It leans", "answer": "LEANS"},
                {
                    "key": "trees",
                    "label": "Which?",
                    "in_words": "1. Lime",
                    "rows_in_words": [
                        [
                            {"key": "kind", "label": "Kind", "in_words": "Lime"},
                            {"key": "height", "label": "Height", "in_words": "12 m"},
                        ],
                        [{"key": "kind", "label": "Kind", "in_words": "Oak"}],
                    ],
                },
            ],
        }
    ]
}
TABLE = "table:trees:kind,height"


@pytest.mark.django_db
def test_answers_stand_in_the_letter_as_they_were_shown_to_whoever_gave_them(town: Town):
    case = town.file(asked=ASKED, answers={"why": "LEANS", "area": 12, "lane_closed": True})
    names = ["answer:why", "answer:area", "answer:lane_closed", "answer:nothing", TABLE, "table:why:x"]

    filling = filling_of(case, language="en", today=NOON.date(), names=names)

    assert [filling.values.get(name) for name in names[:4]] == ["It leans", "12", "yes", ""]
    assert filling.tables[TABLE].headings == ["Kind", "Height"]
    assert filling.tables[TABLE].rows == [["Lime", "12 m"], ["Oak", ""]]
    assert "table:why:x" not in filling.tables


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), (False, "no"), (3, "3"), (["a", "b"], "a, b"), ({"words": "Here", "point": None}, "Here")],
)
def test_an_answer_that_nobody_saw_in_words_is_said_plainly(value, words):
    assert in_words(value) == words


@pytest.mark.django_db
def test_the_opinion_of_a_unit_stands_with_its_reasons(town: Town):
    case = town.file()
    [task] = asked(town, resolved(town, case), town.roads)
    tasks.give_opinion(task, verdict="IN_FAVOUR", words="No pipes there.", **town.acts("charlie", task))

    values = filling_of(case, language="en", today=NOON.date(), names=["opinion:road", "opinion:park"]).values

    assert (values["opinion:road"], values["opinion:park"]) == ("in favour: No pipes there.", "")
