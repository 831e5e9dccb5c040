"""The web server as it is deployed: who is served when some are slow."""

import os
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.journeys.running import RunningTown, prepared_town, running_town
from tests.migrated_database import MigratedDatabase

VISITORS = 12
PATIENCE_SECONDS = 10
# The rest of it never comes; the token lets it get as far as being read.
SLOW_UPLOAD = (
    b"POST /en/apply/tree-felling/review/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken=" + b"a" * 32 + b"\r\n"
    b"Content-Type: multipart/form-data; boundary=paper\r\nContent-Length: 100000\r\n\r\n--paper\r\n"
)


@pytest.fixture
def town(django_db_setup: None, migrated_database: MigratedDatabase, tmp_path: Path) -> Iterator[RunningTown]:
    variables = {"WEB_PROCESSES": "2", "WEB_THREADS": "1"}
    original = prepared_town(settings.RUN_DIR / "town", migrated_database)
    name = f"slow_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with running_town(tmp_path / "town", name, original, only="web", variables=variables) as town:
        yield town


def test_nobody_waits_behind_a_slow_upload_while_another_process_is_free(town: RunningTown):
    with socket.create_connection(("localhost", town.port), timeout=PATIENCE_SECONDS) as slow:
        slow.sendall(SLOW_UPLOAD)
        for _visitor in range(VISITORS):
            with urllib.request.urlopen(f"{town.address}/en/", timeout=PATIENCE_SECONDS) as page:
                assert page.status == 200
        slow.settimeout(0)
        with pytest.raises(BlockingIOError):
            slow.recv(1)  # it was waited for all the time
