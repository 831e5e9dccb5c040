"""How a deadline reads in a list: late, soon or far, in words and by shade."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Due:
    """``shade`` chooses the colour; the words say it without colour."""

    words: str
    shade: str


@lru_cache(maxsize=2048)
def _due_words(days: int, due: dt.date, is_this_year: bool, language: str) -> Due:
    """``language`` is the reader's, in which the words are kept."""
    if days < 0:
        late = ngettext("{days} day late", "{days} days late", -days).format(days=-days)
        return Due(late, "late")
    if days == 0:
        return Due(_("today"), "soon")
    if days == 1:
        return Due(_("tomorrow"), "soon")
    return Due(date_format(due, "MONTH_DAY_FORMAT" if is_this_year else "SHORT_DATE_FORMAT"), "fine")


def due_words(due: dt.date, today: dt.date) -> Due:
    """ "2 days late", "today", "tomorrow", else the day itself."""
    return _due_words((due - today).days, due, due.year == today.year, get_language() or "")
