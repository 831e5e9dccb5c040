"""Trying a procedure: walking it with invented answers and chosen outcomes, and walks kept as tests of a service.

A walk reads who holds which post and writes nothing: it makes no case, no task, no event, so that nothing can reach
a register, a mailbox or statistics. It obeys the same plan as the compiled procedure. Each task is done on its last
day unless the walk says after how many days.
"""

import datetime as dt
import heapq
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from cases.calendar import Calendar
from cases.clock import clock_from
from cases.conditions import asked_about, holds
from cases.models import Case, Clock, Institution, Post, Role, Service, ServiceRules, Unit
from cases.texts import in_language
from flows.addressing import Address, NobodyToAddress, address_for, found_there, least_loaded, officer_of, unit_of
from flows.procedures import plan as planning
from flows.procedures.facts import as_day, worst_opinion
from flows.procedures.plan import SENT_BACK, Plan, Spot, Way, WayKind, plan_of
from flows.procedures.terms import STANDARD_DAYS, day_after, term_of
from flows.procedures.tree import (
    AgreeOrder,
    Deed,
    If,
    Kind,
    Procedure,
    Repeat,
    Step,
    Term,
    Until,
    WaitFor,
    WhoKind,
    from_json,
)
from flows.procedures.who import permission_of, role_of, who_of
from flows.steps import drawn_title, standard_title

MOST_MOVES = 2_000
VERDICTS = ("IN_FAVOUR", "WITH_CONDITIONS", "AGAINST")
EACH_PERMISSION = {Kind.ASK_OPINIONS: "cases.give_opinion", Kind.AGREE: "cases.agree_decision"}
ASKED_DAYS = Term(10)
# What the applicant sees of a step whose author wrote nothing else.
STANDARD_WORDS: dict[Kind, str | Promise] = {
    Kind.CHECK_COMPLETENESS: gettext_lazy("Your filing is complete"),
    Kind.ASK_OPINIONS: gettext_lazy("We asked for an opinion"),
    Kind.DRAFT: gettext_lazy("The decision is being prepared"),
    Kind.APPROVE: gettext_lazy("The decision is being signed"),
    Kind.SIGN: gettext_lazy("The answer was signed"),
    Kind.DISPATCH: gettext_lazy("Sent to you"),
    Kind.VISIT: gettext_lazy("We have been there"),
    Kind.PUBLISH: gettext_lazy("Published"),
    Kind.CLOSE: gettext_lazy("Your case is closed"),
}


class WalkRefused(Exception):
    """The walk can't be made like this; the message says why, ``step`` where."""

    def __init__(self, step: str, words: str) -> None:
        self.step = step
        super().__init__(words)


@dataclass(frozen=True)
class Choice:
    """What is chosen when the walk comes to a step: the first time the first choice for it, then the next one.

    ``unit``: at an opinion whose it is, at a resolution to which unit; ``units``: who is asked; ``to``: where it is
    sent back; ``days``: done after so many days; ``decision``: what the letter decides.
    """

    step: str
    outcome: str = ""
    unit: str = ""
    units: tuple[str, ...] = ()
    to: str = ""
    days: int | None = None
    decision: str = ""


@dataclass(frozen=True)
class WalkedTask:
    """A task that somebody would get: whom, when, by when, and how it ends in this walk."""

    step: str
    title: str
    unit: str
    role: str
    person: str
    rerouted: str
    begun: dt.date
    due: dt.date
    ended: dt.date
    outcome: str

    @property
    def who(self) -> str:
        return f"{self.unit} {self.role}"


@dataclass(frozen=True)
class Passed:
    """A letter, a milestone or something that happens by itself."""

    step: str
    words: str
    date: dt.date
    key: str = ""


@dataclass
class Walked:
    """What would happen, in the order in which it would. ``end``: when the case would be closed."""

    tasks: list[WalkedTask] = field(default_factory=list)
    letters: list[Passed] = field(default_factory=list)
    milestones: list[Passed] = field(default_factory=list)
    by_itself: list[Passed] = field(default_factory=list)
    end: dt.date | None = None
    legal_due: dt.date | None = None


@dataclass(frozen=True)
class Filing:
    """The invented filing. Without an institution nobody is looked up: steps name roles only."""

    filed_on: dt.date
    answers: Mapping[str, Any] = field(default_factory=dict)
    choices: Sequence[Choice] = ()
    language: str = "en"
    channel: str = "WEB"
    institution: Institution | None = None
    service: Service | None = None


@dataclass(frozen=True)
class _Moving:
    """Something on its way to a spot; ``path``: the blocks around it, from outside in."""

    spot: str
    path: tuple[int, ...]
    day: dt.date
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Open:
    """Something that waits for its day: a person's task or a wait."""

    spot: str
    path: tuple[int, ...]
    begun: dt.date
    due: dt.date
    outcome: str
    choice: Choice
    address: Address | None
    unit: str
    data: Mapping[str, Any]


def walk(procedure: Procedure, filing: Filing) -> Walked:
    """Walk a procedure to its end. Raises WalkRefused where a choice fits nothing or the way never ends."""
    with override(filing.language):
        return _Walker(procedure, filing).walk()


def legal_clock(case: Case, service: Service, day: dt.date) -> Clock | None:
    """The legal term of a case that is filed on a day, as if it were complete at once; nothing is saved."""
    rules = ServiceRules.objects.filter(service=service).in_force(day).first()
    return clock_from(case, rules, day=day) if rules else None


class _Walker:
    def __init__(self, procedure: Procedure, filing: Filing) -> None:
        self.plan: Plan = plan_of(procedure)
        self.filing = filing
        self.walked = Walked()
        self.moving: deque[_Moving] = deque()
        self.open: list[tuple[dt.date, int, _Open]] = []
        self.arrived: dict[tuple[str, tuple[int, ...]], list[tuple[dt.date, str]]] = {}
        self.numbers = count(1)
        self.choices = list(filing.choices)
        self.facts: dict[str, Any] = {**filing.answers, "case:channel": filing.channel}
        self.rounds: dict[str, int] = {}
        self.verdicts: dict[str, list[str]] = {}
        self.did: dict[str, Address] = {}
        self.calendar = Calendar.of(filing.institution) if filing.institution else Calendar("")
        self.case = self._invented_case()

    def _invented_case(self) -> Case | None:
        """Never saved: only what addressing reads."""
        institution, service = self.filing.institution, self.filing.service
        if institution is None:
            return None
        unit = service.unit if service else Unit.objects.filter(institution=institution, is_intake=True).first()
        return Case(institution=institution, service=service, unit=unit, language=self.filing.language)

    def walk(self) -> Walked:
        self._fill_in_legal_term()
        self.moving.append(_Moving(self.plan.first, (), self.filing.filed_on))
        for _move in range(MOST_MOVES):
            if self.moving:
                self._arrive(self.moving.popleft())
            elif self.open:
                _day, _number, task = heapq.heappop(self.open)
                self._end(task)
            else:
                return self.walked
            if self.walked.end:
                return self.walked
        raise WalkRefused("", _("The walk does not end: the same steps follow one another again and again."))

    def _fill_in_legal_term(self) -> None:
        if self.case and self.filing.service:
            clock = legal_clock(self.case, self.filing.service, self.filing.filed_on)
            self.walked.legal_due = clock.due_date if clock else None

    # -- Coming to a spot

    def _arrive(self, moving: _Moving) -> None:
        spot = self.plan.spots[moving.spot]
        roles = planning.Role
        match spot.role:
            case roles.PERSON:
                self._begin(spot, moving)
            case roles.UNITS:
                self._ask_units(spot, moving)
            case roles.UNITS_IN | roles.JOIN:
                self._join(spot, moving)
            case roles.SPLIT:
                path = (*moving.path, next(self.numbers))
                self.moving.extend(_Moving(way.to, path, moving.day) for way in spot.ways.values())
            case roles.CHOICE:
                self._go(spot, self._branch_of(spot), moving)
            case roles.REPEAT:
                self.rounds[self._id(spot)] = 0
                self._go(spot, "", moving)
            case roles.AGAIN:
                self._again(spot, moving)
            case roles.AUTOMATIC:
                self._automatic(spot, moving)
            case roles.CLOSE:
                self._milestone(spot.step, moving.day)
                self.walked.by_itself.append(Passed(spot.step.id, self._title(spot), moving.day))
                self.walked.end = moving.day
            case roles.WAIT_DATE | roles.WAIT_APPLICANT | roles.WAITING:
                self._wait(spot, moving)

    @staticmethod
    def _id(spot: Spot) -> str:
        return spot.place.id if spot.place else ""

    def _go(self, spot: Spot, outcome: str, moving: _Moving, data: Mapping[str, Any] | None = None) -> None:
        self.moving.append(_Moving(spot.ways[outcome].to, moving.path, moving.day, data or {}))

    def _branch_of(self, spot: Spot) -> str:
        block = spot.place
        assert isinstance(block, If)  # noqa: S101 (the plan made the spot of it)
        facts = self._facts()
        for number, branch in enumerate(block.branches):
            if holds(branch.when, facts):
                return str(number)
        return "otherwise"

    def _facts(self) -> dict[str, Any]:
        unit = {"case:unit": self.case.unit.code} if self.case and self.case.unit_id else {}
        return {**self.facts, **unit}

    def _again(self, spot: Spot, moving: _Moving) -> None:
        block = spot.place
        assert isinstance(block, Repeat)  # noqa: S101 (the plan made the spot of it)
        self.rounds[block.id] = self.rounds.get(block.id, 0) + 1
        is_over = self.rounds[block.id] >= block.at_most or holds(block.until, self._facts())
        self._go(spot, "ON" if is_over else "AGAIN", moving)

    def _automatic(self, spot: Spot, moving: _Moving) -> None:
        step = spot.step
        words = self._title(spot)
        if step.does is Deed.SET_VALUE:
            self.facts[f"set:{step.name}"] = step.value
        elif step.does is Deed.SEND_MESSAGE:
            words = f"{words}: {in_language(step.message, self.filing.language).words}"
        elif step.does is Deed.OPEN_CASE:
            words = f"{words}: {step.service}"
        self.walked.by_itself.append(Passed(step.id, words, moving.day))
        self._milestone(step, moving.day)
        self._go(spot, "", moving)

    # -- People's tasks

    def _begin(self, spot: Spot, moving: _Moving) -> None:
        step = spot.step
        unit_code = str(moving.data.get("unit_code", ""))
        choice = self._choice(step.id, unit_code)
        address = self._address(spot, moving, unit_code)
        term = term_of(step) or Term(STANDARD_DAYS[step.kind])
        due = day_after(moving.day, term, self.calendar)
        ended = moving.day + dt.timedelta(days=choice.days) if choice.days is not None else due
        outcome = choice.outcome or self._usual(spot)
        self._way(spot, outcome, choice)
        task = _Open(spot.name, moving.path, moving.day, due, outcome, choice, address, unit_code, moving.data)
        heapq.heappush(self.open, (ended, next(self.numbers), task))

    def _choice(self, step_id: str, unit: str) -> Choice:
        """The next choice for the step; where units are asked, the one that names the unit or none."""
        for number, choice in enumerate(self.choices):
            if choice.step == step_id and (not unit or choice.unit in ("", unit)):
                return self.choices.pop(number)
        return Choice(step_id)

    @staticmethod
    def _usual(spot: Spot) -> str:
        """How a step ends when the walk says nothing: the way on, asking nobody."""
        if spot.action == "give_opinion":
            return VERDICTS[0]
        for quiet in ("NOT_NEEDED", "DRAFTED_WITHOUT_AGREEING"):
            if quiet in spot.ways:
                return quiet
        return spot.forward()[0]

    def _way(self, spot: Spot, outcome: str, choice: Choice) -> Way:
        """Where the outcome leads. Raises WalkRefused when the step never ends so."""
        name = outcome
        if spot.action == "give_opinion" and outcome in VERDICTS:
            name = "GIVEN"
        if outcome == "DRAFTED" and choice.units == () and "DRAFTED_WITHOUT_AGREEING" in spot.ways:
            name = "DRAFTED_WITHOUT_AGREEING"
        if outcome == SENT_BACK:
            targets = [way for way in spot.ways if way.startswith(SENT_BACK)]
            name = f"{SENT_BACK}_{choice.to}" if choice.to else next(iter(targets), outcome)
        if name not in spot.ways:
            words = _("“{step}” can't end with {outcome}.").format(step=self._title(spot), outcome=outcome)
            raise WalkRefused(spot.step.id, words)
        return spot.ways[name]

    def _address(self, spot: Spot, moving: _Moving, unit_code: str) -> Address | None:
        if self.case is None:
            return None
        step = spot.step
        try:
            if unit_code:
                unit = unit_of(unit_code, self.case, moving.day)
                return found_there(Address(unit.pk), EACH_PERMISSION[step.kind], self.case, moving.day)
            who = who_of(step)
            if who.kind is WhoKind.HOLDER_OF:
                return self.did.get(who.of)
            return address_for(who, permission_of(step), self.case, moving.day)
        except NobodyToAddress as refusal:
            raise WalkRefused(step.id, str(refusal)) from None

    def _end(self, task: _Open) -> None:
        """A task's day has come: note it, and go where its outcome leads."""
        spot = self.plan.spots[task.spot]
        ended = task.due if task.choice.days is None else task.begun + dt.timedelta(days=task.choice.days)
        if spot.role is not planning.Role.PERSON:
            self._end_wait(spot, task, ended)
            return
        step, way = spot.step, self._way(spot, task.outcome, task.choice)
        self._note(spot, task, ended)
        is_last = spot.action not in ("give_opinion", "choose_units") and not task.data.get("queue")
        if way.kind is WayKind.FORWARD and is_last:
            self._milestone(step, ended)
        if way.kind is WayKind.FORWARD and step.kind is Kind.DRAFT:
            self._letter(step, task, ended)
        if step.kind is Kind.RESOLVE:
            self._resolve(spot, task, ended)
        path = task.path[: way.depth] if way.kind is WayKind.BACK else task.path
        if len(path) < len(task.path):
            self._leave(task.path[: way.depth + 1])
        queue = task.data.get("queue") if way.kind is WayKind.FORWARD else None
        if queue:
            self.moving.append(_Moving(spot.name, path, ended, {"unit_code": queue[0], "queue": queue[1:]}))
            return
        data: dict[str, Any] = {"units": task.choice.units, "asker": spot.name, "verdict": task.outcome}
        self.moving.append(_Moving(way.to, path, ended, data))

    def _note(self, spot: Spot, task: _Open, ended: dt.date) -> None:
        step = spot.step
        self.walked.tasks.append(
            WalkedTask(
                step=step.id,
                title=self._title(spot),
                unit=self._unit_code(step, task),
                role=self._role(step, task),
                person=self._person(task.address),
                rerouted=task.address.rerouted if task.address else "",
                begun=task.begun,
                due=task.due,
                ended=ended,
                outcome=task.outcome,
            )
        )
        if task.address:
            self.did[step.id] = task.address
        if spot.action == "give_opinion":
            self.verdicts.setdefault(step.id, []).append(task.outcome)
            self.facts[f"step:{step.id}"] = worst_opinion(self.verdicts[step.id])
        else:
            self.facts[f"step:{step.id}"] = task.outcome

    def _unit_code(self, step: Step, task: _Open) -> str:
        if task.address:
            return Unit.objects.values_list("code", flat=True).get(pk=task.address.unit_id)
        return task.unit or (who_of(step).unit if step.kind not in EACH_PERMISSION else "") or "HANDLING"

    def _role(self, step: Step, task: _Open) -> str:
        if task.address and task.address.post_id:
            return str(Post.objects.values_list("role", flat=True).get(pk=task.address.post_id))
        if task.unit:
            return str(Role.HEAD if step.kind is Kind.AGREE else Role.OFFICER)
        return str(role_of(who_of(step)))

    @staticmethod
    def _person(address: Address | None) -> str:
        if address is None or address.holder_id is None:
            return ""
        post = Post.objects.filter(pk=address.post_id).first() if address.post_id else None
        held = post.memberships.filter(user=address.holder_id).select_related("user").first() if post else None
        return str(held.user) if held else ""

    def _resolve(self, spot: Spot, task: _Open, ended: dt.date) -> None:
        """A resolution says in which unit the case is handled and by whom: the least loaded officer."""
        if self.case is None or task.outcome not in ("RESOLVED", "TO_UNIT"):
            return
        if task.choice.unit:
            self.case.unit = unit_of(task.choice.unit, self.case, ended)
        if task.outcome == "RESOLVED":
            try:
                self.case.holder = least_loaded(self.case.unit, ended)
            except NobodyToAddress as refusal:
                raise WalkRefused(spot.step.id, str(refusal)) from None
            self.did[spot.step.id] = officer_of(self.case.unit, self.case.holder, ended)

    def _letter(self, step: Step, task: _Open, day: dt.date) -> None:
        decision = task.choice.decision or self.facts.get("case:outcome") or "GRANTED"
        self.facts["case:outcome"] = decision
        self.walked.letters.append(Passed(step.id, decision, day, key=step.letter or "decision"))

    # -- Units and blocks

    def _ask_units(self, spot: Spot, moving: _Moving) -> None:
        step = spot.step
        units = list(step.units or moving.data.get("units") or ())
        if not units:
            raise WalkRefused(step.id, _("Say which units are asked at “{step}”.").format(step=self._title(spot)))
        self.verdicts[step.id] = []
        way = spot.ways[""]
        if step.kind is Kind.AGREE and step.order is AgreeOrder.ONE_BY_ONE:
            data = {"unit_code": units[0], "queue": units[1:]}
            self.moving.append(_Moving(way.to, moving.path, moving.day, data))
            return
        path = (*moving.path, next(self.numbers))
        self.moving.extend(_Moving(way.to, path, moving.day, {"unit_code": code}) for code in units)

    def _join(self, spot: Spot, moving: _Moving) -> None:
        place = (spot.name, moving.path)
        arrived = self.arrived.setdefault(place, [])
        arrived.append((moving.day, str(moving.data.get("verdict", ""))))
        if spot.role is planning.Role.UNITS_IN and self._is_enough(spot.step, [verdict for _day, verdict in arrived]):
            self._leave(moving.path)
        if self._is_alive(moving.path):
            return
        day = max(day for day, _verdict in self.arrived.pop(place, arrived))
        if spot.role is planning.Role.UNITS_IN:
            self._milestone(spot.step, day)
        self.moving.append(_Moving(spot.ways[""].to, moving.path[:-1], day))

    @staticmethod
    def _is_enough(step: Step, verdicts: Sequence[str]) -> bool:
        given = sum(1 for verdict in verdicts if verdict != "WITHDRAWN")
        if isinstance(step.until, int):
            return given >= step.until
        return step.until is Until.FIRST and given >= 1

    def _is_alive(self, path: tuple[int, ...]) -> bool:
        """Whether anything else is still on its way inside the block."""
        depth = len(path)
        inside = [one.path for one in self.moving] + [task.path for _day, _number, task in self.open]
        return any(one[:depth] == path for one in inside)

    def _leave(self, path: tuple[int, ...]) -> None:
        """The block is left: what runs in it is taken away, and nobody waits for it."""
        depth = len(path)
        self.moving = deque(one for one in self.moving if one.path[:depth] != path)
        self.open = [entry for entry in self.open if entry[2].path[:depth] != path]
        heapq.heapify(self.open)
        self.arrived = {place: days for place, days in self.arrived.items() if place[1][:depth] != path}

    # -- Waiting

    def _wait(self, spot: Spot, moving: _Moving) -> None:
        if spot.role is planning.Role.WAITING:
            asker = str(moving.data.get("asker", ""))
            due = day_after(moving.day, ASKED_DAYS, self.calendar)
            task = _Open(spot.name, moving.path, moving.day, due, "", Choice(""), None, "", {"back_to": asker})
            heapq.heappush(self.open, (due, next(self.numbers), task))
            return
        step = spot.step
        choice = self._choice(step.id, "")
        term = term_of(step)
        due = day_after(moving.day, term, self.calendar) if term else moving.day
        if step.waits_for is WaitFor.DATE and step.date:
            due = max(moving.day, as_day(self.facts.get(step.date)) or due)
            choice = replace(choice, days=None)
        ended = moving.day + dt.timedelta(days=choice.days) if choice.days is not None else due
        outcome = choice.outcome or ("SILENT" if choice.days is None else "ARRIVED")
        task = _Open(spot.name, moving.path, moving.day, due, outcome, choice, None, "", moving.data)
        heapq.heappush(self.open, (ended, next(self.numbers), task))

    def _end_wait(self, spot: Spot, task: _Open, ended: dt.date) -> None:
        if spot.role is planning.Role.WAITING:
            self.moving.append(_Moving(str(task.data["back_to"]), task.path, ended))
            return
        self.walked.by_itself.append(Passed(spot.step.id, self._title(spot), ended))
        if spot.role is planning.Role.WAIT_APPLICANT:
            self.facts[f"step:{spot.step.id}"] = task.outcome
        self._milestone(spot.step, ended)
        self.moving.append(_Moving(spot.ways[""].to, task.path, ended))

    # -- Words

    def _title(self, spot: Spot) -> str:
        step = spot.step
        return str(drawn_title(step, spot.action) if step.titles or spot.action else standard_title(step))

    def _milestone(self, step: Step, day: dt.date) -> None:
        if step.milestone.is_standard:
            words = str(STANDARD_WORDS.get(step.kind, ""))
        else:
            words = in_language(step.milestone.texts, self.filing.language).words
        if words:
            self.walked.milestones.append(Passed(step.id, words, day))


# -- Kept walks


def filing_of(
    kept: Mapping[str, Any], *, institution: Institution | None = None, service: Service | None = None
) -> Filing:
    """The invented filing of a kept walk's JSON. Raises WalkRefused for what is no walk."""
    try:
        choices = [_choice_of(choice) for choice in kept.get("choices", [])]
        filed_on = dt.date.fromisoformat(kept["filed_on"])
        answers = dict(kept.get("answers", {}))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WalkRefused("", _("The kept walk can't be read.")) from None
    language, channel = str(kept.get("language", "en")), str(kept.get("channel", "WEB"))
    return Filing(filed_on, answers, choices, language, channel, institution, service)


def _choice_of(said: Mapping[str, Any]) -> Choice:
    known = {"step", "outcome", "unit", "units", "to", "days", "decision"}
    if said.keys() - known:
        raise ValueError(f"unknown: {said.keys() - known}")
    return Choice(**{**said, "units": tuple(said.get("units", ()))})


def as_expected(walked: Walked) -> dict[str, Any]:
    """What a walk that is kept now expects from then on."""
    return {
        "steps": [{"step": task.step, "who": task.who, "due": task.due.isoformat()} for task in walked.tasks],
        "letters": [letter.key for letter in walked.letters],
        "milestones": [milestone.words for milestone in walked.milestones],
        "end": walked.end.isoformat() if walked.end else None,
    }


def run_walk(
    definition: Mapping[str, Any],
    kept: Mapping[str, Any],
    *,
    institution: Institution | None = None,
    service: Service | None = None,
) -> list[str]:
    """Make a kept walk again; returns what is different from what it expects, in words. Nothing: it passed."""
    try:
        walked = walk(from_json(definition), filing_of(kept, institution=institution, service=service))
    except WalkRefused as refusal:
        return [str(refusal)]
    expected = kept.get("expected", {})
    return [
        *_different_steps(expected.get("steps"), walked.tasks),
        *_different_list(_("Letters"), expected.get("letters"), [letter.key for letter in walked.letters]),
        *_different_list(_("Milestones"), expected.get("milestones"), [one.words for one in walked.milestones]),
        *_different_end(expected.get("end"), walked.end),
    ]


def _different_steps(expected: Sequence[Mapping[str, Any]] | None, tasks: Sequence[WalkedTask]) -> Iterable[str]:
    if expected is None:
        return
    for number in range(max(len(expected), len(tasks))):
        if number >= len(expected):
            task = tasks[number]
            yield _("Step {number} is new: {step}, {who}.").format(number=number + 1, step=task.title, who=task.who)
        elif number >= len(tasks):
            yield _("Step {number} is missing: {step}.").format(number=number + 1, step=expected[number].get("step"))
        else:
            yield from _different_step(number + 1, expected[number], tasks[number])


def _different_step(number: int, expected: Mapping[str, Any], task: WalkedTask) -> Iterable[str]:
    if expected.get("step") != task.step:
        words = _("Step {number} was {old} and is {new} now.")
        yield words.format(number=number, old=expected.get("step"), new=task.step)
        return
    if "who" in expected and expected["who"] not in (task.who, task.unit):
        words = _("Step {number}, {step}: {old} had it, {new} has it now.")
        yield words.format(number=number, step=task.title, old=expected["who"], new=task.who)
    if "due" in expected and expected["due"] != task.due.isoformat():
        words = _("Step {number}, {step}: it was due on {old}, now on {new}.")
        yield words.format(number=number, step=task.title, old=_day_words(expected["due"]), new=_day_words(task.due))


def _different_list(what: str, expected: Sequence[str] | None, found: Sequence[str]) -> Iterable[str]:
    if expected is not None and list(expected) != list(found):
        words = _("{what} were: {old}. They are now: {new}.")
        yield words.format(what=what, old=", ".join(map(str, expected)) or "—", new=", ".join(found) or "—")


def _different_end(expected: str | None, end: dt.date | None) -> Iterable[str]:
    if expected is not None and (end is None or end.isoformat() != expected):
        words = _("The case ended on {old}; it ends on {new} now.")
        yield words.format(old=_day_words(expected), new=_day_words(end) if end else _("no day at all"))


def _day_words(day: dt.date | str) -> str:
    known = as_day(day) if isinstance(day, str) else day
    return date_format(known, "DATE_FORMAT") if known else str(day)


def asked_facts(procedure: Procedure) -> list[str]:
    """The facts that some condition asks about: what somebody who tries it has to invent."""
    asked: list[str] = []
    for place in procedure.walk():
        match place:
            case If(branches=branches):
                asked += [key for branch in branches for key in asked_about(branch.when)]
            case Repeat(until=until):
                asked += asked_about(until)
            case Step(date=date) if date:
                asked.append(date)
    return list(dict.fromkeys(asked))
