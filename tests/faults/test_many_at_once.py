"""Numbers without gaps and twins, in order of time, whatever happens to those who ask for them."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.deeds import content
from tests.faults.office import Killed, Office
from tests.servers import wait_until

SHARES = {"rolled": 0.10, "killed": 0.05}


class Race:
    """So many processes file at once; whoever is killed is replaced and goes on after the one that killed it."""

    def __init__(self, office: Office, *, processes: int, each: int, now: str) -> None:
        self.office, self.processes, self.each = office, processes, each
        self.values = {"amount": each, "now": now, "begun": time.monotonic(), **SHARES}
        self.killed = 0

    def run(self) -> None:
        running = {worker: self._begin(worker, 0) for worker in range(self.processes)}
        while running:
            worker, pid = next(iter(running.items()))
            del running[worker]
            try:
                self.office.end(pid)
            except Killed:
                self.killed += 1
                running[worker] = self._begin(worker, self._tries(worker) + 1)

    def _begin(self, worker: int, first: int) -> int:
        return self.office.begin(
            "file_many", worker=worker, first=first, said_in=str(self._paper(worker)), **self.values
        )

    def _paper(self, worker: int) -> Path:
        return self.office.folder / f"said-{worker}"

    def _tries(self, worker: int) -> int:
        return int([line for line in self._lines(worker) if line[0] == "try"][-1][1])

    def _lines(self, worker: int) -> list[list[str]]:
        return [line.split() for line in self._paper(worker).read_text().splitlines()]

    def acknowledged(self) -> dict[str, str]:
        """Submission key to the number that somebody was told."""
        lines = ((worker, line) for worker in range(self.processes) for line in self._lines(worker))
        return {f"{worker}-{line[1]}": line[2] for worker, line in lines if line[0] == "got"}


def judge(race: Race, rows: list[list[Any]]) -> None:
    """Nothing that was acknowledged is missing, no number is there twice, none is left out."""
    given = {key: number for _year, _seq, number, key in rows}
    acknowledged = race.acknowledged()
    assert race.killed > 0
    assert {key: given.get(key) for key in acknowledged} == acknowledged
    assert len({number for _year, _seq, number, _key in rows}) == len(given) == len(rows)
    for year in {row[0] for row in rows}:
        places = [seq for its_year, seq, _number, _key in rows if its_year == year]
        assert places == list(range(1, len(places) + 1))


@pytest.mark.postgresql
def test_on_postgresql_32_processes_at_once_leave_a_perfect_register(office: Office):
    race = Race(office, processes=32, each=15, now="2026-11-23T09:00:00+02:00")

    race.run()

    rows = office.do("numbers")
    judge(race, rows)
    assert len(rows) > 32 * 15 * 0.75
    assert office.findings() == []


@pytest.mark.sqlite
def test_on_sqlite_8_processes_at_once_leave_a_perfect_register(office: Office):
    race = Race(office, processes=8, each=25, now="2026-11-23T09:00:00+02:00")

    race.run()

    rows = office.do("numbers")
    judge(race, rows)
    assert len(rows) > 8 * 25 * 0.75
    assert office.findings() == []


@pytest.mark.both_databases
def test_over_the_turn_of_the_year_each_year_is_complete_and_in_order(office: Office):
    race = Race(office, processes=8, each=20, now="2026-12-31T23:59:58.800+02:00")

    race.run()

    rows = office.do("numbers")
    judge(race, rows)
    assert sorted({row[0] for row in rows}) == [2026, 2027]
    assert all(number == f"{year}-{seq}" for year, seq, number, _key in rows)
    assert office.findings() == []


@pytest.mark.both_databases
def test_the_same_submission_from_8_processes_at_once_is_one_entry(office: Office):
    got = office.do_at_once("file", [{"key": "double click", "contents": [content("one")]}] * 8)

    assert len({answer["entry"] for answer in got}) == 1
    assert len(office.do("numbers")) == 1
    assert office.findings() == []


@pytest.mark.both_databases
def test_filings_with_the_same_files_in_another_order_never_wait_for_each_other(office: Office):
    papers = [content(f"form {number}") for number in range(6)]

    got = office.do_at_once(
        "file", [{"key": f"{number}", "contents": papers if number % 2 else papers[::-1]} for number in range(8)]
    )

    assert sorted(answer["number"] for answer in got) == [f"2026-{number}" for number in range(1, 9)]
    assert office.findings() == []


@pytest.mark.postgresql
def test_filing_never_waits_for_the_job_that_orders_events(office: Office):
    begun, end = office.folder / "begun", office.folder / "end"
    office.do("file", key="first")
    ordering = office.begin("order_events_until", begun=str(begun), path=str(end))
    wait_until(begun.exists, "The ordering")

    got = office.do("file", key="meanwhile")
    end.touch()

    assert office.end(ordering) is True
    assert got["number"] == "2026-2"
    assert office.findings() == []


@pytest.mark.postgresql
def test_bytes_filed_while_the_same_ones_are_destroyed_are_not_lost(office: Office):
    """The destroyer waits for nobody; who files meanwhile waits for it, and keeps the bytes once more."""
    begun, end = office.folder / "begun", office.folder / "end"
    old = office.do("file", key="old", contents=[content("the same form")])["case"]
    office.do("close_long_ago", case=old)
    destroying = office.begin("destroy_until", case=old, begun=str(begun), path=str(end))
    wait_until(begun.exists, "The destruction")

    filing = office.begin("file", key="new", contents=[content("the same form")])
    end.touch()

    assert office.end(destroying) is True
    assert office.end(filing)["number"] == "2026-2"
    assert office.do("has_bytes", content=content("the same form")) is True
    assert office.findings() == []
