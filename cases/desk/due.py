"""How a deadline reads in a list: late, soon or far, in words and by shade."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Due:
    """``shade`` chooses the colour; the words say it without colour."""

    words: str
    shade: str


def due_words(due: dt.date, today: dt.date) -> Due:
    """ "2 days late", "today", "tomorrow", else the day itself."""
    days = (due - today).days
    if days < 0:
        late = ngettext("{days} day late", "{days} days late", -days).format(days=-days)
        return Due(late, "late")
    if days == 0:
        return Due(_("today"), "soon")
    if days == 1:
        return Due(_("tomorrow"), "soon")
    return Due(date_format(due, "SHORT_DATE_FORMAT" if due.year != today.year else "MONTH_DAY_FORMAT"), "fine")
