"""Which words find which: the pairs in pairs.tsv, and what people type instead of accents and Cyrillic."""

from pathlib import Path

import pytest

from search.words import forms, plain, wanted_forms, words_of

LINES = (Path(__file__).parent / "pairs.tsv").read_text().splitlines()
PAIRS = [line.split("\t") for line in LINES if not line.startswith("#")]


def finds(query: str, word: str) -> bool:
    return not set(wanted_forms(query)).isdisjoint(forms(word))


def test_there_are_pairs_to_try():
    assert len(PAIRS) == 21


@pytest.mark.parametrize(("language", "query", "in_document", "other"), PAIRS)
def test_a_word_finds_its_inflected_form_and_not_its_neighbour(language, query, in_document, other):
    assert finds(query, in_document)
    assert not finds(query, other)


@pytest.mark.parametrize(
    ("query", "in_document"),
    [
        ("zarzadzeniami", "zarządzenie"),
        ("zażalenie", "zazalenia"),
        ("petitiilor", "petiție"),
        ("autorizatiei", "autorizație"),
        ("hotararii", "hotărâre"),
        ("construcţie", "construcția"),
        ("ŞTEFAN", "Ștefan"),
        ("Lodz", "Łódź"),
    ],
)
def test_accents_may_be_left_out_or_come_from_an_old_keyboard(query, in_document):
    assert finds(query, in_document)


@pytest.mark.parametrize(
    ("query", "in_document"),
    [
        ("zayavlenie", "заявлението"),
        ("zhalba", "жалбите"),
        ("parvo", "първо"),
        ("obshtina", "общината"),
        ("kmet", "кмета"),
    ],
)
def test_bulgarian_may_be_typed_in_latin_letters(query, in_document):
    assert finds(query, in_document)


@pytest.mark.parametrize(
    ("query", "in_document"),
    [("заявление", "заявлението"), ("Petrescu", "Petrescului"), ("Dziurdziak", "Dziurdziakowi")],
)
def test_words_that_no_dictionary_knows_are_found_by_their_stem(query, in_document):
    assert finds(query, in_document)


def test_a_stem_never_joins_two_words_that_dictionaries_know():
    assert not finds("свидетелство", "свидетел")
    assert not finds("primar", "primire")


def test_the_bulgarian_letter_with_a_breve_is_a_letter_of_its_own():
    assert plain("МОЙ") == "мой"
    assert plain("мой") != plain("мои")


def test_letters_of_two_signs_are_one_letter():
    assert plain("zaz\u0307o\u0301l\u0301c") == plain("zażólć") == "zazolc"


def test_a_number_with_dashes_is_several_words():
    assert [word.text for word in words_of("вх. № 94-00-127/2026")] == ["вх", "94", "00", "127", "2026"]


def test_places_of_words_lead_back_to_the_text():
    text = "Дърво, ул. „Липа“ 4"

    assert [text[word.start : word.end] for word in words_of(text)] == ["Дърво", "ул", "Липа", "4"]
