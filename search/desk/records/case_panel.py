"""What the case page says of how long the case is kept, with holds, class and what became of it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from cases.known_queries import KnownQuery
from cases.models import Case, CaseState, CaseTombstone, DisposalHold, Retention, TransferItem, TransferState
from search.desk.records.due import day_in_words
from search.desk.records.page import KEEPS_RECORDS

_kept_of = KnownQuery(
    lambda case: Retention.objects.filter(case=case).select_related("record_class", "case__record_class"), int
)
_holds_of = KnownQuery(
    lambda case: (
        DisposalHold.objects.filter(case=case, lifted_at__isnull=True).select_related("placed_by").order_by("pk")
    ),
    int,
)


@dataclass(frozen=True)
class Panel:
    """A piece of the case page."""

    html: SafeString
    place: str = "side"

    def __html__(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.html


def records_panels(request: HttpRequest, case: Case) -> list[Panel]:
    """Nothing on an open case that nobody holds, but for the archivist."""
    user: Any = request.user
    keeps = user.has_perm(KEEPS_RECORDS)
    holds = _holds_of(case.pk)
    if not case.is_closed and not holds and not keeps:
        return []
    kept = _kept_of.first(case.pk) if case.is_closed else None
    words, shade = day_in_words(kept, timezone.localdate()) if case.state == CaseState.CLOSED else ("", "")
    context = {
        "case": case,
        "holds": holds,
        "record_class": (kept.case.record_class if kept else None),
        "day_words": words,
        "shade": shade,
        "stone": _stone_of(case),
        "transfer": _transfer_of(case),
        "may_hold": keeps and case.state != CaseState.DESTROYED,
    }
    return [Panel(SafeString(render_to_string("search/records/case_panel.html", context, request=request)))]


def _stone_of(case: Case) -> CaseTombstone | None:
    if case.state != CaseState.DESTROYED:
        return None
    stones = CaseTombstone.objects.filter(case=case).select_related("record_class", "approved_by", "destroyed_by")
    return stones.first()


def _transfer_of(case: Case) -> TransferItem | None:
    if case.state != CaseState.TRANSFERRED:
        return None
    items = TransferItem.objects.filter(case=case, transfer_list__state=TransferState.ACCEPTED)
    return items.select_related("transfer_list").first()
