"""Offices that may be broken: each on a database that was made from the migrated one."""

import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests.faults.office import Office, office_on
from tests.migrated_database import MigratedDatabase
from tests.servers import postgresql_programs

_names = itertools.count(1)


def postgresql_address(name: str, server: str = "") -> str:
    base = server or "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}".format(**settings.DATABASES["default"])
    return f"{base}/{name}"


def fill(address: str, copy: Path) -> None:
    """Make a PostgreSQL database with every migration applied."""
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    psql = [postgresql_programs() / "psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]
    subprocess.run([*psql, f"--file={copy}", address], check=True)


def drop(address: str) -> None:
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def offices_in(folder: Path, copy: Path) -> Iterator[Callable[..., Office]]:
    """Opens offices with the town in them, on the database of this run; closes them at the end."""
    with ExitStack() as offices:

        def open_office(place: Path | None = None, **variables: Any) -> Office:
            place = place or folder / f"office-{next(_names)}"
            place.mkdir(parents=True, exist_ok=True)
            if settings.ON_POSTGRESQL:
                address = postgresql_address(f"faults_{settings.WORKER_DIR.name}_{next(_names)}")
                fill(address, copy)
                offices.callback(drop, address)
            else:
                address = f"sqlite:///{place / 'registra.sqlite3'}"
                shutil.copyfile(copy, place / "registra.sqlite3")
            office = offices.enter_context(office_on(place, address, **variables))
            office.do("found_town")
            return office

        yield open_office


@pytest.fixture
def new_office(
    tmp_path: Path, migrated_database: MigratedDatabase, django_db_setup: None
) -> Iterator[Callable[..., Office]]:
    with offices_in(tmp_path, migrated_database.copy) as open_office:
        yield open_office


@pytest.fixture
def office(new_office: Callable[..., Office]) -> Office:
    return new_office()


@pytest.fixture(scope="module")
def open_offices(
    tmp_path_factory: pytest.TempPathFactory, migrated_database: MigratedDatabase, django_db_setup: None
) -> Iterator[Callable[..., Office]]:
    with offices_in(tmp_path_factory.mktemp("faults"), migrated_database.copy) as open_office:
        yield open_office


@pytest.fixture(scope="module")
def shared_office(open_offices: Callable[..., Office]) -> Office:
    """One office for tests of a module that each look at a case of their own."""
    return open_offices()
