"""Gets the text of an original by asking a process of its own, which may fail, hang or be killed without harm."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from search.page_texts import Limits

logger = logging.getLogger(__name__)

LIMITS = Limits()
# The process is stopped by the clock too: one that waits uses no CPU time.
PATIENCE = 1.5


@dataclass(frozen=True, slots=True)
class Extracted:
    """Texts by page number, and how it ended: READ, CUT_SHORT, or why there is no text (search.models.TextProblem)."""

    pages: dict[int, str]
    end: str


@dataclass(frozen=True, slots=True)
class Run:
    """How a process ended that read a stranger's file. ``code``: as of subprocess; None when the clock stopped it."""

    code: int | None
    output: bytes
    errors: bytes


def run_apart(module: str, *arguments: str, seconds: int) -> Run:
    """Run a module of ours in a process of its own, without our environment: secrets are no business of its."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(  # noqa: S603 (no shell; a path among the arguments is an address of the store)
        command,
        cwd=settings.BASE_DIR,
        env={},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=seconds * PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        return Run(None, output, errors)
    return Run(process.returncode, output, errors)


def extract(path: Path, *, limits: Limits = LIMITS) -> Extracted:
    """The text of the file, page by page. Never raises because of what is in the file."""
    run = run_apart("search.page_texts", str(path), limits.as_json(), seconds=limits.seconds)
    if run.code is None:
        return Extracted({}, "TOO_SLOW")
    lines = list(_lines(run.output))
    if run.code == 0 and lines and "end" in lines[-1]:
        return Extracted({line["page"]: line["text"] for line in lines[:-1]}, lines[-1]["end"])
    logger.warning("Reading the text of %s ended with %s: %s", path.name, run.code, run.errors[-500:])
    return Extracted({}, "TOO_SLOW" if run.code == -signal.SIGXCPU else "DAMAGED")


def _lines(output: bytes) -> Iterator[dict]:
    for line in output.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return
