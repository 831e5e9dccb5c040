"""Last night's backup is restored: no number is given twice, nothing is done twice, people read what happened."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from django.conf import settings

from tests.faults.conftest import Offices, Standing
from tests.faults.deeds import content
from tests.faults.killing import mails_to
from tests.faults.office import DeedFailed, Office

pytestmark = pytest.mark.both_databases


class Backup:
    """The database as it was at night. The originals' folder is never behind it, so that it needs no restoring."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.copy = office.folder / "backup.sqlite3"
        self.server, _, self.name = office.database.rpartition("/")
        if settings.ON_POSTGRESQL:
            self._on_server(f'CREATE DATABASE "{self.name}_backup" TEMPLATE "{self.name}"')
        else:
            with closing(sqlite3.connect(office.folder / self.name)) as database:
                database.execute("VACUUM INTO ?", [str(self.copy)])

    def restore(self) -> None:
        if settings.ON_POSTGRESQL:
            self._on_server(f'DROP DATABASE "{self.name}" WITH (FORCE)')
            self._on_server(f'ALTER DATABASE "{self.name}_backup" RENAME TO "{self.name}"')
            return
        for file in self.office.folder.glob(f"{self.name}*"):
            file.unlink()
        shutil.copyfile(self.copy, self.office.folder / self.name)

    def _on_server(self, statement: str) -> None:
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="module")
def restored_office(open_offices, offices: Offices) -> Iterator[tuple[Office, Standing]]:
    """Two filings before the backup, three after it; the second's mail left after the backup. Then the disaster."""
    office: Office = open_offices()
    for number in (1, 2):
        office.do("file", key=f"before-{number}", contents=[content(f"before {number}")], email="ana@example.org")
        if number == 1:
            for _again in range(3):
                office.do("sweep")
    backup = Backup(office)
    for number in (3, 4, 5):
        office.do("file", key=f"after-{number}", contents=[content(f"after {number}")], email="ivo@example.org")
    for _again in range(3):
        office.do("sweep")
    backup.restore()
    with offices.kept(office) as standing:
        yield office, standing


@pytest.fixture
def restored(restored_office: tuple[Office, Standing]) -> Office:
    office, standing = restored_office
    standing.give(office)
    return office


def test_a_restored_backup_is_whole_and_mails_anew_only_the_same_messages(restored: Office):
    numbers, findings = [row[2] for row in restored.do("numbers")], restored.findings()

    for _again in range(3):
        restored.do("sweep")

    # The second filing's mail had left after the backup: it leaves again, as the message that it was.
    mails = mails_to(restored, "ana@example.org")
    assert (numbers, findings, restored.findings()) == (["2026-1", "2026-2"], [], [])
    assert (len(mails), len(set(mails))) == (3, 2)


def test_no_number_that_may_be_out_is_given_again_and_its_holder_reads_what_happened(restored: Office):
    lost = restored.do("go_past", past=5)

    fresh = restored.do("file", key="fresh")
    sent_again = restored.do("file", key="after-4", contents=[content("after 4")])

    assert lost == ["2026-3", "2026-4", "2026-5"]
    assert (fresh["number"], sent_again["number"]) == ("2026-6", "2026-7")
    with pytest.raises(DeedFailed, match="we no longer have what was filed"):
        restored.do("follow", number="2026-4", digits="1234 5678 9012")
    with pytest.raises(DeedFailed, match="do not belong together"):
        restored.do("follow", number="2026-2", digits="1234 5678 9012")
    assert restored.findings() == []


def test_what_is_found_again_is_entered_under_its_old_number(restored: Office):
    restored.do("go_past", past=5)

    entry = restored.do("file_under", number="2026-4", key="found again")

    assert entry["number"] == "2026-4"
    assert restored.do("has_bytes", content=content("after 4")) is True
    assert restored.do("file", key="fresh")["number"] == "2026-6"
    assert restored.findings() == []
