"""Which words find which: the pairs in pairs.tsv, and what people type instead of accents and Cyrillic."""

from pathlib import Path

import pytest

from search.words import forms, forms_in, plain, spelt, wanted_forms, words_of


def pairs_in(name: str) -> list[list[str]]:
    lines = (Path(__file__).parent / name).read_text().splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


PAIRS = pairs_in("pairs.tsv")
MORE_PAIRS = pairs_in("more_pairs.tsv")


def finds(query: str, word: str) -> bool:
    return not set(wanted_forms(query)).isdisjoint(forms(word))


def test_there_are_pairs_to_try():
    assert len(PAIRS) == 21


@pytest.mark.parametrize(("language", "query", "in_document", "other"), PAIRS)
def test_a_word_finds_its_inflected_form_and_not_its_neighbour(language, query, in_document, other):
    assert finds(query, in_document)
    assert not finds(query, other)


def test_of_the_words_of_a_town_hall_nearly_all_are_found_and_hardly_a_neighbour():
    missed = [(query, other_form) for _, query, other_form, _ in MORE_PAIRS if not finds(query, other_form)]
    false = [(query, neighbour) for _, query, _, neighbour in MORE_PAIRS if finds(query, neighbour)]

    assert len(MORE_PAIRS) > 300
    assert {language for language, *_ in MORE_PAIRS} == {"bg", "pl", "ro", "en"}
    assert len(missed) <= len(MORE_PAIRS) * 2 / 100, missed
    assert len(false) <= len(MORE_PAIRS) / 100, false


@pytest.mark.parametrize(
    ("query", "in_document"),
    [
        ("zarzadzeniami", "zarządzenie"),
        ("zażalenie", "zazalenia"),
        ("petitiilor", "petiție"),
        ("autorizatiei", "autorizație"),
        ("hotararii", "hotărâre"),
        ("construcţie", "construcția"),
        ("dzialki", "działek"),
        ("hotărîrea", "hotărârilor"),
        ("hotarare", "hotărîrii"),
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
        ("Dimitar", "Димитър"),
        ("Valchev", "Вълчев"),
        ("Shtarbanov", "Щърбанов"),
        ("Tsvetanova", "Цветанова"),
        ("Nikolay", "Николай"),
        ("Nikolai", "Николай"),
        ("Iambol", "Ямбол"),
        ("Yordanov", "Йорданов"),
        ("Bansko", "Банско"),
    ],
)
def test_bulgarian_may_be_typed_in_latin_letters(query, in_document):
    assert finds(query, in_document)


@pytest.mark.parametrize(
    ("query", "in_document"),
    [
        ("Димитър", "Dimitar"),
        ("Щърбанов", "Shtarbanov"),
        ("Йорданов", "Yordanov"),
        ("Христо", "Hristo"),
        ("Мария", "Maria"),
        ("Юлия", "Yuliya"),
        ("Юлия", "Iulia"),
        ("община", "obshtinata"),
    ],
)
def test_a_text_may_have_bulgarian_in_latin_letters(query, in_document):
    assert finds(query, in_document)


@pytest.mark.parametrize(
    ("query", "in_document"),
    [
        ("12а", "12A"),
        ("12", "12а"),
        ("2009", "2009г"),
        ("2009г", "2009"),
        ("София", "Cофия"),
        ("ЗАЯВЛЕНИЕ", "заявлението"),
        ("ZAŚWIADCZENIE", "zaświadczeń"),
        ("заявление", "заяв\u00adле\u00adнието"),
        ("йод", "и\u0306од"),
    ],
)
def test_figures_look_alikes_capitals_and_invisible_signs_do_not_matter(query, in_document):
    assert finds(query, in_document)


def test_another_house_is_not_found():
    assert not finds("12а", "12")
    assert not finds("12а", "12b")


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


def test_a_word_broken_by_the_end_of_a_line_is_one_word():
    text = "Подавам заяв-\nление за Бяла-\nРека и Горна-\nбаба"

    assert [plain(word.text) for word in words_of(text)] == [
        "подавам", "заявление", "за", "бяла", "река", "и", "горна", "баба"
    ]  # fmt: skip
    assert [text[word.start : word.end] for word in words_of(text)][1] == "заяв-\nление"


def test_accents_in_signs_of_their_own_stay_in_the_word():
    assert [plain(word.text) for word in words_of("za\u017co\u0301l\u0301c, zazo\u0301")] == ["zazolc", "zazo"]


def test_places_of_words_lead_back_to_the_text():
    text = "Дърво, ул. „Липа“ 4"

    assert [text[word.start : word.end] for word in words_of(text)] == ["Дърво", "ул", "Липа", "4"]


@pytest.mark.parametrize(
    "text", ["Дърво, ул. „Липа“ 4", "snake_case za\u017co\u0301l\u0301c", "заяв-\nление", "12а 94-00-127", "а" * 61, ""]
)
def test_what_an_index_keeps_of_a_text_are_the_forms_of_its_words(text):
    kept = [list(forms(word.text)) for word in words_of(text)]

    assert [list(one) for one in forms_in(text)] == kept
    assert [list(one) for one in forms_in(spelt(text))] == kept
    assert spelt(spelt(text)) == spelt(text)
