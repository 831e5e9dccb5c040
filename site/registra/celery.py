"""The Celery application. Jobs live in each app's jobs.py."""

import os
import signal
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
def finish_the_job_first(**_kwargs: Any) -> None:
    """Leave stopping to the worker that started us: honcho and service managers tell its children too.

    A handler that does nothing, instead of SIG_IGN, because programs started by a job would inherit that.
    """
    signal.signal(signal.SIGTERM, lambda *_signal: None)
