"""The queue is wiped in the middle of the running product: web server, worker and scheduler of one town."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.office import Office
from tests.faults.visitor import Visitor
from tests.journeys.running import RunningTown, prepared_town, running_town
from tests.migrated_database import MigratedDatabase
from tests.portal_pages.filling import FORMS
from tests.servers import processes_below, wait_until

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
ALL_DONE = {"receipts": 1, "sendings": [["RECEIPT", "SENT"]], "unread": 0, "waiting": False}
# The scheduler sweeps each minute; a mail follows from a receipt, the index from the text.
PATIENCE_SECONDS = 240


@pytest.fixture
def town(django_db_setup: None, migrated_database: MigratedDatabase, tmp_path: Path) -> Iterator[RunningTown]:
    original = prepared_town(settings.RUN_DIR / "town", migrated_database)
    with running_town(tmp_path / "town", f"wiped_{WORKER}", original) as town:
        yield town


@pytest.fixture
def office(town: RunningTown, tmp_path: Path) -> Iterator[Office]:
    """Looks into the running town's database."""
    office = Office(town.folder, town.database.address).open()
    yield office
    office.close()


def file(town: RunningTown, name: str) -> None:
    visitor, base = Visitor(town.address), "/en/apply/complaint"
    *pages, (_last, declared) = FORMS["complaint"].items()
    for page, values in pages:
        more = {"email": f"{name}@example.org"} if page == "contact" else {}
        visitor.send(f"{base}/{page}/", {**values, **more})
    filed = visitor.send(f"{base}/review/", dict(declared))
    assert filed.address.endswith("/done/"), filed.words


def worker_of(town: RunningTown) -> list[int]:
    below = processes_below(town.process.pid)
    return [pid for pid in below if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def messages(town: RunningTown) -> list[Path]:
    return list((town.folder / "queue" / "messages").iterdir())


def has_messages(town: RunningTown, amount: int) -> bool:
    return len(messages(town)) >= amount


def all_done(office: Office, amount: int) -> bool:
    followed = office.do("what_followed")
    return len(followed) == amount and all(case == ALL_DONE for case in followed.values())


def test_a_queue_wiped_in_the_middle_costs_nothing_and_doubles_nothing(town: RunningTown, office: Office):
    file(town, "before")
    wait_until(lambda: all_done(office, 1), "The work after the first filing", seconds=PATIENCE_SECONDS, between=1)
    worker = worker_of(town)
    for pid in worker:
        os.kill(pid, signal.SIGSTOP)
    for number in (1, 2):
        file(town, f"wiped-{number}")
        # Filings of the same moment share a message.
        wait_until(partial(has_messages, town, number), "The message of a filing")
    wiped = messages(town)
    for message in wiped:
        message.unlink(missing_ok=True)
    for pid in worker:
        os.kill(pid, signal.SIGCONT)
    file(town, "after")

    wait_until(lambda: all_done(office, 4), "The work after all filings", seconds=PATIENCE_SECONDS, between=1)

    told = Counter(str(mail["To"]) for mail in town.mails())
    assert told == {f"{name}@example.org": 1 for name in ("before", "wiped-1", "wiped-2", "after")}
    assert office.do("archive")["differences"] == []
    assert office.findings() == []
