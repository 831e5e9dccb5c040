import pytest

from search.numbers import dashed_key, keys_of, number_key


def test_a_number_typed_on_the_other_keyboard_is_the_same():
    assert number_key("вх. РД-01-856".removeprefix("вх.")) == number_key("рд-01-856")
    assert number_key("А-1262") == number_key("A-1262")
    assert number_key("№ 94-00-127") == "94-00-127"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("48 00 34", "48-00-34/20.10.2021"),
        ("48/00/34", "48-00-34/20.10.2021"),
        ("48-00-34 / 20.10.2021", "48-00-34/20.10.2021"),
        ("48 0 34", "48-00-34/20.10.2021"),
        ("abc 123 77 2011", "ABC.123.77.2011"),
        ("abc-123-77", "ABC.123.77.2011"),
        ("№48–00–34", "48-00-34"),
        ("94-00-123 (1)", "94-00-123(1)"),
    ],
)
def test_it_does_not_matter_what_is_typed_between_the_parts(typed, number):
    assert dashed_key(typed) in keys_of(number)


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        (
            "94-00-127/21.11.2026",
            {
                "94-00-127/21.11.2026",
                "94-0-127/21.11.2026",
                "94-00-127-21-11-2026",
                "94-0-127-21-11-2026",
                "94-00-127",
                "94-0-127",
                "127",
            },
        ),
        ("2026-000123", {"2026-000123", "2026-123", "000123", "123"}),
        ("ABC.123.77.2011", {"ABC.123.77.2011", "ABC.123.77", "ABC-123-77-2011", "ABC-123-77", "77"}),
        (
            "0006-000123-12.05.2026",
            {
                "0006-000123-12.05.2026",
                "6-123-12.5.2026",
                "0006-000123-12-05-2026",
                "6-123-12-5-2026",
                "0006-000123",
                "6-123",
                "000123",
                "123",
            },
        ),
        ("2026-0001", {"2026-0001", "2026-1", "0001", "1"}),
        ("127/2026", {"127/2026", "127-2026", "127"}),
        ("12a", {"12A"}),
    ],
)
def test_a_number_may_be_asked_by_its_parts(number, keys):
    assert keys_of(number) == keys
