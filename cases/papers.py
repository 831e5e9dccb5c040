"""The paper original: which room, shelf and box it lies in, and who has borrowed it.

What the counter wrote on an entry is where the paper was first; every later place is a row of its own. A loan ends by
coming back or by being prolonged, which begins another. Each is told in the case's history.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.clock import local_date
from cases.models import Case, Loan, PaperPlace, RegisterEntry, User

LONGEST_PART = 60
LONGEST_LOAN = dt.timedelta(days=366)


class PaperRefused(Exception):
    """This can't be done with the paper now; the message says why."""


@dataclass(frozen=True)
class Where:
    """A place of papers. ``box`` alone suffices where boxes are numbered through."""

    room: str = ""
    shelf: str = ""
    box: str = ""

    def __str__(self) -> str:
        return " / ".join(part for part in (self.room, self.shelf, self.box) if part)


def where(room: str = "", shelf: str = "", box: str = "") -> Where:
    """What a person typed, without blanks around. Raises PaperRefused where it says nothing or too much."""
    parts = [" ".join(part.replace("\x00", "").split()) for part in (room, shelf, box)]
    if not any(parts):
        raise PaperRefused(_("Say at least one of room, shelf and box."))
    if any(len(part) > LONGEST_PART for part in parts):
        raise PaperRefused(_("Room, shelf and box have at most {count} letters each.").format(count=LONGEST_PART))
    return Where(*parts)


@transaction.atomic
def place_paper(case: Case, to: Where, *, actor: Actor, at: dt.datetime) -> PaperPlace:
    """Note where the case's paper lies from now on."""
    Case.objects.select_for_update().get(pk=case.pk)
    latest = case.paper_places.order_by("-pk").first()
    if latest and (latest.room, latest.shelf, latest.box) == (to.room, to.shelf, to.box):
        raise PaperRefused(_("The paper of {number} is noted there already.").format(number=case))
    place = PaperPlace.objects.create(
        case=case, room=to.room, shelf=to.shelf, box=to.box, noted_at=at, noted_by=actor.user
    )
    history.record(case, "PAPER_PLACED", actor=actor, at=at, payload={"place": str(to)})
    return place


@transaction.atomic
def lend_paper(
    case: Case,
    *,
    to: User | None = None,
    to_name: str = "",
    until: dt.date,
    reason: str = "",
    actor: Actor,
    at: dt.datetime,
) -> Loan:
    """Give the case's paper to an official, or to a body outside by name, until a day."""
    Case.objects.select_for_update().get(pk=case.pk)
    to_name = " ".join(to_name.replace("\x00", "").split())
    if to is None and not to_name:
        raise PaperRefused(_("Say who borrows the paper."))
    _in_time(case, until, at=at)
    if out := case.loans.out().select_related("borrower").first():
        raise PaperRefused(
            _("The paper of {number} is with {who}. Take it back first.").format(number=case, who=out.who)
        )
    try:
        with transaction.atomic():
            loan = Loan.objects.create(
                case=case,
                borrower=to,
                borrower_name="" if to else to_name[:200],
                reason=reason.replace("\x00", "").strip()[:300],
                due_date=until,
                lent_at=at,
                lent_by=actor.user,
            )
    except IntegrityError:
        raise PaperRefused(_("Somebody else lent the paper of {number} just now.").format(number=case)) from None
    personal = {"who": loan.who} | ({"reason": loan.reason} if loan.reason else {})
    history.record(case, "PAPER_LENT", actor=actor, at=at, payload={"until": until.isoformat()}, personal=personal)
    return loan


@transaction.atomic
def take_paper_back(loan: Loan, *, actor: Actor, at: dt.datetime) -> Loan:
    loan = _still_out(loan)
    _end(loan, actor=actor, at=at)
    history.record(loan.case, "PAPER_RETURNED", actor=actor, at=at, personal={"who": loan.who})
    return loan


@transaction.atomic
def prolong_loan(loan: Loan, *, until: dt.date, actor: Actor, at: dt.datetime) -> Loan:
    """Let the borrower keep it until another day: the old term ends, a new one begins."""
    loan = _still_out(loan)
    _in_time(loan.case, until, at=at)
    if until <= loan.due_date:
        raise PaperRefused(_("The new day must come after the old one."))
    _end(loan, actor=actor, at=at)
    longer = Loan.objects.create(
        case=loan.case,
        borrower=loan.borrower,
        borrower_name=loan.borrower_name,
        reason=loan.reason,
        due_date=until,
        lent_at=at,
        lent_by=actor.user,
        prolongs=loan,
    )
    history.record(
        loan.case,
        "PAPER_LOAN_PROLONGED",
        actor=actor,
        at=at,
        payload={"until": until.isoformat()},
        personal={"who": loan.who},
    )
    return longer


def _still_out(loan: Loan) -> Loan:
    Case.objects.select_for_update().get(pk=loan.case_id)
    fresh = Loan.objects.select_related("case__institution", "borrower").get(pk=loan.pk)
    if fresh.returned_at is not None:
        raise PaperRefused(_("The paper of {number} is back already.").format(number=fresh.case))
    return fresh


def _end(loan: Loan, *, actor: Actor, at: dt.datetime) -> None:
    loan.returned_at, loan.taken_back_by = max(at, loan.lent_at), actor.user
    loan.save(update_fields=["returned_at", "taken_back_by"])


def _in_time(case: Case, until: dt.date, *, at: dt.datetime) -> None:
    today = local_date(case, at)
    if until < today:
        raise PaperRefused(_("The day on which the paper is due back has passed already."))
    if until > today + LONGEST_LOAN:
        raise PaperRefused(_("A paper is lent for a year at most. Prolong it then."))


def place_now(case: Case) -> str:
    """Where the case's paper is, in words: the latest place, else what the counter wrote; empty when nobody said."""
    latest = case.paper_places.order_by("-pk").first()
    return str(latest) if latest else ", ".join(_written_at_the_counter([case.pk]).get(case.pk, []))


def _written_at_the_counter(cases: Collection[int]) -> dict[int, list[str]]:
    noted: dict[int, list[str]] = {}
    entries = RegisterEntry.objects.filter(case__in=cases).exclude(paper_place="").order_by("pk")
    for case, place in entries.values_list("case", "paper_place"):
        noted.setdefault(case, [])
        if place not in noted[case]:
            noted[case].append(place)
    return noted


def places_now(cases: Collection[int]) -> dict[int, str]:
    """The same for several cases, in two queries."""
    written = {case: ", ".join(places) for case, places in _written_at_the_counter(cases).items()}
    latest = PaperPlace.objects.current().filter(case__in=cases)
    return written | {place.case_id: str(place) for place in latest}


history.register_words("PAPER_PLACED", _("The paper lies in {place}"))
history.register_words(
    "PAPER_LENT", _("The paper was lent to {who} until {until}: {reason}"), unsaid={"reason": _("no reason given")}
)
history.register_words("PAPER_LOAN_PROLONGED", _("{who} may keep the paper until {until}"))
history.register_words("PAPER_RETURNED", _("The paper came back from {who}"))
