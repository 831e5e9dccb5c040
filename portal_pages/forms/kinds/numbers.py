"""Whole numbers and decimals; a decimal is kept as text, because JSON's numbers would round it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from cases.texts import Texts
from portal_pages.forms.kinds.base import ABSENT, Asking, Kind, Part, Wrong

WHOLE = re.compile(r"[+-]?\d{1,12}")
DECIMAL = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")


@dataclass(frozen=True)
class WholeNumber(Kind):
    code: ClassVar[str] = "WHOLE_NUMBER"
    least: int = 0
    most: int = 1_000_000
    example: int = 3
    units: Texts = field(default_factory=dict)

    def parts(self, asking: Asking) -> Sequence[Part]:
        unit = asking.words(self.units)
        return [Part("", forms.CharField(required=False), width="is-w4", inputmode="numeric", unit=unit)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        text = values[""].replace(" ", "").replace("\u00a0", "")
        if not text:
            return ABSENT
        if not WHOLE.fullmatch(text):
            raise Wrong(_("Write a whole number in digits, for example {example}").format(example=self.example))
        return within(int(text), self.least, self.most)

    def in_words(self, answer: Any, asking: Asking) -> str:
        return f"{answer} {asking.words(self.units)}".strip()


@dataclass(frozen=True)
class DecimalNumber(Kind):
    code: ClassVar[str] = "DECIMAL"
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(1_000_000)
    places: int = 2
    units: Texts = field(default_factory=dict)

    def parts(self, asking: Asking) -> Sequence[Part]:
        unit = asking.words(self.units)
        return [Part("", forms.CharField(required=False), width="is-w8", inputmode="decimal", unit=unit)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        text = values[""].replace(" ", "").replace("\u00a0", "").replace(",", ".")
        if not text:
            return ABSENT
        if not DECIMAL.fullmatch(text):
            raise Wrong(_("Write a number in digits, for example 12,5"))
        number = within(Decimal(text), self.least, self.most)
        return str(number.quantize(Decimal(1).scaleb(-self.places)))

    def in_words(self, answer: Any, asking: Asking) -> str:
        return f"{answer} {asking.words(self.units)}".strip()


def within[Number: (int, Decimal)](number: Number, least: Number, most: Number) -> Number:
    if not least <= number <= most:
        raise Wrong(_("Write a number from {least} to {most}").format(least=least, most=most))
    return number
