"""The archive's page in the office: a box, filters that live in the address, results, and a document beside them."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import TemplateResponseMixin

from cases.desk.page import DeskPage
from cases.opening import ReasonMissing, give_reason
from cases.outbox import nobody_works
from search import words
from search.asking import RECEIPTS, WITH, NotTheseDays
from search.desk.asking import LONGEST_PAGE_NUMBER, PART, Asking, Link, address_with_values
from search.desk.lines import lines_of, short_help, shown_facet
from search.engines import IndexUnavailable, Order
from search.facets import Labels, chips_of, facets_of
from search.finding import Findings, find_asked
from search.indexing import is_being_rebuilt
from search.jobs import drain_soon
from search.looking import FileToShow, Look, document_listed, look_at
from search.marks import viewer_address
from search.models import ExportContent, ExportFormat
from search.parser import QueryTooComplex
from search.saved_searches import searches_of
from search.suggesting import suggestions

ORDERS = {
    Order.RELEVANCE: _("Best match first"),
    Order.NEWEST: _("Newest first"),
    Order.OLDEST: _("Oldest first"),
    Order.NUMBER: _("By number"),
}


class BesideResults(Asking):
    """Shows one document with what the search found in it."""

    def look(self, public_id: str) -> Look | None:
        """None when the person may not see it in a list, or when the search itself is refused."""
        document = document_listed(self.user, public_id) if public_id else None
        if document is None:
            return None
        place = {"file": self.number("file"), "page": self.number("page", LONGEST_PAGE_NUMBER)}
        try:
            return look_at(document, user=self.user, asked=self.asked, at=self.at, **place)
        except (QueryTooComplex, NotTheseDays):
            return None

    def look_context(self, look: Look) -> dict[str, Any]:
        document, file = look.document.public_id, look.shown.pk if look.shown else None
        return {
            "look": look,
            "viewer_address": viewer_address(look.document, look.shown, look.page, self.asked.typed),
            "close_address": self.address(p=self.request.GET.get("p", "")),
            "look_link": self.link(document),
            "file_links": [FileLink(one, self.link(document, file=one.file.pk)) for one in look.files],
            "places": [Place(page, self.link(document, file=file, page=page)) for page in look.places],
            "turning": {name: self.link(document, file=file, page=page) for name, page in _pages_beside(look).items()},
        }


@dataclass(frozen=True)
class FileLink:
    file: FileToShow
    link: Link


@dataclass(frozen=True)
class Place:
    """A page on which something was found."""

    page: int
    link: Link


def _pages_beside(look: Look) -> dict[str, int]:
    """The pages before and behind, where there are such."""
    pages = {"before": look.page - 1, "behind": look.page + 1}
    return {name: page for name, page in pages.items() if 1 <= page <= look.pages}


class ArchiveView(BesideResults, DeskPage):
    """Search everything that was filed. Finds only what this person may see."""

    template_name = "search/archive.html"
    page_title = _("Archive")
    header_icon = "folder-open-inverse"
    reason_refused = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # While the person types, so that the first search of a fresh process needn't wait.
        words.load_dictionaries_meanwhile()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say why the restricted document beside the results must be opened."""
        document = document_listed(self.user, request.GET.get("open", ""))
        if document is None:
            raise Http404
        try:
            give_reason(document.case, reason=request.POST.get("reason", ""), user=self.user, at=self.at)
        except ReasonMissing as refusal:
            self.reason_refused = str(refusal)
            return self.get(request, *args, **kwargs)
        return HttpResponseRedirect(self.link(document.public_id).address)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.asked
        labels = Labels(self.user.institution_id)
        shown = {
            "asked": asked,
            "help": short_help(),
            "formats": ExportFormat.choices,
            "contents": ExportContent.choices,
            "orders": [(order, words, order == asked.order) for order, words in ORDERS.items()],
            "chips": chips_of(asked, labels, self.address),
            "address_without_filters": address_with_values(reverse("desk_archive"), {"q": asked.typed}),
            "other_receipts_address": self.address(**{RECEIPTS: "" if asked.with_receipts else WITH}),
        }
        return super().get_context_data(**shown, **self._outcome(labels), **self._beside(), **self._saved(), **kwargs)

    def _outcome(self, labels: Labels) -> dict[str, Any]:
        """The findings with their facets; or what stands in the way, as a sentence."""
        try:
            findings = find_asked(self.user, self.asked, page=self.number("p", LONGEST_PAGE_NUMBER) or 1)
        except QueryTooComplex as refusal:
            return {"refusal": str(refusal)}
        except NotTheseDays as refusal:
            return {"days_refusal": str(refusal), "days_field": refusal.field}
        except IndexUnavailable:
            drain_soon()
            return {"is_unavailable": True, "nobody_works": nobody_works(at=self.at)}
        facets = facets_of(findings.facets, self.asked, labels, self.address, self.address_of_filter)
        is_rebuilding = findings.is_partial or is_being_rebuilt()
        return {
            "findings": findings,
            "lines": lines_of(findings.results, self.link, shown=self.request.GET.get("open", "")),
            "facets": [shown_facet(one) for one in facets],
            "pages": self._pages(findings),
            "is_rebuilding": is_rebuilding,
            "nobody_works": is_rebuilding and nobody_works(at=self.at),
            "suggestions": self._suggestions(findings, labels),
        }

    def _pages(self, findings: Findings) -> dict[str, str]:
        """Addresses of the pages before and after, where there are such."""
        steps = {"previous": findings.page - 1, "next": findings.page + 1}
        return {name: self.address(p=str(page)) for name, page in steps.items() if 1 <= page <= findings.pages}

    def _suggestions(self, findings: Findings, labels: Labels) -> list[tuple[str, int, str]]:
        if findings.count or not self.asked.is_anything:
            return []
        here, found = reverse("desk_archive"), suggestions(self.user, self.asked, labels.of)
        return [(one.words, one.count, address_with_values(here, one.asked.parameters)) for one in found]

    def _beside(self) -> dict[str, Any]:
        """The document that stands beside the results, if the address names one that may be listed."""
        look = self.look(self.request.GET.get("open", ""))
        return {**self.look_context(look), "reason_refused": self.reason_refused} if look else {}

    def _saved(self) -> dict[str, Any]:
        return {} if self.asked.is_anything else {"saved_searches": searches_of(self.user)}


class PreviewView(TemplateResponseMixin, BesideResults):
    """The panel of one document, for the script; everybody else is led to the page with the panel in it."""

    template_name = "search/preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.headers.get(PART):
            place = {"file": self.number("file"), "page": self.number("page", LONGEST_PAGE_NUMBER)}
            return HttpResponseRedirect(self.link(kwargs["public_id"], **place).address)
        look = self.look(kwargs["public_id"])
        if look is None:
            raise Http404
        return self.render_to_response(self.look_context(look))
