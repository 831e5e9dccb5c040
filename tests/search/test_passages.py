"""What is shown around the words that were looked for."""

import pytest

from search.parser import parse
from search.passages import LETTERS_AROUND, Seeker


def shown(typed, text):
    """The passage with its marks in square brackets."""
    pieces = Seeker(parse(typed)).passage(text)
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("typed", "text", "passage"),
    [
        ("жалба", "Подаваме жалбите си.", "Подаваме [жалбите] си."),
        ("oak lime", "Oak and lime", "[Oak] and [lime]"),
        ('"old oak"', "old oak, oak", "[old oak], oak"),
        ('oak "old oak"', "old oak, oak", "[old oak], [oak]"),
        ("oak -lime", "oak and lime", "[oak] and lime"),
        ("li*", "lime, like, oak", "[lime], [like], oak"),
        ("94-00-127", "see 94-00-127/2026", "see [94-00-127]/2026"),
        ("number:94-00-127", "see 94-00-127", "see [94-00-127]"),
        ("oak NEAR/1 lime", "the limes by oaks, oak far from any lime", "the [limes] by [oaks], oak far from any lime"),
        ("oak NEAR/1 lime", "oak far from any lime", ""),
        ("date:2009 oak", "oak of 2009", "[oak] of 2009"),
        ("48 00 34", "see 48-00-34", "see [48-00-34]"),
        ("oak", "one\n  oak\n\ttree", "one [oak] tree"),
        ("oak", "soak in oakum,oak", "soak in oakum,[oak]"),
        ("felling", "a tree fel-\nling here, felling", "a tree [fel-\nling] here, [felling]"),
        ('"old oak" lime', "old limes, no oak", "old [limes], no oak"),
        ('"old oak" lime', "old oak; lime; old, big oak", "[old oak]; [lime]; old, big oak"),
        ('"oak oak"', "oak oak oak", "[oak oak oak]"),
        ("oak", "lime", ""),
        ("year:2026", "2026", ""),
        ("", "oak", ""),
    ],
)
def test_what_was_looked_for_is_marked_and_nothing_else(typed, text, passage):
    assert shown(typed, text) == passage


def test_a_passage_is_cut_between_words_on_both_sides():
    text = "alpha " * 100 + "oak" + " omega" * 100

    passage = shown("oak", text)

    before, behind = passage.split("[oak]")
    assert set(before.split()) == {"alpha"}
    assert set(behind.split()) == {"omega"}
    assert LETTERS_AROUND / 2 < len(before) <= LETTERS_AROUND
    assert LETTERS_AROUND / 2 < len(behind) <= LETTERS_AROUND


def test_places_near_each_other_share_a_passage_and_far_ones_do_not():
    near = "oak " + "x " * 20 + "oak " + "y " * 200 + "oak"

    assert shown("oak", near).count("[oak]") == 2


def test_a_text_without_gaps_is_cut_all_the_same():
    assert len(shown("94-00-1", "x" * 3 + " 94-00-1 " + "ж" * 5_000)) < 3 * LETTERS_AROUND


def test_a_title_is_shown_whole():
    pieces = Seeker(parse("oak")).marked("The old oak " + "and more " * 50)

    assert "".join(piece.text for piece in pieces).split() == ("The old oak " + "and more " * 50).split()
    assert [piece.text for piece in pieces if piece.is_marked] == ["oak"]
