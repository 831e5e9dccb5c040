"""A search as somebody asks it: words, filters, days and order, as they stand in the address of its page.

The same values make the address, the saved search and the export, so that all three find the same.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cases.rough_dates import NotADate, read_date
from search.engines import FACETS, Order
from search.filter_values import by_code
from search.parser import And, Between, Everything, Filter, Not, Query, parse
from search.vague import meant

LONGEST_VALUE = 80
LONGEST_TYPED = 20_000
SINCE, UNTIL, ORDER, RECEIPTS = "from", "to", "sort", "receipts"
WITH = "with"
# Whatever it is called, a day to come is no mistake in a search: nothing was filed then.
_LAST_DAY = dt.date(9000, 12, 31)


class NotTheseDays(Exception):
    """The days can't be read, or end before they begin; ``field`` says which of the two fields is meant."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Asked:
    """``chosen``: a value for each facet that is set. ``since`` and ``until``: days as people write them."""

    typed: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    order: Order = Order.RELEVANCE
    with_receipts: bool = False

    @classmethod
    def from_address(cls, values: QueryDict | Mapping[str, Any]) -> "Asked":
        """What the parameters of an address ask for; what they don't say, or say in a wrong way, is left out."""

        def value(name: str, longest: int = LONGEST_VALUE) -> str:
            return str(values.get(name) or "").replace("\x00", "").strip()[:longest]

        chosen = {name: value(name) for name in FACETS}
        order = value(ORDER)
        return cls(
            typed=value("q", LONGEST_TYPED),
            chosen={name: one for name, one in chosen.items() if one},
            since=value(SINCE),
            until=value(UNTIL),
            order=Order(order) if order in Order else Order.RELEVANCE,
            with_receipts=value(RECEIPTS) == WITH,
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The other way round: what stands in the address, without what goes without saying."""
        values = {
            "q": self.typed,
            **self.chosen,
            SINCE: self.since,
            UNTIL: self.until,
            ORDER: "" if self.order == Order.RELEVANCE else str(self.order),
            RECEIPTS: WITH if self.with_receipts and self.may_leave_receipts_out else "",
        }
        return {name: value for name, value in values.items() if value}

    @property
    def address(self) -> str:
        """The parameters as they follow the question mark."""
        return urlencode(self.parameters)

    @property
    def may_leave_receipts_out(self) -> bool:
        """Who only looks at what is new has no use for receipts: each filing has one. Who seeks finds them too."""
        return not self.typed and "kind" not in self.chosen

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen or self.since or self.until)

    @property
    def is_anything(self) -> bool:
        return bool(self.typed or self.is_narrowed)

    def without(self, name: str) -> "Asked":
        """The same without one facet, or without the days ("days")."""
        if name == "days":
            return replace(self, since="", until="")
        return replace(self, chosen={one: value for one, value in self.chosen.items() if one != name})

    @cached_property
    def days(self) -> tuple[dt.date | None, dt.date | None]:
        """The first and the last day that are meant. Raises NotTheseDays."""
        earliest, latest = _first_day(self.since), _last_day(self.until)
        if earliest and latest and latest < earliest:
            raise NotTheseDays(_("This day lies before the first one."), UNTIL)
        return earliest, latest

    @property
    def query(self) -> Query:
        """What an engine is asked. Raises parser.QueryTooComplex and NotTheseDays."""
        return meant(self.as_typed)

    @cached_property
    def as_typed(self) -> Query:
        """The same with every word that was typed. Raises like ``query``."""
        parts: list[Query] = [by_code(parse(self.typed))]
        parts += [Filter(name, self.chosen[name]) for name in FACETS if name in self.chosen]
        if any(self.days):
            parts.append(Between(*self.days))
        if self.may_leave_receipts_out and not self.with_receipts:
            parts.append(Not(Filter("kind", "RECEIPT")))
        meant = [part for part in parts if part != Everything()]
        return And(tuple(meant)) if len(meant) > 1 else next(iter(meant), Everything())


def _first_day(words: str) -> dt.date | None:
    read = _read(words, SINCE)
    return read[0] if read else None


def _last_day(words: str) -> dt.date | None:
    read = _read(words, UNTIL)
    return read[1] if read else None


def _read(words: str, field: str) -> tuple[dt.date, dt.date] | None:
    try:
        read = read_date(words, today=_LAST_DAY)
    except NotADate as refusal:
        raise NotTheseDays(str(refusal), field) from refusal
    except (OverflowError, ValueError) as error:
        raise NotTheseDays(str(NotADate(words)), field) from error
    return (read.earliest, read.latest) if read else None
