"""Borrowers are reminded when a paper is due and a week later, not daily; run twice it is the same."""

import datetime as dt

import pytest
from django.core import mail

from cases import late_papers, papers
from cases.models import Loan, OutboxRow, User
from tests.cases.disposal import run_outbox
from tests.factories import DAY, NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def loan(town) -> Loan:
    """Alice has a paper that is due back in a week."""
    alice = town.person("alice")
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    return papers.lend_paper(
        town.file().case, to=alice, until=(NOON + 7 * DAY).date(), actor=town.actor("victor"), at=NOON
    )


def run_daily(days: range) -> list[int]:
    """On which days the job, run twice each, had something to tell."""
    told = []
    for day in days:
        for at in (NOON + day * DAY, NOON + day * DAY + HOUR):
            late_papers.remind_of_late_papers(at=at)
            run_outbox("remind_borrower", at=at)
        if len(mail.outbox) > len(told):
            told.append(day)
    return told


def test_a_borrower_is_told_on_the_day_and_a_week_later_and_no_more(loan):
    days = run_daily(range(30))

    loan.refresh_from_db()
    assert days == [7, 14]
    assert (loan.reminded_at, loan.reminded_again_at) == (NOON + 7 * DAY, NOON + 14 * DAY)
    assert [message.to for message in mail.outbox] == [["alice@example.org"]] * 2
    number = loan.case.number
    assert [message.subject for message in mail.outbox] == [
        f"Due back: the paper of {number}",
        f"Still out: the paper of {number}",
    ]
    assert "it was to be back by 30 November 2026" in mail.outbox[0].body


def test_a_job_that_was_down_for_weeks_tells_once_and_the_second_time_a_week_later(loan):
    assert run_daily(range(40, 60)) == [40, 47]


def test_a_row_that_runs_twice_sends_the_same_message(loan):
    late_papers.remind_of_late_papers(at=NOON + 7 * DAY)
    [row] = OutboxRow.objects.filter(kind="remind_borrower")

    for _number in range(2):
        late_papers.remind_borrower(row.payload, at=NOON + 7 * DAY)

    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1


def test_a_paper_that_came_back_is_no_news(town, loan):
    late_papers.remind_of_late_papers(at=NOON + 7 * DAY)
    papers.take_paper_back(loan, actor=town.actor("victor"), at=NOON + 7 * DAY)

    assert run_daily(range(8, 20)) == []


def test_a_prolonged_loan_is_told_of_by_its_own_day(town, loan):
    papers.prolong_loan(loan, until=(NOON + 20 * DAY).date(), actor=town.actor("victor"), at=NOON + DAY)

    assert run_daily(range(40)) == [20, 27]


@pytest.mark.parametrize("gone", [{"email": ""}, {"is_active": False}])
def test_whoever_can_not_be_written_to_stays_with_the_archivist(loan, gone):
    User.objects.filter(pk=loan.borrower_id).update(**gone)

    assert run_daily(range(20)) == []
    loan.refresh_from_db()
    assert loan.reminded_again_at == NOON + 14 * DAY


def test_a_body_outside_is_not_written_to(town):
    papers.lend_paper(town.file().case, to_name="The court", until=NOON.date(), actor=town.actor("victor"), at=NOON)

    assert run_daily(range(10)) == []
    assert OutboxRow.objects.filter(kind="remind_borrower", failed_at__isnull=False).count() == 0


def test_the_borrower_reads_it_in_their_language(loan):
    User.objects.filter(pk=loan.borrower_id).update(language="pl")

    run_daily(range(8))

    assert "30 listopada 2026" in mail.outbox[0].body
