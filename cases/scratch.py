"""Folders for one piece of work, thrown away at its end.

A worker that is killed leaves its folder behind. As long as it lived it held the folder (flock); one that nobody holds
is removed by whoever looks next.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "registra-scratch-"


@contextmanager
def scratch_folder(purpose: str) -> Iterator[Path]:
    """An empty folder, removed with all that is in it. ``purpose``: a word of its name, for who looks into /tmp."""
    folder, hold = _held_folder(purpose)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(hold)


def remove_left_behind() -> int:
    """Remove folders whose worker was killed; returns how many. Those of other users and of living workers stay."""
    return sum(_remove_if_free(folder) for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))


def _held_folder(purpose: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}-"))
        try:
            hold = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue  # somebody took it for one that was left behind
        fcntl.flock(hold, fcntl.LOCK_EX)
        if folder.exists():
            return folder, hold
        os.close(hold)


def _remove_if_free(folder: Path) -> bool:
    try:
        hold = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        if os.fstat(hold).st_uid != os.geteuid():
            return False
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    except OSError:
        return False
    finally:
        os.close(hold)
    return True
