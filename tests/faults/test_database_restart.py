"""The database is restarted, and its plug is pulled, while people file: what was acknowledged is there, once."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings

from tests.faults.conftest import fill
from tests.faults.office import Office, office_on
from tests.faults.visitor import Visitor
from tests.journeys.running import RunningTown, prepared_town, running_town
from tests.portal_pages.filling import FORMS
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


# -- as people meet it


class Outage:
    """The town's database is away, as while its server restarts: nobody gets in, and whoever is in is put out."""

    def __init__(self, address: str) -> None:
        self.server, _, self.name = address.rpartition("/")

    def begin(self) -> None:
        self._execute(f'ALTER DATABASE "{self.name}" WITH ALLOW_CONNECTIONS false')
        self._execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")

    def end(self) -> None:
        self._execute(f'ALTER DATABASE "{self.name}" WITH ALLOW_CONNECTIONS true')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture
def town(django_db_setup, migrated_database, tmp_path) -> Iterator[RunningTown]:
    original = prepared_town(settings.RUN_DIR / "town", migrated_database)
    name = f"outage_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with running_town(tmp_path / "town", name, original, only="web") as town:
        yield town


def test_a_page_sent_while_the_database_is_away_can_be_sent_again_and_filed_once(town: RunningTown):
    visitor, pages, outage = Visitor(town.address), dict(FORMS["tree-felling"]), Outage(town.database.address)
    base = "/en/apply/tree-felling"
    visitor.send(f"{base}/place/", dict(pages.pop("place")))
    token = visitor.open(f"{base}/trees/").hidden("csrfmiddlewaretoken")

    outage.begin()
    page_refused = visitor.send_again(f"{base}/trees/", {**pages.pop("trees"), "csrfmiddlewaretoken": token})
    outage.end()
    again = visitor.send_again(f"{base}/trees/", page_refused.all_hidden())
    for page, values in pages.items():
        visitor.send(f"{base}/{page}/", dict(values))
    token = visitor.open(f"{base}/review/").hidden("csrfmiddlewaretoken")
    outage.begin()
    filing_refused = visitor.send_again(f"{base}/review/", {"csrfmiddlewaretoken": token})
    outage.end()
    filed = [visitor.send_again(f"{base}/review/", {"csrfmiddlewaretoken": token}) for _twice in range(2)]

    assert "Something went wrong on our side" in page_refused.words
    assert again.address.endswith("/reason/")
    assert "It will never be filed twice" in filing_refused.words
    assert [answer.address.endswith("/done/") for answer in filed] == [True, True]


def told(paper) -> int:
    return len(paper.read_text().splitlines()) if paper.exists() else 0
