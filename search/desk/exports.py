"""The person's exports: asked for on the search page, followed and fetched here."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cases.desk.page import Admitted, DeskPage
from cases.handing_out import SANDBOX
from search import exporting
from search.asking import Asked, NotTheseDays
from search.desk.asking import PART, PERMISSION, Asking
from search.engines import IndexUnavailable
from search.exporting import MEDIA_TYPES, NotExported, NotHandedOut
from search.facets import Labels, asks_in_words
from search.jobs import write_exports_soon
from search.models import Export, ExportContent, ExportFormat
from search.parser import QueryTooComplex

SHOWN = 30
WHAT_IT_RAISES = (NotExported, QueryTooComplex, NotTheseDays)


@dataclass(frozen=True)
class Line:
    export: Export
    asks: list[str]
    query: str
    is_kept: bool
    trouble: str


class ExportsView(DeskPage):
    """What was exported lately, how far each is, and where to fetch it."""

    permission = PERMISSION
    template_name = "search/exports.html"
    page_title = gettext_lazy("Exports")
    header_icon = "download"

    def get_template_names(self) -> list[str]:
        return ["search/exports_list.html"] if self.request.headers.get(PART) else [self.template_name]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *before, here = super().get_breadcrumbs_items()
        return [*before, {"url": reverse("desk_archive"), "label": _("Archive")}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = Labels(self.user.institution_id)
        exports = Export.objects.filter(owner=self.user).order_by("-asked_at")[:SHOWN]
        lines = [self._line(export, labels) for export in exports]
        return super().get_context_data(
            lines=lines,
            is_under_way=any(line.export.is_under_way for line in lines),
            days_kept=exporting.KEPT.days,
            **kwargs,
        )

    def _line(self, export: Export, labels: Labels) -> Line:
        asked = Asked.from_address(export.parameters)
        is_kept = exporting.is_kept(export, at=self.at)
        trouble = exporting.trouble_of(export, at=self.at)
        return Line(export, asks_in_words(asked, labels), asked.address, is_kept, trouble)


class AskForExportView(Asking):
    """Have the search that the address asks written into a file."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        content, format = request.POST.get("content", ""), request.POST.get("format", "")
        try:
            exporting.ask_for(
                self.asked,
                content=content if content in ExportContent else ExportContent.LIST,
                format=format if format in ExportFormat else ExportFormat.CSV,
                owner=self.user,
                language=get_language() or "en",
                at=self.at,
            )
        except WHAT_IT_RAISES as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.address())
        except IndexUnavailable:
            messages.error(request, _("The archive is being rebuilt. Export in a few minutes."))
            return HttpResponseRedirect(self.address())
        write_exports_soon()
        return HttpResponseRedirect(reverse("desk_exports"))


class ExportView(Admitted):
    """One export of the person's own: fetched, stopped while it is written, or removed afterwards."""

    permission = PERMISSION

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        export = get_object_or_404(Export.objects.filter(owner=self.user), pk=kwargs["pk"])
        try:
            content = exporting.opened(export, user=self.user, at=self.at)
        except NotHandedOut as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("desk_exports"))
        media_type = MEDIA_TYPES[ExportFormat(export.format)]
        response = FileResponse(content, as_attachment=True, filename=_file_name(export), content_type=media_type)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = SANDBOX
        response["Cache-Control"] = "private, no-store"
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        export = get_object_or_404(Export.objects.filter(owner=self.user), pk=kwargs["pk"])
        if exporting.stop(export):
            messages.success(request, _("The export was stopped."))
        else:
            exporting.forget(export)
            messages.success(request, _("The file was removed."))
        return HttpResponseRedirect(reverse("desk_exports"))


def _file_name(export: Export) -> str:
    day = export.finished_at or export.asked_at
    return f"{_('archive')}-{day:%Y-%m-%d}-{export.pk}.{export.format.lower()}"
