"""What was acknowledged is on the disk: seen from outside, in the order in which the kernel was asked."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.faults.office import Office

ASKED = re.compile(r"^(?P<pid>\d+) +(?P<call>\w+)\((?P<arguments>.*)\) += 0")


@pytest.fixture
def strace() -> str:
    if program := shutil.which("strace"):
        return program
    if os.environ.get("CI") == "true":
        pytest.fail("strace must be there in CI.")
    pytest.skip("strace is not installed.")


def asked_of_the_kernel(record: Path, pid: int, folder: Path) -> list[str]:
    """What the deed's process made durable, in order; names in the store are shortened to their folder's kind."""
    done = []
    for line in record.read_text().splitlines():
        found = ASKED.match(line)
        if not found or int(found["pid"]) != pid:
            continue
        call, arguments = found["call"], found["arguments"].replace(str(folder), "")
        if "originals" in arguments or "registra.sqlite3" in arguments:
            done.append(f"{'link' if 'link' in call else 'sync'} {kind_of(arguments)}")
    return done


def kind_of(arguments: str) -> str:
    if "sqlite3" in arguments:
        return "database"
    if "incoming" in arguments or "staging" in arguments:
        return "upload"
    return "folder" if re.search(r"originals/[0-9a-f]{2}>", arguments) else "original"


@pytest.mark.sqlite
def test_the_upload_is_synced_before_the_database_commits(new_office, strace, tmp_path):
    record = tmp_path / "record"
    office: Office = new_office(
        watched_by=[strace, "-f", "-y", "-qq", "-o", str(record), "-e", "trace=fsync,fdatasync,link,linkat"]
    )
    staged = office.folder / "originals" / "staging"
    staged.mkdir(parents=True, exist_ok=True)
    for number in range(2):
        (staged / f"upload-{number}").write_bytes(b"%PDF-1.7 " + bytes(1024 * 1024) + bytes([number]))
    office.do("file_upload", key="first use makes the folders", path=str(staged / "upload-0"))

    pid = office.begin("file_upload", key="second", path=str(staged / "upload-1"))
    office.end(pid)

    done = asked_of_the_kernel(record, pid, office.folder)
    assert done == [
        "sync upload",  # the answers' temporary file
        "sync upload",  # the staged file, where it lies
        "link upload",
        "link upload",
        "sync folder",
        "sync folder",
        "sync database",
    ]
