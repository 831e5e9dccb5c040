"""What the pages of a list that goes from hand to hand share: who sees it, its lines, and one verb after the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _

from cases.desk.page import address_of
from cases.models import Case, DisposalItem, DisposalList, TransferItem, TransferList
from search.desk.records.page import AdmittedToRecords, RecordsAct, RecordsPage


@dataclass(frozen=True)
class ItemLine:
    """A case on a list; ``address`` and ``subject`` are empty to who may not see it."""

    item: DisposalItem | TransferItem
    address: str
    subject: str


class OneList(AdmittedToRecords):
    """A list of the institution, if the person may see it; else it does not exist."""

    model: type[DisposalList] | type[TransferList]
    people: tuple[str, ...] = ()

    @cached_property
    def shown(self) -> Any:
        lists = self.model.objects.visible_to(self.user).filter(institution=self.institution)
        return get_object_or_404(lists.select_related("unit", "institution", *self.people), pk=self.kwargs["pk"])

    def verbs(self) -> dict[str, bool]:
        """What the person may do with it now."""
        raise NotImplementedError


class OneListPage(OneList, RecordsPage):
    """Where the list stands, its lines, and what this person may do; ``tab`` names the page of all lists."""

    heading: str | Promise  # with {unit} and {year}
    all_lists: str | Promise

    def get_page_title(self) -> str:
        return str(self.heading).format(unit=self.shown.unit, year=self.shown.year)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        return [*items[:-1], {"url": reverse(self.tab), "label": self.all_lists}, items[-1]]

    def lines_of(self, items: Iterable[DisposalItem | TransferItem]) -> list[ItemLine]:
        """What a case is about is said only to who may see it, or the case that it was joined into: one matter.

        Opening it is another question: a joined case has its own readers.
        """
        items = list(items)
        leads = {item.goes_with.case_id for item in items if item.goes_with}
        asked = Case.objects.visible_to(self.user).filter(pk__in=leads.union(item.case_id for item in items))
        visible = set(asked.values_list("pk", flat=True))

        def line(item: DisposalItem | TransferItem) -> ItemLine:
            is_told = item.case_id in visible or (item.goes_with and item.goes_with.case_id in visible)
            address = address_of(item.case) if item.case_id in visible else ""
            return ItemLine(item, address, item.case.subject if is_told else "")

        return [line(item) for item in items]


class OneListAct(OneList, RecordsAct):
    """One verb on the list; each asks its own permission, and the operation the rest.

    ``acts``: for each verb which of ``verbs`` it needs and the method that does it. ``refusal``: what operations raise.
    """

    acts: ClassVar[Mapping[str, tuple[str, str]]]
    page_name: str
    refusal: type[Exception]

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
        list_ = self.shown
        if verb not in self.acts:
            raise Http404
        needed, method = self.acts[verb]
        if not self.verbs()[needed]:
            messages.error(request, _("This can't be done with the list now, or not by you."))
        else:
            try:
                getattr(self, method)(list_)
            except self.refusal as refusal:
                messages.error(request, str(refusal))
        return self.back_to(reverse(self.page_name, args=[pk]))
