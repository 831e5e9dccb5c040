"""All values of one filter, with a box to narrow them: the search page has room for the most frequent only."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from cases.desk.page import DeskPage
from search.asking import LONGEST_VALUE, NotTheseDays
from search.desk.asking import Asking
from search.engines import FACETS, IndexUnavailable
from search.facets import TITLES, Labels, values_like
from search.finding import values_of
from search.parser import QueryTooComplex

SHOWN = 500


class FilterView(Asking, DeskPage):
    """``?like=`` narrows by the letters of a value's name or code; what was asked stands beside it in the address."""

    template_name = "search/filter.html"
    header_icon = "folder-open-inverse"

    @property
    def facet(self) -> str:
        name: str = self.kwargs["facet"]
        if name not in FACETS:
            raise Http404
        return name

    def get_page_title(self) -> str:
        return _("Narrow the search: {filter}").format(filter=TITLES[self.facet])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.asked.without(self.facet)
        like = self.request.GET.get("like", "").replace("\x00", "").strip()[:LONGEST_VALUE]
        try:
            counts = values_of(self.user, asked, self.facet)
        except (QueryTooComplex, NotTheseDays, IndexUnavailable) as trouble:
            refusal = _("The archive is being rebuilt.") if isinstance(trouble, IndexUnavailable) else str(trouble)
            return super().get_context_data(refusal=refusal, back=self.address(), **kwargs)
        found = values_like(self.facet, counts, like, Labels(self.user.institution_id), self.address)
        return super().get_context_data(
            title=TITLES[self.facet],
            values=found[:SHOWN],
            count=len(found),
            unshown=max(0, len(found) - SHOWN),
            like=like,
            asked=asked,
            back=self.address(),
            **kwargs,
        )
