"""What the pages of a search have in common: what the address asks, and the addresses that keep it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

from django.urls import reverse
from django.utils.functional import cached_property

from cases.desk.page import Admitted
from search.asking import Asked

PERMISSION = "cases.search_archive"
# A script asks for a part alone; whoever comes to its address otherwise gets the page that it belongs to.
PART = "X-Registra-Part"
LONGEST_NUMBER = 9
LONGEST_PAGE_NUMBER = 4


@dataclass(frozen=True)
class Link:
    """To the page with a document beside the results, and to that document's panel alone, for the script."""

    address: str
    panel: str


class Asking(Admitted):
    """What every page of a search has in common: what is asked, and the addresses that keep it."""

    permission = PERMISSION

    @cached_property
    def asked(self) -> Asked:
        return Asked.from_address(self.request.GET)

    def number(self, name: str, longest: int = LONGEST_NUMBER) -> int | None:
        """A whole number from the address; None for nothing and for nonsense."""
        value = self.request.GET.get(name, "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) <= longest and int(value) else None

    def address(self, **changes: str) -> str:
        """The search page's address with some filters changed; a change of filter leads back to the first page."""
        if self._parameters.keys().isdisjoint(changes):
            added = [f"{name}={quote_plus(value)}" for name, value in changes.items() if value]
            query = "&".join([*self._encoded, *added])
            return f"{self._archive}?{query}" if query else self._archive
        return address_with_values(self._archive, {**self._parameters, **changes})

    def address_of_filter(self, facet: str) -> str:
        """Of the page with all values of a filter."""
        return address_with_values(reverse("desk_archive_filter", args=[facet]), self._parameters)

    def link(self, document: str, **place: int | None) -> Link:
        """To a document beside the same page of results; ``place``: its file and page."""
        there = "".join(f"&{name}={value}" for name, value in place.items() if value)
        panel = self._preview.replace("/-/", f"/{document}/")
        return Link(f"{self._here}&open={document}{there}#preview", f"{panel}?{self._kept}{there}")

    @cached_property
    def _parameters(self) -> dict[str, str]:
        return self.asked.parameters

    @cached_property
    def _encoded(self) -> list[str]:
        return [self.asked.address] if self._parameters else []

    @cached_property
    def _kept(self) -> str:
        """The search and the page of results, for an address."""
        page = self.number("p", LONGEST_PAGE_NUMBER) or 1
        return urlencode({**self._parameters, "p": page})

    @cached_property
    def _here(self) -> str:
        return f"{self._archive}?{self._kept}"

    @cached_property
    def _archive(self) -> str:
        return reverse("desk_archive")

    @cached_property
    def _preview(self) -> str:
        """The address of any document's panel, with a dash for the document."""
        return reverse("desk_archive_preview", args=["-"])


def address_with_values(address: str, values: Mapping[str, str]) -> str:
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{address}?{query}" if query else address
