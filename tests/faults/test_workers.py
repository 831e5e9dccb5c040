"""A worker that is killed in a job: the job gets done, once, by whoever comes after."""

import base64
import time

import pytest

from cases.scratch import PREFIX
from tests.faults import test_archive_workers
from tests.faults.deeds import content
from tests.faults.killing import AFTER_THE_CLAIM, all_jobs_done, mails_to, times_killed
from tests.faults.office import Killed, Office
from tests.search.scans_made import LETTERS, paper, saved
from tests.servers import PATIENCE_SECONDS, RedisServer, wait_until

# What happens, the kind of job that follows from it, and what a case looks like when all jobs are done.
DONE = {
    "receipts": 1,
    "sendings": [["RECEIPT", "SENT"]],
    "previews": 3,
    "destroyed": [],
    "events": ["REGISTERED", "RECEIPT_MADE"],
}
KINDS_TRIED = ["make_previews", "make_receipt", "send_mail"]


def file_with_mail(office: Office, key: str) -> int:
    return office.do("file", key=key, contents=[content(key)], email=f"{key}@example.org")["case"]


def worker_that_dies(office: Office, kind: str, point: str) -> None:
    pid = office.begin("work", dying_in=kind, point=point)
    with pytest.raises(Killed):
        office.end(pid)


@pytest.mark.both_databases
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


@pytest.mark.parametrize("point", ["middle", "end"])
def test_a_timer_tried_again_whose_worker_was_killed_fires_once(new_office, point):
    office: Office = new_office()
    case = office.do("file", key="failed timer")["case"]
    office.do("let_timer_fail", case=case)

    worker_that_dies(office, "fire_timer", point)
    all_jobs_done(office, later=AFTER_THE_CLAIM)

    assert office.do("told_late") == {"events": 1, "cases": 1, "notices": 1}
    assert office.findings() == []


def test_a_forms_link_whose_worker_was_killed_is_the_same_message(shared_office: Office):
    shared_office.do("ask_for_form_link", address="later@example.org")

    worker_that_dies(shared_office, "mail_form_link", "end")
    all_jobs_done(shared_office, later=AFTER_THE_CLAIM)

    told = mails_to(shared_office, "later@example.org")
    assert (len(told), len(set(told))) == (2, 1)


def test_no_kind_of_work_is_untried(shared_office: Office):
    others = {"remove_unused_bytes", "tell_head_of_late_task", "fire_timer", "mail_form_link"}

    assert set(shared_office.do("kinds_of_work")) == {*KINDS_TRIED, *others, *test_archive_workers.KINDS}


# -- the scheduler's jobs


def two_filings(office: Office) -> None:
    for number in (1, 2):
        office.do("file", key=f"filing {number}", contents=[content(f"letter {number}")])


def two_filings_to_index(office: Office) -> None:
    office.fetch_dictionaries()
    two_filings(office)


def two_indexed_filings(office: Office) -> None:
    two_filings_to_index(office)
    office.do("run_job", job="search.jobs.drain_index")


def two_late_tasks(office: Office) -> None:
    two_filings(office)
    assert office.do("let_deadlines_pass") == 2


ENDED = {"alice": [], "helen": [], "rita": ["Registrar"], "dora": ["Executive"], "victor": ["Archivist"]}
# Job: what it finds to do, the deed that looks at what is there afterwards, and what that must be.
SCHEDULED = {
    "cases.jobs.order_events": (two_filings, "places", {"without": 0, "broken": []}),
    "cases.jobs.order_late_events": (two_filings, "places", {"without": 0, "broken": []}),
    "cases.jobs.refresh_statistics": (two_filings, "statistics", {"knows_cases": True, "views": []}),
    "cases.jobs.refresh_roles": (lambda office: office.do("end_appointments"), "roles", ENDED),
    "flows.jobs.fire_due_timers": (two_late_tasks, "told_late", {"events": 2, "cases": 2, "notices": 2}),
    "portal_pages.jobs.publish_scheduled_pages": (
        lambda office: office.do("schedule_pages"), "live_pages", ["road-closed", "water-off"],
    ),
    "portal_pages.jobs.forget_expired_drafts": (
        lambda office: office.do("leave_forms", amount=2, days_ago=31), "forms_left",
        {"drafts": 0, "files": 0, "uploads": 0},
    ),
    "search.jobs.drain_index": (
        two_filings_to_index, "archive", {"waiting": 0, "texts": {"WAITING": 4}, "pages": 0, "differences": []},
    ),
    "search.jobs.read_texts": (
        two_indexed_filings, "archive", {"waiting": 2, "texts": {"READ": 4}, "pages": 4, "differences": []},
    ),
}  # fmt: skip


@pytest.mark.parametrize("job", SCHEDULED)
def test_a_scheduled_job_whose_worker_was_killed_is_done_by_the_next_run(new_office, job):
    office: Office = new_office()
    prepare, look, expected = SCHEDULED[job]
    prepare(office)
    wipe_folder(office)
    office.do("hand_to_worker", job=job)
    before = office.do(look)

    with pytest.raises(Killed):
        office.end(office.begin("work", dying_job=job))
    office.do("run_job", job=job, later=AFTER_THE_CLAIM)

    assert before != expected
    assert office.do(look) == expected
    assert office.findings() == []


@pytest.mark.parametrize("job", SCHEDULED)
def test_a_scheduled_job_may_be_killed_between_any_of_its_changes(new_office, job):
    office: Office = new_office()
    prepare, look, expected = SCHEDULED[job]
    prepare(office)

    killed = times_killed(office, "run_job", job=job)

    assert killed >= 2
    assert office.do(look) == expected
    assert office.findings() == []


def test_a_worker_killed_while_it_writes_the_index_leaves_a_whole_one(new_office):
    office: Office = new_office()
    two_indexed_filings(office)
    office.do("file", key="third", contents=[content("third")])

    for _again in range(2):
        with pytest.raises(Killed):
            office.do("index_dying_while_writing")
        assert office.do("archive")["differences"] == []  # what waits may differ
    office.do("run_job", job="search.jobs.drain_index")

    archive = office.do("archive")
    assert (archive["waiting"], archive["differences"]) == (0, [])


def test_a_scan_whose_worker_was_killed_is_read_by_the_next_one_and_no_folder_stays(new_office, tmp_path):
    office: Office = new_office(TMPDIR=str(tmp_path))
    office.fetch_dictionaries()
    scan = saved(*(paper(LETTERS["en"], seed=seed) for seed in range(4)))
    office.do("file", key="scan", contents=[base64.b64encode(scan).decode()])
    for job in ("drain_index", "read_texts"):
        office.do("run_job", job=f"search.jobs.{job}")

    worker = office.begin("run_job", job="search.jobs.read_scans")
    given = f"{PREFIX}scan-*/**/given-1.pdf"
    wait_until(lambda: list(tmp_path.glob(given)), "A scan being recognised", seconds=4 * PATIENCE_SECONDS)
    office.end_killed(worker)
    # Its folder goes with the recogniser, which hears that its worker is gone, or else with the next worker.
    office.do("run_job", job="search.jobs.read_scans", later=AFTER_THE_CLAIM)

    assert list(tmp_path.glob(f"{PREFIX}*")) == []
    assert set(office.do("archive")["texts"]) == {"READ"}


def test_every_job_of_the_scheduler_is_tried_here(shared_office: Office):
    outbox_jobs = {"cases.jobs.run_outbox", "cases.jobs.sweep_outbox"}  # tried with every kind of work, above

    assert set(shared_office.do("celery_jobs")) == {*SCHEDULED, *outbox_jobs, *test_archive_workers.JOBS}


def test_a_sweep_that_is_killed_leaves_the_rest_to_the_next_one(new_office):
    office: Office = new_office()
    cases = [file_with_mail(office, f"swept-{number}") for number in (1, 2)]

    # No job is met three times: one that kills worker after worker is left alone (see test_deadly_work).
    for number in (0, 3, 6):
        with pytest.raises(Killed):
            office.do("run_job", job="cases.jobs.sweep_outbox", dying_at=number, later=number * AFTER_THE_CLAIM)
    all_jobs_done(office, later=7 * AFTER_THE_CLAIM)

    assert [office.do("case_as_it_is", case=case) for case in cases] == [DONE, DONE]
    assert office.findings() == []


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
    wait_until(lambda: office.do("case_as_it_is", case=case) == DONE, what, seconds=4 * PATIENCE_SECONDS, between=0.3)


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
