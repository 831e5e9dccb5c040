"""Everything about a place, and everything about a party: pages to read and to print."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.page import DeskPage, address_with
from cases.models import Case, Party
from cases.same_places import Point
from search.asking import ORDER
from search.desk.asking import address_with_values
from search.engines import Order
from search.timelines import NEAR_METRES, Named, PartyTimeline, PlaceAsked, PlaceTimeline, place_of

DISTANCES = (30, 60, 100, 250, 500, 1000)
LONGEST_WORDS = 300
MOST_ADDED = 30


class TimelineView(DeskPage):
    """What both pages have: a page of lines, and the way to the next."""

    permission = "cases.search_archive"
    header_icon = "history"

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST_WORDS]

    @property
    def page_number(self) -> int:
        typed = self.asked("p")
        return int(typed) if typed.isdecimal() and len(typed) < 6 else 1

    def turning(self, page: int, pages: int) -> dict[str, str]:
        """Addresses of the pages before and after, where there are such."""
        steps = {"previous": page - 1, "next": page + 1}
        return {name: address_with(self.request.GET, p=str(to)) for name, to in steps.items() if 1 <= to <= pages}


def unread(named: Named) -> dict[str, Any] | None:
    """How many papers with the words were not looked through, and where the search shows them."""
    if not named.more:
        return None
    address = address_with_values(reverse("desk_archive"), {"q": named.typed, ORDER: Order.NEWEST})
    return {"count": named.more, "address": address}


class PlaceView(TimelineView):
    """``?case=`` asks for the place of a case, ``?words=`` for one in words; ``metres`` says how far counts."""

    page_title = gettext_lazy("Everything about a place")
    template_name = "search/timelines/place.html"
    header_icon = "globe"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.place
        has_question = bool(asked.words or asked.point)
        found = PlaceTimeline(asked, user=self.user, with_mentions=self.asked("only") != "place")
        shown = found.read(page=self.page_number) if has_question else None
        return super().get_context_data(
            place=asked,
            of_case=self.case,
            has_question=has_question,
            timeline=shown,
            turning=self.turning(shown.page, shown.pages) if shown else {},
            spellings=found.other_spellings() if has_question else [],
            is_index_missing=found.is_index_missing,
            unread=unread(found.named) if has_question else None,
            with_mentions=found.with_mentions,
            distances=DISTANCES,
            **kwargs,
        )

    @cached_property
    def case(self) -> Case | None:
        public_id = self.asked("case")
        readable = Case.objects.readable_by(self.user).select_related("place")
        return readable.filter(public_id=public_id).first() if public_id else None

    @cached_property
    def place(self) -> PlaceAsked:
        if self.asked("case") and self.case is None:
            raise Http404
        known = place_of(self.case) if self.case else PlaceAsked()
        typed = self.asked("metres")
        metres = int(typed) if typed.isdecimal() and int(typed[:6]) in DISTANCES else NEAR_METRES
        return PlaceAsked(self.asked("words") or known.words, known.point or self._typed_point(), metres)

    def _typed_point(self) -> Point | None:
        """``?at=42.1,23.4``"""
        latitude, _comma, longitude = self.asked("at").partition(",")
        try:
            point = Point(float(latitude), float(longitude))
        except ValueError:
            return None
        return point if abs(point.latitude) <= 90 and abs(point.longitude) <= 180 else None


class PartyView(TimelineView):
    """A person or body of a case that the reader may open; ``?with=`` adds those who are perhaps the same."""

    template_name = "search/timelines/party.html"
    header_icon = "user"

    def get_page_title(self) -> str:
        return _("Everything about {name}").format(name=self.party)

    @cached_property
    def party(self) -> Party:
        readable = Party.objects.filter(case__in=Case.objects.readable_by(self.user)).select_related("case")
        party = readable.filter(pk=self.kwargs["pk"]).first()
        if party is None:
            raise Http404
        return party

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = self.request.GET.getlist("with")[:MOST_ADDED]
        added = {int(pk) for pk in typed if pk.isdecimal() and len(pk) < 19}
        found = PartyTimeline(self.party, user=self.user, added=added)
        shown = found.read(page=self.page_number)
        return super().get_context_data(
            party=self.party,
            timeline=shown,
            turning=self.turning(shown.page, shown.pages),
            perhaps=found.perhaps,
            unread=unread(found.named),
            added=added,
            **kwargs,
        )
