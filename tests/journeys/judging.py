"""What every page that a journey meets has to fulfil, checked once in a run for each different page."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.text import slugify
from django.utils.translation import get_language_from_path, override
from playwright.sync_api import Page

PHONE_WIDTH = 390
# Wagtail lets its messages fade in for half a second, whoever asked for less motion too.
AT_REST = """() => (!document.querySelector(".messages > ul") || document.body.matches(".ready"))
    && document.getAnimations().every(one => one.playState !== "running")
"""
# The office scrolls inside its shell.
WHOLE_HEIGHT = """Math.max(
    900, ...Array.from(document.querySelectorAll("html, main, .wrapper, .content-wrapper"), part => part.scrollHeight)
)"""
TELLING_PARTS = ("code", "page", "verb")
WHAT_STANDS = """places => [
    document.querySelector(".desk-panel--act h2")?.innerText.trim() ?? "",
    ...places.map(place => document.querySelector(place) !== null),
]"""
WHAT_STANDS_IN_IT = {
    "with errors": ".errors, .desk-error, .error-message",
    "with results": ".archive-result",
    "with a look beside": ".archive-look",
}


def kind_of(page: Page) -> str:
    """What makes a page another one: its address by name, what stands in it, and whether it complains."""
    path = urlsplit(page.url).path
    with override(get_language_from_path(path) or "en"):
        try:
            match = resolve(path)
        except Resolver404:
            return "not-found"
    name = match.view_name
    if name == "wagtail_serve":
        return f"page {path}"
    parts = [name, *(str(match.kwargs[part]) for part in TELLING_PARTS if part in match.kwargs)]
    panel, *stands = page.evaluate(WHAT_STANDS, list(WHAT_STANDS_IN_IT.values()))
    parts += [panel, *(words for words, is_there in zip(WHAT_STANDS_IN_IT, stands, strict=True) if is_there)]
    return " ".join(filter(None, parts))


class Judge:
    """Looks at each different page once in the whole run: axe, width on a telephone, pictures if they are wanted."""

    def __init__(self, violations: Callable[[Page], list[str]], marks: Path) -> None:
        self.violations, self.marks = violations, marks
        pictures = os.environ.get("REGISTRA_SCREENSHOTS")
        self.pictures = Path(pictures) if pictures else None
        for folder in filter(None, [self.marks, self.pictures]):
            folder.mkdir(parents=True, exist_ok=True)

    def look(self, page: Page) -> list[str]:
        """What is wrong with this page; nothing if another journey has looked at one like it."""
        kind = kind_of(page)
        if not self._is_first(kind):
            return []
        page.wait_for_function(AT_REST)
        found = self.violations(page)
        is_public = not urlsplit(page.url).path.startswith("/office/")
        usual = page.viewport_size
        if is_public or self.pictures:
            page.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
            if is_public and (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE_WIDTH:
                found.append(f"{page.url}: {width} pixels wide on a telephone of {PHONE_WIDTH}")
            self._picture(page, kind, PHONE_WIDTH)
            page.set_viewport_size({"width": 1280, "height": 900})
            self._picture(page, kind, 1280)
            if usual:
                page.set_viewport_size(usual)
        return found

    def _is_first(self, kind: str) -> bool:
        """Workers of one run tell each other by files."""
        try:
            (self.marks / hashlib.sha256(kind.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _picture(self, page: Page, kind: str, width: int) -> None:
        if self.pictures:
            page.set_viewport_size({"width": width, "height": page.evaluate(WHOLE_HEIGHT)})
            page.screenshot(path=self.pictures / f"{slugify(kind)[:90]}-{width}.png", full_page=True)
