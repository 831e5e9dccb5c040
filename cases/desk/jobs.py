"""The administrator's page of the outbox: what waits, what failed and why, and another try."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import outbox
from cases.desk.page import Admitted, DeskPage
from cases.models import OutboxRow

SHOWN = 100
STUCK_AFTER = dt.timedelta(minutes=5)

# What a kind of job does, for people.
WORK: dict[str, str | Promise] = {
    "make_receipt": gettext_lazy("Make a receipt"),
    "make_previews": gettext_lazy("Make page images"),
    "send_mail": gettext_lazy("Send an e-mail"),
    "add_searchable_copies": gettext_lazy("Put searchable copies beside scans"),
    "read_text": gettext_lazy("Read the text of a file"),
    "take_over_table": gettext_lazy("Take over an old register"),
    "count_retention": gettext_lazy("Count how long cases are kept"),
    "execute_disposal": gettext_lazy("Carry out a disposal list"),
    "remove_unused_bytes": gettext_lazy("Remove the bytes of destroyed files"),
    "make_disposal_protocol": gettext_lazy("Make a protocol of destruction"),
    "tell_of_yearly_lists": gettext_lazy("Tell an archivist of the year's disposal lists"),
    "tell_of_review": gettext_lazy("Tell a head of disposal lists to review"),
    "remind_borrower": gettext_lazy("Remind the borrower of a paper"),
    "pack_transfer": gettext_lazy("Make a transfer package"),
    "remove_transferred": gettext_lazy("Remove copies of transferred files"),
    "index_case": gettext_lazy("Put a case into the archive's index"),
}


@dataclass(frozen=True)
class JobLine:
    """A row of the page. It names no case by subject or person: the administrator sees work, not content."""

    row: OutboxRow
    work: str
    reason: str

    @property
    def is_given_up(self) -> bool:
        return self.row.failed_at is not None


def work_in_words(kind: str) -> str:
    return str(WORK.get(kind, kind.replace("_", " ")))


class JobListView(DeskPage):
    """Failures first, with their reason; counts of what is done and what waits."""

    permission = "cases.run_outbox"
    page_title = gettext_lazy("Jobs")
    header_icon = "cogs"
    template_name = "desk/cases/jobs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**_shown(at=self.at), **kwargs)


def _shown(*, at: dt.datetime) -> dict[str, Any]:
    waiting = OutboxRow.objects.filter(done_at__isnull=True)
    counts = waiting.aggregate(
        waiting=Count("pk", filter=Q(last_error="", failed_at__isnull=True)),
        stuck=Count("pk", filter=Q(last_error="", failed_at__isnull=True, put_at__lt=at - STUCK_AFTER)),
        trying=Count("pk", filter=~Q(last_error="") & Q(failed_at__isnull=True)),
        given_up=Count("pk", filter=Q(failed_at__isnull=False)),
    )
    failed = waiting.exclude(last_error="").order_by("failed_at", "due_at")[:SHOWN]
    return {
        "counts": counts,
        "lines": [JobLine(row, work_in_words(row.kind), outbox.reason_of(row)) for row in failed],
        "shown": SHOWN,
    }


class RetryView(Admitted):
    """Try one failed job again, or all of them."""

    permission = "cases.run_outbox"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        failed = OutboxRow.objects.filter(done_at__isnull=True).exclude(last_error="")
        rows = [get_object_or_404(OutboxRow, pk=pk)] if pk else list(failed)
        tried = 0
        for row in rows:
            try:
                outbox.retry(row, at=self.at)
            except outbox.NotWaiting as refusal:
                messages.warning(request, str(refusal))
            else:
                tried += 1
        if tried:
            messages.success(request, _("Another try was started. Look again in a moment."))
        return redirect("desk_jobs")
