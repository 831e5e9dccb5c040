"""Texts of one object in several languages."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from cases.texts import in_language, validate_texts

NAMES = {"bg": "Отсичане на дърво", "en": "Tree felling"}


@pytest.mark.parametrize(
    ("texts", "asked", "main", "expected"),
    [
        (NAMES, "bg", "en", ("Отсичане на дърво", "bg")),
        (NAMES, "bg-BG", "en", ("Отсичане на дърво", "bg")),
        (NAMES, "pl", "bg", ("Отсичане на дърво", "bg")),
        ({"en": "Tree felling", "bg": ""}, "bg", "en", ("Tree felling", "en")),
        ({"ro": "Tăierea arborilor"}, "pl", "bg", ("Tăierea arborilor", "ro")),
        ({}, "pl", "bg", ("", "pl")),
    ],
)
def test_a_gap_shows_the_main_language_and_says_which_it_is(texts, asked, main, expected):
    assert in_language(texts, asked, main=main) == expected


def test_without_asking_it_is_the_language_of_the_reader():
    with translation.override("bg"):
        assert in_language(NAMES).words == "Отсичане на дърво"


@pytest.mark.parametrize("value", ["Tree felling", ["Tree felling"], {"en": 1}, {"en": None}])
def test_what_is_no_text_for_each_language_is_refused(value):
    with pytest.raises(ValidationError):
        validate_texts(value)
