"""What hits are sorted by: the days that a document may be of, and its place in the register."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from cases.models import Case, Document, EntryKind, RegisterEntry
from search.engines import NO_NUMBER
from search.numbers import number_key

_DATE_OR_YEAR_BEHIND = re.compile(r"(?:[/\-.]\d{1,2}\.\d{1,2}\.\d{4}|[/.\-](?:1[6-9]|20)\d\d)$")
_RUNNING_NUMBER = re.compile(r"(\d{1,9})\s*[./-]?([^\W\d_]?)(?=$|[^\w])(?!.*\d)")
_LARGEST_NUMBER = 2**32 - 1
_LETTERS = 1_000
# An old line without any date: of no year, before all others, in no span that begins somewhere.
UNKNOWN_DAYS = (1, 1)


def days_of(case: Case, document: Document) -> tuple[int, int]:
    """The first and the last day that the document may be of, as ``date.toordinal()``.

    An item of an imported register is of when it was written, however roughly that is known (design: row 19); any
    other is of the day on which it was registered, or captured if it has no number.
    """
    entry = document.entry
    if entry and entry.kind == EntryKind.IMPORTED:
        earliest = entry.written_earliest or entry.written_latest
        latest = entry.written_latest or entry.written_earliest
        return (earliest.toordinal(), latest.toordinal()) if earliest and latest else UNKNOWN_DAYS
    moment = entry.registered_at if entry else document.captured_at
    day = moment.astimezone(ZoneInfo(case.institution.time_zone)).toordinal()
    return day, day


def year_of(days: tuple[int, int]) -> str:
    """The year that people would look under: "about 2009" is 2009. Empty when no day is known."""
    return "" if days == UNKNOWN_DAYS else str(dt.date.fromordinal(sum(days) // 2).year)


def number_order(case: Case, document: Document) -> int:
    """Sorts register numbers by year, running number and letter: 12, 12a, 13. Without a number: at the end."""
    if entry := document.entry:
        return _place(entry.year, *_running_number(entry))
    if case.number:
        return _place(dt.date.fromordinal(days_of(case, document)[0]).year, *_read(case.number))
    return NO_NUMBER


def _running_number(entry: RegisterEntry) -> tuple[int, str]:
    return (entry.seq, "") if entry.seq is not None else _read(entry.number)


def _read(number: str) -> tuple[int, str]:
    """The last number in it that is no date, with the letter behind it."""
    undated = _DATE_OR_YEAR_BEHIND.sub("", number_key(number))
    found = _RUNNING_NUMBER.search(undated)
    return (int(found[1]), found[2]) if found else (0, "")


def _place(year: int, running: int, letter: str) -> int:
    order_of_letter = ord(letter) % _LETTERS if letter else 0
    return (year * (_LARGEST_NUMBER + 1) + min(running, _LARGEST_NUMBER)) * _LETTERS + order_of_letter
