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


def copy_database(address: str, copy: str) -> None:
    """A PostgreSQL database like another one, which nobody uses meanwhile."""
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{copy.rpartition("/")[2]}" TEMPLATE "{name}"')


class UsedOffice:
    """An office that serves one test after another: a clerk needs seconds to start, and remembers nothing of a deed.

    Before each test its folder and its database are again as they were when the town had just been founded.
    """

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.kept_folder = office, folder.with_name(f"{folder.name}-founded")
        shutil.copytree(office.folder, self.kept_folder, symlinks=True)
        if settings.ON_POSTGRESQL:
            copy_database(office.database, self.kept_database)

    @property
    def kept_database(self) -> str:
        return f"{self.office.database}_founded"

    def begin_again(self) -> Office:
        shutil.rmtree(self.office.folder)
        shutil.copytree(self.kept_folder, self.office.folder, symlinks=True)
        if settings.ON_POSTGRESQL:
            drop(self.office.database)
            copy_database(self.kept_database, self.office.database)
        return self.office


class Offices:
    """The offices of a run, each with the town in it, on the database of this run."""

    def __init__(self, folder: Path, copy: Path, closing: ExitStack) -> None:
        self.folder, self.copy, self.closing = folder, copy, closing
        self.unused: list[UsedOffice] = []

    @contextmanager
    def lent(self) -> Iterator[Callable[..., Office]]:
        """Opens offices for a test or a module; one in a place of its own, or told something special, for it alone."""
        with ExitStack() as ending:

            def open_office(place: Path | None = None, **variables: Any) -> Office:
                if place or variables:
                    return self._found(place, ending, variables)
                used = self.unused.pop() if self.unused else None
                if used:
                    office = used.begin_again()
                else:
                    office = self._found(None, self.closing, {})
                    used = UsedOffice(office, office.folder)
                    if settings.ON_POSTGRESQL:
                        self.closing.callback(drop, used.kept_database)
                ending.callback(self.unused.append, used)
                return office

            yield open_office

    def _found(self, place: Path | None, ending: ExitStack, variables: dict[str, Any]) -> Office:
        place = place or self.folder / f"office-{next(_names)}"
        place.mkdir(parents=True, exist_ok=True)
        if settings.ON_POSTGRESQL:
            address = postgresql_address(f"faults_{settings.WORKER_DIR.name}_{next(_names)}")
            fill(address, self.copy)
            ending.callback(drop, address)
        else:
            address = f"sqlite:///{place / 'registra.sqlite3'}"
            shutil.copyfile(self.copy, place / "registra.sqlite3")
        office = ending.enter_context(office_on(place, address, **variables))
        office.do("found_town")
        return office


@pytest.fixture(scope="session")
def offices(
    tmp_path_factory: pytest.TempPathFactory, migrated_database: MigratedDatabase, django_db_setup: None
) -> Iterator[Offices]:
    with ExitStack() as closing:
        yield Offices(tmp_path_factory.mktemp("offices"), migrated_database.copy, closing)


@pytest.fixture
def new_office(offices: Offices) -> Iterator[Callable[..., Office]]:
    with offices.lent() as open_office:
        yield open_office


@pytest.fixture
def office(new_office: Callable[..., Office]) -> Office:
    return new_office()


@pytest.fixture(scope="module")
def open_offices(offices: Offices) -> Iterator[Callable[..., Office]]:
    with offices.lent() as open_office:
        yield open_office


@pytest.fixture(scope="module")
def shared_office(open_offices: Callable[..., Office]) -> Office:
    """One office for tests of a module that each look at a case of their own."""
    return open_offices()
