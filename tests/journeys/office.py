"""The officials of Bela Reka and what each does with a case that lies before them."""

import datetime as dt
import re
from collections.abc import Callable

from tests.journeys.people import Official

REASONS = "The trunk is hollow and the crown has broken off."
CONDITIONS = "Plant a young lime tree before the end of April."
COMPLETE = "Complete: the head decides who handles it."


class Office:
    """Each official has a browser of their own, opened when first needed."""

    def __init__(self, official: Callable[[str], Official]) -> None:
        self._official = official
        self._people: dict[str, Official] = {}

    def __getitem__(self, username: str) -> Official:
        if username not in self._people:
            self._people[username] = self._official(username)
        return self._people[username]

    def checks_completeness(self, number: str, *, by: str = "officer", told: str = COMPLETE) -> None:
        officer = self[by]
        officer.opens_case(number)
        officer.press("It is complete", within=officer.panel())
        officer.sees(told)

    def resolves(self, number: str, *, by: str = "head", to: str = "Ognyan Petrov") -> None:
        head = self[by]
        head.opens_case(number)
        who = head.panel().get_by_label("Who handles it")
        who.select_option(who.locator("option").filter(has_text=re.compile(f"^\\s*{to}")).first.inner_text().strip())
        head.panel().get_by_label("What to do").fill("Look at the tree and answer.")
        head.press("Resolve", within=head.panel())
        head.sees("Resolved.")

    def asks_opinion(self, number: str, *, unit: str, question: str) -> None:
        officer = self["officer"]
        officer.opens_case(number)
        asking = officer.other("Ask other units for their opinion")
        asking.get_by_label(unit, exact=True).check()
        asking.get_by_label("What you ask").fill(question)
        officer.press("Ask these units", within=asking)
        officer.sees("The units were asked.")

    def gives_opinion(self, number: str, *, words: str, by: str = "officer2") -> None:
        other = self[by]
        other.opens_case(number)
        other.panel().get_by_role("radio").first.check()
        other.panel().get_by_label("Why").fill(words)
        other.press("Give the opinion", within=other.panel())
        other.sees("Your opinion stands in the case.")

    def begins_decision(self, number: str, *, outcome: str, by: str = "officer") -> None:
        officer = self[by]
        officer.opens_case(number)
        officer.panel().get_by_label(outcome).check()
        officer.press("Write the decision", within=officer.panel())

    def writes_decision(self, title: str, replaced: dict[str, str], *, by: str = "officer") -> None:
        """On the letter's page: the standard text with the officer's own words in its gaps, saved and previewed."""
        page = self[by].page
        body = page.get_by_label("Text", exact=True)
        words = body.input_value()
        for gap, own in replaced.items():
            assert f"{{{gap}}}" in words, words
            words = words.replace(f"{{{gap}}}", own)
        page.get_by_label("Title", exact=True).fill(title)
        body.fill(words)
        self[by].press("Save and see it")
        self[by].sees("Saved.")

    def sends_draft_on(self, *agreeing: str) -> None:
        officer = self["officer"]
        for unit in agreeing:
            officer.panel().get_by_label(unit, exact=True).check()
        officer.press("Send the draft on", within=officer.panel())
        officer.sees("The draft was sent on.")

    def agrees(self, number: str, *, by: str) -> None:
        self[by].opens_case(number)
        self[by].press("Agree", within=self[by].panel())
        self[by].sees("Agreed.")

    def approves(self, number: str) -> None:
        self["head"].opens_case(number)
        self["head"].press("Approve", within=self["head"].panel())
        self["head"].sees("Approved: the letter is locked and waits for its signature.")

    def signs(self, number: str) -> None:
        self["mayor"].opens_case(number)
        self["mayor"].press("Sign", within=self["mayor"].panel())
        self["mayor"].sees("Signed: the registry sends it out.")

    def dispatches(self, number: str) -> None:
        self["registrar"].opens_case(number)
        self["registrar"].press("Register out and send", within=self["registrar"].panel())
        self["registrar"].sees("Sent. The case is closed.")

    def decides(self, number: str, *, outcome: str, title: str, replaced: dict[str, str]) -> None:
        """The shortest way from the officer's desk to the registry's door: nobody else has to agree."""
        self.begins_decision(number, outcome=outcome)
        self.writes_decision(title, replaced)
        self.sends_draft_on()
        self.approves(number)
        self.signs(number)
        self.dispatches(number)


def days_from_now(days: int) -> str:
    """As a browser's date field takes it."""
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days)).isoformat()
