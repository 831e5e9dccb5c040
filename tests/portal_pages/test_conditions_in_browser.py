"""The browser's mirror of conditions and whole forms judges like the server, whatever is asked of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, sync_playwright

from cases.conditions import AllOf, AnyOf, Compare, Comparison, Condition, as_json, holds
from portal_pages.forms.answers import read_form
from portal_pages.forms.calculations import as_json as calculation_as_json
from portal_pages.forms.calculations import table_as_json
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import Calculated, Gives, Rows
from portal_pages.forms.pages import PageForm, is_required, page_form, row_key
from portal_pages.forms.shown import show
from portal_pages.forms.stored import form_from_json
from tests.browser import CHROMIUM_ARGUMENTS, chromium_path
from tests.portal_pages.forms.asking import ASKING
from tests.portal_pages.forms.generated import Generator

pytestmark = pytest.mark.journey

MIRRORS = django_settings.BASE_DIR / "templates" / "static" / "portal"
# In the order in which they import each other.
SOURCES = ["conditions", "calculations", "answers", "following", "filing"]
LOAD = """async sources => {
    const addresses = {};
    for (const [name, source] of Object.entries(sources)) {
        const linked = source.replace(/"\\.\\/(\\w+)\\.js"/g, (_whole, other) => JSON.stringify(addresses[other]));
        const make = () => URL.createObjectURL(new Blob([linked], { type: "text/javascript" }));
        addresses[name] = make();
        if (name === "filing") window.follow = () => import(make());
        else window[name] = await import(addresses[name]);
    }
    window.mirror = window.conditions;
}"""
# What is asked of a form without a page around it: its questions, and what was typed into each.
READ = """asked => asked.map(([questions, typed]) => {
    const read = ({ name, kind, places }) => {
        const values = {};
        for (const [control, texts] of Object.entries(typed)) {
            if (control === name || control.startsWith(name + "-")) values[control.slice(name.length + 1)] = texts;
        }
        return window.answers.answerFrom(kind, values, places);
    };
    const { answers, shown, required } = window.following.follow(questions, {}, read);
    return { answers, shown, required };
})"""
# The page itself, as the server drew it: fill it in, and see which questions can be seen and what is worked out.
FILL = """async pages => {
    const seen = [];
    for (const [html, typed] of pages) {
        document.body.innerHTML = html;
        await window.follow();
        for (const control of document.querySelectorAll("[name]")) {
            const texts = typed[control.name];
            if (!texts || control.type === "hidden") continue;
            if (["radio", "checkbox"].includes(control.type)) control.checked = texts.includes(control.value);
            else control.value = texts[0];
        }
        const form = document.getElementById("filing");
        form.dispatchEvent(new Event("change"));
        const visible = [...form.querySelectorAll("[data-key]")].filter((one) => !one.closest("[hidden]"));
        seen.push([
            visible.map((one) => one.dataset.key).sort(),
            Object.fromEntries(visible.filter((one) => one.dataset.kind === "CALCULATED")
                .map((one) => [one.dataset.key, one.querySelector("[data-value]").textContent])),
        ]);
    }
    return seen;
}"""
JUDGE = "asked => asked.map(([condition, answers]) => window.mirror.holds(condition, answers))"

# Few words, so that they meet: what people type, numbers as text and as numbers, days, and what only looks like them.
WORDS = [
    "TREE",
    "OTHER",
    "",
    " ",
    "tree",
    "3",
    "03",
    "3.0",
    "-3",
    "12.50",
    "9",
    "1e1",
    "0x10",
    "1_0",
    "NaN",
    "Infinity",
]
WORDS += ["Infinity", "true", "True", "2026-03-27", "2025-12-31", "липа", "٣", "3,5", "null"]
NUMBERS = st.integers(-12, 12) | st.integers(-(10**12), 10**12)
SCALARS = st.sampled_from(WORDS) | NUMBERS | st.booleans()
ANSWERS = SCALARS | st.lists(st.sampled_from(WORDS), max_size=3) | st.sampled_from([{"number": "3"}, {"other": "x"}])
# The last two are names that every object of JavaScript has already.
KEYS = st.sampled_from(["kind", "count", "tags", "constructor", "toString"])
VALUES = SCALARS | st.lists(st.sampled_from(WORDS), max_size=2)
COMPARES = st.builds(
    Compare, answer=KEYS, comparison=st.sampled_from([c for c in Comparison if c != Comparison.ONE_OF]), value=VALUES
) | st.builds(
    Compare, answer=KEYS, comparison=st.just(Comparison.ONE_OF), value=st.lists(SCALARS, max_size=3).map(tuple)
)
CONDITIONS = st.recursive(
    COMPARES,
    lambda inner: (
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=5,
)
ASKED = st.lists(st.tuples(CONDITIONS, st.dictionaries(KEYS, ANSWERS, max_size=4)), min_size=1, max_size=60)

type Asked = Sequence[tuple[Condition, Mapping[str, Any]]]


class Browser:
    """One page of Chromium with the mirror in it, in a thread of its own: Playwright keeps an event loop."""

    def __init__(self, page: Page, thread: ThreadPoolExecutor) -> None:
        self.page, self.thread = page, thread

    def judge(self, asked: Asked) -> list[bool]:
        sent = [[as_json(condition), answers] for condition, answers in asked]
        return self.run(JUDGE, sent)

    def run(self, script: str, asked: Any) -> Any:
        """As one text there and back: Playwright takes an object to pieces, one value at a time."""
        whole = f"async text => JSON.stringify(await ({script})(JSON.parse(text)))"
        return json.loads(self.thread.submit(self.page.evaluate, whole, json.dumps(asked)).result())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with ThreadPoolExecutor(max_workers=1) as thread:
        playwright = thread.submit(lambda: sync_playwright().start()).result()
        chromium = thread.submit(playwright.chromium.launch, executable_path=path, args=CHROMIUM_ARGUMENTS).result()
        page = thread.submit(chromium.new_page).result()
        sources = {name: (MIRRORS / f"{name}.js").read_text() for name in SOURCES}
        thread.submit(page.evaluate, LOAD, sources).result()
        yield Browser(page, thread)
        thread.submit(chromium.close).result()
        thread.submit(playwright.stop).result()


@settings(max_examples=120)
@given(asked=ASKED)
def test_browser_and_server_judge_alike(browser: Browser, asked: Asked) -> None:
    judged = browser.judge(asked)

    assert judged == [holds(condition, answers) for condition, answers in asked]


# -- whole forms


def as_followed(question: Question, name: str) -> dict[str, Any]:
    """A question as filing.js finds it on the page."""
    kind = question.kind
    said: dict[str, Any] = {"name": name, "key": question.key, "kind": kind.code}
    said["places"] = getattr(kind, "places", 2)
    if question.show_when is not None:
        said["showWhen"] = as_json(question.show_when)
    if question.required_when is not None:
        said["requireWhen"] = as_json(question.required_when)
    if isinstance(kind, Calculated):
        tables = {table: table_as_json(rates) for table, rates in kind.tables.items()}
        said["rule"] = {"calculation": calculation_as_json(kind.calculation), "tables": tables, "places": kind.places}
    return said


def followed(page: PageForm) -> list[dict[str, Any]]:
    questions = []
    for question in page.page.questions:
        said = as_followed(question, question.key)
        if isinstance(question.kind, Rows):
            said["rows"] = [
                {
                    "questions": [
                        as_followed(one, row_key(question.key, row, one.key)) for one in question.kind.questions
                    ]
                }
                for row in page.rows_of(question.key, question.kind)
            ]
        questions.append(said)
    return questions


def as_mirrored(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as the browser knows them: of one with several values only that it is there."""
    mirrored = dict(answers)
    for question in questions:
        kind = question.kind
        if question.key in mirrored and kind.gives is Gives.MORE:
            mirrored[question.key] = {}
        elif question.key in mirrored and isinstance(kind, Rows):
            mirrored[question.key] = [as_mirrored(kind.questions, row) for row in mirrored[question.key]]
    return mirrored


def shown_by_server(page: PageForm) -> set[str]:
    """The names of all questions and columns that are shown."""
    names = set(page.shown)
    for question in page.page.questions:
        if question.key in page.shown and isinstance(question.kind, Rows):
            for row in page.rows_of(question.key, question.kind):
                columns = {row_key(question.key, row, one.key): one for one in question.kind.questions}
                names |= {name for name, one in columns.items() if one.show_when is None or name in page.called_up}
    return names


def shown_by_browser(page: PageForm, shown: Mapping[str, bool]) -> set[str]:
    hidden = [f"{key}-" for key, is_shown in shown.items() if not is_shown]
    return {name for name, is_shown in shown.items() if is_shown and not name.startswith(tuple(hidden))}


@settings(max_examples=4)
@given(seed=st.integers(0, 10**9))
def test_browser_and_server_agree_on_whole_forms(browser: Browser, seed: int) -> None:
    generator = Generator(seed)
    said = [generator.form() for _form in range(250)]
    typed = [generator.typed(one) for one in said]
    forms = [form_from_json(one) for one in said]
    pages = [read_form(form, typed=t, files={}, asking=ASKING).pages[0] for form, t in zip(forms, typed, strict=True)]

    found = browser.run(READ, [[followed(page), t] for page, t in zip(pages, typed, strict=True)])

    for page, one in zip(pages, found, strict=True):
        assert one["answers"] == as_mirrored(page.page.questions, page.answers)
        assert shown_by_browser(page, one["shown"]) == shown_by_server(page)
        for question in page.page.questions:
            if question.required_when is not None:
                before = {key: page.answers[key] for key in _keys_before(page, question) if key in page.answers}
                assert one["required"][question.key] == is_required(question, before) or not question.kind.is_typed


def _keys_before(page: PageForm, question: Question) -> list[str]:
    keys = [one.key for one in page.page.questions]
    return keys[: keys.index(question.key)]


def test_the_page_itself_shows_what_the_server_asks(browser: Browser) -> None:
    generator = Generator(20260327)
    said = [generator.form() for _form in range(25)]
    typed = [generator.typed(one) for one in said]
    drawn, expected = [], []
    for one, sent in zip(said, typed, strict=True):
        form = form_from_json(one)
        rows = {name: values for name, values in sent.items() if name.endswith("-rows")}
        empty = page_form(form.pages[0], typed=rows, files={}, answers={}, asking=ASKING)
        drawn.append(html_of(empty))
        page = read_form(form, typed=sent, files={}, asking=ASKING).pages[0]
        names = shown_by_server(page)
        values = {
            question.key: page.answers.get(question.key, "")
            for question in page.page.questions
            if isinstance(question.kind, Calculated) and question.key in names
        }
        expected.append((sorted(names), values))

    seen = browser.run(FILL, list(zip(drawn, typed, strict=True)))

    for (names, values), (wanted, worked) in zip(seen, expected, strict=True):
        assert names == wanted
        assert {key: value for key, value in values.items() if "-" not in key} == worked


def html_of(form: PageForm) -> str:
    page = show(form, with_errors=False)
    questions = [render_to_string("portal/filing/question.html", {"question": question}) for question in page.questions]
    return f"<form id='filing' data-known='{{}}'>{''.join(questions)}</form>"
