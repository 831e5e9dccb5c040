"""The calendar: statutory terms of the three countries, with their own holidays, counting and rolling."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.calendar import Calendar
from cases.models import CountingMode, DeadlineUnit

D = dt.date.fromisoformat
DAYS, WORKING_DAYS, MONTHS = DeadlineUnit.CALENDAR_DAYS, DeadlineUnit.WORKING_DAYS, DeadlineUnit.MONTHS

TERMS = [
    # country, start, amount, unit, raw end, due
    ("RO", "2026-03-13", 30, DAYS, "2026-04-12", "2026-04-14"),  # petition; ends at Easter
    ("RO", "2026-04-07", 30, DAYS, "2026-05-07", "2026-05-07"),
    ("RO", "2026-04-07", 45, DAYS, "2026-05-22", "2026-05-22"),  # prolonged by 15
    ("RO", "2026-03-31", 10, DAYS, "2026-04-10", "2026-04-14"),  # public information; Good Friday
    ("RO", "2026-04-08", 5, DAYS, "2026-04-13", "2026-04-14"),  # referral
    ("RO", "2026-04-09", 2, WORKING_DAYS, "2026-04-15", "2026-04-15"),  # tax certificate
    ("PL", "2026-01-31", 1, MONTHS, "2026-02-28", "2026-03-02"),
    ("PL", "2026-04-19", 14, DAYS, "2026-05-03", "2026-05-04"),  # public information, filed on a Sunday
    ("PL", "2026-02-06", 3, MONTHS, "2026-05-06", "2026-05-06"),  # petition
    ("BG", "2026-03-30", 14, DAYS, "2026-04-13", "2026-04-14"),  # Easter Monday
    ("BG", "2026-12-14", 14, DAYS, "2026-12-28", "2026-12-29"),  # an observed holiday
]


@pytest.mark.parametrize(("country", "start", "amount", "unit", "raw", "due"), TERMS)
def test_terms_end_as_the_law_says(country, start, amount, unit, raw, due):
    term = Calendar(country).term(D(start), amount, unit)

    assert (term.raw_end_date, term.due_date) == (D(raw), D(due))


def test_clear_days_give_one_day_more_before_rolling():
    """Romania's Civil Code art. 2553: neither the first nor the last day is counted."""
    term = Calendar("RO").term(D("2026-04-07"), 30, DAYS, CountingMode.CLEAR_DAYS)

    assert (term.raw_end_date, term.due_date) == (D("2026-05-08"), D("2026-05-08"))


def test_a_term_remembers_by_which_holidays_it_was_counted():
    calendar = Calendar("bg", days_off=["2026-12-24"], working_days=["2026-12-12"])

    assert calendar.version.startswith("BG holidays ")
    assert " +2 (" in calendar.version
    assert calendar.version != Calendar("bg", days_off=["2026-12-24"], working_days=["2026-12-19"]).version
    assert calendar.term(D("2026-12-14"), 14, DAYS).calendar_version == calendar.version


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("PL", "2026-04-03", True),  # Good Friday is a working day in Poland
        ("PL", "2026-12-24", False),  # off since 2025
        ("PL", "2024-12-24", True),
        ("RO", "2026-04-10", False),  # Orthodox Good Friday
        ("RO", "2026-04-03", True),  # Western Good Friday
        ("BG", "2026-01-02", False),  # decided for that year
        ("BG", "2026-11-21", False),  # a Saturday
        ("BG", "2026-11-23", True),
        ("XX", "2026-12-25", True),  # no holidays are known for such a country
    ],
)
def test_each_country_keeps_its_own_holidays(country, day, works):
    assert Calendar(country).is_working_day(D(day)) is works


def test_a_town_can_add_days_off_and_make_a_saturday_a_working_day():
    calendar = Calendar("RO", days_off=["2026-11-23"], working_days=["2026-11-21", "2026-12-25"])

    days = ("2026-11-23", "2026-11-21", "2026-12-25")

    assert [calendar.is_working_day(D(day)) for day in days] == [False, True, True]


def test_a_month_begun_on_the_last_day_ends_on_the_last_day():
    calendar = Calendar("PL")

    ends = [calendar.term(D(start), 1, MONTHS).raw_end_date for start in ("2026-01-30", "2026-08-31", "2028-01-31")]

    assert ends == [D("2026-02-28"), D("2026-09-30"), D("2028-02-29")]


def test_months_reach_over_the_turn_of_the_year():
    assert Calendar("PL").term(D("2026-11-30"), 3, MONTHS).raw_end_date == D("2027-02-28")


DATES = st.dates(D("2024-01-01"), D("2028-12-31"))
CALENDARS = st.sampled_from(["BG", "PL", "RO"]).map(Calendar)


@given(CALENDARS, DATES)
def test_rolling_ends_on_the_first_working_day_not_before_the_day(calendar, day):
    rolled = calendar.roll(day)

    between = [day + dt.timedelta(days=number) for number in range((rolled - day).days)]
    assert calendar.is_working_day(rolled)
    assert not any(calendar.is_working_day(one) for one in between)


@given(CALENDARS, DATES, st.integers(0, 60))
def test_counting_working_days_forth_and_back_agrees(calendar, day, amount):
    end = calendar.working_days_after(day, amount)

    assert calendar.working_days_between(day, end) == amount
    assert calendar.working_days_between(end, day) == -amount


@given(CALENDARS, DATES, st.integers(1, 90), st.sampled_from(DeadlineUnit.values))
def test_a_longer_term_never_ends_earlier(calendar, start, amount, unit):
    assert calendar.term(start, amount, unit).due_date <= calendar.term(start, amount + 1, unit).due_date
