"""A calculated value: worked out by the server from other answers, seen by the person with how it came about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from cases.texts import Texts
from portal_pages.forms.calculations import (
    Calculation,
    RateTable,
    Worked,
    answers_used,
    worked_out,
)
from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind
from portal_pages.forms.kinds.numbers import currency_flaws, decimal_schema, places_flaws


@dataclass(frozen=True)
class Calculated(Kind):
    """The result is rounded half up to ``places`` and kept as text; without a result there is no answer.

    ``tables`` and ``labels`` are the form's, linked when it is read: the rates, and the questions by their keys.
    """

    code: ClassVar[str] = "CALCULATED"
    gives: ClassVar[Gives] = Gives.NUMBER
    is_typed: ClassVar[bool] = False
    calculation: Calculation | None = None
    places: int = 2
    units: Texts = field(default_factory=dict)
    currency: str = ""
    tables: Mapping[str, RateTable] = field(default_factory=dict, compare=False)
    labels: Mapping[str, Texts] = field(default_factory=dict, compare=False)

    def worked(self, answers: Mapping[str, Any]) -> Worked:
        if self.calculation is None:
            return Worked(None)
        return worked_out(self.calculation, answers, self.tables)

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        return self.worked(asking.answers).rounded(self.places) or ABSENT

    def in_words(self, answer: Any, asking: Asking) -> str:
        return f"{answer} {self.currency or asking.words(self.units)}".strip()

    def asks_about(self) -> Iterator[str]:
        if self.calculation is not None:
            yield from answers_used(self.calculation)

    def flaws(self) -> Iterator[str]:
        if self.calculation is None:
            yield _("There is nothing to calculate: build the calculation")
        yield from places_flaws(self.places)
        if self.currency:
            yield from currency_flaws(self.currency)

    def may_be_counted(self) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        return decimal_schema(self.places)

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {"currency": self.currency} if self.currency else {}
