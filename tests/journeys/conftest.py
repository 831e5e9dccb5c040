"""The stage of the journeys: a running town, people with browsers of their own, and a judge of every page they meet.

The browser is the system's own Chromium; axe-core judges.
"""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.browser import CHROMIUM_ARGUMENTS, chromium_path
from tests.journeys.judging import Judge
from tests.journeys.office import Office
from tests.journeys.people import Official, Resident
from tests.journeys.running import PATIENCE_SECONDS, SESSIONS, RunningTown, prepared_town, running_town
from tests.journeys.windows import EMPTY, Windows
from tests.migrated_database import MigratedDatabase

# Playwright's synchronous interface keeps an event loop in this thread, and Django then fears for its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=PATIENCE_SECONDS * 1000 / 3)
OWN_HOSTS = {"localhost", "127.0.0.1", ""}


class Complaints:
    """What a page must never do: break our Content-Security-Policy, call another host, throw an error, miss a file."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_listening = False

    def hear(self, complaint: str) -> None:
        if self.is_listening:
            self.heard.append(complaint)

    def watch(self, page: Page) -> None:
        page.on("pageerror", self.error)
        page.on("console", self.message)
        page.on("request", self.request)
        page.on("response", self.response)

    def error(self, error: Error) -> None:
        self.hear(f"script error: {error}")

    def message(self, message: ConsoleMessage) -> None:
        # A page that answers "not found" or "please correct" is no error of the page; see `response`.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.hear(f"error on {message.location.get('url')}: {message.text}")

    def request(self, request: Request) -> None:
        if (urlsplit(request.url).hostname or "") not in OWN_HOSTS:
            self.hear(f"call to another host: {request.url}")

    def response(self, response: Response) -> None:
        is_part = not response.request.is_navigation_request()
        if response.status == 400 and response.request.method == "POST" and "/edit/" in response.url:
            return  # Wagtail keeps no draft while something is missing, and says so beside the field
        if response.status >= 500 or (is_part and response.status >= 400):
            self.hear(f"answer {response.status}: {response.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """What everybody saw last, and what the town said meanwhile, belong to a failure."""
    report = yield
    used = getattr(item, "funcargs", {})
    if report.failed and report.when == "call":
        if isinstance(browser := used.get("browser"), Browser):
            pages = [page for context in browser.contexts for page in context.pages if page.url != EMPTY]
            report.sections += [(f"page {page.url}", page.locator("body").inner_text()[:3000]) for page in pages]
        if isinstance(town := used.get("town"), RunningTown):
            report.sections.append(("log of the town", "\n".join(town.log_file.read_text().splitlines()[-80:])))
    return report


@pytest.fixture(scope="session")
def town(
    django_db_setup: None, migrated_database: MigratedDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningTown]:
    """The demo town, running: one for each process of the test run."""
    original = prepared_town(settings.RUN_DIR / "town", migrated_database)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with running_town(settings.RUN_DIR / f"town-of-{worker}", worker, original) as town:
        yield town


@pytest.fixture(scope="session")
def judge(axe: Callable[[Page], list[str]]) -> Judge:
    return Judge(axe, settings.RUN_DIR / "pages-judged")


@pytest.fixture(scope="session")
def listener() -> Complaints:
    return Complaints()


@pytest.fixture
def complaints(listener: Complaints) -> Iterator[Complaints]:
    listener.heard, listener.is_listening = [], True
    yield listener
    if listener.heard:
        pytest.fail("\n".join(dict.fromkeys(listener.heard)))


@pytest.fixture(scope="session")
def windows(browser: Browser, listener: Complaints) -> Windows:
    return Windows(browser, listener.watch, patience_seconds=PATIENCE_SECONDS)


@pytest.fixture
def new_page(windows: Windows, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Opens a page as a person of their own would, with their own cookies: `new_page()`, `new_page(PHONE)`."""

    def open_page(viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
        return windows.open(viewport=viewport, **options)

    yield open_page

    complaints.is_listening = False  # what an abandoned page still says is nobody's fault
    windows.take_back()


@pytest.fixture
def resident(
    new_page: Callable[..., Page], town: RunningTown, judge: Judge, complaints: Complaints
) -> Callable[..., Resident]:
    """`resident()`, `resident(PHONE)`, `resident(java_script_enabled=False)`: somebody at the public site."""

    def new_resident(viewport: dict[str, int] = DESKTOP, **options: Any) -> Resident:
        # axe is a script too.
        judges = options.get("java_script_enabled", True)
        look = (lambda page: complaints.heard.extend(judge.look(page))) if judges else (lambda page: None)
        return Resident(new_page(viewport, **options), town, look)

    return new_resident


@pytest.fixture(scope="session")
def cookies(town: RunningTown) -> dict[str, list[dict[str, str]]]:
    """What is in the browser of whoever signed in earlier, by account."""
    sessions = json.loads((town.folder / SESSIONS).read_text())
    return {
        username: [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": town.address}]
        for username, key in sessions.items()
    }


@pytest.fixture
def official(
    new_page: Callable[..., Page],
    town: RunningTown,
    judge: Judge,
    complaints: Complaints,
    cookies: dict[str, list[dict[str, str]]],
) -> Callable[..., Official]:
    """`official("registrar")`: the person with this account, signed in earlier; `official("")`: nobody yet."""

    def new_official(username: str, viewport: dict[str, int] = DESKTOP) -> Official:
        page = new_page(viewport, cookies=cookies[username] if username else [])
        return Official(page, town, lambda page: complaints.heard.extend(judge.look(page)))

    return new_official


# What axe finds is of the weight that its rule says: those of a lesser one than we look at needn't be asked.
RUN_AXE = """async () => {
    const weights = new Set(["serious", "critical"]);
    const lesser = axe._audit.rules.filter(rule => rule.impact && !weights.has(rule.impact));
    const rules = Object.fromEntries(lesser.map(rule => [rule.id, { enabled: false }]));
    const { violations } = await axe.run({ resultTypes: ["violations"], rules });
    return violations.filter(one => weights.has(one.impact));
}"""


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """The serious and critical accessibility violations of a page as it stands now; none is what we want."""

    def violations(page: Page) -> list[str]:
        page.evaluate(AXE_SCRIPT)
        return [
            f"{page.url}: {violation['id']}: {violation['help']}: {node['html'][:200]}"
            for violation in page.evaluate(RUN_AXE)
            for node in violation["nodes"]
        ]

    return violations


@pytest.fixture
def office(official: Callable[..., Official]) -> Office:
    return Office(official)
