"""Web, worker and scheduler in one command: they start together, and Ctrl-C leaves nothing behind."""

import contextlib
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.servers import free_port, is_running, processes_below, wait_until


def answers(address: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as response:
        return response.status == 200
    return False


@pytest.fixture
def town_environment(tmp_path):
    return os.environ | {
        "REGISTRA_DEMO": "true",
        "REGISTRA_DATA_DIR": str(tmp_path),
        "REGISTRA_DATABASE": f"sqlite:///{tmp_path / 'town.sqlite3'}",
        "REGISTRA_BROKER": "filesystem://localhost",
        "DJANGO_SETTINGS_MODULE": "registra.settings",
        "PYTHONPATH": str(settings.BASE_DIR / "site"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PORT": str(free_port()),
    }


@pytest.fixture
def prepared_town(town_environment, tmp_path, transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tmp_path / "town.sqlite3")])
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(collect, cwd=settings.BASE_DIR, env=town_environment, check=True)


@pytest.mark.sqlite
@pytest.mark.usefixtures("prepared_town")
def test_one_command_starts_everything_and_ctrl_c_ends_everything(town_environment, tmp_path):
    log = tmp_path / "log"
    port = town_environment["PORT"]
    honcho = [sys.executable, "-m", "honcho", "--procfile", "deploy/Procfile", "start", "--port", port]
    with log.open("wb") as output:
        town = subprocess.Popen(honcho, cwd=settings.BASE_DIR, env=town_environment, stdout=output, stderr=output)
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/office/login/"), "The first page")
        wait_until(lambda: "order_events" in log.read_text(), "The first job, ordered by the scheduler")
        everybody = processes_below(town.pid)

        town.send_signal(signal.SIGINT)
        town.wait(15)
    finally:
        town.kill()

    assert [pid for pid in everybody if is_running(pid)] == []
    assert "SIGKILL" not in log.read_text()
