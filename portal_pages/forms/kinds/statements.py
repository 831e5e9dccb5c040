"""What is said to the person: information to read, a declaration to agree to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Part, speaking


@dataclass(frozen=True)
class Information(Kind):
    """A text without an answer; part of the record because it was shown."""

    code: ClassVar[str] = "INFORMATION"
    gives: ClassVar[Gives] = Gives.NOTHING
    is_typed: ClassVar[bool] = False
    fits_in_rows: ClassVar[bool] = False

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        return ABSENT


@dataclass(frozen=True)
class Declaration(Kind):
    """A sentence to agree to by ticking it; not ticked is absent, never "no"."""

    code: ClassVar[str] = "DECLARATION"
    gives: ClassVar[Gives] = Gives.YES
    fits_in_rows: ClassVar[bool] = False
    missing = gettext_lazy("Tick the box if you agree: {label}")

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [Part("", forms.CharField(required=False), control="tick")]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        return True if values[""] == "yes" else ABSENT

    def in_words(self, answer: Any, asking: Asking) -> str:
        with speaking(asking):
            return _("Agreed")

    def schema(self) -> dict[str, Any]:
        return {"const": True}
