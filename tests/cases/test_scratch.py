"""Folders for one piece of work: gone at its end, and removed by the next one if its worker was killed."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from cases.scratch import PREFIX, remove_left_behind, scratch_folder

HOLD_ONE = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from cases.scratch import scratch_folder
with scratch_folder("tried") as folder:
    (folder / "half a page").write_text("words")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_removed_at_the_end_also_after_an_error(temporary):
    with pytest.raises(ZeroDivisionError):
        work_that_fails(temporary)

    assert list(temporary.iterdir()) == []


def work_that_fails(temporary: Path) -> None:
    with scratch_folder("tried") as folder:
        (folder / "inside").mkdir()
        assert folder.parent == temporary
        raise ZeroDivisionError


def test_what_a_killed_worker_left_is_removed_and_what_a_living_one_holds_is_not(temporary):
    with worker(temporary) as killed, worker(temporary) as living:
        left, held = (Path(one.stdout.readline().strip()) for one in (killed, living))
        assert remove_left_behind() == 0

        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert (left / "half a page").exists()
        assert remove_left_behind() == 1

        assert list(temporary.iterdir()) == [held]
        living.stdin.close()
        living.wait()
    assert list(temporary.iterdir()) == []


def worker(temporary: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD_ONE, str(temporary)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_a_link_a_file_and_a_folder_of_another_kind_stay(temporary):
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    (temporary / f"{PREFIX}file").write_text("kept")

    assert remove_left_behind() == 0
    assert (elsewhere / "kept").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root gives folders to others.")
def test_a_folder_of_somebody_else_stays(temporary):
    theirs = temporary / f"{PREFIX}theirs"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)

    assert remove_left_behind() == 0
    assert theirs.exists()
