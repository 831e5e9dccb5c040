"""An official's task list and case page, beside Viewflow's own inbox on the same rows."""

from benchmarks.browser import Browser
from benchmarks.clients import run_together
from benchmarks.figures import median
from benchmarks.filing import CLIENTS, Site
from benchmarks.stories import Story, case_page, inbox, task_list


def measure_lists(site: Site, *, rounds: int, deeds: int) -> dict[str, float]:
    """Both inboxes in turns by one client, then ours by eight, then the case page. The official signs in once."""
    tasks, theirs = task_list(Browser(site.ours.port)), inbox(Browser(site.stock.port))
    case = case_page(tasks.browser, "")
    for story in (tasks, theirs):
        story.prepare()
    case.address = tasks.first_case()
    # Each client opens a connection of its own; what stays with it is the session.
    for story in (tasks, theirs):
        story.browser.close()

    def ours() -> Story:
        return tasks

    def viewflow() -> Story:
        return theirs

    def page() -> Story:
        return case

    found = []
    for make in (ours, viewflow, page):
        run_together(make, clients=2, deeds=2)
    for _round in range(rounds):
        # Viewflow's inbox takes seconds at 100,000 cases: a few openings tell its median.
        other = run_together(viewflow, clients=1, deeds=max(deeds // 8, 4))
        alone = run_together(ours, clients=1, deeds=deeds)
        together = run_together(ours, clients=CLIENTS, deeds=deeds)
        shown = run_together(page, clients=1, deeds=deeds)
        found.append(
            {
                "tasklist_p95_ms": alone.p95,
                "tasklist_median_ms": alone.median,
                "tasklist_rate_8_clients": together.rate,
                "tasklist_ratio": other.median / alone.median,
                "viewflow_inbox_median_ms": other.median,
                "casepage_median_ms": shown.median,
            }
        )
    return {name: median([one[name] for one in found]) for name in found[0]}
