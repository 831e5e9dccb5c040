"""The database is restarted, and its plug is pulled, while people file: what was acknowledged is there, once."""

from collections.abc import Iterator

import pytest

from tests.faults.conftest import fill
from tests.faults.office import Office, office_on
from tests.servers import PostgresServer, required, wait_until

pytestmark = pytest.mark.postgresql


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A cluster with the syncs of production, since its plug is pulled."""
    with required(lambda: PostgresServer(durable=True)) as cluster:
        yield cluster


@pytest.fixture
def office(server, tmp_path, migrated_database, django_db_setup) -> Iterator[Office]:
    address = server.database("town")
    fill(address, migrated_database.copy)
    with office_on(tmp_path / "office", address) as place:
        place.do("found_town")
        yield place


@pytest.mark.parametrize("interruption", ["restart", "plug"])
def test_filings_that_met_the_interruption_are_there_once_or_not_at_all(office, server, interruption):
    papers = [office.folder / f"told-{number}" for number in range(3)]
    pids = [office.begin("file_stubbornly", prefix=paper.name, amount=20, told_in=str(paper)) for paper in papers]
    wait_until(lambda: all(told(paper) >= 3 for paper in papers), "The first filings")

    if interruption == "restart":
        server.restart()
    else:
        server.kill()
        server.start()

    failures = [office.end(pid) for pid in pids]
    rows = office.do("numbers")
    keys = [key for _year, _seq, _number, key in rows]
    assert sum(failures) > 0
    assert sorted(keys) == sorted(f"{paper.name}-{number}" for paper in papers for number in range(20))
    assert [seq for _year, seq, _number, _key in rows] == list(range(1, 61))
    assert office.findings() == []


def told(paper) -> int:
    return len(paper.read_text().splitlines()) if paper.exists() else 0
