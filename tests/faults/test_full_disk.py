"""The disk is full: who files is not told that it worked, nothing is half there, and the next one finds room."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.deeds import content
from tests.faults.office import DeedFailed, Office

MEGABYTE = 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB, in memory; mounting one needs to be root."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("Only root may mount a small disk; the limit on a file's size is tried instead.")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path, *, leave: int) -> Path:
    """Fill the disk up to so many bytes."""
    room = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(room.f_bavail * room.f_frsize - leave))
    return ballast


def test_an_upload_larger_than_the_room_is_refused_whole(new_office, small_disk: Path):
    office: Office = new_office(small_disk)
    first = office.do("file", key="first", contents=[content("small")])
    ballast = fill(small_disk, leave=MEGABYTE)

    with pytest.raises(DeedFailed, match="No space left on device"):
        office.do("file", key="second", contents=[content("x" * 2 * MEGABYTE)])

    ballast.unlink()
    incoming = list((small_disk / "originals" / "incoming").iterdir())
    again = office.do("file", key="second", contents=[content("x" * 2 * MEGABYTE)])
    assert incoming == []
    assert (first["number"], again["number"]) == ("2026-1", "2026-2")
    assert office.findings() == []


@pytest.mark.sqlite
def test_a_database_without_room_acknowledges_nothing_and_is_whole_afterwards(new_office, small_disk: Path):
    office: Office = new_office(small_disk)
    office.do("file", key="first", contents=[content("small")])
    ballast = fill(small_disk, leave=0)

    acknowledged = office.do("file_until_it_fails", prefix="tight", most=50)

    ballast.unlink()
    kept = {key for _year, _seq, _number, key in office.do("numbers")}
    assert len(acknowledged) < 50
    assert {f"tight-{number}" for number in range(len(acknowledged))} <= kept
    assert office.do("file", key="after")["number"] == f"2026-{len(kept) + 1}"
    assert office.findings() == []


@pytest.mark.both_databases
def test_a_file_that_may_not_grow_further_leaves_nothing(new_office):
    office: Office = new_office()

    with pytest.raises(DeedFailed, match="File too large"):
        office.do("file_with_limit", key="first", contents=[content("x" * 2 * MEGABYTE)], largest=MEGABYTE)

    assert list((office.folder / "originals" / "incoming").iterdir()) == []
    assert office.do("numbers") == []
    assert office.do("file", key="first", contents=[content("x" * 2 * MEGABYTE)])["number"] == "2026-1"
    assert office.findings() == []
