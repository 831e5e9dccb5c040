"""The register book on the screen and on paper; voiding a line."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Channel, RegisterEntry
from cases.voiding import void_entry
from tests.cases.town import Town
from tests.factories import DAY, NOON, RegisterFactory

Desk = Callable[[str], Client]


def lines_of(answer: Any) -> list[str]:
    """The numbers on the page, in order."""
    return [line.entry.number for day in answer.context["days"] for line in day.lines]


def test_the_book_shows_the_newest_day_first_with_its_lines(town: Town, desk: Desk) -> None:
    yesterday = town.file(at=NOON - DAY)
    today = [town.file(at=NOON), town.file(at=NOON + dt.timedelta(hours=1))]

    answer = desk("rita").get(reverse("desk_register"))

    assert [day.date for day in answer.context["days"]] == [NOON.date(), (NOON - DAY).date()]
    assert lines_of(answer) == [today[1].number, today[0].number, yesterday.number]


def test_an_official_finds_only_lines_of_cases_that_they_may_see(town: Town, desk: Desk) -> None:
    town.file()

    assert len(lines_of(desk("alice").get(reverse("desk_register")))) == 1
    assert lines_of(desk("charlie").get(reverse("desk_register"))) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "school"}, 1),
        ({"q": "Marin"}, 1),
        ({"q": "nothing like it"}, 0),
        ({"channel": Channel.WEB}, 1),
        ({"channel": Channel.POST}, 0),
        ({"day_from": "2026-11-23", "day_to": "2026-11-23"}, 1),
        ({"day_from": "2026-11-24"}, 0),
        ({"day_to": "2026-11-22"}, 0),
        ({"q": "\x00school"}, 0),
        ({"day_from": "the day before"}, 0),
        ({"after": "nonsense"}, 1),
        ({"register": "nonsense"}, 1),
    ],
)
def test_the_filter_lives_in_the_address(town: Town, desk: Desk, asked: dict[str, str], found: int) -> None:
    town.file()

    answer = desk("rita").get(reverse("desk_register"), asked)

    assert len(lines_of(answer)) == found


def test_each_register_is_a_book_of_its_own(town: Town, desk: Desk) -> None:
    town.file()
    other = RegisterFactory(institution=town.institution, names={"en": "Complaints"})

    answer = desk("rita").get(reverse("desk_register"), {"register": other.pk})

    assert lines_of(answer) == []
    assert answer.context["register"] == other


def test_a_register_of_another_institution_is_no_choice(town: Town, desk: Desk) -> None:
    town.file()
    foreign = RegisterFactory()

    answer = desk("rita").get(reverse("desk_register"), {"register": foreign.pk})

    assert lines_of(answer) == []


def test_the_next_page_goes_on_after_the_last_line(town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.desk.register_book.PAGE", 2)
    entries = [town.file(at=NOON) for _item in range(3)]
    rita = desk("rita")
    first = rita.get(reverse("desk_register"))

    second = rita.get(reverse("desk_register") + first.context["next_address"])

    assert lines_of(first) == [entries[2].number, entries[1].number]
    assert lines_of(second) == [entries[0].number]
    assert second.context["next_address"] == ""


@pytest.mark.parametrize("rows", [1, 3])
def test_a_longer_page_asks_the_database_no_more(
    town: Town, desk: Desk, rows: int, django_assert_num_queries: Any
) -> None:
    for _item in range(rows):
        town.file()
    rita = desk("rita")

    with django_assert_num_queries(12):
        answer = rita.get(reverse("desk_register"))

    assert len(lines_of(answer)) == rows


def test_a_void_line_stays_with_its_reason(town: Town, desk: Desk) -> None:
    entry = town.file()
    void_entry(entry, reason="Entered twice", actor=town.actor("rita"), at=NOON)

    answer = desk("rita").get(reverse("desk_register"))

    assert lines_of(answer) == [entry.number]
    assert b"Void: Entered twice" in answer.content


@pytest.mark.parametrize(
    ("language", "deed", "state"), [("bg", "Анулиране", "Анулиран<"), ("pl", "Anuluj", "Anulowany")]
)
def test_what_may_be_done_with_a_line_does_not_read_as_if_it_were_done(
    town: Town, desk: Desk, language: str, deed: str, state: str
) -> None:
    town.file()

    words = desk("rita").get(reverse("desk_register"), headers={"accept-language": language}).content.decode()

    assert f">{deed}<" in words
    assert f">{state}" not in words


def test_a_registrar_voids_a_line_with_a_reason(town: Town, desk: Desk) -> None:
    entry = town.file()

    answer = desk("rita").post(reverse("desk_void_entry", args=[entry.pk]), {"reason": "Entered twice"}, follow=True)

    assert RegisterEntry.objects.get().void_reason == "Entered twice"
    assert f"{entry.number} is void" in answer.content.decode()


def test_voiding_without_a_reason_is_refused_on_the_spot(town: Town, desk: Desk) -> None:
    entry = town.file()

    answer = desk("rita").post(reverse("desk_void_entry", args=[entry.pk]), {"reason": " "})

    assert RegisterEntry.objects.get().kind == "GIVEN"
    assert b"Say why the entry is wrong" in answer.content


def test_who_may_not_void_finds_no_such_page(town: Town, desk: Desk) -> None:
    entry = town.file()

    assert desk("alice").get(reverse("desk_void_entry", args=[entry.pk])).status_code == 404
    assert b"/void/" not in desk("alice").get(reverse("desk_register")).content


def test_a_void_line_cannot_be_voided_again(town: Town, desk: Desk) -> None:
    entry = town.file()
    void_entry(entry, reason="Entered twice", actor=town.actor("rita"), at=NOON)

    assert desk("rita").get(reverse("desk_void_entry", args=[entry.pk])).status_code == 404


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_the_printed_page_has_the_same_lines_and_says_what_is_void(town: Town, desk: Desk) -> None:
    town.file(at=NOON, sheets=3, paper_place="Binder 7")
    wrong = town.file(at=NOON)
    void_entry(wrong, reason="Entered twice", actor=town.actor("rita"), at=NOON)

    answer = desk("rita").get(reverse("desk_register_paper"), {"day_from": "2026-11-23", "day_to": "2026-11-23"})

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="in-')
    printed = " ".join(text_of(answer.content).split())
    assert "94-1 " in printed
    assert "Ana Marin" in printed
    assert "(void: Entered twice)" in printed
    assert "2 lines, 1 of them void" in printed


def test_too_many_lines_for_one_print_are_refused(town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.register_paper.MOST_LINES", 1)
    town.file()
    town.file()

    answer = desk("rita").get(reverse("desk_register_paper"), {"register": town.incoming.pk}, follow=True)

    assert b"Choose fewer days" in answer.content


def test_a_town_without_registers_has_an_empty_book(town: Town, desk: Desk) -> None:
    rita = desk("rita")
    town.trees.rules.all().delete()
    town.trees.delete()
    town.incoming.delete()

    assert rita.get(reverse("desk_register")).status_code == 200
    assert rita.get(reverse("desk_register_paper")).status_code == 302
