"""The words of a draft as pieces of the paper: marks are read before anything of the case is filled in."""

import pytest

from cases.typesetting import Heading, Items, Paragraph, Run, Table
from flows.letters.markup import pieces_of, runs_of

ROWS = Table(headings=["Kind"], rows=[["Lime"]])


def pieces(words: str, **values: str):
    return pieces_of(words, values, {"table:trees:kind": ROWS})


def test_paragraphs_and_lists_are_told_apart():
    assert pieces("One\nstill one\n\nWe decide:\n- first\n-second\n\n\nEnd") == [
        Paragraph(text="One\nstill one"),
        Paragraph(text="We decide:"),
        Items(items=["first", "second"]),
        Paragraph(text="End"),
    ]


def test_headings_and_tables_stand_on_lines_of_their_own():
    assert pieces("# The trees of {name}\n{table:trees:kind}\nafter", name="Ana") == [
        Heading(text="The trees of Ana"),
        ROWS,
        Paragraph(text="after"),
    ]


def test_a_table_without_rows_stays_visible_as_a_gap():
    assert pieces("{table:bushes:kind}") == [Paragraph(text="[table:bushes:kind]")]


def test_strong_and_emphasis():
    assert runs_of("Pay *{fee} now*, or _later_.", {"fee": "10 €"}) == [
        Run(text="Pay "),
        Run(text="10 € now", strong=True),
        Run(text=", or "),
        Run(text="later", emphasis=True),
        Run(text="."),
    ]


@pytest.mark.parametrize("words", ["3 * 4 * 5", "area_m2 and lot_nr", "* not a mark *", "5*6*7", "{answer:area_m2}_x"])
def test_what_only_looks_like_a_mark_is_words(words):
    assert isinstance(runs_of(words, {"answer:area_m2": "12"}), str)


def test_what_a_citizen_typed_is_never_a_mark():
    typed = "*bold*\n\n# heading\n- item {reasons}"

    assert pieces("About {subject}", subject=typed) == [Paragraph(text=f"About {typed}")]
