"""`make bench`: a table, then as the last line one JSON object. `--quick`: a tenth of the data, SQLite only.

What is measured and how: docs/measuring.md.
"""

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.archive import measure_archive
from benchmarks.cluster import NoCluster, cluster
from benchmarks.figures import rounded, table
from benchmarks.filing import Site, fill_in, measure_filing, measure_syncs
from benchmarks.installation import KEYS, PRODUCT, STOCK, WITHOUT_HISTORY, Installation, Prepared, collect
from benchmarks.lists import measure_lists
from benchmarks.records import measure_records
from tests.servers import PostgresServer

SQLITE, POSTGRESQL, ARCHIVE, RECORDS = "sqlite", "postgresql", "archive", "records"
ENGINES = ("embedded", "elasticsearch")


@dataclass(frozen=True)
class Size:
    """How much is stored and how long is measured.

    ``filing_rounds``: more than others, as clients, web server and database share the same processors.
    """

    stored: int
    rounds: int
    filing_rounds: int
    filings: int
    openings: int
    forms: int
    documents: int
    searches: int
    rows: int
    packed: int
    is_quick: bool

    @property
    def has_history(self) -> bool:
        """Whether the database goes through all migrations, as a town's does."""
        return not self.is_quick


FULL = Size(
    stored=100_000,
    rounds=3,
    filing_rounds=9,
    filings=12,
    openings=40,
    forms=15,
    documents=100_000,
    searches=40,
    rows=10_000,
    packed=1_000,
    is_quick=False,
)
QUICK = Size(
    stored=10_000,
    rounds=1,
    filing_rounds=1,
    filings=5,
    openings=12,
    forms=5,
    documents=2_000,
    searches=16,
    rows=1_000,
    packed=100,
    is_quick=True,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, SQLite only")
    parser.add_argument("--only", choices=[SQLITE, POSTGRESQL, ARCHIVE, RECORDS], help="one part only")
    parser.add_argument("--documents", type=int, help="how many documents the archive holds")
    parser.add_argument("--engine", action="append", choices=sorted(ENGINES), help="measure the archive on this engine")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the archive's town there for another run")
    chosen = parser.parse_args()
    size = QUICK if chosen.quick else FULL
    if chosen.only == ARCHIVE:
        archive = measure_archives(chosen, size)
        print(json.dumps({**next(iter(archive.values())), "cores": os.cpu_count(), "engines": archive}))
        return
    if chosen.only == RECORDS:
        print(json.dumps({**measure_record_keeping(size), "cores": os.cpu_count()}))
        return
    databases = [chosen.only] if chosen.only else [SQLITE] if chosen.quick else [POSTGRESQL, SQLITE]
    results = {database: measure(database, size) for database in databases}
    for database, figures in results.items():
        shown = {name: "not measured" if value is None else value for name, value in figures.items()}
        print(table(f"{database}, {size.stored:,} documents and cases stored", shown))
    archive = {}
    records: dict[str, object] = {}
    if not (chosen.only or chosen.quick):
        archive = measure_archives(chosen, size)
        records = measure_record_keeping(size)
    searching = {**next(iter(archive.values()), {}), "engines": archive} if archive else {}
    print(
        json.dumps(
            {
                **results[databases[0]],
                **searching,
                **records,
                "stored": size.stored,
                "cores": os.cpu_count(),
                "databases": results,
            }
        )
    )


def measure_record_keeping(size: Size) -> dict[str, object]:
    say(f"records: {size.rows:,} lines of an old register, {size.stored:,} closed cases")
    taken = measure_records(rows=size.rows, closed=size.stored, packed=size.packed)
    figures: dict[str, object] = {
        name: rounded(value) if isinstance(value, float) else value for name, value in taken.items()
    }
    print(table("records", figures))
    return figures


def measure_archives(chosen: argparse.Namespace, size: Size) -> dict[str, dict[str, object]]:
    found = {}
    documents = chosen.documents or size.documents
    for engine in chosen.engine or (ENGINES[:1] if size.is_quick else ENGINES):
        say(f"archive on {engine}: {documents:,} documents")
        try:
            with cluster(chosen.keep) if engine == "elasticsearch" else contextlib.nullcontext():
                found[engine] = measure_archive(engine, documents=documents, searches=size.searches, keep=chosen.keep)
        except NoCluster as lacking:
            say(f"not measured, Elasticsearch can't be had: {lacking}")
            continue
        shown = {name: "not measured" if value is None else value for name, value in found[engine].items()}
        print(table(f"archive on {engine}, {documents:,} documents", shown))
    return found


def measure(database: str, size: Size) -> dict[str, object]:
    with _two_sites(database, size) as (empty, stored, product, server):
        say(f"{database}: filling in forms")
        is_planned = database == POSTGRESQL
        for site in (empty, stored):
            fill_in(site, product, rounds=size.filing_rounds, deeds=size.filings, is_planned=is_planned)
        say(f"{database}: filing")
        _settle(server)
        filing = measure_filing(empty, stored, rounds=size.filing_rounds, deeds=size.filings, is_planned=is_planned)
        figures: dict[str, object] = dict(filing)
        say(f"{database}: syncs and queries")
        _settle(server)
        figures |= _counted(stored, product, server)
        say(f"{database}: lists")
        figures |= measure_lists(stored, rounds=size.rounds, deeds=size.openings)
        for site in (empty, stored):
            site.installation.begin_to_stop()
        say(f"{database}: forms")
        figures |= product.ask("benchmarks.forms", "measure", size.forms)
        if not size.is_quick:
            say(f"{database}: scans")
            figures |= product.ask("benchmarks.ocr", "measure")
        say(f"{database}: procedures")
        figures |= product.ask("benchmarks.procedures", "measure")
    return {name: rounded(value) if isinstance(value, float) else value for name, value in figures.items()}


def _counted(site: Site, product: Prepared, server: PostgresServer | None) -> dict[str, object]:
    """Syncs and queries: nothing of it is timed. A server of its own would have the other's syncs counted along."""
    if server:
        queries = product.ask("benchmarks.queries", "count", site.ours.port)
        return {**measure_syncs(site, first_process_of(server)), **queries}
    with ThreadPoolExecutor(1) as beside:
        queries = beside.submit(product.ask, "benchmarks.queries", "count", site.ours.port)
        return {**measure_syncs(site, None), **queries.result()}


type Sites = tuple[Site, Site, Prepared, PostgresServer | None]


@contextlib.contextmanager
def _two_sites(database: str, size: Size) -> Iterator[Sites]:
    """The same town twice, with nothing stored and with much, both running; the product in the full one; the server.

    The servers are started, one after the other, while the town is made: they read the program meanwhile.
    """
    with tempfile.TemporaryDirectory(prefix="registra-bench-") as name, contextlib.ExitStack() as ending:
        folder = Path(name)
        server = ending.enter_context(PostgresServer(durable=True)) if database == POSTGRESQL else None
        stored = Installation(_address(server, folder, "stored"), folder / "stored")
        empty = _like(stored, server, folder)
        for installation in (empty, stored):
            ending.callback(installation.stop)
        # Ends first: what it still starts is stopped too.
        beside = ending.enter_context(ThreadPoolExecutor(2))
        making, product = stored.prepared(STOCK if size.has_history else WITHOUT_HISTORY), stored.prepared(PRODUCT)
        opening = beside.submit(_open_both, stored, empty, product)
        say(f"{database}: making the town")
        making.ask("benchmarks.town", "found", size.has_history)
        _copy(stored, empty, server)
        say(f"{database}: storing {size.stored:,} cases and as many Wagtail documents")
        making.ask("benchmarks.stored", "store", size.stored)
        say(f"{database}: waiting for the web servers")
        yield *beside.map(Site.wait, opening.result()), product, server


def _open_both(stored: Installation, empty: Installation, product: Prepared) -> tuple[Site, Site]:
    """Static files first: the servers look which there are when they start."""
    collect(product)
    shutil.copytree(stored.folder / "static", empty.folder / "static")
    return Site.open(empty), Site.open(stored)


def first_process_of(server: PostgresServer) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def _settle(server: PostgresServer | None) -> None:
    """Write out what was stored before: else the checkpoint of it falls into the measuring, with a sync per table."""
    if server:
        with psycopg.connect(server.address, autocommit=True) as connection:
            connection.execute("CHECKPOINT")


def _address(server: PostgresServer | None, folder: Path, name: str) -> str:
    return server.create_database(name) if server else f"sqlite:///{folder / name / 'registra.sqlite3'}"


def _like(one: Installation, server: PostgresServer | None, folder: Path) -> Installation:
    """A second installation with the same keys."""
    (folder / "empty").mkdir()
    for name in KEYS:
        shutil.copyfile(one.folder / name, folder / "empty" / name)
    address = server.database("empty") if server else _address(None, folder, "empty")
    return Installation(address, folder / "empty")


def _copy(one: Installation, other: Installation, server: PostgresServer | None) -> None:
    """The same town again."""
    shutil.copytree(one.folder, other.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("static"))
    if server:
        with psycopg.connect(server.address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE empty TEMPLATE stored")


_began = time.monotonic()


def say(what: str) -> None:
    print(f"[{time.monotonic() - _began:5.0f} s] {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
