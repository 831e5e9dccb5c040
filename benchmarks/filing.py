"""Filing a request with a 1 MB PDF over HTTP, beside a plain Wagtail form that saves it as a document."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.browser import Browser
from benchmarks.clients import Run, run_together
from benchmarks.figures import median
from benchmarks.installation import PRODUCT, STOCK, Installation, Web, wait_for
from benchmarks.stories import FilingWithUs, FilingWithWagtail, Story
from benchmarks.syncs import count_syncs

CLIENTS = 8
SYNCS_COUNTED = 3
WARMED_UP = 4
# PostgreSQL plans a prepared statement anew ten times per connection before it keeps the plan; a town's server has
# passed that within its first minutes, so both sides are measured after it.
FILINGS_UNTIL_PLANS_ARE_KEPT = 12


@dataclass(frozen=True)
class Site:
    """An installation with both servers running."""

    installation: Installation
    ours: Web
    stock: Web

    @classmethod
    def open(cls, installation: Installation) -> "Site":
        """Both servers are started; ``wait`` until they answer."""
        return cls(installation, installation.begin_to_serve(PRODUCT), installation.begin_to_serve(STOCK))

    def wait(self) -> "Site":
        for web in (self.ours, self.stock):
            wait_for(web)
        return self

    def file_with_us(self) -> Story:
        return FilingWithUs(Browser(self.ours.port))

    def file_with_wagtail(self) -> Story:
        return FilingWithWagtail(Browser(self.stock.port))


def measure_filing(empty: Site, stored: Site, *, rounds: int, deeds: int, is_planned: bool = False) -> dict[str, float]:
    """Rates, times and ratios; baseline and ours take turns in every round.

    ``is_planned``: the database plans statements and keeps the plans (PostgreSQL).
    """
    for site in (empty, stored):
        for story in (site.file_with_us, site.file_with_wagtail):
            if is_planned:
                run_together(story, clients=CLIENTS, deeds=FILINGS_UNTIL_PLANS_ARE_KEPT)
            else:
                run_together(story, clients=WARMED_UP, deeds=2)
    lone = [_lone_round(empty, stored, deeds) for _round in range(rounds)]
    many = [_round_of_many(empty, stored, deeds) for _round in range(rounds)]
    figures = {name: median([one[name] for one in lone]) for name in lone[0]}
    figures |= {name: median([one[name] for one in many]) for name in many[0]}
    return figures


def _lone_round(empty: Site, stored: Site, deeds: int) -> dict[str, float]:
    ours_stored = run_together(stored.file_with_us, clients=1, deeds=deeds)
    ours_empty = run_together(empty.file_with_us, clients=1, deeds=deeds)
    return {
        "filing_rate_1_client_empty": ours_empty.rate,
        "filing_rate_1_client_stored": ours_stored.rate,
        "filing_median_ms_1_client_stored": ours_stored.median,
        "filing_p95_ms_1_client_stored": ours_stored.p95,
    }


def _round_of_many(empty: Site, stored: Site, deeds: int) -> dict[str, float]:
    def of(story: Callable[[], Story]) -> Run:
        return run_together(story, clients=CLIENTS, deeds=deeds)

    wagtail, ours = of(stored.file_with_wagtail), of(stored.file_with_us)
    ours_empty, wagtail_empty = of(empty.file_with_us), of(empty.file_with_wagtail)
    return {
        "filing_rate_8_clients_empty": ours_empty.rate,
        "filing_rate_8_clients_stored": ours.rate,
        "filing_p95_ms_8_clients_stored": ours.p95,
        "wagtail_rate_8_clients_empty": wagtail_empty.rate,
        "wagtail_rate_8_clients_stored": wagtail.rate,
        "wagtail_p95_ms_8_clients_stored": wagtail.p95,
        "filing_rate_ratio": ours.rate / wagtail.rate,
        "filing_p95_ratio": ours.p95 / wagtail.p95,
        "filing_slowdown": 1 - ours.rate / ours_empty.rate,
    }


def measure_syncs(site: Site, database_process: int | None) -> dict[str, int | None]:
    """Syncs of one filing by the web's processes and by the database's; the median of a few."""
    web = [_syncs_of_one(site, [site.ours.pid]) for _time in range(SYNCS_COUNTED)]
    base = [_syncs_of_one(site, [database_process]) for _time in range(SYNCS_COUNTED)] if database_process else [0]
    if None in web or None in base:
        return {"filing_syncs": None, "filing_syncs_web": None, "filing_syncs_database": None}
    of_web, of_database = round(median(filter(None, web))), round(median([count or 0 for count in base]))
    return {
        "filing_syncs": of_web + of_database,
        "filing_syncs_web": of_web,
        "filing_syncs_database": of_database,
    }


def _syncs_of_one(site: Site, processes: list[int]) -> int | None:
    story = site.file_with_us()
    story.prepare()
    return count_syncs(processes, story.act)
