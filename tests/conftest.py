"""Fixtures of the whole suite: which database the run uses, and real servers for those who ask."""

import gc
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as property_settings

from registra import environment
from tests.migrated_database import MigratedDatabase
from tests.search_server import ElasticsearchServer, SharedElasticsearch
from tests.servers import PostgresServer, RedisServer, ServerMissing, required

# A busy machine is no fault of the code: properties are judged by their results, not by their speed.
property_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
property_settings.load_profile("unhurried")


LONG = ("tests/journeys/", "tests/faults/")
# Of those that need Elasticsearch: the last of all should be short.
LONG_WITH_ELASTICSEARCH = (
    "tests/search/test_leaks.py",
    "tests/search/test_vague.py",
    "tests/search/test_elasticsearch_faults.py",
)

shared_elasticsearch = SharedElasticsearch(settings.RUN_DIR)


def is_first_process(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if is_first_process(config):
        shared_elasticsearch.hold()
    if not is_first_process(config) or not settings.ON_POSTGRESQL or "REGISTRA_TEST_POSTGRESQL" in os.environ:
        return
    # One cluster for the whole run: workers inherit its address and make a database each.
    config.suite_postgresql = PostgresServer().start()  # type: ignore[attr-defined]
    os.environ["REGISTRA_TEST_POSTGRESQL"] = config.suite_postgresql.database("registra")  # type: ignore[attr-defined]
    address = environment.database("REGISTRA_TEST_POSTGRESQL", "")
    for name in ("HOST", "PORT"):
        connections.settings["default"][name] = address[name]


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := getattr(config, "suite_postgresql", None):
        server.discard()
    if is_first_process(config):
        shared_elasticsearch.end()
        shutil.rmtree(settings.RUN_DIR, ignore_errors=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """The search server starts while other tests run.

    What is loaded by now stays: looking through it for waste again and again costs a tenth of the run.
    """
    if not session.config.option.collectonly and any(map(needs_elasticsearch, session.items)):
        shared_elasticsearch.begin()
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wrong, reason = (
        ("sqlite", "This run is on PostgreSQL.")
        if settings.ON_POSTGRESQL
        else ("postgresql", "This run is on SQLite; REGISTRA_TEST_DATABASE=postgresql runs it.")
    )
    for item in items:
        if item.get_closest_marker(wrong):
            item.add_marker(pytest.mark.skip(reason=reason))
    items.sort(key=turn)


def turn(item: pytest.Item) -> int:
    """Long tests first, so that no worker waits for another's at the end; Elasticsearch needs time to start.

    The order of those that use the database of the run stays: pytest-django has who empties it come last.
    """
    if needs_elasticsearch(item):
        return 2 if item.nodeid.startswith(LONG_WITH_ELASTICSEARCH) else 3
    return 0 if item.nodeid.startswith(LONG) else 1


def needs_elasticsearch(item: pytest.Item) -> bool:
    return item.get_closest_marker("elasticsearch") is not None


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What a process keeps for a minute (services, menus, sidebars) is no other test's."""
    cache.clear()


@pytest.fixture(autouse=True)
def english_and_our_time() -> Iterator[None]:
    """A request leaves its reader's language and time zone active in the thread: no test inherits another's."""
    translation.activate("en")
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def migrated_database(django_db_modify_db_settings: None) -> Iterator[MigratedDatabase]:
    database = MigratedDatabase(settings.DATABASES["default"])
    database.fetch()
    yield database
    database.unlock()


@pytest.fixture(scope="session")
def django_db_keepdb(migrated_database: MigratedDatabase) -> bool:
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, migrated_database: MigratedDatabase, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        # pytest-django makes a database only if a test that was chosen asks for one; the offices and towns of faults
        # and journeys are copies all the same.
        if not migrated_database.copy.exists() and connection.settings_dict["NAME"] != migrated_database.name:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
        connection.close()
        migrated_database.keep()


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request: pytest.FixtureRequest) -> None:
    """On SQLite each worker has a folder of its own; on PostgreSQL the database gets the worker's name."""
    if settings.ON_POSTGRESQL:
        worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
        settings.DATABASES["default"]["TEST"]["NAME"] = f"test_registra_{worker}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL cluster for tests that start processes of their own; quick, not durable."""
    with required(PostgresServer) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with required(RedisServer) as server:
        yield server


@pytest.fixture
def elasticsearch() -> Iterator[ElasticsearchServer]:
    """The run's Elasticsearch; mark the test ``elasticsearch``. Keep to names that begin with "registra-"."""
    yield from _elasticsearch(alone=False)


@pytest.fixture
def elasticsearch_alone() -> Iterator[ElasticsearchServer]:
    """The same while no other process uses it, for tests that kill it; they start it again."""
    yield from _elasticsearch(alone=True)


def _elasticsearch(*, alone: bool) -> Iterator[ElasticsearchServer]:
    try:
        with shared_elasticsearch.use(alone=alone) as server:
            yield server
    except ServerMissing as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
