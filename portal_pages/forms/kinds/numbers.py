"""Whole numbers, decimals, money; a decimal is kept as text, because JSON's numbers would round it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from cases.texts import Texts
from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Part, Wrong

WHOLE = re.compile(r"[+-]?\d{1,12}")
DECIMAL = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")
CURRENCY = re.compile(r"[A-Z]{3}")
MOST_PLACES = 6


@dataclass(frozen=True)
class WholeNumber(Kind):
    code: ClassVar[str] = "WHOLE_NUMBER"
    gives: ClassVar[Gives] = Gives.NUMBER
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

    def flaws(self) -> Iterator[str]:
        yield from _range_flaws(self.least, self.most)

    def may_be_counted(self) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class DecimalNumber(Kind):
    code: ClassVar[str] = "DECIMAL"
    gives: ClassVar[Gives] = Gives.NUMBER
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(1_000_000)
    places: int = 2
    units: Texts = field(default_factory=dict)

    def parts(self, asking: Asking) -> Sequence[Part]:
        unit = asking.words(self.units)
        return [Part("", forms.CharField(required=False), width="is-w8", inputmode="decimal", unit=unit)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        return read_decimal(values[""], self.least, self.most, self.places)

    def in_words(self, answer: Any, asking: Asking) -> str:
        return f"{answer} {asking.words(self.units)}".strip()

    def flaws(self) -> Iterator[str]:
        yield from _range_flaws(self.least, self.most)
        yield from places_flaws(self.places)

    def may_be_counted(self) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        return decimal_schema(self.places)


@dataclass(frozen=True)
class Money(Kind):
    """An amount with two places; the currency is the question's, not the answer's."""

    code: ClassVar[str] = "MONEY"
    gives: ClassVar[Gives] = Gives.NUMBER
    currency: str = "EUR"
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(1_000_000_000)

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [Part("", forms.CharField(required=False), width="is-w8", inputmode="decimal", unit=self.currency)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        return read_decimal(values[""], self.least, self.most, 2)

    def in_words(self, answer: Any, asking: Asking) -> str:
        return f"{answer} {self.currency}"

    def flaws(self) -> Iterator[str]:
        yield from _range_flaws(self.least, self.most)
        yield from currency_flaws(self.currency)

    def may_be_counted(self) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        return decimal_schema(2)

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {"currency": self.currency}


def read_decimal(typed: str, least: Decimal, most: Decimal, places: int) -> str | None:
    text = typed.replace(" ", "").replace("\u00a0", "").replace(",", ".")
    if not text:
        return ABSENT
    if not DECIMAL.fullmatch(text):
        raise Wrong(_("Write a number in digits, for example 12,5"))
    number = within(Decimal(text), least, most)
    return str(number.quantize(Decimal(1).scaleb(-places)))


def decimal_schema(places: int) -> dict[str, Any]:
    return {"type": "string", "pattern": rf"^-?\d+\.\d{{{places}}}$" if places else r"^-?\d+$"}


def places_flaws(places: int) -> Iterator[str]:
    if not 0 <= places <= MOST_PLACES:
        yield _("A number has 0 to {most} decimal places").format(most=MOST_PLACES)


def currency_flaws(currency: str) -> Iterator[str]:
    if not CURRENCY.fullmatch(currency):
        yield _("Write the currency as three capital letters, for example EUR")


def _range_flaws(least: Any, most: Any) -> Iterator[str]:
    if least > most:
        yield _("No number lies between {least} and {most}").format(least=least, most=most)


def within[Number: (int, Decimal)](number: Number, least: Number, most: Number) -> Number:
    if not least <= number <= most:
        raise Wrong(_("Write a number from {least} to {most}").format(least=least, most=most))
    return number
