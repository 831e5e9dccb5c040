"""Dates in three fields: tested with people, works without a calendar widget, keeps what was typed wrong."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from portal_pages.forms.kinds.base import ABSENT, Asking, Kind, Part, Wrong

EARLIEST_YEAR = 1850


@dataclass(frozen=True)
class Date(Kind):
    """A day. ``future_allowed`` and ``past_allowed`` are seen from the day of filing."""

    code: ClassVar[str] = "DATE"
    missing = gettext_lazy("Write the date: {label}")
    future_allowed: bool = False
    past_allowed: bool = True

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [
            Part("day", forms.CharField(required=False), label=_("Day"), width="is-w4", inputmode="numeric"),
            Part("month", forms.CharField(required=False), label=_("Month"), width="is-w4", inputmode="numeric"),
            Part("year", forms.CharField(required=False), label=_("Year"), width="is-w8", inputmode="numeric"),
        ]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        typed = [values[name].strip() for name in ("day", "month", "year")]
        if not any(typed):
            return ABSENT
        day = self._day(typed)
        if day > asking.today and not self.future_allowed:
            raise Wrong(_("The date can't be in the future"), "year")
        if day < asking.today and not self.past_allowed:
            raise Wrong(_("The date can't be in the past"), "year")
        return day.isoformat()

    def _day(self, typed: list[str]) -> dt.date:
        for name, text in zip(("day", "month", "year"), typed, strict=True):
            if not text.isascii() or not text.isdigit():
                raise Wrong(_("Write day, month and year in digits, for example 27 3 2026"), name)
        try:
            day = dt.date(int(typed[2]), int(typed[1]), int(typed[0]))
        except (ValueError, OverflowError):
            raise Wrong(_("There is no such day; check day and month"), "day") from None
        if day.year < EARLIEST_YEAR:
            raise Wrong(_("Write the year with four digits, for example 2026"), "year")
        return day

    def in_words(self, answer: Any, asking: Asking) -> str:
        with override(asking.language):
            return formats.date_format(dt.date.fromisoformat(answer), "DATE_FORMAT")
