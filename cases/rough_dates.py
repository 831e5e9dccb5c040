"""A date as people write it on paper: a day, a month, a year, or "about" one of these.

Kept as the earliest and the latest day that it can mean, and as it was written.
"""

import calendar
import datetime as dt
import re
from functools import lru_cache

from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cases.registration import RoughDate

# Longer words first: "în jurul anului 1998" is about 1998, and so is "[1998]", as archivists write what they concluded.
ABOUT = (
    "în jurul anului", "in jurul anului", "în jurul", "in jurul", "w przybliżeniu", "приблизително", "approximately",
    "mniej więcej", "aproximativ", "około", "okolo", "aprox", "approx", "circa", "about", "around", "около", "prin",
    "към", "cca", "ок", "ok", "ca", "c",
)  # fmt: skip
LANGUAGES = ("en", "bg", "pl", "ro")
EARLIEST_YEAR = 1800

_ABOUT = re.compile(rf"(?:~|\u2248|(?:{'|'.join(ABOUT)})(?:\.|(?=\s)))\s*")
_CONCLUDED = re.compile(r"\[(.+)\]|(.*\d)\s*\?")
_DAY = re.compile(r"(\d{1,2})[.\-/ ](\d{1,2})[.\-/ ](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_MONTH = re.compile(r"(\d{1,2})[./\- ](\d{4})")
_YEAR = re.compile(r"(\d{4})")
_YEARS = re.compile(r"(\d{4}) ?[-–/] ?(\d{4})")
_ROMAN = re.compile(r"(?:(\d{1,2})[./\- ]+)?([ivx]{1,4})[./\- ]+(\d{4})")
_ROMAN_MONTHS = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
_NAMED = re.compile(r"(?:(\d{1,2})\.? )?([^\W\d]+\.?) (\d{4})")
# "2026 г.", "2026 r.", "anul 2026": the word for year says nothing more.
_WORD_FOR_YEAR = re.compile(r"\b(г\.?|год\.?|година|r\.|roku|rok|anul|year)(?=\s|$)")


class NotADate(Exception):
    def __init__(self, words: str) -> None:
        super().__init__(
            _("“{words}” is no date that we know. Write 21.11.2026, 11.2026, 2026 or about 2026.").format(words=words)
        )


class DateAhead(Exception):
    def __init__(self) -> None:
        super().__init__(_("The date on the item lies in the future."))


def read_date(words: str, *, today: dt.date) -> RoughDate | None:
    """What the words mean; None when there are none. Raises NotADate or DateAhead."""
    written = " ".join(words.split())
    if not written:
        return None
    lowered, is_about = _without_about(written.lower())
    try:
        earliest, latest = _span(" ".join(_WORD_FOR_YEAR.sub("", lowered).split()))
    except (ValueError, KeyError) as error:
        raise NotADate(written) from error
    if earliest.year < EARLIEST_YEAR:
        raise NotADate(written)
    if earliest > today:
        raise DateAhead
    if is_about:
        width = latest - earliest + dt.timedelta(days=1)
        earliest, latest = earliest - width, min(latest + width, today)
    return RoughDate(earliest, latest, written)


def _without_about(words: str) -> tuple[str, bool]:
    is_about = False
    if concluded := _CONCLUDED.fullmatch(words):
        words, is_about = (concluded[1] or concluded[2]).strip(), True
    if about := _ABOUT.match(words):
        words, is_about = words[about.end() :], True
    return words, is_about


def _span(words: str) -> tuple[dt.date, dt.date]:
    if found := _DAY.fullmatch(words):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _ISO.fullmatch(words):
        year, month = int(found[1]), int(found[2])
        return _day(year, month, int(found[3])) if found[3] else _month(year, month)
    if found := _MONTH.fullmatch(words):
        return _month(int(found[2]), int(found[1]))
    if found := _YEAR.fullmatch(words):
        return dt.date(int(words), 1, 1), dt.date(int(words), 12, 31)
    if found := _YEARS.fullmatch(words):
        first, last = int(found[1]), int(found[2])
        if first > last:
            raise ValueError(words)
        return dt.date(first, 1, 1), dt.date(last, 12, 31)
    if (found := _ROMAN.fullmatch(words)) and found[2] in _ROMAN_MONTHS:
        month, year = _ROMAN_MONTHS.index(found[2]), int(found[3])
        return _day(year, month, int(found[1])) if found[1] else _month(year, month)
    if found := _NAMED.fullmatch(words):
        month, year = _month_named(found[2].rstrip(".")[:3]), int(found[3])
        return _day(year, month, int(found[1])) if found[1] else _month(year, month)
    raise ValueError(words)


def _day(year: int, month: int, day: int) -> tuple[dt.date, dt.date]:
    date = dt.date(year, month, day)
    return date, date


def _month(year: int, month: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


@lru_cache(maxsize=256)
def _month_named(stem: str) -> int:
    """A month by the first letters of its name, in any language of the product. Raises KeyError."""
    for names in _names_of_months():
        for number, full in names.items():
            if full.startswith(stem):
                return number
    raise KeyError(stem)


@lru_cache(maxsize=1)
def _names_of_months() -> list[dict[int, str]]:
    named = []
    for language in LANGUAGES:
        with override(language):
            named.append({number: str(full).lower() for number, full in MONTHS.items()})
    return named
