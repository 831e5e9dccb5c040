"""The portal's jobs: Celery finds them by name, the work is done elsewhere."""

from celery import shared_task
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from portal_pages.drafts import forget_expired


@shared_task
def publish_scheduled_pages() -> None:
    """Publish what editors scheduled for now, take down what expired; harmless to run twice."""
    # Wagtail forgets the hour before it publishes: a worker killed between the two would leave a page for ever unseen.
    with transaction.atomic():
        call_command("publish_scheduled")


@shared_task
def forget_expired_drafts() -> int:
    """Forget unfinished forms that nobody touched for thirty days, with their files."""
    return forget_expired(at=timezone.now())
