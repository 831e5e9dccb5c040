"""Work that kills whoever does it (SIGKILL, each time): it is left alone after three tries, and the rest goes on."""

from pathlib import Path

import pytest

from tests.faults.killing import AFTER_THE_CLAIM
from tests.faults.office import Killed, Office
from tests.faults.test_archive_workers import GONE, prepared

STOPPED = "Three workers were stopped in the middle of"


def deaths_of(office: Office, deed: str, **values: str) -> int:
    """One worker after the other begins, each when the last one's claim has run out; how many died before one lived."""
    for number in range(10):
        try:
            office.do(deed, later=number * AFTER_THE_CLAIM, **values)
        except Killed:
            continue
        return number
    pytest.fail(f"{deed} kills for ever.")


def test_a_case_that_kills_its_worker_is_left_alone_and_the_others_are_destroyed(new_office):
    office = prepared(new_office, ["execute_list"])

    deaths = deaths_of(office, "destroy_dying_at_the_first")

    said = f"1 case could not be destroyed. {STOPPED} destroying it, one after the other."
    assert (deaths, office.do("destroyed")["lines"]) == (3, ["DESTROYED", "FAILED"])
    assert office.do("trouble") == [said, False]
    office.do("press_try_again")
    for kind in ("execute_disposal", "make_disposal_protocol", "remove_unused_bytes"):
        office.do("run_work", kind=kind)
    assert office.do("destroyed") == GONE
    assert office.findings() == []


def test_a_package_that_kills_its_worker_is_given_up_until_somebody_asks(new_office):
    office = prepared(new_office, ["ask_for_package"])

    deaths = deaths_of(office, "pack_dying")

    assert deaths == 3
    assert office.do("trouble") == [f"{STOPPED} it, one after the other.", False]
    office.do("press_try_again")
    office.do("run_work", kind="pack_transfer")
    assert office.do("handed_over")["packages"] == [True]
    assert office.findings() == []


@pytest.fixture
def import_of_two(new_office, tmp_path: Path) -> Office:
    scans = tmp_path / "scans"
    scans.mkdir()
    table = tmp_path / "1998.csv"
    table.write_text("number,date,title,unit\n1,1998,Fence,PARK\n2,1998,Oak,PARK")
    office: Office = new_office()
    office.do("begin_import", table=str(table), folder=str(scans))
    return office


def test_a_row_that_kills_its_worker_is_refused_and_the_others_come_in(import_of_two):
    deaths = deaths_of(import_of_two, "take_over_dying_at", number="1")

    assert deaths == 3
    assert (import_of_two.do("imports"), import_of_two.do("left_out_rows")) == (["DONE"], [[2, "KILLED"]])
    assert [number for number, _scan in import_of_two.do("old_lines")] == ["2"]
    assert import_of_two.findings() == []


def test_a_table_that_kills_its_worker_breaks_the_import_off_until_somebody_goes_on(import_of_two):
    deaths = deaths_of(import_of_two, "read_table_dying")

    assert (deaths, import_of_two.do("imports")) == (3, ["FAILED"])
    import_of_two.do("press_go_on")
    import_of_two.do("run_work", kind="take_over_table")
    assert (import_of_two.do("imports"), len(import_of_two.do("old_lines"))) == (["DONE"], 2)
