"""What a client does, told once: filing with us, filing with a plain Wagtail form, opening the lists.

`prepare` is outside the measured time; `act` is what is measured, and checks that it got what it came for.
"""

import re
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from benchmarks.browser import Answer, Browser, Unexpected
from benchmarks.papers import Paper

FORM = "/en/apply/tree-felling/"
# What is typed on the pages of the tree-felling form; papers are added on the last, where one checks and sends.
TYPED = {
    "place": [("place-words", "ul. Lipa 4"), ("ownership", "OWN")],
    "trees": [
        ("trees-rows", "1"),
        ("trees-0-species", "lime"),
        ("trees-0-girth", "120"),
        ("trees-0-count", "1"),
        ("trees-0-action", "FELL"),
    ],
    "reason": [("reason", "WORKS"), ("reason_in_words", "The new cycle path."), ("business_link", "no")],
    "applicant": [
        ("applicant_kind", "PERSON"),
        ("applicant_name", "Ivan Petrov Ivanov"),
        ("applicant_id-scheme", "EGN"),
        ("applicant_id-number", "7523169263"),
    ],
    "contact": [
        ("delivery_preference", "PORTAL"),
        ("applicant_address-street", "ul. Lipa 4"),
        ("applicant_address-postal_code", "2770"),
        ("applicant_address-town", "Bela Reka"),
        ("email", "ivan@example.org"),
        ("letters_language", "en"),
    ],
    "declarations": [("consent_to_fetch", "yes"), ("privacy_notice_read", "yes")],
}
PASSWORD = "bela-reka-2026"
PAPER = Paper()
_NUMBER = re.compile(rb'<strong class="number">([^<]+)</strong>')


class Story(Protocol):
    def prepare(self) -> None: ...

    def act(self) -> None: ...

    def leave(self) -> None: ...


class FilingWithUs:
    """From the first byte of the upload to the number: every request that a browser sends."""

    def __init__(self, browser: Browser, link_of_filled: Callable[[], str] | None = None) -> None:
        """``link_of_filled`` gives the link of a form that is filled in up to the last page; else this one does."""
        self.browser, self.paper, self.link_of_filled = browser, PAPER, link_of_filled
        self.page = Answer(0, "", b"")
        self.address = ""
        self.number = ""

    def prepare(self) -> None:
        self.browser.cookies.clear()
        if self.link_of_filled:
            self._follow(self.browser.get(urlsplit(self.link_of_filled()).path))
        else:
            self._fill_in()
        if self._key() != "review":
            raise Unexpected(f"{self.address} instead of the review")
        self.content = self.paper.copy()
        # Every applicant comes on a connection of their own.
        self.browser.close()

    def _fill_in(self) -> None:
        self._open(f"{FORM}{next(iter(TYPED))}/")
        while self._key() in TYPED:
            self._send_page()

    def leave(self) -> None:
        self.browser.close()
        self.content = b""

    def act(self) -> None:
        answer = self.browser.upload(self.address, self.page.hidden(), "sketch", "sketch.pdf", self.content)
        found = _NUMBER.search(answer.body)
        if found is None:
            raise Unexpected(f"{answer.status} {answer.location}: no number on {answer.body[:2000]!r}")
        self.number = found[1].decode()

    def _key(self) -> str:
        return self.address.rstrip("/").rpartition("/")[2]

    def _open(self, address: str) -> None:
        self.address, self.page = address, self.browser.page(address)

    def _send_page(self) -> None:
        fields = [*self.page.hidden(), *TYPED[self._key()]]
        if b'enctype="multipart/form-data"' in self.page.body:
            self._follow(self.browser.upload(self.address, fields))
        else:
            self._follow(self.browser.post(self.address, fields))

    def _follow(self, answer: Answer) -> None:
        """The link of a form leads on to where it is unfinished."""
        while answer.status == 302:
            self.address, answer = answer.location, self.browser.get(answer.location)
        if answer.status != 200:
            raise Unexpected(f"{self.address}: {answer.status} {answer.body.decode(errors='replace')[:4000]}")
        self.page = answer


class FilingWithWagtail:
    """The form of a plain Wagtail page that saves the file as a Wagtail document: one request."""

    def __init__(self, browser: Browser, address: str = "/plain-form/") -> None:
        self.browser, self.address, self.paper = browser, address, PAPER

    def prepare(self) -> None:
        self.page = self.browser.page(self.address)
        self.content = self.paper.copy()
        self.browser.close()

    def leave(self) -> None:
        self.browser.close()
        self.content = b""

    def act(self) -> None:
        fields = [*self.page.hidden(), ("name", "Ivan Petrov Ivanov"), ("e_mail", "ivan@example.org")]
        answer = self.browser.upload(self.address, fields, "sketch", "sketch.pdf", self.content)
        if answer.status != 200 or b"Thank you" not in answer.body:
            raise Unexpected(f"{answer.status} {answer.body.decode(errors='replace')[:2000]}")


class Opening:
    """An official opens a page again and again; ``expected`` must stand on it so many times."""

    login = "/office/login/"

    def __init__(self, browser: Browser, user: str, address: str, expected: bytes, times: int = 1) -> None:
        self.browser, self.user, self.address = browser, user, address
        self.expected, self.times = expected, times

    def prepare(self) -> None:
        if "sessionid" not in {name.decode() for name in self.browser.cookies}:
            page = self.browser.page(self.login)
            fields = [*page.hidden(), ("username", self.user), ("password", PASSWORD)]
            if self.browser.post(self.login, fields).status != 302:
                raise Unexpected(f"{self.user} can't sign in at {self.login}")

    def leave(self) -> None:
        """An official stays signed in."""

    def act(self) -> None:
        answer = self.browser.page(self.address)
        if answer.body.count(self.expected) < self.times:
            raise Unexpected(f"{self.address} shows {answer.body.count(self.expected)} rows, not {self.times}")


class OpeningStock(Opening):
    login = "/accounts/login/"


CASE = re.compile(rb'href="(/office/case/[0-9a-f]{16}/)"')
ROWS = 50


class OpeningTaskList(Opening):
    def first_case(self) -> str:
        """Where the first row leads."""
        found = CASE.search(self.browser.page(self.address).body)
        if found is None:
            raise Unexpected(f"No case on {self.address}")
        return found[1].decode()


def task_list(browser: Browser) -> OpeningTaskList:
    """The officer's task list: mine, overdue first, a full page."""
    return OpeningTaskList(browser, "officer", "/office/tasks/", b'href="/office/case/', ROWS)


def case_page(browser: Browser, address: str) -> Opening:
    return Opening(browser, "officer", address, b"94-00-")


def inbox(browser: Browser) -> OpeningStock:
    """The same officer's inbox in Viewflow's own front end; its page has 25 rows unless told otherwise."""
    return OpeningStock(browser, "officer", "/flows/general/inbox/", b"<tr")
