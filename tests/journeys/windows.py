"""Windows that serve one test after another.

Chromium needs one to two seconds of the processor for a window with its first page, and a tenth for each further page.
What a test leaves behind in a window (cookies, storage, further tabs) is gone before the next one has it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

EMPTY = "about:blank"
# An editor asks before one leaves it, and saves by itself: such a tab is closed.
EDITORS = re.compile(r"/(edit|add)/")
FORGET = "() => { localStorage.clear(); sessionStorage.clear(); }"


class Windows:
    """``watch`` hears of each page that opens in a window."""

    def __init__(self, browser: Browser, watch: Callable[[Page], None], *, patience_seconds: int) -> None:
        self.browser, self.watch, self.patience_seconds = browser, watch, patience_seconds
        self.unused: dict[str, list[BrowserContext]] = defaultdict(list)
        self.lent: list[tuple[str, BrowserContext]] = []

    def open(self, *, cookies: Sequence[Any] = (), **options: Any) -> Page:
        """A tab of somebody with these cookies and no others."""
        kind = repr((sorted(options.items()), sorted(cookie["value"] for cookie in cookies)))
        window = self.unused[kind].pop() if self.unused[kind] else self._begin(options)
        self.lent.append((kind, window))
        window.add_cookies(list(cookies))
        return window.pages[0] if window.pages else window.new_page()

    def _begin(self, options: dict[str, Any]) -> BrowserContext:
        window = self.browser.new_context(
            locale="en-GB", timezone_id="Europe/Sofia", reduced_motion="reduce", **options
        )
        window.set_default_timeout(self.patience_seconds * 1000)
        window.on("page", self.watch)
        return window

    def take_back(self) -> None:
        """From everybody, at the end of a test."""
        while self.lent:
            kind, window = self.lent.pop()
            try:
                self._clear(window)
            except Error:  # a test closed it, or left it in a state that nobody foresaw
                with suppress(Error):
                    window.close()
            else:
                self.unused[kind].append(window)

    @staticmethod
    def _clear(window: BrowserContext) -> None:
        window.clear_cookies()
        for page in window.pages[1:]:
            page.close()
        for page in window.pages:
            if EDITORS.search(page.url):
                page.close()
            elif page.url != EMPTY:
                page.evaluate(FORGET)
                page.goto(EMPTY)
