"""Trying a procedure that is not published: what was invented, what was chosen, and what would come of it.

Nothing of it is kept unless somebody keeps the walk as a test: a walk makes no case, no task, no event.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.models import Channel, Institution, Role, Service
from cases.texts import in_language
from flows.designer.choices import Choices, Fact, choice_of, facts_of
from flows.designer.judging import Judgement, name_of
from flows.letters.standard import DecisionOutcome
from flows.procedures import walking
from flows.procedures.facts import as_day
from flows.procedures.plan import SENT_BACK, plan_of
from flows.procedures.tree import Procedure, Step
from flows.steps import outcome_words

MOST_ROWS = 200
ASKING_UNITS = ("ASKED_OPINIONS", "DRAFTED")


@dataclass(frozen=True)
class AskedFact:
    """A box for something that has to be invented, with what was."""

    fact: Fact
    value: str

    @property
    def name(self) -> str:
        return f"fact:{self.fact.key}"


@dataclass(frozen=True)
class Row:
    """A task of the walk with what can be chosen at it; without a ``task`` the walk could not be made so far."""

    number: int
    step: str
    title: str
    ways: Choices
    chosen: Mapping[str, Any]
    task: walking.WalkedTask | None = None
    who: str = ""
    passed: list[str] = field(default_factory=list)

    @property
    def asks_units(self) -> bool:
        return self.chosen.get("outcome") in ASKING_UNITS

    @property
    def decides(self) -> bool:
        return self.chosen.get("outcome", "").startswith("DRAFTED")


@dataclass(frozen=True)
class Invented:
    """What somebody invented and chose, as a kept walk's JSON has it, without what is expected."""

    said: dict[str, Any]

    @classmethod
    def of(cls, data: QueryDict, facts: list[Fact], *, today: dt.date) -> "Invented":
        """Read from what the page sends; whatever makes no sense is as if it had not been said."""
        answers = {
            fact.key: value
            for fact in facts
            if (value := _answer(fact, str(data.get(f"fact:{fact.key}", "")).strip())) is not None
        }
        channel = str(data.get("channel", Channel.WEB))
        return cls(
            {
                "filed_on": (as_day(data.get("filed_on")) or today).isoformat(),
                "language": str(data.get("language", "en"))[:8],
                "channel": channel if channel in Channel else str(Channel.WEB),
                "answers": answers,
                "choices": _choices(data),
            }
        )


def _answer(fact: Fact, said: str) -> Any:
    if not said:
        return None
    match fact.type:
        case "YES_NO":
            return said == "true"
        case "NUMBER":
            return int(said) if said.lstrip("-").isdecimal() else None
        case "CHOICES":
            return [said]
    return said[:200]


def _choices(data: QueryDict) -> list[dict[str, Any]]:
    """What was chosen at each task of the walk before, in its order."""
    said = str(data.get("rows", ""))
    rows = int(said) if said.isdecimal() and len(said) < 5 else MOST_ROWS
    return [choice for number in range(min(rows, MOST_ROWS)) if (choice := _choice(data, number))]


def _choice(data: QueryDict, number: int) -> dict[str, Any]:
    step, said = data.get(f"step-{number}", "")[:12], data.get(f"outcome-{number}", "")[:60]
    if not step or not said:
        return {}
    outcome, _underscore, target = said.partition(f"{SENT_BACK}_") if said.startswith(SENT_BACK) else (said, "", "")
    choice: dict[str, Any] = {"step": step, "outcome": SENT_BACK if target else outcome}
    if target:
        choice["to"] = target
    if unit := data.get(f"unit-{number}", "")[:20]:
        choice["unit"] = unit
    if units := [code[:20] for code in data.getlist(f"units-{number}")]:
        choice["units"] = units
    if days := data.get(f"days-{number}", "").strip():
        choice |= {"days": int(days)} if days.isdecimal() and len(days) < 4 else {}
    if decision := data.get(f"decision-{number}", ""):
        choice |= {"decision": decision} if decision in DecisionOutcome else {}
    return choice


def facts_to_invent(judgement: Judgement, *, institution: Institution, key: str) -> list[Fact]:
    """What the conditions ask about and no step settles."""
    if judgement.procedure is None:
        return []
    known = {fact.key: fact for fact in facts_of(judgement, institution=institution, key=key)}
    asked = walking.asked_facts(judgement.procedure)
    settled = ("step:", "set:", "case:unit", "case:channel")
    return [known.get(one) or Fact(one, one, "TEXT") for one in asked if not one.startswith(settled)]


def walk(
    procedure: Procedure, invented: Invented, *, institution: Institution, service: Service | None
) -> walking.Walked:
    """Walk through it; without a service nobody is looked up. Raises walking.WalkRefused."""
    filing = walking.filing_of(invented.said, institution=institution if service else None, service=service)
    return walking.walk(procedure, filing)


def rows_of(
    walked: walking.Walked, procedure: Procedure, chosen: list[dict[str, Any]], *, institution: Institution
) -> list[Row]:
    """The walk as a list of tasks, each with what came of it: letters, milestones, what happens by itself."""
    ways, left = ways_on(procedure), list(chosen)
    units = {unit.code: str(unit) for unit in institution.units.all()}
    passed = [(one, words) for one, words in _passed(walked)]
    rows = []
    for number, task in enumerate(walked.tasks):
        choice = _choice_for(task, left)
        came = [(one, words) for one, words in passed if one.step == task.step and one.date == task.ended]
        passed = [entry for entry in passed if entry not in came]
        rows.append(
            Row(
                number,
                task.step,
                task.title,
                ways.get(task.step, []),
                choice,
                task,
                _who_words(task, units),
                [words for _one, words in came],
            )
        )
    return rows


def _passed(walked: walking.Walked) -> Iterator[tuple[walking.Passed, str]]:
    decisions = dict(DecisionOutcome.choices)
    for one in walked.letters:
        yield one, _("Letter: {decision}").format(decision=decisions.get(one.words, one.words))
    for one in walked.by_itself:
        yield one, one.words
    for one in walked.milestones:
        yield one, _("The applicant sees: {milestone}").format(milestone=one.words)


def _who_words(task: walking.WalkedTask, units: Mapping[str, str]) -> str:
    unit = units.get(task.unit, _("the unit that handles it"))
    role = str(dict(Role.choices).get(task.role, task.role))
    return f"{unit}, {role}: {task.person}" if task.person else f"{unit}, {role}"


def _choice_for(task: walking.WalkedTask, left: list[dict[str, Any]]) -> dict[str, Any]:
    """What was chosen at a task: the same choice as the walk took, else how it ended by itself."""
    for number, choice in enumerate(left):
        if choice["step"] == task.step and choice.get("unit", task.unit) == task.unit:
            found = left.pop(number)
            return {**found, "outcome": f"{SENT_BACK}_{found['to']}" if found.get("to") else found["outcome"]}
    return {"outcome": task.outcome}


def rows_before(procedure: Procedure, chosen: list[dict[str, Any]], names: Mapping[str, str]) -> list[Row]:
    """What was chosen, where the walk can't be made so: to be chosen otherwise."""
    ways = ways_on(procedure)
    return [
        Row(number, choice["step"], names.get(choice["step"], choice["step"]), ways.get(choice["step"], []), choice)
        for number, choice in enumerate(chosen)
    ]


def rest_of(walked: walking.Walked) -> list[tuple[dt.date, str]]:
    """What happens without anybody's task, in the order of the days: automatic steps, waits that end, the closing."""
    done = {(task.step, task.ended) for task in walked.tasks}
    return sorted((one.date, words) for one, words in _passed(walked) if (one.step, one.date) not in done)


def ways_on(procedure: Procedure) -> dict[str, Choices]:
    """How each step can end, by its id: what somebody who tries it chooses from."""
    found: dict[str, Choices] = {}
    names = {place.id: name_of(place) for place in procedure.walk()}
    for spot in plan_of(procedure).spots.values():
        if not isinstance(spot.place, Step) or not spot.action:
            continue
        outcomes = [*walking.VERDICTS, "WITHDRAWN"] if spot.action == "give_opinion" else [*spot.ways]
        titles = {way.code: in_language(way.titles).words for way in spot.place.outcomes}
        said = found.setdefault(spot.place.id, [])
        said += [choice_of(one, titles.get(one) or _outcome_words(one, names)) for one in outcomes]
    return found


def _outcome_words(outcome: str, names: Mapping[str, str]) -> str:
    if outcome.startswith(f"{SENT_BACK}_"):
        target = outcome.removeprefix(f"{SENT_BACK}_")
        return _("sent back to “{step}”").format(step=names.get(target, target))
    if outcome == "DRAFTED_WITHOUT_AGREEING":
        return _("draft sent on, nobody has to agree")
    return str(outcome_words(outcome))
