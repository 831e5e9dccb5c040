"""Where the paper lies and who has it; what was is never overwritten."""

import datetime as dt

import pytest

from cases import history
from cases.models import Case, Loan, PaperPlace
from cases.papers import (
    PaperRefused,
    Where,
    lend_paper,
    place_now,
    place_paper,
    places_now,
    prolong_loan,
    take_paper_back,
    where,
)
from tests.cases.town import Town
from tests.factories import DAY, NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
IN_A_WEEK = (NOON + 7 * DAY).date()


@pytest.fixture
def case(town: Town) -> Case:
    return town.file(paper_place="Tray 3").case


def told(case: Case) -> list[str]:
    events = case.events.filter(kind__startswith="PAPER").order_by("seq").prefetch_related("values")
    return [history.words_of(event) for event in events]


def test_the_first_place_is_what_the_counter_wrote(town: Town, case: Case):
    other = town.file().case

    assert (place_now(case), place_now(other)) == ("Tray 3", "")
    assert places_now([case.pk, other.pk]) == {case.pk: "Tray 3"}


def test_a_new_place_is_a_new_row(town: Town, case: Case):
    place_paper(case, where("Cellar", " 4 ", "17"), actor=town.actor("victor"), at=NOON)
    place_paper(case, where(box="18"), actor=town.actor("victor"), at=NOON + DAY)

    assert [str(one) for one in case.paper_places.order_by("pk")] == ["Cellar / 4 / 17", "18"]
    assert (place_now(case), places_now([case.pk])) == ("18", {case.pk: "18"})
    assert [str(one) for one in PaperPlace.objects.current()] == ["18"]
    assert told(case) == ["The paper lies in Cellar / 4 / 17", "The paper lies in 18"]
    assert list(history.broken_links(case)) == []


def test_a_place_says_something_and_something_new(town: Town, case: Case):
    place_paper(case, Where(box="17"), actor=town.actor("victor"), at=NOON)

    with pytest.raises(PaperRefused, match="noted there already"):
        place_paper(case, Where(box="17"), actor=town.actor("victor"), at=NOON)
    with pytest.raises(PaperRefused, match="at least one of room, shelf and box"):
        where(" ", "", "")
    with pytest.raises(PaperRefused, match="60 letters"):
        where("x" * 61)


def test_a_paper_is_lent_and_comes_back(town: Town, case: Case):
    alice = town.person("alice")
    loan = lend_paper(case, to=alice, until=IN_A_WEEK, reason="A visit", actor=town.actor("victor"), at=NOON)

    back = take_paper_back(loan, actor=town.actor("victor"), at=NOON + DAY)

    assert (back.who, back.returned_at, back.taken_back_by) == ("Alice", NOON + DAY, town.person("victor"))
    assert told(case) == [
        "The paper was lent to Alice until 30 November 2026: A visit",
        "The paper came back from Alice",
    ]
    with pytest.raises(PaperRefused, match="is back already"):
        take_paper_back(loan, actor=town.actor("victor"), at=NOON + DAY)


def test_a_paper_that_is_out_is_lent_to_nobody_else(town: Town, case: Case):
    loan = lend_paper(case, to_name="Court of appeal", until=IN_A_WEEK, actor=town.actor("victor"), at=NOON)

    with pytest.raises(PaperRefused, match="is with Court of appeal. Take it back first"):
        lend_paper(case, to_name="Archive", until=IN_A_WEEK, actor=town.actor("victor"), at=NOON)
    take_paper_back(loan, actor=town.actor("victor"), at=NOON)
    lend_paper(case, to_name="Archive", until=IN_A_WEEK, actor=town.actor("victor"), at=NOON)
    assert list(Loan.objects.out().values_list("borrower_name", flat=True)) == ["Archive"]


def test_a_longer_loan_is_a_new_row_and_the_old_term_stays(town: Town, case: Case):
    loan = lend_paper(case, to_name="Court", until=IN_A_WEEK, actor=town.actor("victor"), at=NOON)

    longer = prolong_loan(loan, until=IN_A_WEEK + dt.timedelta(days=7), actor=town.actor("victor"), at=NOON + DAY)

    assert [(one.due_date, one.returned_at) for one in case.loans.order_by("pk")] == [
        (IN_A_WEEK, NOON + DAY),
        (IN_A_WEEK + dt.timedelta(days=7), None),
    ]
    assert (longer.prolongs, longer.who) == (loan, "Court")
    with pytest.raises(PaperRefused, match="must come after the old one"):
        prolong_loan(longer, until=longer.due_date, actor=town.actor("victor"), at=NOON)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"to_name": " "}, "Say who borrows"),
        ({"until": NOON.date() - dt.timedelta(days=1)}, "has passed already"),
        ({"until": NOON.date() + dt.timedelta(days=400)}, "for a year at most"),
    ],
)
def test_a_loan_has_a_borrower_and_a_day_to_come_back(town: Town, case: Case, changes, why):
    with pytest.raises(PaperRefused, match=why):
        lend_paper(case, **{"to_name": "Court", "until": IN_A_WEEK, **changes}, actor=town.actor("victor"), at=NOON)
