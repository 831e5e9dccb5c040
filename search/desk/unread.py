"""The files in which the archive can't find everything: which, why, and another try for one or many."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases.desk.page import DeskPage
from cases.models import ComponentFile, Document
from search.jobs import drain_soon
from search.marks import viewer_address
from search.models import TROUBLE_STATES, UNREAD_STATES, TextState
from search.reading import try_again
from search.texts import in_words, living_files

LINES_A_PAGE = 50
MOST_AT_ONCE = 5_000
ALL = "all"


class UnreadView(DeskPage):
    """Files of documents that the person may open, whose text could not be read, or not wholly."""

    permission = "cases.search_archive"
    page_title = _("Files without text")
    header_icon = "doc-empty"
    template_name = "search/unread.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("which") == ALL:
            chosen = self.files.values_list("stored_file", flat=True).distinct()[:MOST_AT_ONCE]
        else:
            asked = [pk for pk in request.POST.getlist("file") if pk.isdecimal() and len(pk) < 19]
            chosen = self.files.filter(pk__in=asked[:MOST_AT_ONCE]).values_list("stored_file", flat=True).distinct()
        count = try_again(chosen)
        if count:
            drain_soon()
            said = ngettext("One file will be read again.", "{count} files will be read again.", count)
            messages.success(request, said.format(count=count))
        else:
            messages.warning(request, _("Choose the files that shall be read again."))
        return HttpResponseRedirect(self._address())

    @cached_property
    def reason(self) -> str:
        asked = self.request.GET.get("reason", "")
        return asked if asked in TROUBLE_STATES else ""

    @cached_property
    def all_files(self) -> QuerySet[ComponentFile]:
        return self._files_in(TROUBLE_STATES)

    def _files_in(self, states: Iterable[TextState]) -> QuerySet[ComponentFile]:
        """A restricted document tells nothing of its files before a reason was given."""
        readable = Document.objects.readable_by(self.user).values("pk")
        return living_files().filter(stored_file__text__state__in=states, component__document__in=readable)

    @cached_property
    def files(self) -> QuerySet[ComponentFile]:
        return self.all_files.filter(stored_file__text__state=self.reason) if self.reason else self.all_files

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files = self.files.select_related(
            "stored_file__text", "component__document__case__institution", "component__document__entry"
        ).order_by("-stored_file__text__read_at", "-pk")
        page = Paginator(files, LINES_A_PAGE).get_page(self.request.GET.get("p"))
        why = in_words({file.stored_file_id: file.stored_file.text.state for file in page})
        return super().get_context_data(
            lines=[(file, viewer_address(file.component.document, file), why[file.stored_file_id]) for file in page],
            page=page,
            page_addresses=self._page_addresses(page),
            reasons=self._reasons(),
            reason=self.reason,
            reason_label=TextState(self.reason).label if self.reason else "",
            address_of_all=reverse("desk_archive_unread"),
            in_work=self._files_in(UNREAD_STATES).count(),
            **kwargs,
        )

    def _reasons(self) -> list[dict[str, Any]]:
        counted = self.all_files.order_by().values_list("stored_file__text__state").annotate(count=Count("pk"))
        ordered = sorted(counted, key=lambda row: (-row[1], row[0]))
        return [
            {
                "label": TextState(state).label,
                "count": count,
                "address": self._address(state),
                "is_chosen": state == self.reason,
            }
            for state, count in ordered
        ]

    def _address(self, reason: str | None = None, page: int = 1) -> str:
        reason = self.reason if reason is None else reason
        asked = "&".join([*([f"reason={reason}"] if reason else []), *([f"p={page}"] if page > 1 else [])])
        address = reverse("desk_archive_unread")
        return f"{address}?{asked}" if asked else address

    def _page_addresses(self, page: Any) -> dict[str, str]:
        return {
            "previous": self._address(page=page.previous_page_number()) if page.has_previous() else "",
            "next": self._address(page=page.next_page_number()) if page.has_next() else "",
        }
