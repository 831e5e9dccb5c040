"""The date on a paper may be a day, a month, a year or about one of these."""

import datetime as dt

import pytest

from cases.rough_dates import DateAhead, NotADate, read_date

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("words", "earliest", "latest"),
    [
        ("21.11.2026", dt.date(2026, 11, 21), dt.date(2026, 11, 21)),
        ("2026-11-21", dt.date(2026, 11, 21), dt.date(2026, 11, 21)),
        ("1/3/1998", dt.date(1998, 3, 1), dt.date(1998, 3, 1)),
        ("2.2024", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("2024", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
        ("2024 г.", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
        ("3 май 2020", dt.date(2020, 5, 3), dt.date(2020, 5, 3)),
        ("listopad 2025", dt.date(2025, 11, 1), dt.date(2025, 11, 30)),
        ("noiembrie 2025", dt.date(2025, 11, 1), dt.date(2025, 11, 30)),
        ("about 1998", dt.date(1997, 1, 1), dt.date(1999, 12, 31)),
        ("около 1998 г.", dt.date(1997, 1, 1), dt.date(1999, 12, 31)),
        ("ок.1998", dt.date(1997, 1, 1), dt.date(1999, 12, 31)),
        ("około 1998 r.", dt.date(1997, 1, 1), dt.date(1999, 12, 31)),
        ("w przybliżeniu 1998", dt.date(1997, 1, 1), dt.date(1999, 12, 31)),
        ("în jurul anului 1998", dt.date(1997, 1, 1), dt.date(1999, 12, 31)),
        ("aprox. 03.1998", dt.date(1998, 1, 29), dt.date(1998, 5, 1)),
        ("ca 1998", dt.date(1997, 1, 1), dt.date(1999, 12, 31)),
        ("[1998]", dt.date(1997, 1, 1), dt.date(1999, 12, 31)),
        ("1998?", dt.date(1997, 1, 1), dt.date(1999, 12, 31)),
        ("czerwiec 1998", dt.date(1998, 6, 1), dt.date(1998, 6, 30)),
        ("12 III 1998", dt.date(1998, 3, 12), dt.date(1998, 3, 12)),
        ("12.XII.1998", dt.date(1998, 12, 12), dt.date(1998, 12, 12)),
        ("1998-2001", dt.date(1998, 1, 1), dt.date(2001, 12, 31)),
        ("VII.1998", dt.date(1998, 7, 1), dt.date(1998, 7, 31)),
        ("около 2020", dt.date(2018, 12, 31), dt.date(2022, 1, 1)),
    ],
)
def test_a_written_date_is_kept_as_the_days_that_it_can_mean(words: str, earliest: dt.date, latest: dt.date) -> None:
    date = read_date(words, today=TODAY)

    assert date is not None
    assert (date.earliest, date.latest, date.as_written) == (earliest, latest, words)


def test_no_words_are_no_date() -> None:
    assert read_date("  ", today=TODAY) is None


@pytest.mark.parametrize(
    "words",
    ["yesterday", "31.2.2026", "13.2026", "12", "0001", "21.11.26", "11.2026.x", "12 IIII 1998", "2001-1998", "about"],
)
def test_what_is_no_date_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(NotADate, match=r"11\.2026"):
        read_date(words, today=TODAY)


def test_a_date_in_the_future_is_refused() -> None:
    with pytest.raises(DateAhead):
        read_date("24.11.2026", today=TODAY)


def test_about_now_never_reaches_into_the_future() -> None:
    date = read_date("about 2026", today=TODAY)

    assert date is not None
    assert date.latest == TODAY
