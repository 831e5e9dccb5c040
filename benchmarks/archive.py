"""The archive's search: the engine alone and the whole page, coming in, building anew; on each engine that is there."""

import contextlib
import functools
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.browser import Browser
from benchmarks.clients import Run, run_together
from benchmarks.figures import median, p95, rounded
from benchmarks.installation import PRODUCT, Installation
from benchmarks.stories import Opening, Story

ARCHIVIST = "mayor"
CLIENTS = 8
INGESTED = 200
# Ten kinds of query: what a person types, for the made back-file of benchmarks/back_file.py.
KINDS_OF_QUERY = {
    "word": "дърво",
    "inflected": "działkami",
    "two_words": "autorizație construire",
    "phrase": '"building permit"',
    "near": "вода NEAR мазе",
    "beginning": "oświetl*",
    "number": "94-04-4",
    "name_and_filter": "Popescu unit:TAX from:2005",
    "without": "request -opening from:2005 to:2012",
    "question": "писмо за лампите на улица Липа около 2009",
}
FACETS = ("unit", "kind", "year")


def measure_archive(engine: str, *, documents: int, searches: int, keep: Path | None = None) -> dict[str, object]:
    """``searches``: how often each kind of query is asked, at one client and at eight.

    ``keep``: a folder in which the town stays; another run finds it there with its documents and their index.
    """
    with _town(engine, keep) as town:
        figures: dict[str, object] = _inside(town, "fill", documents)
        alone = _inside(town, "ask", searches)
        web = town.serve(PRODUCT)
        figures |= _of_pages(web.port, alone, searches)
        figures |= _while_building(town, web.port, searches)
        figures["search_web_peak_mb"] = _peak_memory(web.pid)
        town.stop()
        figures |= _inside(town, "ingest", INGESTED)
    return {name: rounded(value) if isinstance(value, float) else value for name, value in figures.items()}


def _inside(town: Installation, deed: str, amount: int) -> dict[str, Any]:
    return json.loads(town.run("-m", "benchmarks.archive_alone", deed, str(amount), settings=PRODUCT).splitlines()[-1])


@contextlib.contextmanager
def _town(engine: str, keep: Path | None) -> Iterator[Installation]:
    with contextlib.ExitStack() as ending:
        place = keep or Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="registra-archive-")))
        folder = place.resolve() / engine
        is_founded = folder / "founded"
        variables = {name: value for name, value in os.environ.items() if name.startswith("REGISTRA_ELASTICSEARCH")}
        variables["REGISTRA_SEARCH_ENGINE"] = engine
        town = Installation(f"sqlite:///{folder / 'registra.sqlite3'}", folder, variables)
        ending.callback(town.stop)
        if not is_founded.exists():
            town.found(has_history=False)
            is_founded.touch()
        yield town


def search_page(browser: Browser, typed: str) -> Story:
    """The page with its facets, first results and their passages, as the executive sees the whole institution."""
    return Opening(browser, ARCHIVIST, f"/office/archive/?{urlencode({'q': typed})}", b"data-archive")


def _of_pages(port: int, alone: dict[str, dict[str, float]], searches: int) -> dict[str, object]:
    figures: dict[str, object] = {}
    one: list[Run] = []
    many: list[Run] = []
    extra = []
    for kind, typed in KINDS_OF_QUERY.items():
        story = _story(port, typed)
        run_together(story, clients=2, deeds=2)
        one.append(run_together(story, clients=1, deeds=searches))
        many.append(run_together(story, clients=CLIENTS, deeds=max(searches // CLIENTS, 2)))
        extra.append(one[-1].median - alone[kind]["median_ms"])
        figures |= {f"search_{kind}_ms": one[-1].median, f"search_{kind}_engine_ms": alone[kind]["median_ms"]}
    together = [took for run in one for took in run.milliseconds]
    figures |= {
        "search_kinds_that_found": sum(times["found"] > 0 for times in alone.values()),
        "search_median_ms": median(together),
        "search_p95_ms": p95(together),
        "search_p95_ms_8_clients": p95([took for run in many for took in run.milliseconds]),
        "search_rate_8_clients": median([run.rate for run in many]),
        "search_page_extra_ms": median(extra),
        "search_engine_median_ms": median([times["median_ms"] for times in alone.values()]),
        "search_engine_p95_ms": max(times["p95_ms"] for times in alone.values()),
        "search_engine_rate_8_clients": median([times["rate_8_clients"] for times in alone.values()]),
    }
    return figures


def _while_building(town: Installation, port: int, searches: int) -> dict[str, object]:
    """The same page while the whole index is built anew beside the one in use."""
    story = _story(port, KINDS_OF_QUERY["two_words"])
    with town.meanwhile("manage.py", "reindex", settings=PRODUCT) as building:
        run = run_together(story, clients=1, deeds=searches)
        is_still_building = building.poll() is None
    return {"search_p95_ms_while_reindexing": run.p95 if is_still_building else None}


def _story(port: int, typed: str) -> Callable[[], Story]:
    @functools.cache
    def story() -> Story:
        return search_page(Browser(port), typed)

    return story


def _peak_memory(pid: int) -> float:
    """The most memory that any of the web's processes ever held, in MB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return max(_peak(process) for process in [str(pid), *children])


def _peak(pid: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
