"""Work on records, the archive and exports that is killed between any two of its changes: it gets done, once.

What cannot be found by looking at changes of rows lies in files: half a package, an export that nobody knows.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cases.test_answers_paper import ASKED
from tests.faults.killing import AFTER_THE_CLAIM, mails_to, times_killed
from tests.faults.office import Killed, Office


class Tried(NamedTuple):
    """Deeds that bring about the work, kinds of work that follow from it, and what the look must show at the end."""

    prepare: list[str]
    look: str
    expected: Any
    follows: tuple[str, ...] = ()


GONE = {"list": "EXECUTED", "lines": ["DESTROYED", "DESTROYED"], "bytes": 0, "protocols": [1, 1]}
PACKED = {"list": "PACKED", "packages": [True], "half made": 0, "bytes": 4}
WORK = {
    "open_linked_case": Tried(["ask_for_linked_case"], "linked_cases", {"entries": 2, "relations": 1}),
    "add_searchable_copies": Tried(
        ["ask_for_searchable_copies"], "searchable_copies", {"copies": [1, 1], "said": [1, 1]}
    ),
    "count_retention": Tried(["change_rule"], "counted", {"counted": 2, "stale": 0}),
    "execute_disposal": Tried(["execute_list"], "destroyed", GONE, ("make_disposal_protocol", "remove_unused_bytes")),
    "make_disposal_protocol": Tried(
        ["execute_list", "run_work execute_disposal"], "destroyed", GONE, ("remove_unused_bytes",)
    ),
    "pack_transfer": Tried(["ask_for_package"], "handed_over", PACKED),
    "remove_transferred": Tried(
        ["ask_for_package", "run_work pack_transfer", "hand_over"],
        "handed_over",
        {**PACKED, "list": "ACCEPTED", "bytes": 0},
        ("remove_unused_bytes",),
    ),
}
SCHEDULED = {
    "cases.jobs.keep_up_retention": Tried(
        ["two_closed_cases"], "counted", {"counted": 2, "stale": 0}, ("count_retention",)
    ),
    "cases.jobs.propose_yearly_lists": Tried(["two_due_cases"], "yearly_lists", {"lists": [["PARK", 2]], "told": 1}),
    "cases.jobs.remind_of_late_papers": Tried(["lend_a_paper"], "reminders", {"loans": 1, "put": 1}),
    "cases.jobs.forget_unbegun_imports": Tried(
        ["leave_imports"], "left_imports", {"states": ["EXPIRED", "EXPIRED"], "folders": 0}
    ),
    "search.jobs.forget_old": Tried(
        ["leave_old_exports"], "old_exports", {"exports": [["EXPIRED", 0]] * 2, "unknown": 0, "searches": 0}
    ),
}
# Kind: what brings it about, and who is told.
MESSAGES = {
    "remind_of_late_task": (["ask_for_reminder"], "alice"),
    "remind_borrower": (["lend_a_paper", "run_job cases.jobs.remind_of_late_papers"], "alice"),
    "tell_of_yearly_lists": (["two_due_cases", "run_job cases.jobs.propose_yearly_lists"], "victor"),
    "tell_of_review": (["two_due_cases", "run_job cases.jobs.propose_yearly_lists"], "helen"),
}
KINDS = {*WORK, *MESSAGES, "print_answers", "take_over_table"}
JOBS = {*SCHEDULED, "search.jobs.compare_index", "search.jobs.read_scans", "search.jobs.write_exports"}
MOST = 200
WHAT = {"run_work": "kind", "run_job": "job"}


def prepared(new_office: Callable[..., Office], deeds: list[str]) -> Office:
    office: Office = new_office()
    for deed in deeds:
        name, _space, work = deed.partition(" ")
        office.do(name, **({WHAT[name]: work} if work else {}))
    return office


@pytest.fixture
def office_that_knows_words(new_office: Callable[..., Office]) -> Callable[..., Office]:
    def open_office() -> Office:
        office: Office = new_office()
        office.fetch_dictionaries()
        return office

    return open_office


def followed(office: Office, tried: Tried) -> Any:
    for kind in tried.follows:
        office.do("run_work", kind=kind, later=MOST * AFTER_THE_CLAIM)
    return office.do(tried.look)


@pytest.mark.parametrize("kind", WORK)
def test_work_may_be_killed_between_any_of_its_changes(new_office, kind):
    tried = WORK[kind]
    office = prepared(new_office, tried.prepare)
    before = office.do(tried.look)

    killed = times_killed(office, "run_work", kind=kind, most=MOST, stride=7)

    assert killed >= 3
    assert before != tried.expected
    assert followed(office, tried) == tried.expected
    assert office.findings() == []


@pytest.mark.parametrize("job", SCHEDULED)
def test_a_scheduled_job_may_be_killed_between_any_of_its_changes(new_office, job):
    tried = SCHEDULED[job]
    office = prepared(new_office, tried.prepare)
    before = office.do(tried.look)

    killed = times_killed(office, "run_job", job=job)

    assert killed >= 2
    assert before != tried.expected
    assert followed(office, tried) == tried.expected
    assert office.findings() == []


def test_the_paper_of_what_was_typed_is_made_once_however_often_its_worker_is_killed(new_office):
    office: Office = new_office()
    office.do("file", key="form", asked=ASKED)
    office.do("run_work", kind="make_receipt")
    before = office.do("papers_of_answers")

    killed = times_killed(office, "run_work", kind="print_answers")

    assert killed >= 3
    assert (before, office.do("papers_of_answers")) == ([0], [1])
    assert office.findings() == []


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_whose_worker_is_killed_is_the_same_message(new_office, kind):
    deeds, told = MESSAGES[kind]
    office = prepared(new_office, ["everybody_has_an_address", *deeds])

    killed = times_killed(office, "run_work", kind=kind)

    mails = mails_to(office, f"{told}@bela-reka.example")
    assert killed >= 3
    assert (len(mails), len(set(mails))) == (2, 1)


def test_an_import_whose_worker_is_killed_brings_each_line_once(new_office, tmp_path: Path):
    scans = tmp_path / "scans"
    scans.mkdir()
    for number in (1, 2):
        (scans / f"{number}.txt").write_text(f"Scan of {number}")
    table = tmp_path / "1998.csv"
    rows = [f"{number},1998,Fence,Ana Marin,PARK,,,{number}.txt" for number in (1, 2)]
    table.write_text("\n".join(["number,date,title,sender,unit,class,language,files", *rows]))
    office: Office = new_office()
    office.do("begin_import", table=str(table), folder=str(scans))

    killed = times_killed(office, "run_work", kind="take_over_table", most=MOST, stride=7)

    wanted = [[str(number), hashlib.sha256(f"Scan of {number}".encode()).hexdigest()] for number in (1, 2)]
    assert killed >= 8
    assert (office.do("imports"), office.do("old_lines")) == (["DONE"], wanted)
    assert office.findings() == []


def test_a_nightly_comparison_that_is_killed_is_made_good_by_the_next(office_that_knows_words):
    office = prepared(office_that_knows_words, ["spoil_index"])
    before = office.do("archive")["differences"]

    killed = times_killed(office, "run_job", job="search.jobs.compare_index")
    office.do("run_job", job="search.jobs.drain_index")

    after = office.do("archive")
    assert killed >= 2
    assert len(before) == 3
    assert (after["waiting"], after["differences"]) == (0, [])


def test_an_export_whose_worker_is_killed_is_written_whole_by_the_next(office_that_knows_words):
    """Each time another export: one whose workers die again and again is given up, as it may be its own fault."""
    office = prepared(office_that_knows_words, ["index_two_cases"])

    for number in count():
        office.do("ask_for_export")
        later = number * 2 * AFTER_THE_CLAIM
        try:
            office.do("run_job", job="search.jobs.write_exports", dying_at=number, later=later)
        except Killed:
            office.do("run_job", job="search.jobs.write_exports", later=later + AFTER_THE_CLAIM)
            continue
        break
    office.do("run_job", job="search.jobs.forget_old", later=(number + 20) * AFTER_THE_CLAIM)

    assert number >= 6
    assert office.do("exports") == {"exports": [["READY", 3]] * (number + 1), "unknown": 0}


@pytest.fixture
def tesseract() -> None:
    if shutil.which("tesseract") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("tesseract must be there in CI.")
        pytest.skip("tesseract is not installed.")


@pytest.mark.usefixtures("tesseract")
def test_a_scan_whose_worker_is_killed_is_read_once_and_has_one_copy(office_that_knows_words):
    office = prepared(office_that_knows_words, ["file_scan"])
    job = "search.jobs.read_scans"

    # When it is taken; before anything of it is kept; in the middle of keeping it.
    for number in (1, 2, 7):
        with pytest.raises(Killed):
            office.do("run_job", job=job, dying_at=number, later=number * AFTER_THE_CLAIM)
    office.do("run_job", job=job, later=8 * AFTER_THE_CLAIM)
    office.do("run_work", kind="add_searchable_copies", later=9 * AFTER_THE_CLAIM)

    assert office.do("scans_read") == {"states": ["READ"], "found": 1, "copies": [1], "said": [1]}
    assert office.findings() == []
