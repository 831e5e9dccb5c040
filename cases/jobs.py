"""What workers run. Each job fetches by id, calls one operation and ends."""

from celery import shared_task
from django.utils import timezone

from cases import event_order, late_papers, outbox, retaining, staffing, upkeep, yearly_lists
from cases.backfile import runs


@shared_task(name="cases.jobs.run_outbox")
def run_outbox(ids: list[int]) -> None:
    """Run the rows that one transaction put."""
    for row_id in ids:
        outbox.run(row_id, at=timezone.now())


@shared_task(name="cases.jobs.sweep_outbox")
def sweep_outbox() -> None:
    """Run whatever was missed. A long row does not shorten the claim on the next."""
    for row_id in outbox.waiting_ids(at=timezone.now()):
        outbox.run(row_id, at=timezone.now())


@shared_task(name="cases.jobs.order_events")
def order_events() -> None:
    """Give new events their place in the one order over the institution."""
    event_order.place_new_events(at=timezone.now())


@shared_task(name="cases.jobs.order_late_events")
def order_late_events() -> None:
    """The same for events that were there too late for it."""
    event_order.place_new_events(at=timezone.now(), everywhere=True)


@shared_task(name="cases.jobs.refresh_roles")
def refresh_roles() -> None:
    """Bring everybody's groups in step with the posts that they hold today."""
    staffing.refresh_all_roles(on=timezone.localdate())


@shared_task(name="cases.jobs.keep_up_retention")
def keep_up_retention() -> None:
    """Versions of the classification plan take effect on their day; closed cases get their days."""
    retaining.keep_up(at=timezone.now())


@shared_task(name="cases.jobs.propose_yearly_lists")
def propose_yearly_lists() -> None:
    """Once a year: disposal lists for every unit that has something due."""
    yearly_lists.propose_yearly_lists(at=timezone.now())


@shared_task(name="cases.jobs.remind_of_late_papers")
def remind_of_late_papers() -> None:
    """Borrowers are reminded when a paper is due, and a week later."""
    late_papers.remind_of_late_papers(at=timezone.now())


@shared_task(name="cases.jobs.forget_unbegun_imports")
def forget_unbegun_imports() -> None:
    """Old registers that were checked and never begun expire."""
    runs.expire_unbegun(at=timezone.now())


@shared_task(name="cases.jobs.refresh_statistics")
def refresh_statistics() -> None:
    """Let the database learn how its tables are filled now."""
    upkeep.refresh_statistics()


def run_soon(ids: list[int]) -> None:
    run_outbox.apply_async(args=[ids], retry=False)
