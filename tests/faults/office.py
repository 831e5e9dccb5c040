"""An office of its own for tests that break things: private folder, private database, real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.journeys.running import environment, link_dictionaries
from tests.servers import PATIENCE_SECONDS


class Killed(Exception):
    """The process of a deed was killed before it could end."""


class DeedFailed(Exception):
    """The deed raised; the message is its traceback."""


class Office:
    """The product on a database and in a folder; what is to be done there is a name in ``tests.faults.deeds``."""

    def __init__(self, folder: Path, database: str, *, watched_by: Sequence[str] = (), **variables: str) -> None:
        """``watched_by``: a program that starts the clerk and looks at what it does, as strace."""
        self.folder, self.database, self.watched_by = folder, database, list(watched_by)
        # Celery asks for all system checks whenever it looks for jobs; what they find has no part in this.
        quiet = {"PYTHONWARNINGS": "ignore", "CELERY_SKIP_CHECKS": "true"}
        self.environment = environment(folder, database, 8000) | quiet | variables

    def open(self) -> "Office":
        link_dictionaries(self.folder)
        # Apart from the office's folder, whose disk may be full.
        self.results = tempfile.TemporaryDirectory(prefix="registra-deeds-")
        self.environment["FAULTS_RESULTS"] = self.results.name
        self.log_file = Path(self.results.name) / "log"
        self.log = self.log_file.open("ab")
        self.clerk = subprocess.Popen(
            [*self.watched_by, sys.executable, "-m", "tests.faults.clerk"],
            cwd=settings.BASE_DIR, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.log, text=True,
        )  # fmt: skip
        self._heard()
        return self

    def close(self) -> None:
        self.clerk.stdin.close()
        self.clerk.stdout.close()
        self.clerk.terminate()
        self.clerk.wait(PATIENCE_SECONDS)
        self.log.close()
        self.results.cleanup()

    def begin(self, deed: str, /, **values: Any) -> int:
        """Begin a deed in a process of its own; returns the process's number."""
        return self._ask({"deed": deed, "values": values})["pid"]

    def end(self, pid: int) -> Any:
        """Wait for a deed and return its result. Raises Killed or DeedFailed."""
        outcome = self._ask({"wait": pid})
        if "signal" in outcome:
            raise Killed(signal.Signals(outcome["signal"]).name)
        if "error" in outcome:
            raise DeedFailed(outcome["error"])
        return outcome["result"]

    def end_killed(self, pid: int) -> None:
        """Pull the plug of a deed that would not end by itself."""
        kill_group(pid)
        with suppress(Killed):
            self.end(pid)

    def do(self, deed: str, /, **values: Any) -> Any:
        return self.end(self.begin(deed, **values))

    def do_at_once(self, deed: str, each: list[dict[str, Any]]) -> list[Any]:
        """The same deed in many processes, which all begin at the same moment."""
        begins_at = time.time() + 0.2 + 0.02 * len(each)
        pids = [self.begin("wait_and_do", deed=deed, begins_at=begins_at, values=values) for values in each]
        return [self.end(pid) for pid in pids]

    def fetch_dictionaries(self) -> None:
        """So that none of the deeds with the archive's memory that follow fetches them for itself."""
        self._ask({"fetch": "dictionaries"})

    def findings(self) -> list[str]:
        """What check_integrity finds, as ``name subject: words``."""
        return self.do("findings")

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        self.clerk.stdin.write(json.dumps(order) + "\n")
        self.clerk.stdin.flush()
        return self._heard()

    def _heard(self) -> dict[str, Any]:
        line = self.clerk.stdout.readline()
        if not line:
            raise RuntimeError(f"The clerk has gone: {self.log_file.read_text()[-4000:]}")
        return json.loads(line)


def kill_group(pid: int) -> None:
    """Pull the plug of a deed's process and of all that it started."""
    os.killpg(pid, signal.SIGKILL)


@contextmanager
def office_on(folder: Path, database: str, **variables: Any) -> Iterator[Office]:
    folder.mkdir(parents=True, exist_ok=True)
    office = Office(folder, database, **variables).open()
    try:
        yield office
    finally:
        office.close()
        shutil.rmtree(folder, ignore_errors=True)
