"""Killing work again and again until it lives to its end, and what is asked of it then."""

from typing import Any

import pytest

from cases.outbox import CLAIM
from tests.faults.office import Killed, Office
from tests.journeys.running import messages_in

AFTER_THE_CLAIM = CLAIM.total_seconds() + 60


def times_killed(office: Office, deed: str, *, most: int = 60, stride: int = 3, **values: Any) -> int:
    """Run work again and again, each time killed a step further on, until it lives to its end.

    ``deed``: "run_job" or "run_work", with the job or the kind.
    """
    # Before and after each of the first changes; of long work then a stride further each time.
    for number in [*range(8), *range(8, most, stride)]:
        try:
            office.do(deed, dying_at=number, later=number * AFTER_THE_CLAIM, **values)
        except Killed:
            continue
        office.do(deed, later=most * AFTER_THE_CLAIM, **values)
        return number
    pytest.fail(f"{values} makes more changes than a test has patience for.")


def all_jobs_done(office: Office, *, later: float = 0) -> None:
    """Sweep until nothing is left: one job may put another."""
    for _number in range(20):
        if not office.do("sweep", later=later):
            return
    pytest.fail("The jobs put each other for ever.")


def mails_to(office: Office, address: str) -> list[str]:
    """Message-IDs of what was mailed to somebody."""
    files = (office.folder / "mail").glob("*.log")
    mails = [mail for file in files for mail in messages_in(file.read_bytes())]
    return [str(mail["Message-ID"]) for mail in mails if mail["To"] == address]
