"""Whose turn it is to write: a line of threads within each process, and a locked file between processes."""

import contextlib
import fcntl
import os
import stat
import threading
import time
from pathlib import Path
from typing import ClassVar, Self

# Only the first of each process looks whether another process has ended.
LOOK_AGAIN_SECONDS = 0.0005


class Turns:
    """The turns of one database file. The system takes the turn from a process that dies."""

    _known: ClassVar[dict[str, Self]] = {}

    def __init__(self, database: str) -> None:
        self._database = database
        self._path = Path(f"{database}-turn")
        self._line = threading.Lock()
        self._file: int | None = None

    @classmethod
    def of(cls, database: object) -> Self:
        return cls._known.setdefault(str(database), cls(str(database)))

    @classmethod
    def forget(cls) -> None:
        """A forked process begins anew: what its parent holds is not its own."""
        for turns in cls._known.values():
            if turns._file is not None:
                os.close(turns._file)
        cls._known.clear()

    def take(self, seconds: float) -> bool:
        """Whether the turn came within so many seconds; then ``give`` ends it."""
        until = time.monotonic() + seconds
        if not self._line.acquire(timeout=seconds):
            return False
        try:
            taken = self._lock_file(until)
        except BaseException:
            self._line.release()
            raise
        if not taken:
            self._line.release()
        return taken

    def give(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._line.release()

    def _lock_file(self, until: float) -> bool:
        if self._file is None:
            self._file = self._opened()
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    return False
                time.sleep(LOOK_AGAIN_SECONDS)
            else:
                return True

    def _opened(self) -> int:
        """Whoever may write to the database may take a turn: a command of root's must not lock the town's user out."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with contextlib.suppress(OSError):
            database = os.stat(self._database)
            if os.fstat(file).st_uid == os.geteuid():
                os.fchmod(file, stat.S_IMODE(database.st_mode))
                os.fchown(file, database.st_uid, database.st_gid)
        return file


os.register_at_fork(after_in_child=Turns.forget)
