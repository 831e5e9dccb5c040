"""The Celery application. Jobs live in each app's jobs.py."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registra.settings")
TRANSPORT_ALIASES["filesystem"] = "registra.folder_queue:Transport"

app = Celery("registra")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@worker_process_init.connect
def stand_apart(**_kwargs: Any) -> None:
    """Put each process that runs jobs into a group of its own.

    honcho tells a whole group to stop, and a process so told drops its job; the worker itself lets it finish first.
    The kernel ends these processes when the worker is gone.
    """
    os.setpgid(0, 0)
