"""A disk that can be filled, in memory; mounting one needs to be root, which whoever runs CI sees to."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MOST_TRIES = 100


class SmallDisk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self, *, leave: int) -> None:
        """Fill the disk up to so many bytes, whatever the town writes meanwhile."""
        with self.ballast.open("ab", buffering=0) as ballast:
            for _try in range(MOST_TRIES):
                room = self._room() - leave
                if room <= 0:
                    return
                try:
                    ballast.write(bytes(room))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
        raise RuntimeError(f"The disk can't be filled: {self._room()} bytes are left.")

    def _room(self) -> int:
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

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
