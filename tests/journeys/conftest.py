"""The browser of the journeys: the system's own Chromium, and axe-core to judge every page it meets."""

import os
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, sync_playwright

# Playwright's synchronous interface keeps an event loop in this thread, and Django then fears for its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM_ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
OWN_HOSTS = {"localhost", "127.0.0.1", ""}


class Complaints:
    """What a page must never do: break our Content-Security-Policy, call another host, or throw an error."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("pageerror", self.error)
        page.on("console", self.message)
        page.on("request", self.request)

    def error(self, error: Error) -> None:
        self.heard.append(f"script error: {error}")

    def message(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.heard.append(f"policy broken: {message.text}")

    def request(self, request: Request) -> None:
        if (urlsplit(request.url).hostname or "") not in OWN_HOSTS:
            self.heard.append(f"call to another host: {request.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed.")
        pytest.skip("Chromium is not installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page as a person of their own would, with their own cookies: `new_page()`, `new_page(PHONE)`."""
    complaints = Complaints()
    contexts = []

    def open_page(viewport: dict[str, int] = DESKTOP, **options: object) -> Page:
        context = browser.new_context(viewport=viewport, locale="en-GB", timezone_id="Europe/Sofia", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("page", complaints.watch)
        return context.new_page()

    yield open_page

    for context in contexts:
        context.close()
    assert complaints.heard == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A page on a telephone."""
    return new_page(PHONE, has_touch=True, is_mobile=True)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """The serious and critical accessibility violations of a page as it stands now; none is what we want."""
    judge = Axe()

    def violations(page: Page) -> list[str]:
        found = judge.run(page).response["violations"]
        return [
            f"{page.url}: {violation['id']}: {violation['help']}: {node['html'][:200]}"
            for violation in found
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    return violations
