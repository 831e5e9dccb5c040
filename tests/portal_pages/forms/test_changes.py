"""A draft that was saved on an old version: what changed in the new one, and what can be carried over."""

from typing import Any

from portal_pages.forms.changes import carried_over, changes_between
from portal_pages.forms.definition import Form
from tests.portal_pages.forms.asking import form, question

A = {"code": "A", "labels": {"en": "Alpha"}}
B = {"code": "B", "labels": {"en": "Beta"}}
OLD = form(
    question("name", "SHORT_TEXT"),
    question("gone", "SHORT_TEXT"),
    question("zone", "CHOICE", options=[A]),
    question("amount", "SHORT_TEXT"),
    question("trees", "GROUP", questions=[question("girth", "WHOLE_NUMBER")]),
    question("note", "INFORMATION"),
)
NEW = form(
    question("new", "SHORT_TEXT"),
    question("name", "SHORT_TEXT", required=True, most=50),
    question("zone", "CHOICE", options=[A, B]),
    question("amount", "MONEY"),
    question("trees", "GROUP", questions=[question("girth", "DECIMAL")]),
)


def keys(questions: Any) -> list[str]:
    return [one.key for one in questions]


def test_what_is_gone_new_or_asked_differently_is_named():
    changes = changes_between(OLD, NEW)

    assert keys(changes.removed) == ["gone"]
    assert keys(changes.added) == ["new"]
    assert [keys(pair) for pair in changes.changed] == [["zone", "zone"], ["amount", "amount"], ["trees", "trees"]]
    assert changes.lost == {"amount"}


def test_the_same_form_has_not_changed():
    assert not changes_between(OLD, OLD)


def test_typed_values_are_carried_over_where_the_same_kind_of_thing_is_asked():
    typed = {
        "name": ["Ana"],
        "gone": ["x"],
        "zone": ["A"],
        "amount": ["a lot"],
        "trees-rows": ["2"],
        "trees-1-girth": ["80"],
    }

    carried = carried_over(typed, OLD, NEW)

    assert carried == {"name": ["Ana"], "zone": ["A"], "trees-rows": ["2"], "trees-1-girth": ["80"]}
    assert carried["name"] is not typed["name"]


def test_a_question_that_moves_to_another_page_keeps_what_was_typed():
    moved = Form(NEW.key, 4, tuple(reversed(NEW.pages)))

    assert carried_over({"name": ["Ana"]}, NEW, moved) == {"name": ["Ana"]}
    assert not changes_between(NEW, moved)
