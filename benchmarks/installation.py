"""One installation of the product for a benchmark: a database, a folder, and web servers as they are deployed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.servers import free_port, wait_until

ROOT = Path(__file__).resolve().parents[1]
PRODUCT, STOCK = "registra.settings", "benchmarks.stock.settings"


class Web(NamedTuple):
    """A running web server: its port and its first process."""

    port: int
    pid: int


class Installation:
    """`settings`: the product's, or the stock parts' on the same database."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database, self.folder = database, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._servers: list[subprocess.Popen[bytes]] = []

    def environment(self, settings: str, port: int = 0) -> dict[str, str]:
        """What a town would set; its own variables of the machine are not taken over."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRA_")}
        return kept | {
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": settings,
            "REGISTRA_DEMO": "true",
            "REGISTRA_DATA_DIR": str(self.folder),
            "REGISTRA_DATABASE": self.database,
            "REGISTRA_LOG_LEVEL": "WARNING",
            "REGISTRA_SITE_ADDRESS": f"http://127.0.0.1:{port}",
            "PORT": str(port),
        }

    def run(self, *arguments: str, settings: str = STOCK) -> str:
        """Run a Python module or manage.py command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment(settings), capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def found(self) -> None:
        """Make the database, the demo town, its pages and the plain form beside them."""
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("-m", "benchmarks.town")

    def serve(self, settings: str) -> Web:
        """Start the web server with the configuration that is deployed; it ends with the installation."""
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "registra.wsgi"]
        server = subprocess.Popen(command, cwd=ROOT, env=self.environment(settings, port), stderr=subprocess.DEVNULL)
        self._servers.append(server)
        wait_until(lambda: _answers(port), "The start of the web server")
        return Web(port, server.pid)

    def stop(self) -> None:
        for server in self._servers:
            server.send_signal(signal.SIGTERM)
        for server in self._servers:
            server.wait()
        self._servers.clear()

    def discard(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _answers(port: int) -> bool:

    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
