"""Publications that were planned for an hour and refused when it came, because something was wrong with the draft.

The clock has nobody to tell, so the refusal stands in the history of what was not published, until something is
published or planned again.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogFormatter, log
from wagtail.models import ModelLogEntry, Revision

BY_THE_CLOCK = "wagtail.publish.scheduled"  # what Wagtail's publish_scheduled says of itself
REFUSED = "registra.publish.refused"


@dataclass(frozen=True)
class RefusedPlan:
    """For when the publication was planned, and why it was refused, in the institution's main language."""

    planned_at: dt.datetime
    reasons: str

    def __str__(self) -> str:
        day = date_format(timezone.localtime(self.planned_at), "DATETIME_FORMAT")
        words = _("The publication planned for {date} was refused: {reasons}")
        return words.format(date=day, reasons=self.reasons)


class RefusedFormatter(LogFormatter):
    """How the history of a draft tells it."""

    label = gettext_lazy("Refused to publish")

    def format_message(self, log_entry: ModelLogEntry) -> str:
        return str(_plan(log_entry))


def _plan(entry: ModelLogEntry) -> RefusedPlan:
    return RefusedPlan(dt.datetime.fromisoformat(entry.data["planned_at"]), entry.data["reasons"])


def give_up_plan(draft: Any, revision: Revision, *, reasons: str) -> None:
    """Note why the clock published nothing; it is not tried again at the next minute."""
    planned = revision.approved_go_live_at or timezone.now()
    draft.revisions.update(approved_go_live_at=None)
    log(draft, REFUSED, revision=revision, data={"planned_at": planned.isoformat(), "reasons": reasons})


def refused_plans(drafts: Iterable[Any]) -> dict[int, RefusedPlan]:
    """What was refused last, by the primary key of the draft; nothing once it was published or planned anew."""
    by_key = {str(draft.pk): draft for draft in drafts}
    if not by_key:
        return {}
    kind = ContentType.objects.get_for_model(next(iter(by_key.values())), for_concrete_model=False)
    entries = ModelLogEntry.objects.filter(content_type=kind, action=REFUSED, object_id__in=by_key)
    newest = {entry.object_id: entry for entry in entries.order_by("timestamp", "pk")}
    return {by_key[key].pk: _plan(entry) for key, entry in newest.items() if _still_stands(by_key[key], entry)}


def _still_stands(draft: Any, entry: ModelLogEntry) -> bool:
    was_published = draft.last_published_at is not None and draft.last_published_at > entry.timestamp
    return not was_published and not draft.revisions.filter(approved_go_live_at__isnull=False).exists()
