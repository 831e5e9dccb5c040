"""A form of 300 questions on 20 pages beside the same fields as plain Django forms.

Both are filled in, judged and drawn, every page of them, in turns within one process; the ratio is of the medians.
Without a database. Ours has a condition on every third question and knows its definition only as JSON.
"""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from django import forms
from django.template.loader import get_template
from django.utils.translation import override

from benchmarks.figures import median
from portal_pages.forms.kinds import Asking
from portal_pages.forms.pages import page_form
from portal_pages.forms.shown import show
from portal_pages.forms.stored import form_from_json

PAGES, EACH = 20, 15
OPTIONS = [(f"A{number}", f"Answer {number}") for number in range(5)]
KINDS = ["SHORT_TEXT", "WHOLE_NUMBER", "DECIMAL", "CHOICE", "LONG_TEXT"]
TYPED = {"SHORT_TEXT": "ul. Lipa 4", "WHOLE_NUMBER": "12", "DECIMAL": "12.50", "CHOICE": "A1", "LONG_TEXT": "Words."}


def _key(page: int, number: int) -> str:
    return f"q{page}_{number}"


def _kind(number: int) -> str:
    return KINDS[number % len(KINDS)]


def _question(page: int, number: int) -> dict[str, Any]:
    kind = _kind(number)
    said: dict[str, Any] = {"key": _key(page, number), "kind": kind, "labels": {"en": f"Question {number}"}}
    said |= {"helps": {"en": "Some words that help"}, "required": True}
    if kind == "CHOICE":
        said["options"] = [{"code": code, "labels": {"en": label}} for code, label in OPTIONS]
    if number % 3 == 2:
        said["show_when"] = {"answer": _key(page, number - 1), "comparison": "ANSWERED"}
    return said


def _definition() -> dict[str, Any]:
    pages = [
        {"key": f"p{page}", "titles": {"en": f"Page {page}"}, "questions": [_question(page, n) for n in range(EACH)]}
        for page in range(PAGES)
    ]
    return {"key": "long", "version": 1, "pages": pages}


def _field(number: int) -> forms.Field:
    words: dict[str, Any] = {"label": f"Question {number}", "help_text": "Some words that help"}
    match _kind(number):
        case "WHOLE_NUMBER":
            return forms.IntegerField(min_value=0, max_value=1_000_000, **words)
        case "DECIMAL":
            return forms.DecimalField(min_value=0, decimal_places=2, **words)
        case "CHOICE":
            return forms.ChoiceField(choices=OPTIONS, widget=forms.RadioSelect, **words)
        case "LONG_TEXT":
            return forms.CharField(widget=forms.Textarea, max_length=5000, **words)
    return forms.CharField(max_length=200, **words)


def measure(rounds: int) -> dict[str, float]:
    typed = {_key(page, number): TYPED[_kind(number)] for page in range(PAGES) for number in range(EACH)}
    form = form_from_json(_definition())
    asking = Asking(language="en", main_language="en", country="BG", today=dt.date(2026, 3, 27))
    question = get_template("portal/filing/question.html")
    plain = [
        type("PlainPage", (forms.Form,), {_key(page, number): _field(number) for number in range(EACH)})
        for page in range(PAGES)
    ]

    def ours() -> None:
        answers: dict[str, Any] = {}
        lists = {name: [value] for name, value in typed.items()}
        for page in form.pages:
            bound = page_form(page, typed=lists, files={}, answers=answers, asking=asking)
            _must(bound.is_valid())
            answers |= bound.answers
            for shown in show(bound, with_errors=True).questions:
                question.render({"question": shown})
        _must(len(answers) == PAGES * EACH)

    def theirs() -> None:
        for page in plain:
            bound = page(data=typed)
            _must(bound.is_valid())
            bound.as_div()

    with override("en"):
        return _in_turns(ours, theirs, rounds)


def _must(is_so: bool) -> None:
    if not is_so:
        raise AssertionError("The form was not read as it was filled in")


def _in_turns(ours: Callable[[], None], theirs: Callable[[], None], rounds: int) -> dict[str, float]:
    ours(), theirs()  # what is made once is made
    times: dict[str, list[float]] = {"form_300_ms": [], "plain_form_300_ms": []}
    for _round in range(rounds):
        for name, deed in (("form_300_ms", ours), ("plain_form_300_ms", theirs)):
            started = time.perf_counter()
            deed()
            times[name].append((time.perf_counter() - started) * 1000)
    found = {name: median(taken) for name, taken in times.items()}
    return found | {"form_ratio": found["form_300_ms"] / found["plain_form_300_ms"]}
