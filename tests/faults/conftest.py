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
    """Make a database with every migration applied."""
    if not settings.ON_POSTGRESQL:
        shutil.copyfile(copy, address.removeprefix("sqlite:///"))
        return
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


class Standing:
    """What an office had in its folder and its database at some moment, when no deed was under way."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(office.folder, folder, symlinks=True)
        if settings.ON_POSTGRESQL:
            self.database = postgresql_address(f"faults_{settings.WORKER_DIR.name}_{next(_names)}")
            copy_database(office.database, self.database)

    def give(self, office: Office) -> None:
        """Put an office where that one stood; what it had is gone."""
        for entry in office.folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        shutil.copytree(self.folder, office.folder, symlinks=True, dirs_exist_ok=True)
        if settings.ON_POSTGRESQL:
            drop(office.database)
            copy_database(self.database, office.database)

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if settings.ON_POSTGRESQL:
            drop(self.database)


class Offices:
    """The offices of a run, each with the town in it, on the database of this run.

    A clerk needs seconds to start, and remembers nothing of a deed: so an office serves one test after another, and
    stands each time where the first of all stood when its town had just been founded.
    """

    def __init__(self, folder: Path, copy: Path, closing: ExitStack) -> None:
        self.folder, self.copy, self.closing = folder, copy, closing
        self.unused: list[Office] = []
        self.founded: Standing | None = None

    @contextmanager
    def lent(self) -> Iterator[Callable[..., Office]]:
        """Opens offices for a test or a module; one in a place of its own, or told something special, for it alone."""
        with ExitStack() as ending:

            def open_office(place: Path | None = None, **variables: Any) -> Office:
                if place or variables:
                    return self.begin_again(self._open(place, ending, variables))
                office = self.unused.pop() if self.unused else self._open(None, self.closing, {})
                ending.callback(self.unused.append, office)
                return self.begin_again(office)

            yield open_office

    @contextmanager
    def kept(self, office: Office) -> Iterator[Standing]:
        """What the office has now, for a test or a module to come back to."""
        standing = Standing(office, self.folder / f"standing-{next(_names)}")
        try:
            yield standing
        finally:
            standing.forget()

    def begin_again(self, office: Office) -> Office:
        """As when the town had just been founded."""
        if self.founded is None:
            office.do("found_town")
            self.founded = self.closing.enter_context(self.kept(office))
        else:
            self.founded.give(office)
        return office

    def _open(self, place: Path | None, ending: ExitStack, variables: dict[str, Any]) -> Office:
        place = place or self.folder / f"office-{next(_names)}"
        place.mkdir(parents=True, exist_ok=True)
        if settings.ON_POSTGRESQL:
            address = postgresql_address(f"faults_{settings.WORKER_DIR.name}_{next(_names)}")
            ending.callback(drop, address)
        else:
            address = f"sqlite:///{place / 'registra.sqlite3'}"
        if self.founded is None:
            fill(address, self.copy)
        return ending.enter_context(office_on(place, address, **variables))


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
