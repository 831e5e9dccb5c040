"""What workers run for the procedures."""

from celery import shared_task
from viewflow.workflow import timers


@shared_task(name="flows.jobs.fire_due_timers")
def fire_due_timers() -> int:
    """Fire every deadline whose moment has come; a failing one stands among the failed jobs."""
    return timers.fire_due_timers()
