"""The Celery application. Jobs live in each app's jobs.py."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registra.settings")
TRANSPORT_ALIASES["filesystem"] = "registra.folder_queue:Transport"

app = Celery("registra")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
