"""Dates in three fields: tested with people, works without a calendar widget, keeps what was typed wrong; times."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Part, Wrong, speaking

EARLIEST_YEAR = 1850
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])(?:[:.]([0-5][0-9]))?")
KEPT_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True)
class DayLimit:
    """A day to compare with: a fixed one, or so long after today or after the answer to another question.

    Years and months go first, then days; all may be negative. The last day of a month stands for days it has not.
    """

    date: str = ""
    answer: str = ""
    years: int = 0
    months: int = 0
    days: int = 0

    def day(self, asking: Asking) -> dt.date | None:
        """The day; none while the other question is not answered."""
        if self.date:
            return dt.date.fromisoformat(self.date)
        if not self.answer:
            return self._after(asking.today)
        try:
            return self._after(dt.date.fromisoformat(asking.answers[self.answer]))
        except (KeyError, TypeError, ValueError):
            return None

    def _after(self, day: dt.date) -> dt.date:
        months = day.year * 12 + day.month - 1 + self.years * 12 + self.months
        year, month = min(max(months // 12, dt.MINYEAR), dt.MAXYEAR), months % 12 + 1
        start = dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
        try:
            return start + dt.timedelta(days=self.days)
        except OverflowError:
            return dt.date.max if self.days > 0 else dt.date.min

    def flaws(self) -> Iterator[str]:
        if self.date and (self.answer or self.years or self.months or self.days):
            yield _("A limit is either a fixed day, or counted from today or from an answer")
        try:
            dt.date.fromisoformat(self.date or "2026-01-01")
        except ValueError:
            yield _("“{date}” is no day").format(date=self.date[:20])
        if max(abs(self.years), abs(self.months), abs(self.days)) > 100_000:
            yield _("This limit is too far away")


@dataclass(frozen=True)
class Date(Kind):
    """A day, seen from the day of filing.

    ``earliest`` and ``latest`` take the place of ``past_allowed`` and ``future_allowed`` where they are given.
    """

    code: ClassVar[str] = "DATE"
    gives: ClassVar[Gives] = Gives.DAY
    missing = gettext_lazy("Write the date: {label}")
    future_allowed: bool = False
    past_allowed: bool = True
    earliest: DayLimit | None = None
    latest: DayLimit | None = None

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
        self._refuse_before(day, asking)
        self._refuse_after(day, asking)
        return day.isoformat()

    def _refuse_before(self, day: dt.date, asking: Asking) -> None:
        if self.earliest is not None:
            limit = self.earliest.day(asking)
            if limit and day < limit:
                raise Wrong(_("The date can't be before {day}").format(day=_as_day(limit)), "year")
        elif day < asking.today and not self.past_allowed:
            raise Wrong(_("The date can't be in the past"), "year")

    def _refuse_after(self, day: dt.date, asking: Asking) -> None:
        if self.latest is not None:
            limit = self.latest.day(asking)
            if limit and day > limit:
                raise Wrong(_("The date can't be after {day}").format(day=_as_day(limit)), "year")
        elif day > asking.today and not self.future_allowed:
            raise Wrong(_("The date can't be in the future"), "year")

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
        with speaking(asking):
            return _as_day(dt.date.fromisoformat(answer))

    def asks_about(self) -> Iterator[str]:
        yield from (limit.answer for limit in (self.earliest, self.latest) if limit and limit.answer)

    def flaws(self) -> Iterator[str]:
        wrong = [flaw for limit in (self.earliest, self.latest) if limit for flaw in limit.flaws()]
        yield from wrong
        if not (self.past_allowed or self.future_allowed or self.earliest or self.latest):
            yield _("Neither past nor future days are allowed: only today could be answered")
        if self.earliest and self.latest and not wrong:
            asking = Asking(language="", main_language="", country="", today=dt.date(2026, 1, 1))
            first, last = self.earliest.day(asking), self.latest.day(asking)
            if first and last and first > last and not (self.earliest.date or self.latest.date):
                yield _("No day lies between these limits")

    def may_be_counted(self) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


def _as_day(day: dt.date) -> str:
    return formats.date_format(day, "DATE_FORMAT")


@dataclass(frozen=True)
class TimeOfDay(Kind):
    """A time on the clock, kept as "08:30". ``after``: the question whose time has to come before this one."""

    code: ClassVar[str] = "TIME"
    gives: ClassVar[Gives] = Gives.TIME
    missing = gettext_lazy("Write the time: {label}")
    least: str = ""
    most: str = ""
    after: str = ""

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [Part("", forms.CharField(required=False), width="is-w4", inputmode="numeric")]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        text = values[""].strip()
        if not text:
            return ABSENT
        found = CLOCK.fullmatch(text)
        if not found:
            raise Wrong(_("Write the time like this: 8:30"))
        time = f"{int(found[1]):02}:{found[2] or '00'}"
        if (self.least and time < self.least) or (self.most and time > self.most):
            raise Wrong(self._limits_in_words())
        before = asking.answers.get(self.after) if self.after else None
        if isinstance(before, str) and time <= before:
            raise Wrong(_("Write a time after {time}").format(time=before))
        return time

    def _limits_in_words(self) -> str:
        return _("Write a time from {least} to {most}").format(least=self.least or "00:00", most=self.most or "23:59")

    def asks_about(self) -> Iterator[str]:
        if self.after:
            yield self.after

    def flaws(self) -> Iterator[str]:
        for time in (self.least, self.most):
            if time and not KEPT_CLOCK.fullmatch(time):
                yield _("“{time}” is no time; write it like 08:30").format(time=time[:20])
        if self.least and self.most and self.least > self.most:
            yield _("No time lies between these limits")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
