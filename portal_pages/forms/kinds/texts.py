"""Short and long texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal_pages.forms.kinds.base import Asking, Kind, Part, Wrong

TOO_SHORT = ngettext_lazy("Write at least {number} letter", "Write at least {number} letters", "number")
TOO_LONG = _("This is {length} letters long; at most {number} fit. Shorten it or add it as a file")


@dataclass(frozen=True)
class ShortText(Kind):
    """One line."""

    code: ClassVar[str] = "SHORT_TEXT"
    least: int = 1
    most: int = 200
    width: str = ""
    autocomplete: str = ""

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [Part("", forms.CharField(required=False), width=self.width, autocomplete=self.autocomplete)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        text = " ".join(values[""].split())
        return of_length(text, self.least, self.most)


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


def of_length(text: str, least: int, most: int) -> str | None:
    """The text when its length is right; absent when there is none."""
    if not text:
        return None
    if len(text) < least:
        raise Wrong((TOO_SHORT % least).format(number=least))
    if len(text) > most:
        raise Wrong(str(TOO_LONG).format(length=len(text), number=most))
    return text
