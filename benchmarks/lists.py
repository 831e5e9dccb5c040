"""An official's task list and case page, beside Viewflow's own inbox on the same rows."""

import functools
import json

from benchmarks.browser import Browser
from benchmarks.clients import run_together
from benchmarks.figures import median
from benchmarks.filing import CLIENTS, Site
from benchmarks.installation import PRODUCT
from benchmarks.stories import Story, case_page, inbox, task_list


def measure_lists(site: Site, *, rounds: int, deeds: int) -> dict[str, float]:
    """Both inboxes in turns by one client, then ours by eight, then the case page."""
    browser = Browser(site.ours.port)
    signed_in = task_list(browser)
    signed_in.prepare()
    first_case = signed_in.first_case()

    # One story for all deeds of a client: an official signs in once.
    @functools.cache
    def ours() -> Story:
        return task_list(Browser(site.ours.port))

    @functools.cache
    def viewflow() -> Story:
        return inbox(Browser(site.stock.port))

    @functools.cache
    def page() -> Story:
        return case_page(Browser(site.ours.port), first_case)

    found = []
    for story in (ours, viewflow, page):
        run_together(story, clients=2, deeds=4)
    for _round in range(rounds):
        # Viewflow's inbox takes seconds at 100,000 cases: a few openings tell its median.
        theirs = run_together(viewflow, clients=1, deeds=max(deeds // 8, 4))
        alone = run_together(ours, clients=1, deeds=deeds)
        together = run_together(ours, clients=CLIENTS, deeds=deeds)
        case = run_together(page, clients=1, deeds=deeds)
        found.append(
            {
                "tasklist_p95_ms": alone.p95,
                "tasklist_median_ms": alone.median,
                "tasklist_rate_8_clients": together.rate,
                "tasklist_ratio": theirs.median / alone.median,
                "viewflow_inbox_median_ms": theirs.median,
                "casepage_median_ms": case.median,
            }
        )
    return {name: median([one[name] for one in found]) for name in found[0]}


def count_queries(site: Site) -> dict[str, int | bool]:
    return json.loads(site.installation.run("-m", "benchmarks.queries", str(site.ours.port), settings=PRODUCT))


def measure_procedures(site: Site) -> dict[str, float]:
    return json.loads(site.installation.run("-m", "benchmarks.procedures", settings=PRODUCT))


def measure_ocr(site: Site) -> dict[str, float]:
    return json.loads(site.installation.run("-m", "benchmarks.ocr", settings=PRODUCT))


def measure_forms(site: Site) -> dict[str, float]:
    return json.loads(site.installation.run("-m", "benchmarks.forms", settings=PRODUCT))
