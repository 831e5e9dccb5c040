"""Short and long texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from portal_pages.forms.kinds.base import Asking, Kind, Part, Wrong
from portal_pages.forms.patterns import LONGEST_ANSWER, PatternRefused, compiled

TOO_SHORT = ngettext_lazy("Write at least {number} letter", "Write at least {number} letters", "number")
TOO_LONG = _("This is {length} letters long; at most {number} fit. Shorten it or add it as a file")


@dataclass(frozen=True)
class ShortText(Kind):
    """One line. ``pattern``: what the whole answer looks like (`portal_pages.forms.patterns`), with an example."""

    code: ClassVar[str] = "SHORT_TEXT"
    least: int = 1
    most: int = 200
    width: str = ""
    autocomplete: str = ""
    pattern: str = ""
    example: str = ""

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [Part("", forms.CharField(required=False), width=self.width, autocomplete=self.autocomplete)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        text = of_length(" ".join(values[""].split()), self.least, self.most)
        if text and self.pattern and not compiled(self.pattern).fullmatch(text):
            raise Wrong(gettext("Write it like this: {example}").format(example=self.example))
        return text

    def flaws(self) -> Iterator[str]:
        yield from _length_flaws(self.least, self.most)
        if self.pattern:
            yield from self._pattern_flaws()

    def _pattern_flaws(self) -> Iterator[str]:
        try:
            pattern = compiled(self.pattern)
        except PatternRefused as refusal:
            yield str(refusal)
            return
        if self.most > LONGEST_ANSWER:
            yield gettext("With a pattern an answer has at most {number} letters").format(number=LONGEST_ANSWER)
        if not self.example:
            yield gettext("A pattern needs an example: people are shown it when their answer doesn't fit")
        elif not pattern.fullmatch(self.example):
            yield gettext("The example “{example}” does not fit the pattern").format(example=self.example)

    def may_be_counted(self) -> bool:
        """What a browser fills in is somebody's name, address or day of birth."""
        return not self.autocomplete

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": max(self.least, 1), "maxLength": self.most}


@dataclass(frozen=True)
class LongText(Kind):
    """Paragraphs."""

    code: ClassVar[str] = "LONG_TEXT"
    least: int = 1
    most: int = 5000
    rows: int = 6

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [Part("", forms.CharField(required=False, strip=True), control="area", width=str(self.rows))]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        text = values[""].replace("\r\n", "\n").replace("\r", "\n")
        return of_length(text, self.least, self.most)

    def flaws(self) -> Iterator[str]:
        yield from _length_flaws(self.least, self.most)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": max(self.least, 1), "maxLength": self.most}


def _length_flaws(least: int, most: int) -> Iterator[str]:
    if not 0 <= least <= most or not most:
        yield gettext("No answer can have from {least} to {most} letters").format(least=least, most=most)


def of_length(text: str, least: int, most: int) -> str | None:
    """The text when its length is right; absent when there is none."""
    if not text:
        return None
    if len(text) < least:
        raise Wrong((TOO_SHORT % least).format(number=least))
    if len(text) > most:
        raise Wrong(str(TOO_LONG).format(length=len(text), number=most))
    return text
