"""Access to a case from outside: a link for machines and mail, twelve digits for paper and the telephone."""

import base64
import datetime as dt
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.identifiers import keyed_hash
from cases.known_queries import KnownQuery
from cases.models import Case, EntryKind, OutsideAccess, OutsideAccessKind, Party, RegisterEntry, WrongTry
from cases.rows import insert

DIGITS = 12
SHUT_AFTER = 10
SHUT_FOR = dt.timedelta(hours=1)
SENDER_TRIES = 30
SENDER_WINDOW = dt.timedelta(minutes=15)
TRIES_KEPT = dt.timedelta(days=1)


class AccessRefused(Exception):
    """Number and digits do not belong together; the same words whether the number exists or not."""

    def __init__(self) -> None:
        super().__init__(
            _("This number and these digits do not belong together. Compare them with your receipt and try again.")
        )


class NumberLost(AccessRefused):
    """The number was given out, but what stood behind it was lost in a restore; the digits went with it."""

    def __init__(self) -> None:
        Exception.__init__(
            self,
            _(
                "This number was given out, but after a failure of our machines we no longer have what was filed "
                "under it. We are sorry. Please come with your receipt, call us, or send it again: your number and "
                "its date stay valid."
            ),
        )


class TooManyTries(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("There were too many wrong tries. Try again in an hour, or ask at the counter or by telephone.")
        )


@dataclass(frozen=True)
class Secrets:
    """What the applicant is given: link token and digits. The database keeps only their keyed hashes.

    Both are derived from a random seed under the records key, so that the receipt can be made by a
    worker and printed again at the counter, and a stolen database opens nothing.
    """

    token: str
    digits: str

    @property
    def grouped(self) -> str:
        """In groups of four: 4071 9926 3385."""
        return " ".join(self.digits[start : start + 4] for start in range(0, DIGITS, 4))


def new_seed() -> str:
    return secrets.token_hex(16)


def secrets_from(seed: str) -> Secrets:
    """128 bits for the link; twelve digits for paper."""
    token = base64.urlsafe_b64encode(bytes.fromhex(keyed_hash("link of", seed))[:16]).decode().rstrip("=")
    digits = int(keyed_hash("digits of", seed), 16) % 10**DIGITS
    return Secrets(token, f"{digits:0{DIGITS}d}")


_newest_living = KnownQuery(
    lambda party: OutsideAccess.objects.filter(party=party, ended_at__isnull=True).order_by("-pk")[:1], int
)


def secrets_of(party: Party) -> Secrets | None:
    """What a party's living access opens with, for the receipt and for letters; None when it was ended."""
    access = _newest_living.first(party.pk)
    return secrets_from(access.seed) if access else None


def accesses_for(party: Party, *, at: dt.datetime) -> list[OutsideAccess]:
    """The two rows that let a party in, under one new seed; not saved."""
    seed = new_seed()
    given = secrets_from(seed)
    kinds = {OutsideAccessKind.LINK: _link_hash(given.token), OutsideAccessKind.DIGITS: _digits_hash(given.digits)}
    return [
        OutsideAccess(case_id=party.case_id, party=party, kind=kind, seed=seed, secret_hash=secret_hash, given_at=at)
        for kind, secret_hash in kinds.items()
    ]


def give_first_access(party: Party, *, at: dt.datetime) -> Secrets:
    """Let in whoever opened the case, in the transaction that opens it."""
    accesses = insert(accesses_for(party, at=at))
    return secrets_from(accesses[0].seed)


@transaction.atomic
def give_access(party: Party, *, actor: Actor, at: dt.datetime) -> Secrets:
    """Give a party new digits and a new link; the old ones end (lost receipt, changed representative)."""
    OutsideAccess.objects.filter(party=party, ended_at__isnull=True).update(ended_at=at)
    accesses = OutsideAccess.objects.bulk_create(accesses_for(party, at=at))
    history.record(party.case, "ACCESS_GIVEN", actor=actor, at=at)
    return secrets_from(accesses[0].seed)


@transaction.atomic
def end_access(party: Party, *, actor: Actor, at: dt.datetime) -> int:
    """Shut every way in that a party has."""
    ended = OutsideAccess.objects.filter(party=party, ended_at__isnull=True).update(ended_at=at)
    if ended:
        history.record(party.case, "ACCESS_ENDED", actor=actor, at=at)
    return ended


def open_with_link(token: str) -> OutsideAccess | None:
    """The access behind a link. Opening uses nothing up, since mail scanners open links too."""
    return _living().filter(kind=OutsideAccessKind.LINK, secret_hash=_link_hash(token)).first()


def open_with_digits(number: str, digits: str, *, sender: str, at: dt.datetime) -> OutsideAccess:
    """The access behind a number and its digits, as read from a receipt or told on the telephone.

    ``sender``: address of who tries; kept as a keyed hash. After ten wrong tries the number is shut
    for an hour, also for right digits, so that nothing can be learned by trying.
    """
    wanted, tried = " ".join(number.split()), "".join(filter(str.isdigit, digits))
    sender_hash = keyed_hash("sender", sender)
    _refuse_when_shut(wanted, sender_hash, at=at)
    candidates = _living().filter(
        Q(case__number=wanted) | Q(case__entries__number=wanted) | Q(case__sign__sign=wanted),
        kind=OutsideAccessKind.DIGITS,
        secret_hash=_digits_hash(tried),
    )
    access = candidates.first() if len(tried) == DIGITS else None
    if access is None:
        WrongTry.objects.filter(at__lt=at - TRIES_KEPT).delete()
        WrongTry.objects.create(number=wanted[:80], sender_hash=sender_hash, at=at)
        raise NumberLost if _was_lost(wanted) else AccessRefused
    return access


def _was_lost(number: str) -> bool:
    return RegisterEntry.objects.filter(number=number, kind=EntryKind.LOST).exists()


def _refuse_when_shut(number: str, sender_hash: str, *, at: dt.datetime) -> None:
    on_number = WrongTry.objects.filter(number=number[:80], at__gt=at - SHUT_FOR).count()
    by_sender = WrongTry.objects.filter(sender_hash=sender_hash, at__gt=at - SENDER_WINDOW).count()
    if on_number >= SHUT_AFTER or by_sender >= SENDER_TRIES:
        raise TooManyTries


def access_by_id(access_id: int) -> OutsideAccess | None:
    """The access that a signed cookie remembers, if it still lives."""
    return _living().filter(pk=access_id).first()


def case_of(access: OutsideAccess) -> Case:
    """Today's case: a joined case's old number and access lead on to the one that took it in."""
    return access.case.handled_in()


def _living() -> QuerySet[OutsideAccess]:
    """Accesses that open; a representative's ends with the mandate."""
    mandated = Q(party__mandate_until__isnull=True) | Q(party__mandate_until__gte=timezone.localdate())
    return OutsideAccess.objects.filter(mandated, ended_at__isnull=True).select_related(
        "case__institution", "case__unit", "party"
    )


def _link_hash(token: str) -> str:
    return keyed_hash("link", token)


def _digits_hash(digits: str) -> str:
    return keyed_hash("digits", digits)
