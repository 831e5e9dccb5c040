"""Keys: made from the words once, then kept; never given to a copy or to another kind."""

from typing import Any

import pytest

from portal_pages.designer.blocks import FormPagesBlock
from portal_pages.designer.keys import made_from, settle_keys

BLOCK = FormPagesBlock()


def form(*questions: dict[str, Any], key: str = "where") -> Any:
    """The stream of a form of one page."""
    value = {"key": key, "titles": {"en": "Where?"}, "questions": list(questions)}
    return BLOCK.to_python([{"type": "page", "id": "page-1", "value": value}])


def question(label: str, *, id: str, key: str = "", kind: str = "short_text", **value: Any) -> dict[str, Any]:
    return {"type": kind, "id": id, "value": {"key": key, "labels": {"en": label}, **value}}


def keys_of(pages: Any) -> list[str]:
    return [question.value["key"] for question in pages[0].value["questions"]]


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        ({"en": "Area in m²"}, "area_in_m2"),
        ({"bg": "Площ на щанда"}, "plosht_na_shtanda"),
        ({"pl": "Długość"}, "dlugosc"),
        ({"ro": "Suprafața"}, "suprafata"),
        ({"en": "24 hours?"}, "hours"),
        ({"en": "A very long question that nobody would read to its end"}, "a_very_long_question_that"),
        ({}, "fallback"),
    ],
)
def test_a_key_is_made_from_the_words(texts, key):
    assert made_from(texts, fallback="fallback") == key


def test_a_question_gets_its_key_once_and_keeps_it_when_it_is_called_otherwise():
    first = form(question("Area", id="1"))
    settle_keys(first, kinds={}, before=())
    renamed = form(question("How large is it?", id="1", key="typed_by_somebody"))

    settle_keys(renamed, kinds={"area": "SHORT_TEXT"}, before=first)

    assert (keys_of(first), keys_of(renamed)) == (["area"], ["area"])


def test_a_question_that_was_saved_before_it_had_words_gets_its_key_from_them():
    before = form(question("", id="1", key="short_text"))
    by_the_server, by_the_browser = form(question("Area", id="1")), form(question("Area", id="1", key="area_here"))

    settle_keys(by_the_server, kinds={}, before=before)
    settle_keys(by_the_browser, kinds={}, before=before)

    assert (keys_of(by_the_server), keys_of(by_the_browser)) == (["area"], ["area_here"])


def test_a_copy_gets_a_key_of_its_own_wherever_it_stands():
    before = form(question("Area", id="1", key="area"))
    pages = form(question("Area", id="2", key="area"), question("Area", id="1", key="area"))

    settle_keys(pages, kinds={}, before=before)

    assert keys_of(pages) == ["area_2", "area"]


def test_a_key_that_was_given_before_is_not_given_to_a_new_question():
    pages = form(question("Area", id="1"), question("Area", id="2", kind="decimal"))

    settle_keys(pages, kinds={"area": "SHORT_TEXT"}, before=())

    assert keys_of(pages) == ["area_2", "area_3"]


def test_a_question_that_comes_back_from_an_old_draft_has_its_old_key():
    pages = form(question("Area", id="1", key="area"))

    settle_keys(pages, kinds={"area": "SHORT_TEXT"}, before=())

    assert keys_of(pages) == ["area"]


def test_the_keys_of_the_common_pages_and_of_the_steps_of_filing_are_taken():
    pages = form(question("E-mail", id="1", key="email"), key="review")

    settle_keys(pages, kinds={}, before=())

    assert (keys_of(pages), pages[0].value["key"]) == (["e_mail"], "where")


def test_the_key_of_a_page_stands_in_addresses_and_has_hyphens():
    pages = form(key="")
    pages[0].value["titles"]["en"] = "Where is the stall?"

    settle_keys(pages, kinds={}, before=())

    assert pages[0].value["key"] == "where-is-the-stall"


def test_answers_to_choose_from_and_columns_get_keys_too():
    options = [{"code": "", "labels": {"en": "By post"}}, {"code": "", "labels": {"en": "By post"}}]
    column = question("Girth", id="3", kind="whole_number")
    pages = form(
        question("How", id="1", kind="choice", options=options),
        question("Trees", id="2", kind="group", questions=[column]),
    )

    settle_keys(pages, kinds={}, before=())

    choice, group = pages[0].value["questions"]
    assert [option["code"] for option in choice.value["options"]] == ["BY_POST", "BY_POST_2"]
    assert [column.value["key"] for column in group.value["questions"]] == ["girth"]
