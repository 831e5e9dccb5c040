"""Real servers for tests: private, on free loopback ports, gone at the end."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import psycopg
import redis

PATIENCE_SECONDS = 30


class ServerMissing(RuntimeError):
    """The program of a server is not installed on this machine."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(
    answers: Callable[[], bool], what: str, *, seconds: float = PATIENCE_SECONDS, between: float = 0.05
) -> None:
    """``between`` two looks pass so many seconds: more where looking takes from what is waited for."""
    deadline = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds} seconds.")
        time.sleep(between)


def is_running(pid: int) -> bool:
    """A process that ended but was not reaped yet (state Z) runs no more."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def processes_below(pid: int) -> list[int]:
    """Children, their children, and so on."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in [child, *processes_below(child)]]


def postgresql_programs() -> Path:
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    if found := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])):
        return found[-1].parent
    raise ServerMissing("PostgreSQL is not installed (no initdb found).")


class PostgresServer:
    """A PostgreSQL cluster of our own in a temporary folder.

    `durable=True` keeps the syncs of production, for tests that kill it. It can be killed and started again
    on the same data and port.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        self.bin = postgresql_programs()
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="registra-postgresql-"))
        self.data = self.folder / "data"
        self._own(self.folder)
        self._run("initdb", "--pgdata", self.data, "--auth=trust", "--username=postgres", "--encoding=UTF8",
                  "--locale=C.UTF-8", *([] if durable else ["--no-sync"]))  # fmt: skip

    @staticmethod
    def _as_owner() -> list[str]:
        """initdb and postgres refuse to run as root; Debian's package makes the account `postgres`."""
        return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def _own(self, folder: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as_owner(), str(self.bin / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    @property
    def address(self) -> str:
        return self.database("postgres")

    def database(self, name: str) -> str:
        """The address of one database, as REGISTRA_DATABASE wants it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def create_database(self, name: str) -> str:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.database(name)

    def start(self) -> Self:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200"
        if not self.durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self._run("pg_ctl", "start", "--wait", f"--pgdata={self.data}", f"--log={self.folder / 'log'}", "-o", options)
        return self

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--wait", "--mode=fast", f"--pgdata={self.data}")

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill(self) -> None:
        """Pull the plug: no process of the cluster gets a word in."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for victim in [pid, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        wait_until(lambda: not is_running(pid), "The end of PostgreSQL")
        # A container whose first process reaps nobody keeps the number taken, and PostgreSQL would not start.
        (self.data / "postmaster.pid").unlink()

    def discard(self) -> None:
        if (self.data / "postmaster.pid").exists():
            with contextlib.suppress(RuntimeError):
                self._run("pg_ctl", "stop", "--wait", "--mode=immediate", f"--pgdata={self.data}")
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_problem: object) -> None:
        self.discard()


class RedisServer:
    """A Redis of our own. What it holds may be lost at any moment, so it keeps nothing on disk."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise ServerMissing("Redis is not installed (no redis-server found).")
        self.program = program
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        with contextlib.suppress(redis.ConnectionError), redis.Redis(port=self.port) as client:
            return bool(client.ping())
        return False

    def start(self) -> Self:
        command = [self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        wait_until(self._answers, "The start of Redis")
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)
            self.process = None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE_SECONDS)
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def wipe(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_problem: object) -> None:
        self.stop()


@contextlib.contextmanager
def required(server: type[PostgresServer] | type[RedisServer]) -> Iterator[PostgresServer | RedisServer]:
    """The server, running; a machine without it skips the test, except in CI, where it must be there."""
    import pytest  # noqa: PLC0415 (benchmarks use this module without pytest)

    try:
        instance = server()
    except ServerMissing as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
    with instance:
        yield instance
