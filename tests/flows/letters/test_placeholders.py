"""Placeholders: filled from the case, visible while they would print nothing."""

import pytest

from flows.letters.placeholders import KNOWN, Gap, fill, gaps_in, values_of
from flows.letters.standard import DecisionOutcome, languages_of, template_in
from tests.flows.town import NOON, Town

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


@pytest.mark.parametrize("words", ["{", "{}", "{{x}", "}{", "{a\nb}", "{" + "x" * 61 + "}"])
def test_braces_that_are_no_placeholder_are_left_alone(words: str):
    assert [gap.name for gap in gaps_in(words, VALUES)] in ([], ["x"])


@pytest.mark.django_db
def test_every_known_placeholder_has_its_value_from_the_case(town: Town):
    case = town.file()

    values = values_of(case, language="bg", today="24 ноември 2025")

    assert set(values) == set(KNOWN)
    assert values["service"] == "Отсичане на дърво"
    assert values["institution"] == "Бела река"
    assert values["filed on"].lower().startswith("24 ноември 2025")
    assert values["applicant"] == "Ana Marin"


def test_the_standard_text_is_there_for_every_outcome_in_all_four_languages():
    assert languages_of() == ["bg", "en", "pl", "ro"]
    for language in languages_of():
        template = template_in(language)
        assert set(template.titles) == set(template.bodies) == set(DecisionOutcome.values)
        assert all(template.bodies.values())


def test_standard_texts_ask_the_same_in_every_language():
    asked = {
        language: [[gap.name for gap in gaps_in(body, {})] for body in template_in(language).bodies.values()]
        for language in languages_of()
    }

    assert asked["bg"] == asked["pl"] == asked["ro"] == asked["en"]


def test_a_language_without_a_template_gets_the_english_one():
    assert template_in("de").titles == template_in("en").titles


@pytest.mark.django_db
def test_whoever_has_no_name_is_a_gap_and_not_an_empty_line(town: Town):
    case = town.file(parties=())

    values = values_of(case, language="en", today="")

    assert [gap.name for gap in gaps_in("Dear {applicant},", values)] == ["applicant"]
    assert str(case.opened_at.astimezone(NOON.tzinfo).date()) == "2025-11-24"
