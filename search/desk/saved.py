"""The person's saved searches: kept from the search page, looked after on a page of their own."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.page import Admitted, DeskPage
from search import saved_searches
from search.asking import Asked, NotTheseDays
from search.desk.asking import PERMISSION, Asking
from search.engines import IndexUnavailable
from search.facets import Labels, asks_in_words
from search.finding import count_of
from search.models import SavedSearch
from search.parser import QueryTooComplex
from search.saved_searches import NotKept


@dataclass(frozen=True)
class Line:
    """A saved search with what it asks, in words; ``news``: how many more it finds than when its owner last looked."""

    search: SavedSearch
    asks: list[str]
    count: int | None
    news: int = 0


class SavedSearchesView(DeskPage):
    """One's own searches and the shared ones; from here each is run, renamed, shared or removed."""

    permission = PERMISSION
    template_name = "search/saved_searches.html"
    page_title = gettext_lazy("Saved searches")
    header_icon = "folder-open-inverse"
    refused: dict[str, Any] | None = None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *before, here = super().get_breadcrumbs_items()
        return [*before, {"url": reverse("desk_archive"), "label": _("Archive")}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = Labels(self.user.institution_id)
        lines = [self._line(search, labels) for search in saved_searches.searches_of(self.user)]
        return super().get_context_data(
            own=[line for line in lines if line.search.owner_id == self.user.pk],
            shared=[line for line in lines if line.search.owner_id != self.user.pk],
            removed=saved_searches.removed_of(self.user, at=self.at),
            units=list(saved_searches.units_of(self.user)),
            refused=self.refused,
            **kwargs,
        )

    def _line(self, search: SavedSearch, labels: Labels) -> Line:
        asked = Asked.from_address(search.parameters)
        try:
            count = count_of(self.user, asked)
        except (IndexUnavailable, QueryTooComplex, NotTheseDays):
            return Line(search, asks_in_words(asked, labels), None)
        news = max(0, count - search.count_seen) if search.owner_id == self.user.pk else 0
        return Line(search, asks_in_words(asked, labels), count, news)


class KeepSearchView(Asking):
    """Keep the search that the address asks, under the name that was typed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            count = count_of(self.user, self.asked)
            name = request.POST.get("name", "")
            kept = saved_searches.keep(self.asked, name=name, owner=self.user, count=count, at=self.at)
        except (NotKept, QueryTooComplex, NotTheseDays) as refusal:
            messages.error(request, str(refusal))
        except IndexUnavailable:
            messages.error(request, _("The archive is being rebuilt. Save the search in a few minutes."))
        else:
            messages.success(request, _("The search was saved as “{name}”.").format(name=kept.name))
        return HttpResponseRedirect(self.address())


class SavedSearchView(Admitted):
    """One saved search: looked at, it leads to what it finds; its owner changes it."""

    permission = PERMISSION

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        search = get_object_or_404(saved_searches.searches_of(self.user), pk=kwargs["pk"])
        asked = Asked.from_address(search.parameters)
        if search.owner_id == self.user.pk:
            self._note_look(search, asked)
        return HttpResponseRedirect(f"{reverse('desk_archive')}?{asked.address}")

    def _note_look(self, search: SavedSearch, asked: Asked) -> None:
        try:
            saved_searches.note_look(search, count=count_of(self.user, asked), at=self.at)
        except (IndexUnavailable, QueryTooComplex, NotTheseDays):
            return

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        search = get_object_or_404(SavedSearch.objects.filter(owner=self.user), pk=kwargs["pk"])
        try:
            if said := self._change(search, request):
                messages.success(request, said)
        except NotKept as refusal:
            page = SavedSearchesView(refused={"pk": search.pk, "words": str(refusal)})
            page.setup(request)
            return page.get(request)
        return HttpResponseRedirect(reverse("desk_saved_searches"))

    def _change(self, search: SavedSearch, request: HttpRequest) -> str:
        """Do what the pressed button says; returns what the person is told."""
        match request.POST.get("do"):
            case "change":
                saved_searches.rename(search, name=request.POST.get("name", ""))
                asked_for = request.POST.get("unit", "")
                units = saved_searches.units_of(self.user)
                unit = get_object_or_404(units, code=asked_for) if asked_for else None
                saved_searches.share(search, unit=unit)
                return _("“{name}” was changed.").format(name=search.name)
            case "remove":
                saved_searches.remove(search, at=self.at)
                return _("“{name}” was removed. Until tomorrow it can be brought back.").format(name=search.name)
            case "bring back":
                saved_searches.bring_back(search)
                return _("“{name}” is back.").format(name=search.name)
        return ""
