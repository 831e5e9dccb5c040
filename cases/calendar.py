"""The one calendar: working days, national holidays and how terms are counted.

Sources: Regulation (EEC, Euratom) 1182/71 art. 3 (the first day is not counted; an end on a day off
moves to the next working day); Romania's Civil Code art. 2552-2554 (clear days: neither the first nor
the last day is counted; months end on the same date or the month's last day).
"""

import calendar as months_calendar
import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version

import holidays

from cases.models import CountingMode, DeadlineUnit, Institution

SATURDAY = 5
# Asked once: looking it up reads and parses the package's description each time.
HOLIDAYS_VERSION = version("holidays")


@dataclass(frozen=True)
class Term:
    """When a term ends: before and after rolling to a working day, and by which calendar."""

    raw_end_date: dt.date
    due_date: dt.date
    calendar_version: str

    @property
    def ends_as_counted(self) -> bool:
        """The day to which the term was counted is a working day."""
        return self.raw_end_date == self.due_date


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> frozenset[dt.date]:
    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


def holidays_of(country: str, year: int) -> dict[dt.date, str]:
    """The holidays of a country in a year, with their names."""
    if country.upper() not in holidays.list_supported_countries():
        return {}
    return dict(holidays.country_holidays(country.upper(), years=year))


class Calendar:
    """The working days of one institution: its country's holidays and its own changes to them."""

    def __init__(
        self, country: str, *, days_off: list[str] | None = None, working_days: list[str] | None = None
    ) -> None:
        self.country = country.upper()
        self._days_off = {dt.date.fromisoformat(day) for day in days_off or []}
        self._working_days = {dt.date.fromisoformat(day) for day in working_days or []}

    @classmethod
    def of(cls, institution: Institution) -> "Calendar":
        return cls(institution.country, days_off=institution.own_days_off, working_days=institution.own_working_days)

    @property
    def version(self) -> str:
        """Which holidays a date was computed with, e.g. ``BG holidays 0.109 +2 (9f86d081)``: two own days, these."""
        own = [sorted(self._days_off), sorted(self._working_days)]
        if not any(own):
            return f"{self.country} holidays {HOLIDAYS_VERSION}"
        which = hashlib.sha256(repr(own).encode()).hexdigest()[:8]
        return f"{self.country} holidays {HOLIDAYS_VERSION} +{len(own[0]) + len(own[1])} ({which})"

    def is_working_day(self, day: dt.date) -> bool:
        if day in self._working_days:
            return True
        return day.weekday() < SATURDAY and day not in self._days_off and day not in _holidays(self.country, day.year)

    def roll(self, day: dt.date) -> dt.date:
        """The day itself if it is a working day, else the next one that is."""
        while not self.is_working_day(day):
            day += dt.timedelta(days=1)
        return day

    def working_days_after(self, day: dt.date, amount: int) -> dt.date:
        for _number in range(amount):
            day = self.roll(day + dt.timedelta(days=1))
        return day

    def working_days_between(self, first: dt.date, last: dt.date) -> int:
        """Working days after ``first`` up to and including ``last``; negative when ``last`` is earlier."""
        if last < first:
            return -self.working_days_between(last, first)
        days = (first + dt.timedelta(days=number) for number in range(1, (last - first).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def term(self, start: dt.date, amount: int, unit: str, mode: str = CountingMode.FIRST_DAY_EXCLUDED) -> Term:
        """The end of a term that began on ``start``."""
        extra = 1 if mode == CountingMode.CLEAR_DAYS else 0
        if unit == DeadlineUnit.WORKING_DAYS:
            end = self.working_days_after(start, amount + extra)
        elif unit == DeadlineUnit.MONTHS:
            end = _add_months(start, amount)
        else:
            end = start + dt.timedelta(days=amount + extra)
        return Term(end, self.roll(end), self.version)


def _add_months(day: dt.date, amount: int) -> dt.date:
    """The same date ``amount`` months later, or that month's last day (Civil Code RO 2552, BG and PL alike)."""
    index = day.month - 1 + amount
    year, month = day.year + index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, months_calendar.monthrange(year, month)[1]))
