"""Has strangers' files worked on apart from us, in processes that may fail, hang or be killed without harm.

See ``cases.prepared`` for what goes on there.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

# Of our environment the processes get nothing else: secrets in it are no business of theirs.
_PASSED_ON = ("PATH", "TESSDATA_PREFIX", "TMPDIR")
_SECONDS_TO_END = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """How the process ended, as of subprocess, None when the clock stopped it; what it said; its last complaints."""

    code: int | None
    said: bytes
    errors: str = ""


class Lost(Exception):
    """The prepared process is gone before it answered."""


class Apart:
    """A prepared process for these modules: started when it is first asked, and again when it is gone.

    Each process of ours has its own, which ends with it. One order after the other.
    """

    def __init__(self, *modules: str) -> None:
        self._command = [sys.executable, "-m", "cases.prepared", *modules]
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._forget)

    def ask(
        self,
        module: str,
        *arguments: str,
        seconds: float,
        folder: Path | None = None,
        beat: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Have the module's ``main`` work on these arguments in a process of its own, so long by the clock.

        ``folder``: for temporary files; removed should we be killed meanwhile. ``beat``: called twice a minute while
        it goes on. Raises Lost when the prepared process was killed twice.
        """
        order = {"module": module, "arguments": arguments, "seconds": seconds, "folder": str(folder or "")}
        line = json.dumps(order).encode() + b"\n"
        with self._lock:
            try:
                return self._answered(line, beat)
            except Lost:
                # A new one is none the worse for it.
                return self._answered(line, beat)

    def _answered(self, order: bytes, beat: Callable[[], None]) -> Answer:
        process, group = self._running(), 0
        try:
            _tell(process, order)
            head = _heard(process)
            while "group" in head:
                if group:
                    beat()
                group = head["group"]
                head = _heard(process)
            return Answer(head["code"], _rest(process, head["size"]), head["errors"])
        except Lost:
            self.close()
            # The process that met the file died with the prepared one, but not what it had started.
            if group:
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
            raise
        except BaseException:
            # Nobody will hear the answer.
            self.close()
            raise

    @property
    def pid(self) -> int | None:
        """The prepared process, where it was started."""
        return self._process.pid if self._process else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(  # noqa: S603 (no shell; the modules are ours)
                self._command,
                cwd=settings.BASE_DIR,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # It ends when we do, not when somebody at the terminal tells all of us to.
                start_new_session=True,
            )
        return self._process

    def close(self) -> None:
        """End the prepared process, and what it has under way."""
        process, self._process = self._process, None
        if process is None:
            return
        _hang_up(process)
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _forget(self) -> None:
        """In a process that was split off from ours: the prepared one is not its, and must not outlive us for it."""
        self._lock = threading.Lock()
        process, self._process = self._process, None
        if process is not None:
            _hang_up(process)
            process.returncode = 0


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    for end in (process.stdin, process.stdout):
        if end is not None:
            with suppress(OSError):
                end.close()


def _tell(process: subprocess.Popen[bytes], order: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 (a pipe)
    try:
        process.stdin.write(order)
        process.stdin.flush()
    except BrokenPipeError as error:
        raise Lost from error


def _heard(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None  # noqa: S101 (a pipe)
    line = process.stdout.readline()
    if not line.endswith(b"\n"):
        raise Lost
    head: dict[str, Any] = json.loads(line)
    return head


def _rest(process: subprocess.Popen[bytes], size: int) -> bytes:
    assert process.stdout is not None  # noqa: S101 (a pipe)
    said = process.stdout.read(size)
    if len(said) < size:
        raise Lost
    return said
