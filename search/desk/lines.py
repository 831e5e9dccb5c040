"""Results as lines of the list, and the words of a text with the found ones marked."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cases.desk.known_parts import KnownPart, escaped
from cases.desk.page import case_address
from cases.models import CaseState
from search.desk.asking import Link
from search.facets import Facet, FacetValue
from search.finding import Passage, Result
from search.passages import Piece

short_help = KnownPart("search/archive.html#help")
_line = KnownPart("search/archive.html#result")
_passage = KnownPart("search/archive.html#passage")
_trouble = KnownPart("search/archive.html#trouble")
_facet_value = KnownPart("search/archive.html#facet_value")


def lines_of(results: Iterable[Result], link: Callable[..., Link], *, shown: str) -> SafeString:
    """``link``: to a document beside the results, with its file and page; ``shown``: the one that stands there."""
    return _together(_line_of(one, link, is_open=one.document.public_id == shown) for one in results)


def _line_of(result: Result, link: Callable[..., Link], *, is_open: bool) -> SafeString:
    document, case, entry = result.document, result.case, result.document.entry
    passages = [(one, link(document.public_id, file=one.file, page=one.page)) for one in result.passages]
    there = passages[0][1] if passages else link(document.public_id)
    written_as = result.written_as
    day = timezone.localtime(result.day)
    return _line(
        document=document.public_id,
        is_open=is_open,
        number=result.number,
        written_as=written_as,
        moment="" if written_as else day.isoformat(),
        day="" if written_as else _day(get_language(), day.date()),
        unit=case.unit,
        ended=_state(get_language(), case.state) if case.is_closed else "",
        may_open=result.may_open,
        address=there.address,
        panel=there.panel,
        title=marked(result.title),
        subject=case.subject if case.subject != document.title else "",
        passages=_together(_passage_of(one, its) for one, its in passages),
        troubles=_together(_trouble(file=one.file_name, words=one.words) for one in result.troubles),
        case_address=case_address(case.public_id),
        case=case,
        place_address=_place_address(case.public_id) if result.may_open and case.place_id else "",
        sender_address=_sender_address(entry.sender_id) if result.may_open and entry and entry.sender_id else "",
    )


def marked(pieces: Sequence[Piece]) -> SafeString:
    """The pieces one after the other."""
    return _together(f"<mark>{escaped(one.text)}</mark>" if one.is_marked else escaped(one.text) for one in pieces)


def _passage_of(passage: Passage, link: Link) -> SafeString:
    return _passage(
        words=marked(passage.pieces),
        address=link.address,
        panel=link.panel,
        file=passage.file_name,
        page=passage.page,
    )


@dataclass(frozen=True)
class ShownFacet:
    """A filter with its values drawn. ``more``: how many stand behind the first."""

    title: str
    values: SafeString
    more_values: SafeString
    more: int
    all_address: str


def shown_facet(facet: Facet) -> ShownFacet:
    values, more = (_together(map(_value, some)) for some in (facet.values, facet.more_values))
    return ShownFacet(facet.title, values, more, len(facet.more_values), facet.all_address)


def _value(value: FacetValue) -> SafeString:
    return _facet_value(address=value.address, label=value.label, count=localize(value.count))


def _together(parts: Iterable[str]) -> SafeString:
    """Parts that are escaped."""
    return mark_safe("".join(parts))  # noqa: S308 (escaped by those who made them)


# -- Kept for the next line


@lru_cache(maxsize=5_000)
def _day(_language: str | None, day: dt.date) -> str:
    return date_format(day, "DATE_FORMAT")


@lru_cache(maxsize=100)
def _state(_language: str | None, state: str) -> str:
    return str(CaseState(state).label)


def _place_address(case: str) -> str:
    return f"{_addresses()[0]}?case={case}"


def _sender_address(party: int) -> str:
    return _addresses()[1].format(party)


@cache
def _addresses() -> tuple[str, str]:
    """Of everything about a place, and of everything about a party with a gap for the party."""
    party = reverse("desk_archive_party", args=[0])
    return reverse("desk_archive_place"), party.replace("/0/", "/{}/")
