"""How long steps may take: the standard days of each kind, and the latest possible end of a whole procedure."""

import datetime as dt
from collections.abc import Sequence

from cases.calendar import Calendar
from flows.procedures.tree import (
    AgreeOrder,
    DayUnit,
    If,
    Kind,
    Place,
    Procedure,
    Repeat,
    SideBySide,
    Step,
    Term,
    WaitFor,
)

STANDARD_DAYS: dict[Kind, int] = {
    Kind.CHECK_COMPLETENESS: 2,
    Kind.RESOLVE: 1,
    Kind.HANDLE: 10,
    Kind.ASK_OPINIONS: 5,
    Kind.DRAFT: 5,
    Kind.AGREE: 3,
    Kind.APPROVE: 2,
    Kind.SIGN: 2,
    Kind.DISPATCH: 1,
    Kind.WAIT: 7,
    Kind.VISIT: 5,
    Kind.DECIDE: 3,
    Kind.PUBLISH: 1,
}


def term_of(step: Step) -> Term | None:
    """The step's deadline, or the standard one of its kind; None for what happens by itself."""
    if step.deadline or step.kind not in STANDARD_DAYS:
        return step.deadline
    return None if step.waits_for is WaitFor.DATE else Term(STANDARD_DAYS[step.kind])


def day_after(day: dt.date, term: Term, calendar: Calendar) -> dt.date:
    """The last day of a term that begins today; calendar days are counted as they are, Sundays included."""
    if term.unit is DayUnit.WORKING_DAYS:
        return calendar.working_days_after(day, term.amount)
    return day + dt.timedelta(days=term.amount)


def end_of(step: Step, day: dt.date, calendar: Calendar) -> dt.date:
    """The last day of a step that begins on a day. A date that an answer holds is not known yet: it counts as none."""
    term = term_of(step)
    rounds = len(step.units) if step.kind is Kind.AGREE and step.order is AgreeOrder.ONE_BY_ONE else 1
    for _round in range(rounds or 1):
        day = day_after(day, term, calendar) if term else day
    return day


def latest_end(procedure: Procedure, start: dt.date, calendar: Calendar, *, counts_waits: bool = True) -> dt.date:
    """When a case that begins on a day ends at the latest, if nobody is late and nothing is sent back.

    ``counts_waits``: whether waiting for the applicant, which stops the legal clock, is counted.
    """
    return max(_ends(procedure.steps, start, calendar, counts_waits))


def _ends(places: Sequence[Place], day: dt.date, calendar: Calendar, counts_waits: bool) -> tuple[dt.date, dt.date]:
    """The latest day on which the sequence goes on, and the latest on which a case was closed inside it."""
    closed = day
    for place in places:
        match place:
            case If(branches=branches, otherwise=otherwise):
                inner = [*(branch.steps for branch in branches), otherwise]
                ends = [_ends(steps, day, calendar, counts_waits) for steps in inner]
            case SideBySide(branches=branches):
                ends = [_ends(branch.steps, day, calendar, counts_waits) for branch in branches]
            case Repeat(steps=steps, at_most=at_most):
                for _round in range(at_most):
                    day = _ends(steps, day, calendar, counts_waits)[0]
                continue
            case Step():
                is_counted = counts_waits or place.waits_for is not WaitFor.APPLICANT
                day = end_of(place, day, calendar) if is_counted else day
                continue
        day = max(end for end, _closed in ends)
        closed = max(closed, *(inner_closed for _end, inner_closed in ends))
    return day, closed
