"""The print list: letters for whoever can't be reached electronically, and what waits at the counter."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.acting import Actor
from cases.clock import local_date
from cases.desk.page import DeskPage
from cases.dispatching import DispatchRefused, mark_delivered, mark_sent
from cases.models import DeliveryChannel, Dispatch
from cases.posting import papers_of, waiting_for_paper

SHOWN = 200


class PrintListView(DeskPage):
    """Pick letters, print them in one go, mark them as posted or collected."""

    permission = "cases.dispatch_document"
    page_title = gettext_lazy("Print list")
    header_icon = "mail"
    template_name = "desk/cases/print_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = list(waiting_for_paper(self.user)[: SHOWN + 1])
        by_post = [one for one in waiting[:SHOWN] if one.channel == DeliveryChannel.POST]
        at_counter = [one for one in waiting[:SHOWN] if one.channel == DeliveryChannel.COUNTER]
        return super().get_context_data(
            by_post=by_post, at_counter=at_counter, is_longer=len(waiting) > SHOWN, shown=SHOWN, **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """One button for each verb; whatever fails is named with its reason and stays in the list."""
        chosen = list(waiting_for_paper(self.user).filter(pk__in=_ids(request)))
        if not chosen:
            messages.warning(request, _("Choose at least one letter first."))
            return redirect("desk_print_list")
        verb = request.POST.get("verb")
        if verb == "print":
            return _as_pdf(chosen)
        failed = [result for result in (_mark(one, verb, request) for one in chosen) if result.refusal]
        _say(request, len(chosen) - len(failed), failed)
        return redirect("desk_print_list")


@dataclass(frozen=True)
class Marked:
    dispatch: Dispatch
    refusal: str = ""


def _ids(request: HttpRequest) -> list[int]:
    return [int(value) for value in request.POST.getlist("dispatch") if value.isdecimal()]


def _as_pdf(chosen: list[Dispatch]) -> HttpResponse:
    response = HttpResponse(papers_of(chosen, at=timezone.now()), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="letters.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _mark(dispatch: Dispatch, verb: str | None, request: HttpRequest) -> Marked:
    """Each in a transaction of its own, so that one refusal stops none of the others."""
    at = timezone.now()
    actor = Actor.of(request.user, on=local_date(dispatch.case, at))  # type: ignore[arg-type]
    try:
        if verb == "collected":
            mark_delivered(dispatch, actor=actor, at=at, evidence={"how": "collected at the counter"})
        else:
            mark_sent(dispatch, actor=actor, at=at, evidence={"how": "put into the post"})
    except DispatchRefused as refusal:
        return Marked(dispatch, str(refusal))
    return Marked(dispatch)


def _say(request: HttpRequest, done: int, failed: list[Marked]) -> None:
    if done:
        words = ngettext("{number} letter was marked.", "{number} letters were marked.", done)
        messages.success(request, words.format(number=done))
    for result in failed:
        messages.error(request, f"{result.dispatch.case}: {result.refusal}")
