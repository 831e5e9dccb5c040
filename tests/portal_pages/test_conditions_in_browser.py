"""The browser's mirror of conditions (conditions.js) judges like the server, whatever is asked of it."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, sync_playwright

from cases.conditions import AllOf, AnyOf, Compare, Comparison, Condition, as_json, holds
from tests.browser import CHROMIUM_ARGUMENTS, chromium_path

pytestmark = pytest.mark.journey

MIRROR = django_settings.BASE_DIR / "templates" / "static" / "portal" / "conditions.js"
LOAD = """async source => {
    window.mirror = await import("data:text/javascript;charset=utf-8," + encodeURIComponent(source));
}"""
JUDGE = "asked => asked.map(([condition, answers]) => window.mirror.holds(condition, answers))"

# Few words, so that they meet: what people type, numbers as text and as numbers, days, and what only looks like them.
WORDS = ["TREE", "ROAD", "", " ", "tree", "3", "03", "3.0", "-3", "12.50", "9", "1e1", "0x10", "1_0", "NaN", "Infinity"]
WORDS += ["true", "True", "2026-03-27", "2025-12-31", "липа", "٣", "3,5", "null"]
NUMBERS = st.integers(-12, 12) | st.integers(-(10**12), 10**12)
SCALARS = st.sampled_from(WORDS) | NUMBERS | st.booleans()
ANSWERS = SCALARS | st.lists(st.sampled_from(WORDS), max_size=3) | st.fixed_dictionaries({"number": st.just("3")})
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
        return self.thread.submit(self.page.evaluate, JUDGE, sent).result()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with ThreadPoolExecutor(max_workers=1) as thread:
        playwright = thread.submit(lambda: sync_playwright().start()).result()
        chromium = thread.submit(playwright.chromium.launch, executable_path=path, args=CHROMIUM_ARGUMENTS).result()
        page = thread.submit(chromium.new_page).result()
        thread.submit(page.evaluate, LOAD, MIRROR.read_text()).result()
        yield Browser(page, thread)
        thread.submit(chromium.close).result()
        thread.submit(playwright.stop).result()


@settings(max_examples=120)
@given(asked=ASKED)
def test_browser_and_server_judge_alike(browser: Browser, asked: Asked) -> None:
    judged = browser.judge(asked)

    assert judged == [holds(condition, answers) for condition, answers in asked]
