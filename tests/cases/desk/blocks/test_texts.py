"""Texts in several languages, side by side in the editor."""

from cases.desk.blocks.texts import TextsBlock, TextsFormField, texts_of, texts_stream


def test_a_text_keeps_the_languages_that_have_words():
    block = TextsBlock()

    assert texts_of(block.to_python(texts_stream({"bg": "Дърво", "en": "Tree"}))) == {"en": "Tree", "bg": "Дърво"}


def test_a_text_that_nobody_wrote_is_empty():
    assert texts_of(TextsBlock().get_default()) == {}


def test_all_texts_of_a_page_share_their_boxes():
    """The editor's page names each box once, however many texts it has."""
    one, other = TextsBlock(label="Title"), TextsBlock(label="Milestone")

    assert [*one.child_blocks.values()] == [*other.child_blocks.values()]


def test_an_ordinary_form_takes_a_text_in_one_language_and_leaves_the_others_out():
    field = TextsFormField(label="Titles")

    assert field.clean(["", " Дърво ", "", ""]) == {"bg": "Дърво"}
