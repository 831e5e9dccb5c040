"""The head of every paper."""

from cases.letterheads import letterhead_of
from tests.factories import InstitutionFactory


def test_the_letterhead_is_in_the_papers_language():
    town = InstitutionFactory.build(names={"en": "Bela Reka", "bg": "Бела река"}, main_language="en")

    assert letterhead_of(town, "bg").name == "Бела река"
    assert letterhead_of(town, "pl").name == "Bela Reka"


def test_the_letterhead_has_no_empty_lines_and_the_chosen_colour():
    town = InstitutionFactory.build(
        address={"en": "Main square 1\n\n 2770 Bela Reka"}, phone="", email="", theme={"accent": "#1d4f91"}
    )

    head = letterhead_of(town, "en")

    assert head.lines == ["Main square 1", "2770 Bela Reka"]
    assert head.accent == "#1d4f91"
