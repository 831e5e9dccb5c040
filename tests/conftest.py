"""Fixtures of the whole suite: which database the run uses, and real servers for those who ask."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections

from registra import environment
from tests.servers import PostgresServer, RedisServer, required


def is_first_process(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
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
        shutil.rmtree(settings.RUN_DIR, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wrong, reason = (
        ("sqlite", "This run is on PostgreSQL.")
        if settings.ON_POSTGRESQL
        else ("postgresql", "This run is on SQLite; REGISTRA_TEST_DATABASE=postgresql runs it.")
    )
    for item in items:
        if item.get_closest_marker(wrong):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL cluster for tests that start processes of their own; quick, not durable."""
    with required(PostgresServer) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with required(RedisServer) as server:
        yield server
