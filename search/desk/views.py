"""The archive's page in the office: a box, filters that live in the address, and results with their passages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cases.models import CaseState, Service, Unit, User
from search import words
from search.engines import FACETS, IndexUnavailable
from search.finding import Findings, find
from search.indexing import is_being_rebuilt
from search.jobs import drain_soon
from search.parser import QueryTooComplex

FACET_TITLES = {
    "unit": _("Unit"),
    "service": _("Service"),
    "register": _("Register"),
    "class": _("Class"),
    "year": _("Year"),
    "kind": _("Kind"),
    "channel": _("Channel"),
    "state": _("State"),
    "language": _("Language"),
    "access": _("Access"),
}
KINDS = {
    "APPLICATION": pgettext_lazy("document", "Application"),
    "SUPPLEMENT": _("Supplement"),
    "MESSAGE": _("Message"),
    "RECEIPT": _("Receipt"),
    "DECISION": _("Decision"),
    "OPINION": _("Opinion"),
    "LETTER": _("Letter"),
    "NOTICE": _("Notice"),
    "COMPLAINT": _("Complaint"),
    "INVOICE": _("Invoice"),
    "OTHER": _("Other"),
}
WITH = "with"
VALUES_AT_FIRST = 6
LONGEST_VALUE = 80
LONGEST_PAGE_NUMBER = 4


@dataclass(frozen=True)
class FacetValue:
    label: str
    count: int
    address: str


@dataclass(frozen=True)
class Facet:
    """A filter with what it would find. ``chosen``: the label of the value it is set to, and how to take it off."""

    name: str
    title: str
    values: list[FacetValue]
    more_values: list[FacetValue]
    chosen: str = ""
    address_without: str = ""


class ArchiveView(PermissionRequiredMixin, WagtailAdminTemplateMixin, View):
    """Search everything that was filed. Finds only what this person may see."""

    permission_required = "cases.search_archive"
    raise_exception = True
    template_name = "search/archive.html"
    page_title = _("Archive")
    header_icon = "folder-open-inverse"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # While the person types, so that the first search of a fresh process needn't wait.
        words.load_dictionaries_meanwhile()
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = {
            "typed": self.typed,
            "chosen": self.chosen,
            "address_without_filters": self._address(**dict.fromkeys(FACETS, "")),
            "may_leave_receipts_out": self.may_leave_receipts_out,
            "with_receipts": self.with_receipts,
            "other_receipts_address": self._address(receipts="" if self.with_receipts else WITH),
        }
        return super().get_context_data(**asked, **self._outcome(), **kwargs)

    @property
    def _person(self) -> User:
        return cast("User", self.request.user)

    @cached_property
    def typed(self) -> str:
        return self.request.GET.get("q", "").replace("\x00", "").strip()

    @cached_property
    def chosen(self) -> dict[str, str]:
        asked = {name: self.request.GET.get(name, "").replace("\x00", "")[:LONGEST_VALUE] for name in FACETS}
        return {name: value for name, value in asked.items() if value}

    @cached_property
    def may_leave_receipts_out(self) -> bool:
        """Who only looks at what is new has no use for receipts: each filing has one. Who seeks finds them too."""
        return not self.typed and "kind" not in self.chosen

    @cached_property
    def with_receipts(self) -> bool:
        return self.request.GET.get("receipts") == WITH

    def _outcome(self) -> dict[str, Any]:
        """The findings with their facets; or what stands in the way, as a sentence."""
        try:
            left_out = {"kind": "RECEIPT"} if self.may_leave_receipts_out and not self.with_receipts else {}
            findings = find(self._person, self.typed, chosen=self.chosen, left_out=left_out, page=self._page())
        except QueryTooComplex as refusal:
            return {"refusal": str(refusal)}
        except IndexUnavailable:
            drain_soon()
            return {"is_unavailable": True}
        return {
            "findings": findings,
            "facets": self._facets(findings),
            "pages": self._pages(findings),
            "is_rebuilding": is_being_rebuilt(),
        }

    def _page(self) -> int:
        asked = self.request.GET.get("p", "1")
        return int(asked) if asked.isdecimal() and len(asked) <= LONGEST_PAGE_NUMBER else 1

    def _pages(self, findings: Findings) -> dict[str, str]:
        """Addresses of the pages before and after, where there are such."""
        steps = {"previous": findings.page - 1, "next": findings.page + 1}
        return {name: self._address(p=str(page)) for name, page in steps.items() if 1 <= page <= findings.pages}

    def _facets(self, findings: Findings) -> list[Facet]:
        labels = self._labels()
        return [self._facet(name, findings.facets.get(name, {}), labels.get(name, {})) for name in FACETS]

    def _facet(self, name: str, counts: Mapping[str, int], labels: Mapping[str, str]) -> Facet:
        chosen = self.chosen.get(name, "")
        ordered = sorted(counts.items(), reverse=True) if name == "year" else counts.items()
        values = [
            FacetValue(labels.get(value, value), count, self._address(**{name: value}))
            for value, count in ([] if chosen else ordered)
        ]
        return Facet(
            name=name,
            title=str(FACET_TITLES[name]),
            values=values[:VALUES_AT_FIRST],
            more_values=values[VALUES_AT_FIRST:],
            chosen=labels.get(chosen.casefold(), chosen),
            address_without=self._address(**{name: ""}),
        )

    def _labels(self) -> dict[str, dict[str, str]]:
        """Names of the values, by facet and by value as the index has it."""
        own = {"institution": self._person.institution_id} if self._person.institution_id else {}
        units = Unit.objects.filter(**own)
        services = Service.objects.filter(**own).select_related("institution")
        return {
            "unit": {unit.code.casefold(): str(unit) for unit in units},
            "service": {service.code.casefold(): str(service) for service in services},
            "year": {},
            "kind": {kind.casefold(): str(label) for kind, label in KINDS.items()},
            "state": {state.casefold(): str(label) for state, label in CaseState.choices},
        }

    def _address(self, **changes: str) -> str:
        """This page's address with some filters changed; a change of filter leads back to the first page."""
        receipts = WITH if self.with_receipts and not self.typed else ""
        values = {"q": self.typed, **self.chosen, "receipts": receipts, **changes}
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in values.items() if value})
        return f"{reverse_lazy('desk_archive')}?{query.urlencode()}"
