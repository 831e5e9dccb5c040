"""Gets the text of an original by asking processes of their own, which may fail, hang or be killed without harm."""

import atexit
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from search.page_texts import Limits, Order
from search.page_words import SHARES

logger = logging.getLogger(__name__)

LIMITS = Limits()
# A reader is stopped by the clock too: one that waits uses no CPU time.
PATIENCE = 1.5
# Of our environment the processes get nothing else: secrets in it are no business of theirs.
_PASSED_ON = ("PATH", "TESSDATA_PREFIX")
_TIME_IS_OVER = -signal.SIGXCPU


@dataclass(frozen=True, slots=True)
class Extracted:
    """Texts by page number, and how it ended: one of search.models.TextState.

    ``scans``: how many pages are pictures, not read yet. ``is_signed``: the PDF itself has a signature.
    """

    pages: dict[int, str]
    end: str
    scans: int = 0
    is_signed: bool = False


def extract(path: Path, *, limits: Limits = LIMITS) -> Extracted:
    """The text of the file, page by page. Never raises because of what is in the file."""
    code, output = _readers.ask("texts", str(path), limits.as_json(), seconds=limits.seconds * PATIENCE)
    return _understood(code, output, path)


def words_on_page(path: Path, page: int, *, lying_as: Path | None = None) -> list:
    """Where the words of a page of a PDF stand, as ``search.page_words`` says it; empty where it can't be said.

    ``lying_as``: the PDF that people see, where this one was made from it and its pages may have been turned.
    """
    arguments = [str(path), str(page), *([str(lying_as)] if lying_as else [])]
    code, output = _readers.ask("words", *arguments, seconds=SHARES.seconds * PATIENCE)
    try:
        return json.loads(output) if code == 0 else []
    except ValueError:
        return []


def recognise(
    path: Path, *, folder: Path, order: Order, seconds: float, beat: Callable[[], None] = lambda: None
) -> Extracted:
    """As ``extract``, with the text of pages that are pictures; ``folder`` gets the searchable copy.

    ``seconds``: by the clock. ``beat``: called every half minute while it goes on.
    """
    process = subprocess.Popen(  # noqa: S603 (no shell; the path is an address of the store)
        [sys.executable, "-m", "search.recognition", str(path), str(folder), order.as_json()],
        cwd=settings.BASE_DIR,
        env=_environment() | {"TMPDIR": str(folder), "HOME": str(folder), "OMP_THREAD_LIMIT": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while True:
        try:
            output, errors = process.communicate(timeout=min(30, seconds))
        except subprocess.TimeoutExpired:
            seconds -= 30
            if seconds > 0:
                beat()
                continue
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return Extracted({}, "TOO_SLOW")
        if errors:
            logger.info("Recognising %s said: %s", path.name, errors[-500:])
        return _understood(process.returncode, output, path)


def _understood(code: int | None, output: bytes, path: Path) -> Extracted:
    lines = list(_lines(output))
    if code == 0 and lines and "end" in lines[-1]:
        last = lines[-1]
        pages = {line["page"]: line["text"] for line in lines[:-1]}
        return Extracted(pages, last["end"], last["scans"], last["is_signed"])
    logger.warning("Reading the text of %s ended with %s.", path.name, code)
    if code is None or code == _TIME_IS_OVER:
        return Extracted({}, "TOO_SLOW")
    return Extracted({}, "FAILED" if code == -signal.SIGKILL else "DAMAGED")


def _lines(output: bytes) -> Iterator[dict]:
    for line in output.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


class _Readers:
    """The process that splits readers off; started when it is first asked, and again when it is gone."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._lock = threading.Lock()

    def ask(self, task: str, *arguments: str, seconds: float) -> tuple[int | None, bytes]:
        order = json.dumps({"task": task, "arguments": arguments, "seconds": seconds}).encode() + b"\n"
        with self._lock:
            try:
                return self._answered(order)
            except (OSError, ValueError):
                # It was killed; a new one is none the worse for it.
                self.close()
                return self._answered(order)

    def _answered(self, order: bytes) -> tuple[int | None, bytes]:
        process = self._running()
        assert process.stdin is not None  # noqa: S101 (both are pipes)
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(order)
        process.stdin.flush()
        head = json.loads(process.stdout.readline())
        return head["code"], process.stdout.read(head["size"])

    def _running(self) -> subprocess.Popen[bytes]:
        # A worker that was split off from this process must not speak into the same pipes.
        if self._process is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "search.readers"],
                cwd=settings.BASE_DIR,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        return self._process

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.communicate()


_readers = _Readers()
atexit.register(_readers.close)
