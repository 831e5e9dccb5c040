"""Of which days a document is, and under which year people look for it."""

import datetime as dt

import pytest

from cases.models import Case, Document, EntryKind, Institution, RegisterEntry
from search.orders import UNKNOWN_DAYS, days_of, year_of


def old_line(earliest: dt.date | None, latest: dt.date | None) -> Document:
    entry = RegisterEntry(
        kind=EntryKind.IMPORTED, written_earliest=earliest, written_latest=latest,
        registered_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
    )  # fmt: skip
    return Document(entry=entry)


@pytest.mark.parametrize(
    ("earliest", "latest", "year"),
    [
        (dt.date(2011, 10, 20), dt.date(2011, 10, 20), "2011"),
        (dt.date(2008, 1, 1), dt.date(2010, 12, 31), "2009"),  # about 2009
        (dt.date(1998, 3, 1), None, "1998"),
        (None, None, ""),
    ],
)
def test_an_old_line_is_of_the_year_that_its_register_means(earliest, latest, year):
    days = days_of(Case(), old_line(earliest, latest))

    assert year_of(days) == year


def test_an_old_line_without_a_date_is_not_of_the_day_on_which_it_came_in():
    assert days_of(Case(), old_line(None, None)) == UNKNOWN_DAYS


def test_what_we_registered_is_of_that_day_in_the_towns_own_time():
    entry = RegisterEntry(kind=EntryKind.GIVEN, registered_at=dt.datetime(2026, 12, 31, 23, tzinfo=dt.UTC))
    case = Case(institution=Institution(time_zone="Europe/Sofia"))

    assert year_of(days_of(case, Document(entry=entry))) == "2027"
