"""How long steps may take: the standard days of each kind, and the latest possible end of a whole procedure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

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


def latest_end(procedure: Procedure, start: dt.date, calendar: Calendar) -> dt.date:
    """When a case that begins on a day ends at the latest, if nobody is late and nothing is sent back."""
    return max(way.day for way in _Counting(calendar).ways_of(procedure, start))


@dataclass(frozen=True)
class Deciding:
    """The latest day on which a decision leaves the house, and the steps that some case takes before that."""

    latest: dt.date
    steps: frozenset[str]


def deciding(procedure: Procedure, start: dt.date, calendar: Calendar) -> Deciding:
    """How long a case that begins on a day may take by law: until its last letter is dispatched.

    Waiting for the applicant stops the legal clock and is not counted. Where nothing is dispatched, all is counted.
    """
    counting = _Counting(calendar, counts_waits=False)
    latest = max(way.sent or way.day for way in counting.ways_of(procedure, start))
    return Deciding(latest, frozenset(counting.before_dispatch))


@dataclass(frozen=True)
class _Way:
    """How far a case has come at the latest, and when its last letter was dispatched on the way, if any was."""

    day: dt.date
    sent: dt.date | None = None


class _Counting:
    """Goes all ways through a procedure at once: of the ways on which a letter is sent, and not, the latest."""

    def __init__(self, calendar: Calendar, *, counts_waits: bool = True) -> None:
        self.calendar, self.counts_waits = calendar, counts_waits
        self.ended: list[_Way] = []
        self.before_dispatch: set[str] = set()

    def ways_of(self, procedure: Procedure, start: dt.date) -> list[_Way]:
        left = self._through(procedure.steps, [_Way(start)])
        return [*self.ended, *left]

    def _through(self, places: Sequence[Place], ways: Sequence[_Way]) -> list[_Way]:
        """The ways that go on after the sequence; those that close the case in it have ended."""
        for place in places:
            ways = _latest(self._past(place, ways))
        return list(ways)

    def _past(self, place: Place, ways: Sequence[_Way]) -> Sequence[_Way]:
        match place:
            case If(branches=branches, otherwise=otherwise):
                inner = [*(branch.steps for branch in branches), otherwise]
                return [end for steps in inner for end in self._through(steps, ways)]
            case SideBySide(branches=branches):
                return [_joined([self._through(branch.steps, [way]) for branch in branches], way) for way in ways]
            case Repeat(steps=steps, at_most=at_most):
                for _round in range(at_most):
                    ways = self._through(steps, ways)
                return ways
        if any(way.sent is None for way in ways):
            self.before_dispatch.add(place.id)
        if place.kind is Kind.CLOSE:
            self.ended += ways
            return []
        return [self._done(place, way) for way in ways]

    def _done(self, step: Step, way: _Way) -> _Way:
        is_counted = self.counts_waits or step.waits_for is not WaitFor.APPLICANT
        day = end_of(step, way.day, self.calendar) if is_counted else way.day
        return _Way(day, day if step.kind is Kind.DISPATCH else way.sent)


def _latest(ways: Sequence[_Way]) -> list[_Way]:
    unsent = [way for way in ways if way.sent is None]
    sent = [(way.day, way.sent) for way in ways if way.sent is not None]
    found = [_Way(max(way.day for way in unsent))] if unsent else []
    return [*found, _Way(max(day for day, _sent in sent), max(day for _day, day in sent))] if sent else found


def _joined(branches: Sequence[Sequence[_Way]], before: _Way) -> _Way:
    """After a block side by side: as late as its last branch; sent where some branch surely sent something."""
    days = [way.day for branch in branches for way in branch]
    surely = [way.sent for branch in branches if all(way.sent for way in branch) for way in branch]
    sent = [day for day in surely if day is not None]
    return _Way(max(days, default=before.day), max(sent, default=before.sent))
