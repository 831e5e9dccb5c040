"""A worker that is killed in a job: the job gets done, once, by whoever comes after."""

import time

import pytest

from cases.outbox import CLAIM
from tests.faults.deeds import content
from tests.faults.office import Killed, Office
from tests.journeys.running import messages_in
from tests.servers import PATIENCE_SECONDS, RedisServer, wait_until

pytestmark = pytest.mark.both_databases

# What happens, the kind of job that follows from it, and what a case looks like when all jobs are done.
DONE = {
    "receipts": 1,
    "sendings": [["RECEIPT", "SENT"]],
    "previews": 3,
    "destroyed": [],
    "events": ["REGISTERED", "RECEIPT_MADE"],
}
KINDS_TRIED = ["make_previews", "make_receipt", "send_mail"]
AFTER_THE_CLAIM = CLAIM.total_seconds() + 60


def file_with_mail(office: Office, key: str) -> int:
    return office.do("file", key=key, contents=[content(key)], email=f"{key}@example.org")["case"]


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


def worker_that_dies(office: Office, kind: str, point: str) -> None:
    pid = office.begin("work", dying_in=kind, point=point)
    with pytest.raises(Killed):
        office.end(pid)


@pytest.mark.parametrize("point", ["middle", "end"])
@pytest.mark.parametrize("kind", KINDS_TRIED)
def test_a_job_of_a_filing_whose_worker_was_killed_is_done_once(shared_office: Office, kind, point):
    key = f"{kind}-{point}"
    case = file_with_mail(shared_office, key)

    worker_that_dies(shared_office, kind, point)
    all_jobs_done(shared_office, later=AFTER_THE_CLAIM)

    assert shared_office.do("case_as_it_is", case=case) == DONE
    # Between the mail server's "yes" and our noting it lies a moment: then the same message comes again.
    assert len(set(mails_to(shared_office, f"{key}@example.org"))) == 1
    assert shared_office.findings() == []


@pytest.mark.parametrize("point", ["middle", "end"])
def test_a_destruction_whose_worker_was_killed_ends_with_the_bytes_gone(shared_office: Office, point):
    case = file_with_mail(shared_office, f"destroyed-{point}")
    all_jobs_done(shared_office)
    shared_office.do("close_long_ago", case=case)
    shared_office.do("destroy_file", case=case)

    worker_that_dies(shared_office, "remove_unused_bytes", point)
    all_jobs_done(shared_office, later=AFTER_THE_CLAIM)

    assert set(shared_office.do("case_as_it_is", case=case)["destroyed"]) == {True}
    assert shared_office.findings() == []


def test_a_late_tasks_notice_whose_worker_was_killed_is_the_same_message(shared_office: Office):
    case = shared_office.do("file", key="late")["case"]
    shared_office.do("tell_of_late_task", case=case)

    worker_that_dies(shared_office, "tell_head_of_late_task", "end")
    all_jobs_done(shared_office, later=AFTER_THE_CLAIM)

    told = mails_to(shared_office, "helen@bela-reka.example")
    assert (len(told), len(set(told))) == (2, 1)


def test_every_kind_of_job_is_tried_here(shared_office: Office):
    elsewhere = {
        "fire_timer",  # tried with the procedure's timers
        "mail_form_link",  # a link mailed twice is harmless
    }
    here = {*KINDS_TRIED, "remove_unused_bytes", "tell_head_of_late_task"}

    assert set(shared_office.do("kinds_of_work")) == here | elsewhere


def test_while_a_killed_workers_claim_stands_nobody_else_runs_the_job(shared_office: Office):
    case = shared_office.do("file", key="claimed", contents=[content("claimed")])["case"]
    worker_that_dies(shared_office, "make_receipt", "middle")

    shared_office.do("sweep")

    assert shared_office.do("case_as_it_is", case=case)["receipts"] == 0
    all_jobs_done(shared_office, later=AFTER_THE_CLAIM)
    assert shared_office.do("case_as_it_is", case=case)["receipts"] == 1


# -- the broker


def wipe_folder(office: Office) -> None:
    for message in (office.folder / "queue" / "messages").glob("*"):
        message.unlink()


def wait_until_done(office: Office, case: int) -> None:
    """A worker starts in seconds; on a busy machine it takes its time."""
    what = f"The work on case {case}"
    wait_until(lambda: office.do("case_as_it_is", case=case) == DONE, what, seconds=4 * PATIENCE_SECONDS)


@pytest.fixture
def worker(request):
    """Starts the product's worker; pulls its plug at the end."""

    def start(office: Office) -> int:
        pid = office.begin("work")
        request.addfinalizer(lambda: office.end_killed(pid))
        return pid

    return start


def test_a_wiped_broker_loses_no_work(new_office, worker):
    office: Office = new_office()
    before = file_with_mail(office, "before")
    wipe_folder(office)
    worker(office)
    after = file_with_mail(office, "after")
    wait_until_done(office, after)

    untouched = office.do("case_as_it_is", case=before)["receipts"]
    all_jobs_done(office)

    assert untouched == 0
    assert office.do("case_as_it_is", case=before) == DONE


def test_on_redis_the_same_holds_when_it_is_down_comes_back_empty_and_the_worker_dies(
    new_office, worker, redis_server: RedisServer
):
    office: Office = new_office(REGISTRA_BROKER=redis_server.address)
    redis_server.stop()
    began = time.monotonic()
    while_down = file_with_mail(office, "down")
    waited = time.monotonic() - began
    redis_server.start()
    dying = file_with_mail(office, "dying")
    worker_that_dies(office, "make_receipt", "end")
    redis_server.wipe()
    worker(office)
    after = file_with_mail(office, "after")
    wait_until_done(office, after)

    all_jobs_done(office, later=AFTER_THE_CLAIM)

    assert waited < PATIENCE_SECONDS
    assert [office.do("case_as_it_is", case=case) for case in (while_down, dying)] == [DONE, DONE]
    assert office.findings() == []
