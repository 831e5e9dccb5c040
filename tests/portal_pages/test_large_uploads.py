"""A hundred megabytes over HTTP, to the product's own web server."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.visitor import Visitor
from tests.journeys.running import RunningTown, prepared_town, running_town
from tests.migrated_database import MigratedDatabase
from tests.portal_pages.filling import FORMS, PDF
from tests.servers import processes_below

MEGABYTE = 1024 * 1024
BASE = "/en/apply/tree-felling"


@pytest.fixture
def town(django_db_setup: None, migrated_database: MigratedDatabase, tmp_path: Path) -> Iterator[RunningTown]:
    original = prepared_town(settings.RUN_DIR / "town", migrated_database)
    name = f"large_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with running_town(tmp_path / "town", name, original, only="web") as town:
        yield town


def most_memory(town: RunningTown) -> int:
    """The most megabytes that a process of the web server ever had."""
    statuses = [Path(f"/proc/{pid}/status").read_text() for pid in processes_below(town.process.pid)]
    return max(int(found[1]) for status in statuses if (found := re.search(r"VmHWM:\s+(\d+) kB", status))) // 1024


def paper(number: int, size: int) -> Iterator[bytes]:
    """A paper that is made while it is sent."""
    yield PDF
    left = size - len(PDF)
    while left:
        some = min(left, MEGABYTE)
        yield bytes([number]) * some
        left -= some


def test_a_hundred_megabytes_are_filed_in_constant_memory(town: RunningTown):
    visitor = Visitor(town.address)
    for page, values in FORMS["tree-felling"].items():
        visitor.send(f"{BASE}/{page}/", dict(values))
    visitor.send_long(f"{BASE}/papers/", "sketch", {"small.pdf": (MEGABYTE, paper(0, MEGABYTE))})
    before = most_memory(town)

    largest = 20 * MEGABYTE  # what the form takes of one file; five fit, one is there
    uploaded = visitor.send_long(
        f"{BASE}/papers/", "sketch", {f"{number}.pdf": (largest, paper(number, largest)) for number in range(1, 5)}
    )
    visitor.send_long(f"{BASE}/papers/", "title_deed", {"5.pdf": (largest, paper(5, largest))})
    filed = visitor.send(f"{BASE}/review/", {})

    assert uploaded.status == 200
    assert filed.address.endswith("/done/"), filed.words
    assert [name for name in ("1.pdf", "2.pdf", "3.pdf", "4.pdf", "5.pdf") if f"<b>{name}</b>" not in filed.words] == []
    assert most_memory(town) - before < 16
