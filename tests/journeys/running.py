"""The product as a town runs it: web server, worker, scheduler in one command, on a free port and a private folder."""

import contextlib
import ctypes
import email
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from tests.migrated_database import MigratedDatabase
from tests.servers import free_port, postgresql_programs, wait_until

# Two browsers, two towns and all other tests may share two processors.
PATIENCE_SECONDS = 90
# In a town's folder: the keys of its accounts' sessions.
SESSIONS = "sessions.json"
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h


def environment(folder: Path, database: str, port: int) -> dict[str, str]:
    """What the product is told. The variables that rule this test run are not handed on."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRA_")}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "registra.settings",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(settings.BASE_DIR / "site"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "REGISTRA_DEMO": "true",
        # Each of the many towns of a run would fetch the dictionaries in each of its processes.
        "REGISTRA_SEARCH_WORDS_AT_START": "false",
        "REGISTRA_DATA_DIR": str(folder),
        "REGISTRA_DATABASE": database,
        "REGISTRA_SITE_ADDRESS": f"http://localhost:{port}",
    }


def link_dictionaries(folder: Path) -> None:
    """What one process of the run found in the dictionaries of the archive search serves those of every town."""
    settings.SEARCH_WORDS_DIR.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (folder / "words").symlink_to(settings.SEARCH_WORDS_DIR)


class Database:
    """The product's own database in this run; ``name`` tells workers apart."""

    def __init__(self, folder: Path, name: str) -> None:
        self.file, self.name = folder / "registra.sqlite3", f"journeys_{name}"

    @property
    def address(self) -> str:
        return self._on_server(self.name) if settings.ON_POSTGRESQL else f"sqlite:///{self.file}"

    def begin(self, migrated: MigratedDatabase) -> None:
        """With every migration applied."""
        if not settings.ON_POSTGRESQL:
            shutil.copyfile(migrated.copy, self.file)
            return
        self._execute(f'CREATE DATABASE "{self.name}"')
        psql = [postgresql_programs() / "psql", "--no-psqlrc", "--quiet", "--output=/dev/null"]
        subprocess.run([*psql, "--set=ON_ERROR_STOP=1", f"--file={migrated.copy}", self.address], check=True)

    def copy(self, original: "Database") -> None:
        """On SQLite the file came along with its folder."""
        if settings.ON_POSTGRESQL:
            self._execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{original.name}"')

    def drop(self) -> None:
        if settings.ON_POSTGRESQL:
            self._execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._on_server("postgres"), autocommit=True) as server:
            server.execute(statement)

    def _on_server(self, name: str) -> str:
        return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**settings.DATABASES["default"]) + name


def prepared_town(folder: Path, migrated: MigratedDatabase) -> Database:
    """The demo town, made by the first process of the run that needs it; the others wait and copy."""
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(folder, "original")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            database.begin(migrated)
            command = [sys.executable, "-m", "tests.journeys.preparing"]
            told = environment(folder, database.address, 8000)
            subprocess.run(command, cwd=settings.BASE_DIR, env=told, check=True)
            (folder / "ready").touch()
    return database


def end_with_the_tests() -> None:
    """Have the kernel stop the town when this process is killed: an interrupted run with workers tears nothing down."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGINT)


class RunningTown:
    """The demo town at work; `address` is its public site.

    ``only`` names some of the Procfile's processes; ``variables`` are told to them beside the usual ones.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        *,
        log_file: Path | None = None,
        only: str = "",
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.database, self.port, self.only = folder, database, free_port(), only
        self.variables = variables or {}
        self.address = f"http://localhost:{self.port}"
        self.log_file = log_file or folder / "log"

    def start(self) -> None:
        command = [sys.executable, "-m", "honcho", "--procfile", "deploy/Procfile", "start", "--port", str(self.port)]
        command += self.only.split()
        told = environment(self.folder, self.database.address, self.port) | self.variables
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=told, stdout=log, stderr=log, preexec_fn=end_with_the_tests
            )
        wait_until(self._answers, "The start of the web server", seconds=PATIENCE_SECONDS)

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"The town did not start: {self.log_file.read_text()}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/en/", timeout=20) as response:
            return bool(response.status == 200)
        return False

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def undergoes(self, what: str) -> None:
        """Something befalls the town that nobody in it can bring about: a few lines of Python in its own process."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", what]
        told = environment(self.folder, self.database.address, self.port)
        subprocess.run(command, cwd=settings.BASE_DIR, env=told, check=True, capture_output=True)

    # -- what people get outside the browser

    def mails(self) -> list[EmailMessage]:
        """Everything that was mailed so far, oldest first."""
        files = sorted((self.folder / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        return [message for file in files for message in messages_in(file.read_bytes())]

    def mail_to(self, address: str, *, about: str) -> EmailMessage:
        """The mail to this address whose subject has these words; waits until the worker has sent it."""
        found: list[EmailMessage] = []

        def has_come() -> bool:
            found[:] = [mail for mail in self.mails() if mail["To"] == address and about in mail["Subject"]]
            return bool(found)

        wait_until(has_come, f"A mail to {address} about {about!r}", seconds=PATIENCE_SECONDS)
        return found[-1]


def messages_in(content: bytes) -> Iterator[EmailMessage]:
    """Django's folder of mails: messages with a line of strokes after each."""
    for part in content.split(b"-" * 79):
        if part.strip():
            yield email.message_from_bytes(part.strip() + b"\n", policy=default)  # type: ignore[misc]


@contextlib.contextmanager
def running_town(folder: Path, name: str, original: Database, **how: Any) -> Iterator[RunningTown]:
    """A town of this worker's own, a copy of the one that was made ready."""
    # What is only read, or kept for everybody; links are enough.
    shutil.copytree(original.file.parent, folder, ignore=shutil.ignore_patterns("static", "words", "ready"))
    (folder / "static").symlink_to(original.file.parent / "static")
    link_dictionaries(folder)
    database = Database(folder, name)
    database.copy(original)
    town = RunningTown(folder, database, **how)
    town.start()
    try:
        yield town
    finally:
        town.stop()
        database.drop()
