"""Work on strangers' files: each in a process of its own, split off by one that is prepared; none is left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cases.apart import Apart, Lost

WORKS = "tests.cases.apart_works"
# Whoever asks, as a process of its own that can be killed.
ASKER = """
import sys
from pathlib import Path
from django.conf import settings
settings.configure(BASE_DIR=sys.argv[1])
from cases.apart import Apart
Apart("tests.cases.apart_works").ask("tests.cases.apart_works", *sys.argv[3:], seconds=600, folder=Path(sys.argv[2]))
"""
SPLIT = """
import os, sys
from django.conf import settings
settings.configure(BASE_DIR=sys.argv[1])
from cases.apart import Apart
apart = Apart("tests.cases.apart_works")
ask = lambda: apart.ask("tests.cases.apart_works", "tell", seconds=60).said.decode()
print(ask(), flush=True)
if os.fork() == 0:
    print(ask(), flush=True)
    apart.close()
    os._exit(0)
os.wait()
print(ask(), flush=True)
"""


@pytest.fixture
def apart() -> Iterator[Apart]:
    one = Apart(WORKS)
    yield one
    one.close()


def told(apart: Apart, **how: Any) -> dict[str, Any]:
    return json.loads(apart.ask(WORKS, "tell", seconds=60, **how).said)


def until(holds: Callable[[], bool]) -> None:
    for _wait in range(20_000):
        if holds():
            return
        threading.Event().wait(0.005)
    pytest.fail("It did not come about.")


def is_running(pid: int) -> bool:
    """A process that ended and was not asked how (a zombie) runs no longer."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def written(place: Path, *, lines: int = 1) -> list[int]:
    """The numbers in the last of so many lines, as soon as they are there."""
    until(lambda: place.exists() and place.read_text().count("\n") >= lines)
    return [int(number) for number in place.read_text().splitlines()[-1].split()]


def test_each_file_has_a_process_of_its_own_and_all_come_from_one_that_was_prepared(apart):
    first, second = told(apart), told(apart)

    assert first["pid"] != second["pid"]
    assert first["parent"] == second["parent"] == first["prepared in"] == second["prepared in"]
    assert first["parent"] != os.getpid()


def test_it_knows_no_more_of_our_environment_than_where_programs_are(apart, tmp_path, monkeypatch):
    monkeypatch.setenv("REGISTRA_SECRET_KEY", "secret")

    said = told(apart, folder=tmp_path)

    assert set(said["environment"]) <= {"PATH", "TESSDATA_PREFIX", "TMPDIR", "HOME", "LC_CTYPE"}
    assert said["temporary"] == said["environment"]["HOME"] == str(tmp_path)


def test_a_process_that_fails_says_why_and_the_next_is_none_the_worse(apart):
    answer = apart.ask(WORKS, "complain", seconds=60)

    assert (answer.code, answer.said) == (1, b"")
    assert "ValueError: a damaged file" in answer.errors
    assert len(answer.errors) < 5_000
    assert told(apart)


@pytest.mark.parametrize("deed", ["hang", "fall_silent"])
def test_the_clock_stops_it_and_what_it_has_started(apart, tmp_path, deed):
    place = tmp_path / "begun"

    answer = apart.ask(WORKS, deed, *([str(place)] if deed == "hang" else []), seconds=1)

    assert answer.code is None
    if deed == "hang":
        until(lambda: not any(is_running(pid) for pid in written(place)[:2]))
    assert told(apart)


def test_when_the_asker_is_killed_nothing_runs_on_and_its_folder_is_gone(tmp_path):
    place, scratch = tmp_path / "begun", tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "half a page").write_text("words")
    asker = subprocess.Popen(
        [sys.executable, "-c", ASKER, str(settings.BASE_DIR), str(scratch), "hang", str(place)], cwd=settings.BASE_DIR
    )
    running = written(place)
    assert all(is_running(pid) for pid in running)

    asker.send_signal(signal.SIGKILL)
    asker.wait()

    until(lambda: not any(is_running(pid) for pid in running))
    assert not scratch.exists()


def test_when_the_prepared_process_is_killed_nothing_runs_on_and_the_work_is_begun_once_more(apart, tmp_path):
    place = tmp_path / "begun"
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            apart.ask(WORKS, "hang", str(place), seconds=600)
        except Lost as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    running: set[int] = set()
    for attempt in (1, 2):
        begun = written(place, lines=attempt)
        running |= set(begun)
        os.kill(begun[2], signal.SIGKILL)
    asking.join()

    assert len(failed) == 1
    until(lambda: not any(is_running(pid) for pid in running))
    assert len(running) == 6
    assert told(apart)


def test_whoever_is_split_off_from_us_has_a_prepared_process_of_its_own():
    said = subprocess.run(
        [sys.executable, "-c", SPLIT, str(settings.BASE_DIR)],
        cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip

    ours, theirs, ours_again = (json.loads(line)["parent"] for line in said.stdout.splitlines())
    assert ours == ours_again
    assert theirs != ours
    until(lambda: not is_running(ours) and not is_running(theirs))


def test_whoever_waits_hears_that_it_goes_on(apart):
    often = "from cases import prepared; prepared.BEAT = 0.01; prepared.main({works!r})"
    apart._command = [sys.executable, "-c", often.format(works=WORKS)]
    beats: list[int] = []

    answer = apart.ask(WORKS, "take_a_while", seconds=60, beat=lambda: beats.append(1))

    assert answer.said == b"done"
    assert len(beats) >= 2


def test_work_whose_asker_fails_meanwhile_is_ended(apart, tmp_path):
    often = "from cases import prepared; prepared.BEAT = 0.01; prepared.main({works!r})"
    apart._command = [sys.executable, "-c", often.format(works=WORKS)]
    place = tmp_path / "begun"

    def fail() -> None:
        if place.exists() and "\n" in place.read_text():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        apart.ask(WORKS, "hang", str(place), seconds=600, beat=fail)

    until(lambda: not any(is_running(pid) for pid in written(place)))
    assert told(apart)


def test_an_unused_one_ends_by_itself_and_is_started_again(apart):
    briefly = "from cases import prepared; prepared.LONGEST_IDLE = 0.01; prepared.main({works!r})"
    apart._command = [sys.executable, "-c", briefly.format(works=WORKS)]
    first = told(apart)

    until(lambda: not is_running(first["parent"]))

    assert told(apart)["parent"] != first["parent"]
