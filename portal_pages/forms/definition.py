"""A form as it is defined: immutable, versioned, with the texts of all languages side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cases.conditions import Condition
from cases.texts import Texts, in_language
from portal_pages.forms.calculations import RateTable
from portal_pages.forms.kinds import Asking, Information, Kind, Rows


@dataclass(frozen=True)
class Question:
    """One question. Its key is given once: kept through renaming and moving, never reused for another meaning.

    ``counted``: officials may filter their lists and count by the answer (`Kind.may_be_counted`).
    """

    key: str
    kind: Kind
    labels: Texts
    helps: Texts = field(default_factory=dict)
    required: bool = False
    required_when: Condition | None = None
    show_when: Condition | None = None
    counted: bool = False

    def as_asked(self, asking: Asking) -> Mapping[str, Any]:
        """The question as it is shown, without an answer; put together once for each way of asking."""
        found = self._as_asked.get(asking.way)
        if found is None:
            found = self._as_asked[asking.way] = self._put_together(asking)
        return found

    @cached_property
    def _as_asked(self) -> dict[tuple[Any, ...], Mapping[str, Any]]:
        return {}

    def _put_together(self, asking: Asking) -> Mapping[str, Any]:
        text = in_language(self.labels, asking.language, main=asking.main_language)
        asked: dict[str, Any] = {"key": self.key, "kind": self.kind.code, "label": text.words}
        if text.language != asking.language:
            asked["label_language"] = text.language
        if self.helps:
            asked["help"] = asking.words(self.helps)
        return asked | self.kind.shown(asking)


@dataclass(frozen=True)
class Page:
    """One thing at a time: a page has a title and the few questions that belong to it."""

    key: str
    titles: Texts
    questions: tuple[Question, ...]
    introductions: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """The form of a service. A changed form gets another version; cases keep the one they were filed with."""

    key: str
    version: int
    pages: tuple[Page, ...]
    tables: Mapping[str, RateTable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = [question.key for question in self.questions()]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise ValueError(f"Form {self.key}: keys used twice: {', '.join(sorted(twice))}")

    @property
    def name(self) -> str:
        return f"{self.key}/{self.version}"

    @property
    def last_page(self) -> Page:
        """Shown beneath the answers of all others, where the person checks them and sends."""
        return self.pages[-1]

    def questions(self) -> Iterator[Question]:
        for page in self.pages:
            yield from page.questions

    def answerable(self) -> Iterator[Question]:
        """The questions that can have an answer, columns of groups and tables included."""
        for question in self.questions():
            if isinstance(question.kind, Rows):
                yield from question.kind.questions
            if not isinstance(question.kind, Information):
                yield question

    def page(self, key: str) -> Page | None:
        return next((page for page in self.pages if page.key == key), None)

    def page_after(self, page: Page) -> Page | None:
        place = self.pages.index(page) + 1
        return self.pages[place] if place < len(self.pages) else None

    def page_before(self, page: Page) -> Page | None:
        place = self.pages.index(page)
        return self.pages[place - 1] if place else None
