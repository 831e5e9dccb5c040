"""An empty test database to which every migration was applied already, kept between workers and between runs.

Running all migrations takes half a minute. The copy belongs to the migrations as they are written now; what follows
a migration (triggers, roles, rights) is done each time.
"""

import fcntl
import hashlib
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings

from cases import triggers
from tests.servers import postgresql_programs


class MigratedDatabase:
    """`fetch` before the tests' database is set up, `keep` after; the first process makes others wait for its copy."""

    def __init__(self, database: dict[str, Any]) -> None:
        self.database = database
        self.name = str(database["TEST"]["NAME"])
        folder = settings.BASE_DIR / ".pytest_cache" / "databases"
        folder.mkdir(parents=True, exist_ok=True)
        self.copy = folder / f"{digest_of_migrations()}.{'sql' if settings.ON_POSTGRESQL else 'sqlite3'}"
        self.lock = self.copy.with_suffix(".lock").open("w")

    def fetch(self) -> None:
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if self.copy.exists():
            self.unlock()
            self._restore() if settings.ON_POSTGRESQL else shutil.copyfile(self.copy, self.name)

    def keep(self) -> None:
        if not self.copy.exists():
            unfinished = self.copy.with_suffix(".part")
            unfinished.unlink(missing_ok=True)
            self._dump(unfinished) if settings.ON_POSTGRESQL else self._vacuum(unfinished)
            unfinished.replace(self.copy)
        self.unlock()

    def unlock(self) -> None:
        self.lock.close()

    def _vacuum(self, path: Path) -> None:
        with closing(sqlite3.connect(self.name)) as source:
            source.execute("VACUUM INTO ?", [str(path)])

    def _address(self, name: str) -> str:
        return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**self.database) + name

    def _dump(self, path: Path) -> None:
        self._run("pg_dump", "--no-owner", f"--file={path}", self._address(self.name))

    def _restore(self) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{self.name}"')
        self._run("psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1",
                  f"--file={self.copy}", self._address(self.name))  # fmt: skip

    @staticmethod
    def _run(program: str, *arguments: str) -> None:
        subprocess.run([postgresql_programs() / program, *arguments], check=True)


def digest_of_migrations() -> str:
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        folder = Path(app.path)
        for path in [*sorted(folder.glob("migrations/*.py")), *folder.glob("triggers.py")]:
            digest.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    digest.update(" ".join(triggers.APPEND_ONLY_TABLES).encode())
    return digest.hexdigest()[:16]
