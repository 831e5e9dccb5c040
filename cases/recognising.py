"""Recognising who writes: earlier senders by a few letters, and what kind of number somebody gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from stdnum.bg import egn, pnf
from stdnum.bg import vat as eik
from stdnum.pl import nip, pesel, regon
from stdnum.ro import cnp, cui

from cases.identifiers import compact, identifier_hash
from cases.models import Case, Party, User

SHORTEST = 2
LOOKED_THROUGH = 200
OFFERED = 8

# The kinds of numbers by country, in the order in which they are tried (codes as the public forms use them).
PERSONS: Mapping[str, Mapping[str, Callable[[str], bool]]] = {
    "BG": {"EGN": egn.is_valid, "LNCH": pnf.is_valid},
    "RO": {"CNP": cnp.is_valid},
    "PL": {"PESEL": pesel.is_valid},
}
ORGANISATIONS: Mapping[str, Mapping[str, Callable[[str], bool]]] = {
    "BG": {"EIK": eik.is_valid},
    "RO": {"CUI": cui.is_valid},
    "PL": {"NIP": nip.is_valid, "REGON": regon.is_valid},
}


class NotAnIdentifier(Exception):
    def __init__(self, number: str) -> None:
        super().__init__(
            _("“{number}” is no valid number of a person or company. Compare it, or leave it out.").format(
                number=number
            )
        )


@dataclass(frozen=True)
class Identified:
    kind: str
    number: str
    is_organisation: bool


def identified(number: str, *, country: str) -> Identified | None:
    """What kind of number it is, by its check digit; None when there is none. Raises NotAnIdentifier."""
    digits = compact(number).removeprefix(country)
    if not digits:
        return None
    for kinds, is_organisation in ((PERSONS, False), (ORGANISATIONS, True)):
        for kind, is_valid in kinds.get(country, {}).items():
            if is_valid(digits):
                return Identified(kind, digits, is_organisation)
    raise NotAnIdentifier(number)


@dataclass(frozen=True)
class KnownSender:
    """Somebody who wrote before, as they were then."""

    party: Party
    times: int


def known_senders(letters: str, *, user: User) -> list[KnownSender]:
    """Earlier parties with a word that begins with these letters, the latest first, each person once.

    Two are taken for one person when name, number and address agree; nobody is merged.
    """
    words = " ".join(letters.replace("\x00", "").split())
    if len(words) < SHORTEST:
        return []
    # SQLite compares only Latin letters without regard to case, so the usual spellings are asked for one by one.
    condition = Q()
    for spelling in {words, words.lower(), words.upper(), words.title()}:
        condition |= Q(name__startswith=spelling) | Q(name__contains=f" {spelling}")
    return _each_once(_parties(user).filter(condition).order_by("-pk")[:LOOKED_THROUGH])


def known_by_number(number: str, *, user: User) -> list[KnownSender]:
    """Earlier parties with the same number, whatever their name: the clerk is told before a double is made."""
    country = user.institution.country if user.institution else ""
    try:
        found = identified(number, country=country)
    except NotAnIdentifier:
        return []
    if found is None:
        return []
    same = _parties(user).filter(identifier_hash=identifier_hash(found.kind, found.number))
    return _each_once(same.order_by("-pk")[:LOOKED_THROUGH])


def _parties(user: User) -> QuerySet[Party]:
    return Party.objects.filter(case__in=Case.objects.visible_to(user)).exclude(name="")


def _each_once(parties: QuerySet[Party]) -> list[KnownSender]:
    latest: dict[tuple[str, str, str], Party] = {}
    times: dict[tuple[str, str, str], int] = {}
    for party in parties:
        key = (party.name.casefold(), party.identifier_hash, "" if party.identifier_hash else party.address)
        latest.setdefault(key, party)
        times[key] = times.get(key, 0) + 1
    return [KnownSender(party, times[key]) for key, party in list(latest.items())[:OFFERED]]
