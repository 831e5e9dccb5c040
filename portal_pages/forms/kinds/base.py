"""What all kinds of question share."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any, ClassVar, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from cases.texts import Texts, in_language

# No answer was given. Never stored: an absent answer has no place in the answers at all.
ABSENT: Final = None


class Gives(Enum):
    """What an answer is to conditions and calculations."""

    NUMBER = auto()
    DAY = auto()
    TIME = auto()
    YES = auto()
    CODE = auto()
    CODES = auto()
    TEXT = auto()
    ROWS = auto()
    MORE = auto()  # several values under one key: a place, a person's number
    NOTHING = auto()


class Wrong(Exception):
    """The parts of an answer don't make an answer; says which part, and what to do."""

    def __init__(self, why: str | Promise, part: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.part = part


@dataclass(frozen=True)
class Asking:
    """Who asks whom and when: nothing of it is read from the clock or from settings inside a kind.

    ``deliveries``: the ways to get the result that the service offers; empty means all. ``area``: where the
    institution is in charge (`cases.areas`); None means everywhere. ``answers``: what was answered before, for the
    kinds that look at other answers (`Kind.asks_about`).
    """

    language: str
    main_language: str
    country: str
    today: dt.date
    at_counter: bool = False
    deliveries: tuple[str, ...] = ()
    area: Any = None
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def way(self) -> tuple[Any, ...]:
        """All of it that has a say in how a question is shown."""
        return (self.language, self.main_language, self.country, self.at_counter, self.deliveries)

    def words(self, texts: Texts) -> str:
        return texts.get(self.language) or in_language(texts, self.language, main=self.main_language).words


def speaking(asking: Asking) -> AbstractContextManager[None]:
    """What is said in this block is said in the language of asking."""
    return nullcontext() if get_language() == asking.language else override(asking.language)


@dataclass(frozen=True)
class Option:
    """One answer of several that may be chosen."""

    value: str
    labels: Texts
    helps: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One control of a question: a Django field that reads it, and what a template needs to draw it."""

    suffix: str
    field: forms.Field
    control: str = "text"
    label: str | Promise = ""
    width: str = ""
    autocomplete: str = ""
    inputmode: str = ""
    unit: str = ""
    options: Sequence[tuple[str, str, str]] = ()
    is_many: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of question. ``code`` names it in stored documents and is never reused for another meaning.

    ``fits_in_rows``: whether it may be a column of a group or table. ``is_typed``: whether a person answers it.
    """

    code: ClassVar[str] = ""
    gives: ClassVar[Gives] = Gives.TEXT
    fits_in_rows: ClassVar[bool] = True
    is_typed: ClassVar[bool] = True
    missing: ClassVar[str | Promise] = _("Fill in: {label}")

    def parts(self, asking: Asking) -> Sequence[Part]:
        """The controls in the order of the page."""
        return ()

    def controls(self, asking: Asking) -> Sequence[Part]:
        """`parts`, put together once for each way of asking: a form is read again with each of its pages."""
        found = self._controls.get(asking.way)
        if found is None:
            with speaking(asking):
                found = self._controls[asking.way] = tuple(self.parts(asking))
        return found

    @cached_property
    def _controls(self) -> dict[tuple[Any, ...], Sequence[Part]]:
        return {}

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        """The answer from the cleaned parts, as plain JSON; ABSENT when nothing was given; raises Wrong."""
        return values.get("") or ABSENT

    def in_words(self, answer: Any, asking: Asking) -> str:
        """The answer as a person would write it down; lines are separated by line breaks."""
        return str(answer)

    def rows_in_words(self, answer: Any, asking: Asking) -> list[list[dict[str, str]]]:
        """An answer of several rows, each value under its label; none for an answer that is one."""
        return []

    def may_be_counted(self) -> bool:
        """Whether officials may filter and count by the answer: never by what names a person or is told freely."""
        return False

    def asks_about(self) -> Iterator[str]:
        """The keys of other questions whose answers `read` looks at."""
        yield from ()

    def flaws(self) -> Iterator[str]:
        """What is wrong with how the kind was set, in words for who writes the form."""
        yield from ()

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of an answer."""
        return {"type": "string", "minLength": 1}

    def shown(self, asking: Asking) -> dict[str, Any]:
        """What else was shown with the question and belongs to the record: the answers to choose from."""
        return {}
