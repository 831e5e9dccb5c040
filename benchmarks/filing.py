"""Filing a request with a 1 MB PDF over HTTP, beside a plain Wagtail form that saves it as a document."""

import multiprocessing
import os
from dataclasses import dataclass, field

from benchmarks.browser import Browser
from benchmarks.clients import run_together
from benchmarks.figures import median
from benchmarks.installation import PRODUCT, STOCK, Installation, Prepared, Web, wait_for, wait_until_read
from benchmarks.stories import FilingWithUs, FilingWithWagtail, Story
from benchmarks.syncs import count_syncs

CLIENTS = 8
SYNCS_COUNTED = 3
# How many clients file how much before anything is measured.
WARMING = (4, 2)
# PostgreSQL plans a prepared statement anew ten times per connection before it keeps the plan; a town's server has
# passed that within its first minutes, so both sides are measured after it.
WARMING_UNTIL_PLANS_ARE_KEPT = (CLIENTS, 12)


class Links:
    """Of forms that are filled in up to the last page: each client, in whatever process, takes the next."""

    def __init__(self) -> None:
        self._links: list[str] = []
        self._taken = multiprocessing.Value("i", 0)

    def add(self, links: list[str]) -> None:
        self._links += links

    def take(self) -> str:
        with self._taken.get_lock():
            self._taken.value += 1
            return self._links[self._taken.value - 1]


@dataclass(frozen=True)
class Site:
    """An installation with both servers running."""

    installation: Installation
    ours: Web
    stock: Web
    filled: Links = field(default_factory=Links)

    @classmethod
    def open(cls, installation: Installation) -> "Site":
        """Both servers, one started after the other; ``wait`` until they answer, which they do with a database."""
        servers = []
        for settings in (PRODUCT, STOCK):
            servers.append(installation.begin_to_serve(settings))
            wait_until_read(servers[-1])
        return cls(installation, *servers)

    def wait(self) -> "Site":
        for web in (self.ours, self.stock):
            wait_for(web)
        return self

    def fill_in(self, product: Prepared, amount: int) -> None:
        """One form page by page over HTTP, and others like it in the database."""
        FilingWithUs(Browser(self.ours.port)).prepare()
        self.filled.add(product.ask("benchmarks.drafts", "like_the_newest", self.installation.database, amount))

    def file_with_us(self) -> Story:
        return FilingWithUs(Browser(self.ours.port), self.filled.take)

    def file_with_wagtail(self) -> Story:
        return FilingWithWagtail(Browser(self.stock.port))


def fill_in(site: Site, product: Prepared, *, rounds: int, deeds: int, is_planned: bool) -> None:
    """As many forms as will be filed."""
    clients, warming = WARMING_UNTIL_PLANS_ARE_KEPT if is_planned else WARMING
    site.fill_in(product, clients * warming + rounds * deeds * (1 + CLIENTS) + 2 * SYNCS_COUNTED)


def measure_filing(empty: Site, stored: Site, *, rounds: int, deeds: int, is_planned: bool) -> dict[str, float]:
    """Rates, times and ratios; baseline and ours take turns in every round.

    ``is_planned``: the database plans statements and keeps the plans (PostgreSQL).
    """
    clients, warming = WARMING_UNTIL_PLANS_ARE_KEPT if is_planned else WARMING
    for site in (empty, stored):
        for story in (site.file_with_us, site.file_with_wagtail):
            run_together(story, clients=clients, deeds=warming)
    lone = [_lone_round(empty, stored, deeds) for _round in range(rounds)]
    many = [_round_of_many(empty, stored, deeds, is_reversed=bool(number % 2)) for number in range(rounds)]
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


def _round_of_many(empty: Site, stored: Site, deeds: int, *, is_reversed: bool) -> dict[str, float]:
    """``is_reversed``: the other way round, as each run is measured on what the one before left behind."""
    stories = [stored.file_with_wagtail, stored.file_with_us, empty.file_with_us, empty.file_with_wagtail]
    runs = []
    for story in reversed(stories) if is_reversed else stories:
        # What the run before left to be written some time (the plain form syncs nothing) is not this one's burden.
        os.sync()
        runs.append(run_together(story, clients=CLIENTS, deeds=deeds))
    wagtail, ours, ours_empty, wagtail_empty = reversed(runs) if is_reversed else runs
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
