"""The pages of papers on shelves: what is out, what is in a box, and putting many into one."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Loan, PaperPlace
from cases.papers import lend_paper, place_now, place_paper, where
from tests.cases.town import Town, build_town
from tests.factories import LoanFactory

pytestmark = pytest.mark.django_db
PAPERS = "/office/archive/papers/"


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def office_of(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.person(name))
    return client


def closed(town: Town, **values: Any) -> Case:
    """A closed case, which the archivist sees."""
    case = town.file(**values).case
    Case.objects.filter(pk=case.pk).update(state="CLOSED", closed_at=timezone.now())
    return Case.objects.select_related("institution").get(pk=case.pk)


def soon(days: int = 7) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def test_overdue_papers_stand_first(town: Town):
    LoanFactory(case=closed(town), borrower_name="In time", due_date=soon())
    LoanFactory(case=closed(town), borrower_name="Late", due_date=soon(-3))

    page = office_of(town, "victor").get(PAPERS).content.decode()

    assert page.index("Late") < page.index("In time")
    assert "3 days late" in page
    assert "1 overdue" in page


def test_the_list_asks_the_database_no_more_for_three_papers_than_for_one(town: Town):
    client, counts = office_of(town, "victor"), []
    for _number in range(3):
        case = closed(town)
        LoanFactory(case=case)
        place_paper(case, where(box="17"), actor=town.actor("victor"), at=timezone.now())
        client.get(PAPERS)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAPERS)
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_many_papers_go_into_a_box_at_once_and_what_fails_is_named(town: Town):
    cases = [closed(town), closed(town)]
    typed = {"numbers": f"{cases[0].number}\n{cases[1].number}\n99-99\n", "room": "Cellar", "shelf": "4", "box": "17"}

    page = office_of(town, "victor").post(PAPERS, typed).content.decode()

    assert [place_now(case) for case in cases] == ["Cellar / 4 / 17"] * 2
    assert "2 papers are in Cellar / 4 / 17 now." in page
    assert "99-99:" in page
    assert ">99-99</textarea>" in page


def test_a_box_shows_its_papers_and_moves_the_chosen_ones(town: Town):
    stays, goes = closed(town, subject="Fence"), closed(town, subject="Oak")
    for case in (stays, goes):
        place_paper(case, where(box="17"), actor=town.actor("victor"), at=timezone.now())
    client, box = office_of(town, "victor"), f"{PAPERS}box/?room=&shelf=&box=17"

    assert "Oak" in client.get(box).content.decode()
    chosen = PaperPlace.objects.get(case=goes).pk
    client.post(box, {"paper": [chosen], "room": "", "shelf": "", "box": "18"})

    assert (place_now(stays), place_now(goes)) == ("17", "18")
    assert "Oak" not in client.get(box).content.decode()


def test_a_paper_is_placed_lent_prolonged_and_taken_back_on_the_page_of_its_case(town: Town):
    case = closed(town)
    client, alice = office_of(town, "victor"), town.person("alice")
    page = reverse("desk_case", args=[case.public_id])

    client.post(reverse("desk_archive_place_paper", args=[case.public_id]), {"room": "Cellar", "box": "17"})
    lent = {"official": str(alice.pk), "until": soon().isoformat(), "reason": "A visit"}
    client.post(reverse("desk_archive_lend", args=[case.public_id]), lent)
    loan = Loan.objects.out().get()
    assert (loan.borrower, loan.lent_by) == (alice, town.person("victor"))
    shown = client.get(page).content.decode()
    assert "Cellar / 17" in shown
    assert "A visit" in shown

    longer = {"verb": "longer", "until": soon(14).isoformat(), "from": "case"}
    client.post(reverse("desk_archive_loan", args=[loan.pk]), longer)
    assert Loan.objects.out().get().due_date == soon(14)
    answer = client.post(
        reverse("desk_archive_loan", args=[Loan.objects.out().get().pk]), {"verb": "back", "from": "case"}
    )
    assert answer["Location"] == page
    assert not Loan.objects.out().exists()


def test_what_can_not_be_is_said(town: Town):
    case = closed(town)
    client = office_of(town, "victor")

    client.post(reverse("desk_archive_lend", args=[case.public_id]), {"name": "Court", "until": "tomorrow"})
    page = client.get(reverse("desk_case", args=[case.public_id])).content.decode()

    assert "Say until which day." in page
    assert not Loan.objects.exists()


def test_who_has_borrowed_papers_sees_them_overdue_first(town: Town):
    mine, other = closed(town, subject="Fence"), closed(town, subject="Oak")
    lend_paper(mine, to=town.person("alice"), until=soon(), actor=town.actor("victor"), at=timezone.now())
    lend_paper(other, to_name="Court", until=soon(), actor=town.actor("victor"), at=timezone.now())

    page = office_of(town, "alice").get(f"{PAPERS}mine/").content.decode()

    assert "Fence" in page
    assert "Oak" not in page
    assert "You have no paper" in office_of(town, "charlie").get(f"{PAPERS}mine/").content.decode()


@pytest.mark.parametrize("name", ["alice", "charlie", "adam"])
def test_who_keeps_no_papers_reaches_none_of_it(town: Town, name: str):
    case = closed(town)
    loan = LoanFactory(case=case)
    client = office_of(town, name)

    assert client.get(PAPERS).status_code == 404
    assert client.post(reverse("desk_archive_loan", args=[loan.pk]), {"verb": "back"}).status_code == 404
    assert client.post(reverse("desk_archive_place_paper", args=[case.public_id]), {"box": "1"}).status_code == 404
    assert (Loan.objects.out().count(), PaperPlace.objects.count()) == (1, 0)


def test_papers_of_open_cases_are_not_the_archivists(town: Town):
    case = town.file().case
    loan = LoanFactory(case=case)
    client = office_of(town, "victor")

    assert case.number not in client.get(PAPERS).content.decode()
    assert client.post(reverse("desk_archive_loan", args=[loan.pk]), {"verb": "back"}).status_code == 404
