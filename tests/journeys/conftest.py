"""The stage of the journeys: a running town, people with browsers of their own, and a judge of every page they meet.

The browser is the system's own Chromium; axe-core judges.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
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
from tests.journeys.running import PATIENCE_SECONDS, RunningTown, prepared_town, running_town
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

    def watch(self, page: Page) -> None:
        page.on("pageerror", self.error)
        page.on("console", self.message)
        page.on("request", self.request)
        page.on("response", self.response)

    def error(self, error: Error) -> None:
        self.heard.append(f"script error: {error}")

    def message(self, message: ConsoleMessage) -> None:
        # A page that answers "not found" or "please correct" is no error of the page; see `response`.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.heard.append(f"error on {message.location.get('url')}: {message.text}")

    def request(self, request: Request) -> None:
        if (urlsplit(request.url).hostname or "") not in OWN_HOSTS:
            self.heard.append(f"call to another host: {request.url}")

    def response(self, response: Response) -> None:
        is_part = not response.request.is_navigation_request()
        if response.status == 400 and response.request.method == "POST" and "/edit/" in response.url:
            return  # Wagtail keeps no draft while something is missing, and says so beside the field
        if response.status >= 500 or (is_part and response.status >= 400):
            self.heard.append(f"answer {response.status}: {response.url}")


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
            pages = [page for context in browser.contexts for page in context.pages]
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


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    complaints = Complaints()
    yield complaints
    if complaints.heard:
        pytest.fail("\n".join(dict.fromkeys(complaints.heard)))


@pytest.fixture
def new_page(browser: Browser, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Opens a page as a person of their own would, with their own cookies: `new_page()`, `new_page(PHONE)`."""
    contexts: list[BrowserContext] = []

    def open_page(viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(
            viewport=viewport, locale="en-GB", timezone_id="Europe/Sofia", reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        contexts.append(context)
        context.on("page", complaints.watch)
        return context.new_page()

    yield open_page

    for context in contexts:
        context.close()


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
def signed_in() -> dict[str, Any]:
    """The cookies of each account, so that a whole run signs in once for each person."""
    return {}


@pytest.fixture
def official(
    new_page: Callable[..., Page],
    town: RunningTown,
    judge: Judge,
    complaints: Complaints,
    signed_in: dict[str, Any],
) -> Callable[..., Official]:
    """`official("registrar")`: the person with this account, signed in."""

    def new_official(username: str, viewport: dict[str, int] = DESKTOP) -> Official:
        page = new_page(viewport, storage_state=signed_in.get(username))
        person = Official(page, town, lambda page: complaints.heard.extend(judge.look(page)))
        if username not in signed_in:
            person.signs_in(username)
            signed_in[username] = page.context.storage_state()
        return person

    return new_official


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


@pytest.fixture
def office(official: Callable[..., Official]) -> Office:
    return Office(official)
