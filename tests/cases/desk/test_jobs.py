"""The administrator's page: what failed and why, and another try. It shows work, never a case's content."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import OutboxRow
from tests.cases.town import Town
from tests.factories import NOON

Desk = Callable[[str], Client]


def failed_job(**changes: Any) -> OutboxRow:
    values = {"kind": "send_mail", "put_at": NOON, "due_at": NOON, "tries": 8, "failed_at": NOON}
    return OutboxRow.objects.create(**{**values, "last_error": "The mail server is away", **changes})


@pytest.mark.parametrize("rows", [1, 3])
def test_more_failures_ask_the_database_no_more(
    town: Town, desk: Desk, rows: int, django_assert_num_queries: Any
) -> None:
    for _item in range(rows):
        failed_job()
    adam = desk("adam")

    with django_assert_num_queries(11):
        answer = adam.get(reverse("desk_jobs"))

    assert len(answer.context["lines"]) == rows


def test_a_failure_is_shown_with_its_reason_and_no_content_of_a_case(town: Town, desk: Desk) -> None:
    failed_job(case=town.file().case)

    page = desk("adam").get(reverse("desk_jobs")).content.decode()

    assert "The mail server is away" in page
    assert "Dangerous tree" not in page
    assert "Ana Marin" not in page


def test_a_failed_job_gets_another_try(town: Town, desk: Desk) -> None:
    job = failed_job()

    answer = desk("adam").post(reverse("desk_jobs_retry", args=[job.pk]), follow=True)

    job.refresh_from_db()
    assert (job.failed_at, job.tries) == (None, 0)
    assert b"Another try was started" in answer.content


def test_all_failed_jobs_get_another_try_at_once(town: Town, desk: Desk) -> None:
    jobs = [failed_job(), failed_job(failed_at=None, due_at=NOON + dt.timedelta(hours=1))]

    desk("adam").post(reverse("desk_jobs_retry_all"))

    assert [OutboxRow.objects.get(pk=job.pk).tries for job in jobs] == [0, 0]


def test_a_job_that_is_done_is_not_run_again(town: Town, desk: Desk) -> None:
    job = failed_job(done_at=NOON, failed_at=None, last_error="")

    answer = desk("adam").post(reverse("desk_jobs_retry", args=[job.pk]), follow=True)

    assert b"This job is not waiting for another try." in answer.content


def test_only_the_administrator_sees_the_jobs(town: Town, desk: Desk) -> None:
    assert desk("rita").get(reverse("desk_jobs")).status_code == 404
    assert desk("dora").post(reverse("desk_jobs_retry_all")).status_code == 404
