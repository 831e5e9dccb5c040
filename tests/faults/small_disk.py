"""A disk that can be filled, in memory; mounting one needs to be root, which whoever runs CI sees to."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self, *, leave: int) -> None:
        """Fill the disk up to so many bytes."""
        room = os.statvfs(self.folder)
        self.ballast.write_bytes(bytes(room.f_bavail * room.f_frsize - leave))

    def make_room(self) -> None:
        self.ballast.unlink()


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[SmallDisk]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True).returncode:
        if os.environ.get("CI") == "true":
            pytest.fail("No small disk could be mounted.")
        pytest.skip("Only root may mount a small disk; the limit on a file's size is tried instead.")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
