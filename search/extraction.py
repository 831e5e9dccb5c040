"""Gets the text of an original by asking a process of its own, which may fail, hang or be killed without harm."""

import json
import logging
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


def extract(path: Path, *, limits: Limits = LIMITS) -> Extracted:
    """The text of the file, page by page. Never raises because of what is in the file."""
    command = [sys.executable, "-m", "search.page_texts", str(path), limits.as_json()]
    try:
        # Without our environment: secrets in it are no business of a process that reads strangers' files.
        run = subprocess.run(  # noqa: S603 (no shell; the path is an address of the store)
            command, cwd=settings.BASE_DIR, env={}, capture_output=True, timeout=limits.seconds * PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return Extracted({}, "TOO_SLOW")
    lines = list(_lines(run.stdout))
    if run.returncode == 0 and lines and "end" in lines[-1]:
        return Extracted({line["page"]: line["text"] for line in lines[:-1]}, lines[-1]["end"])
    logger.warning("Reading the text of %s ended with %s: %s", path.name, run.returncode, run.stderr[-500:])
    return Extracted({}, "TOO_SLOW" if run.returncode == -signal.SIGXCPU else "DAMAGED")


def _lines(output: bytes) -> Iterator[dict]:
    for line in output.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return
