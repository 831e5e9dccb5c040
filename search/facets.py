"""The filters beside the results: what each would find, by names that people know, and how to take it off again."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter

from django.conf import settings
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from cases.known_queries import AMOUNTS, KnownQuery, in_turns
from cases.models import CaseState, Channel, RecordClass, Register, Service, Unit
from cases.texts import Texts, in_language
from search import words
from search.asking import SINCE, UNTIL, Asked
from search.engines import FACETS
from search.value_names import ACCESS, KINDS

TITLES: dict[str, str | Promise] = {
    "unit": gettext_lazy("Unit"),
    "service": gettext_lazy("Service"),
    "register": gettext_lazy("Register"),
    "class": pgettext_lazy("records schedule", "Class"),
    "year": gettext_lazy("Year"),
    "kind": gettext_lazy("Kind"),
    "channel": gettext_lazy("Channel"),
    "state": gettext_lazy("State"),
    "language": gettext_lazy("Language"),
    "access": gettext_lazy("Access"),
}
CLASS = ("valid_from", "code", "titles")
VALUES_AT_FIRST = 6
VALUES_AT_MOST = 60

type Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class FacetValue:
    label: str
    count: int
    address: str


@dataclass(frozen=True)
class Facet:
    """A filter that may still be set, with what each value would find. ``all_address``: where there are more."""

    name: str
    title: str
    values: Sequence[FacetValue]
    more_values: Sequence[FacetValue]
    all_address: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter that is set: what it says, and the address of the page without it."""

    name: str
    title: str
    label: str
    address: str

    @property
    def words(self) -> str:
        return _("{title}: {value}").format(title=self.title, value=self.label)


class Labels:
    """Names of the values of the filters, by facet and by value as an index has it (in small letters).

    Asks the database once for each kind of name, and only for what is looked up.
    """

    def __init__(self, institution: int | None) -> None:
        self._institution = institution
        self._classes: dict[str, str] = {}

    def know_classes(self, codes: Iterable[str]) -> None:
        """Fetch the names of these classes together; the schedule of a large town has two thousand."""
        wanted = sorted({spelling for code in codes for spelling in (code, code.upper())})
        found = [row for some in in_turns(wanted) for row in self._classes_of(some)]
        for _since, code, titles in sorted(found, key=itemgetter(0)):
            self._classes[code.casefold()] = f"{code} {in_language(titles)}"

    def of(self, facet: str, value: str) -> str:
        """What people call the value; itself where it has no other name."""
        return self._names(facet).get(value.casefold(), value)

    def _names(self, facet: str) -> Mapping[str, str]:
        match facet:
            case "unit":
                return self._units
            case "service":
                return self._services
            case "register":
                return self._registers
            case "class":
                return self._classes
        return _fixed_names(get_language()).get(facet, {})

    def _classes_of(self, codes: list[str]) -> Iterable[tuple[dt.date, str, Texts]]:
        if self._institution:
            return _known_classes(len(codes))(self._institution, *codes)
        return RecordClass.objects.filter(code__in=codes).values_list(*CLASS)

    @cached_property
    def _units(self) -> dict[str, str]:
        return self._named(Unit)

    @cached_property
    def _services(self) -> dict[str, str]:
        return self._named(Service)

    @cached_property
    def _registers(self) -> dict[str, str]:
        return self._named(Register)

    def _named(self, model: type[Model]) -> dict[str, str]:
        rows: Iterable[tuple[str, Texts]] = (
            _known_names(model)(self._institution)
            if self._institution
            else model._default_manager.values_list("code", "names")
        )
        return {code.casefold(): str(in_language(names)) or code for code, names in rows}


@lru_cache(maxsize=8)
def _fixed_names(_language: str | None) -> dict[str, dict[str, str]]:
    """Of the values that are the same in every town, by facet."""
    fixed = {
        "kind": KINDS.items(),
        "state": CaseState.choices,
        "channel": Channel.choices,
        "access": ACCESS.items(),
        "language": settings.LANGUAGES,
    }
    return {name: {value.casefold(): str(label) for value, label in pairs} for name, pairs in fixed.items()}


@lru_cache(maxsize=3)
def _known_names(model: type[Model]) -> KnownQuery[tuple[str, Texts]]:
    return KnownQuery(lambda own: model._default_manager.filter(institution=own).values_list("code", "names"), int)


@lru_cache(maxsize=len(AMOUNTS))
def _known_classes(amount: int) -> KnownQuery[tuple[dt.date, str, Texts]]:
    return KnownQuery(
        lambda own, *codes: RecordClass.objects.filter(institution=own, code__in=codes).values_list(*CLASS),
        *(int, *[str] * amount),
    )


def facets_of(
    counts: Counts, asked: Asked, labels: Labels, address: Callable[..., str], all_values: Callable[[str], str]
) -> list[Facet]:
    """The filters that are not set yet and have something to choose.

    ``address``: the page's, with a facet changed; ``all_values``: of the page with all values of a facet.
    """
    labels.know_classes(counts.get("class", {}))
    facets = []
    for name in FACETS:
        if name in asked.chosen or not (found := counts.get(name)):
            continue
        values = [
            FacetValue(labels.of(name, value), count, address(**{name: value}))
            for value, count in in_order(name, found)[:VALUES_AT_MOST]
        ]
        beyond = all_values(name) if len(found) > VALUES_AT_MOST else ""
        facets.append(Facet(name, str(TITLES[name]), values[:VALUES_AT_FIRST], values[VALUES_AT_FIRST:], beyond))
    return facets


def values_like(
    name: str, counts: Mapping[str, int], like: str, labels: Labels, address: Callable[..., str]
) -> list[FacetValue]:
    """All values of a filter whose name or code has these letters in it, however they are written."""
    if name == "class":
        labels.know_classes(counts)
    wanted = words.plain(like.strip())
    named = ((value, count, labels.of(name, value)) for value, count in in_order(name, counts))
    return [
        FacetValue(label, count, address(**{name: value}))
        for value, count, label in named
        if wanted in words.plain(label) or wanted in words.plain(value)
    ]


def in_order(facet: str, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Years from the newest, everything else from what is met most."""
    if facet == "year":
        return sorted(counts.items(), reverse=True)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def chips_of(asked: Asked, labels: Labels, address: Callable[..., str]) -> list[Chip]:
    """The filters that are set."""
    labels.know_classes(value for name, value in asked.chosen.items() if name == "class")
    chips = [
        Chip(name, str(TITLES[name]), labels.of(name, asked.chosen[name]), address(**{name: ""}))
        for name in FACETS
        if name in asked.chosen
    ]
    if asked.since or asked.until:
        chips.append(Chip("days", _("Days"), days_in_words(asked), address(**{SINCE: "", UNTIL: ""})))
    return chips


def days_in_words(asked: Asked) -> str:
    if asked.since and asked.until:
        return _("{first} to {last}").format(first=asked.since, last=asked.until)
    return _("from {day}").format(day=asked.since) if asked.since else _("until {day}").format(day=asked.until)


def asks_in_words(asked: Asked, labels: Labels) -> list[str]:
    """What a search asks, piece by piece, as people say it."""
    words = [f"“{asked.typed}”"] if asked.typed else []
    words += [chip.words for chip in chips_of(asked, labels, lambda **_changes: "")]
    return words or [_("Everything")]
