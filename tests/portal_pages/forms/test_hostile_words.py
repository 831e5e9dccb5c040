"""Whatever an editor writes is text: on the page, in errors, in the record of what was asked."""

from html import escape
from typing import Any

from django.template.loader import render_to_string

from portal_pages.forms.answers import answers_document
from portal_pages.forms.pages import page_form
from portal_pages.forms.rules import rules_in_words
from portal_pages.forms.shown import show
from tests.portal_pages.forms.asking import ASKING, definition, form, question, sent

HOSTILE = "<script>alert('x')</script>{{ 7|add:7 }}{% now 'Y' %}{label}%(x)s=HYPERLINK(\"x\")"
WORDS = {"en": HOSTILE}
OPTION = [{"code": "<b>", "labels": WORDS, "helps": WORDS}]


def hostile(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {**question(key, kind, **more), "labels": WORDS, "helps": WORDS}


RATE = {"op": "LOOKUP", "table": "rates", "by": {"answer": "number"}}
QUESTIONS = [
    hostile("text", "SHORT_TEXT", required=True, pattern="a", example="a"),
    hostile("choice", "CHOICE", options=OPTION),
    hostile("several", "SEVERAL", options=OPTION, other=WORDS),
    hostile("number", "WHOLE_NUMBER", units=WORDS, required=True),
    hostile("note", "INFORMATION", show_when={"answer": "text", "comparison": "IS", "value": HOSTILE}),
    hostile("agree", "DECLARATION"),
    hostile("place", "PLACE"),
    hostile("line", "LINE"),
    hostile("trees", "GROUP", row_labels=WORDS, add_labels=WORDS, questions=[hostile("girth", "DECIMAL", units=WORDS)]),
    hostile("week", "TABLE", rows=OPTION, questions=[hostile("opens", "TIME")]),
    hostile(
        "fee", "CALCULATED", units=WORDS, calculation={"op": "LOOKUP", "table": "rates", "by": {"answer": "number"}}
    ),
]
TABLES = {"rates": {"titles": WORDS, "rows": [{"for": ["3"], "rate": "1"}]}}
READ = form(*QUESTIONS, tables=TABLES)


def test_a_hostile_label_is_text_on_the_page():
    typed = {"text": [HOSTILE], "number": ["3"], "trees-0-girth": ["x"]}
    page = show(page_form(READ.pages[0], typed=typed, files={}, answers={}, asking=ASKING), with_errors=True)

    drawn = [render_to_string("portal/filing/question.html", {"question": one}) for one in page.questions]
    summary = render_to_string("portal/filing/what_is_wrong.html", {"page": page})

    for html in [*drawn, summary]:
        assert "<script" not in html
        assert escape(HOSTILE) in html
        assert "14" not in html


def test_a_hostile_label_is_kept_word_for_word_in_the_record():
    reading = sent(READ, {"choice": "<b>", "number": "3", "week-0-opens": "8"})

    asked = answers_document(READ, reading.answers, ASKING)["pages"][0]["questions"]

    assert {one["label"] for one in asked} == {HOSTILE}
    assert {one["in_words"] for one in asked if one["key"] == "choice"} == {HOSTILE}
    assert next(one for one in asked if one["key"] == "fee")["came_about"].startswith("1 (rate from “<script>")


def test_the_rules_of_a_hostile_form_are_words():
    rules = rules_in_words(definition(*QUESTIONS, tables=TABLES), "en")

    assert {rule.label for rule in rules} == {HOSTILE}
