"""One installation of the product for a benchmark: a database, a folder, and web servers as they are deployed."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from tests.servers import free_port, wait_until

ROOT = Path(__file__).resolve().parents[1]
PRODUCT, STOCK = "registra.settings", "benchmarks.stock.settings"
BOOT_SECONDS = 300
WITHOUT_HISTORY = "benchmarks.stock.settings_without_history"
KEYS = ("secret-key", "records-key")


class Web(NamedTuple):
    """A running web server: its port and its first process."""

    port: int
    pid: int


class Prepared:
    """The asking end of benchmarks/prepared.py."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "benchmarks.prepared"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True)

    def ask(self, module: str, function: str, *arguments: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([module, function, arguments]) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline() or '{"failed": "It did not start."}')
        if "failed" in said:
            raise RuntimeError(f"{module}.{function} failed:\n{said['failed']}")
        return said["answer"]

    def end(self) -> None:
        self._process.communicate()


class Installation:
    """`settings`: the product's, or the stock parts' on the same database."""

    def __init__(self, database: str, folder: Path, variables: dict[str, str] | None = None) -> None:
        self.database, self.folder = database, folder
        self.variables = variables or {}
        folder.mkdir(parents=True, exist_ok=True)
        self._servers: list[subprocess.Popen[bytes]] = []
        self._prepared: list[Prepared] = []
        # Else the first two processes would make them at the same time.
        for name in KEYS:
            if not (folder / name).exists():
                (folder / name).write_text(secrets.token_urlsafe(48))

    def environment(self, settings: str, port: int = 0) -> dict[str, str]:
        """What a town would set; its own variables of the machine are not taken over."""
        left_out = ("REGISTRA_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        return kept | {
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": settings,
            "REGISTRA_DEMO": "true",
            "REGISTRA_DATA_DIR": str(self.folder),
            "REGISTRA_DATABASE": self.database,
            "REGISTRA_LOG_LEVEL": "WARNING",
            # Fetched at the start of each process, beside what is measured first.
            "REGISTRA_SEARCH_WORDS_AT_START": "false",
            "REGISTRA_SITE_ADDRESS": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            **self.variables,
        }

    def run(self, *arguments: str, settings: str = STOCK) -> str:
        """Run a Python module or manage.py command to its end and return what it printed."""
        return self._end(self._start(*arguments, settings=settings))

    @contextlib.contextmanager
    def meanwhile(self, *arguments: str, settings: str) -> Iterator[subprocess.Popen[str]]:
        """Something that runs beside what is measured, and is waited for afterwards."""
        process = self._start(*arguments, settings=settings)
        yield process
        self._end(process)

    def _start(self, *arguments: str, settings: str) -> subprocess.Popen[str]:
        command = [sys.executable, *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment(settings), stdout=pipe, stderr=subprocess.STDOUT, text=True
        )

    @staticmethod
    def _end(process: subprocess.Popen[str]) -> str:
        said, _nothing = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{process.args} failed:\n{said}")
        return said

    def prepared(self, settings: str) -> Prepared:
        """A process for many deeds; it ends with the installation."""
        self._prepared.append(Prepared(self.environment(settings)))
        return self._prepared[-1]

    def found(self, *, has_history: bool) -> None:
        """Make the database, the demo town, its pages and the plain form beside them, and collect the static files.

        ``has_history``: by all migrations, one after the other; else the tables as they are now, which saves a minute.
        """
        making, product = self.prepared(STOCK if has_history else WITHOUT_HISTORY), self.prepared(PRODUCT)
        with ThreadPoolExecutor(1) as beside:
            collecting = beside.submit(collect, product)
            making.ask("benchmarks.town", "found", has_history)
            collecting.result()

    def serve(self, settings: str) -> Web:
        """Start the web server with the configuration that is deployed; it ends with the installation."""
        web = self.begin_to_serve(settings)
        wait_for(web)
        return web

    def begin_to_serve(self, settings: str) -> Web:
        """The same without waiting for its first answer: several start beside each other."""
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "registra.wsgi"]
        server = subprocess.Popen(command, cwd=ROOT, env=self.environment(settings, port), stderr=subprocess.DEVNULL)
        self._servers.append(server)
        return Web(port, server.pid)

    def begin_to_stop(self) -> None:
        """Tell the servers, which take seconds, without waiting."""
        for server in self._servers:
            server.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        self.begin_to_stop()
        for prepared in self._prepared:
            prepared.end()
        self._prepared.clear()
        for server in self._servers:
            server.wait()
        self._servers.clear()

    def discard(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def collect(product: Prepared) -> None:
    product.ask("benchmarks.town", "collect")


def wait_until_read(web: Web) -> None:
    """Until the program is read and the first process for requests begun; the database may still be missing."""
    children = Path(f"/proc/{web.pid}/task/{web.pid}/children")
    wait_until(lambda: bool(children.read_text()), "The start of the web server")


def wait_for(web: Web) -> None:
    wait_until(lambda: _answers(web.port), "The start of the web server")


def _answers(port: int) -> bool:
    """Whether a process behind the port answers; the first one listens long before it can."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=BOOT_SECONDS) as asking:
        asking.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return asking.recv(4) == b"HTTP"
    return False
