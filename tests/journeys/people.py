"""The people of the stories: each sits before a browser of their own and does what people do, nothing else."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from registra.town import PASSWORD
from tests.journeys.running import PATIENCE_SECONDS, RunningTown
from tests.servers import wait_until

File = dict[str, Any]


def file(name: str, content: bytes, media_type: str = "application/pdf") -> File:
    return {"name": name, "mimeType": media_type, "buffer": content}


class Person:
    """Somebody at a browser. Every page that they come to is judged."""

    def __init__(self, page: Page, town: RunningTown, look: Callable[[Page], None]) -> None:
        self.page, self.town, self._look = page, town, look

    def look(self) -> None:
        self._look(self.page)

    def open(self, address: str) -> int:
        """Type an address; returns the status of the answer."""
        answer = self.page.goto(address if "://" in address else self.town.address + address)
        self.look()
        return answer.status if answer else 0

    def press(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Press a button that leads to a page, by the words on it."""
        self.leave_by((within or self.page).get_by_role("button", name=name, exact=isinstance(name, str)).first)

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Follow a link by its words."""
        self.leave_by((within or self.page).get_by_role("link", name=name, exact=isinstance(name, str)).first)

    def leave_by(self, control: Locator) -> None:
        with self.page.expect_navigation():
            control.click()
        self.look()

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible()

    def does_not_see(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(words).filter(visible=True)).to_have_count(0)

    def sees_heading(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", name=words).first).to_be_visible()

    def looks_until_seeing(self, words: str | re.Pattern[str]) -> None:
        """Load the page again until it says so: the worker is a moment behind."""

        def is_there() -> bool:
            if self.page.get_by_text(words).filter(visible=True).count():
                return True
            self.page.reload()
            return False

        wait_until(is_there, f"{words!r} on {self.page.url}", seconds=PATIENCE_SECONDS)

    def download(self, control: Locator) -> bytes:
        with self.page.expect_download() as started:
            control.click()
        return started.value.path().read_bytes()


# -- What residents fill in, by the names of the fields, which are the same in each language

TREE_FELLING: Mapping[str, Mapping[str, str]] = {
    "place": {"place-words": "ul. Lipa 4, behind the school", "ownership": "OWN"},
    "trees": {
        "trees-0-species": "lime",
        "trees-0-girth": "180",
        "trees-0-count": "1",
        "trees-0-action": "FELL",
    },
    "reason": {"reason": "ILL", "emergency": "no", "business_link": "no"},
    "applicant": {
        "applicant_kind": "PERSON",
        "applicant_name": "Stanka Ilieva",
        "applicant_id-scheme": "EGN",
        "applicant_id-number": "7523169263",
    },
    "contact": {
        "delivery_preference": "PORTAL",
        "applicant_address-street": "ul. Roza 7",
        "applicant_address-postal_code": "2770",
        "applicant_address-town": "Bela Reka",
        "email": "stanka@example.org",
    },
    "declarations": {"consent_to_fetch": "yes", "privacy_notice_read": "yes"},
    "papers": {},
}


def answers(**changes: Mapping[str, str | None]) -> dict[str, dict[str, str]]:
    """Right answers to the tree-felling form; changes are by page, None leaves a field empty."""
    changed = {page: {**fields, **changes.get(page, {})} for page, fields in TREE_FELLING.items()}
    return {page: {k: v for k, v in fields.items() if v is not None} for page, fields in changed.items()}


@dataclass(frozen=True)
class Filed:
    """What one leaves with."""

    number: str
    digits: str


class Resident(Person):
    """Anybody on the public site, and a registrar who fills in the same form for them."""

    apply = "/{language}/apply/tree-felling/"

    def begins(self, *, language: str = "en") -> None:
        self.open(self.apply.format(language=language))
        self.leave_by(self.page.locator("main .actions a.button"))

    def fill(self, name: str, value: str) -> None:
        """Answer one question; choices are taken by what they stand for."""
        field = self.page.locator(f"[name='{name}']")
        kind = field.first.get_attribute("type")
        if kind == "radio":
            self.page.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            field.check()
        else:
            field.fill(value)

    def fill_page(self, fields: Mapping[str, str], files: Mapping[str, Sequence[File]] | None = None) -> None:
        """Fill in one page; what is asked only because of an answer is filled in when it shows."""
        left, here = dict(fields), self.page.url
        for name, chosen in (files or {}).items():
            self.page.locator(f"[name='{name}']").set_input_files(list(chosen))
        while True:
            while name := next((name for name in left if self._is_asked(name)), ""):
                self.fill(name, left.pop(name))
            self.continues()
            if not left or self.page.url != here:
                return

    def _is_asked(self, name: str) -> bool:
        return self.page.locator(f"[name='{name}']").first.is_visible()

    def continues(self) -> None:
        self.leave_by(self.page.locator("#filing .actions button"))

    def fill_in(
        self, filled: Mapping[str, Mapping[str, str]], files: Mapping[str, Mapping[str, Sequence[File]]] | None = None
    ) -> None:
        """All pages; the last one's questions stand beneath the answers, where one checks and sends."""
        *pages, (last, last_fields) = filled.items()
        for page, fields in pages:
            assert self.page.url.rstrip("/").endswith(f"/{page}"), self.page.url
            self.fill_page(fields, (files or {}).get(page))
        assert self.page.url.endswith("/review/"), self.page.url
        for name, chosen in ((files or {}).get(last) or {}).items():
            self.page.locator(f"[name='{name}']").set_input_files(list(chosen))
        for name, value in last_fields.items():
            self.fill(name, value)

    def sends(self) -> Filed:
        """Send the checked answers; the page says the number and the digits in large type."""
        self.continues()
        return self.what_the_page_says()

    def what_the_page_says(self) -> Filed:
        number = self.page.locator("main .number").inner_text().strip()
        digits = self.page.locator("main .digits").inner_text().strip()
        assert re.fullmatch(r"\d{4} \d{4} \d{4}", digits), digits
        return Filed(number, digits)

    def files(self, **changes: Any) -> Filed:
        """A whole filing without papers."""
        self.begins()
        self.fill_in(answers(**changes))
        return self.sends()

    def tracks(self, filed: Filed) -> None:
        """Open the case with number and digits, as from the receipt."""
        self.open("/t/")
        self.page.locator("[name=number]").fill(filed.number)
        self.page.locator("[name=digits]").fill(filed.digits)
        self.leave_by(self.page.locator("main form .actions button"))


class Official(Person):
    """Somebody with an account, in the office."""

    def signs_in(self, username: str) -> None:
        self.tries_to_sign_in(username, PASSWORD)
        assert "/login/" not in self.page.url

    def tries_to_sign_in(self, username: str, password: str) -> None:
        self.open("/office/")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.press(re.compile("Sign in|signing in"))

    def opens_case(self, number: str, *, view: str = "mine") -> None:
        """From the task list."""
        self.open(f"/office/tasks/?view={view}")
        row = self.page.get_by_role("row").filter(has_text=number)
        self.leave_by(row.get_by_role("link").first)
        self.sees(number)

    def panel(self) -> Locator:
        return self.page.locator(".desk-panel--act").first

    def other(self, summary: str) -> Locator:
        """One of the things that can be done besides; unfold it."""
        folded = self.page.locator("details.desk-other").filter(has_text=summary).first
        folded.locator("summary").click()
        return folded
