"""What is said of a procedure while it is built: problems in words, the diagram, the latest possible end."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases.calendar import Calendar
from cases.models import Institution
from cases.texts import in_language
from flows.designer.definition import gaps_in, without_gaps
from flows.designer.surroundings import surroundings_of
from flows.procedures import terms, tree
from flows.procedures.charting import chart_of_procedure
from flows.procedures.checker import NOTHING_KNOWN, Level, Problem, Surroundings, problems_of
from flows.procedures.tree import Place, ProcedureUnreadable, Step
from flows.steps import standard_title


@dataclass(frozen=True)
class Remark:
    """A problem with the name of its step, for the list beside the editor."""

    problem: Problem
    step_name: str

    @property
    def is_error(self) -> bool:
        return self.problem.level == Level.ERROR


@dataclass
class Judgement:
    """What the editor shows beside the steps. Without a readable procedure there are problems, and at most an outline.

    The outline has the steps in their order, so that one can be picked while something is not filled in yet.
    """

    problems: list[Problem]
    procedure: tree.Procedure | None = None
    around: Surroundings = field(default=NOTHING_KNOWN)
    latest_end: dt.date | None = None
    language: str | None = None
    outline: tree.Procedure | None = None

    @property
    def is_publishable(self) -> bool:
        return self.procedure is not None and not any(problem.level == Level.ERROR for problem in self.problems)

    @cached_property
    def names(self) -> dict[str, str]:
        """What each step is called, by id."""
        known = self.procedure or self.outline
        return {place.id: name_of(place) for place in known.walk()} if known else {}

    @property
    def remarks(self) -> list[Remark]:
        return [Remark(problem, self.names.get(problem.step, "")) for problem in self.problems]

    @property
    def errors(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.is_error]

    @property
    def warnings(self) -> list[Remark]:
        return [remark for remark in self.remarks if not remark.is_error]

    @cached_property
    def drawing(self) -> SafeString:
        """The diagram, where the steps can be compiled at all."""
        if self.procedure is None or not self.procedure.steps or any(_breaks(problem) for problem in self.problems):
            return SafeString("")
        return chart_of_procedure(self.procedure)


def _breaks(problem: Problem) -> bool:
    return problem.level == Level.ERROR


def judge(definition: Mapping[str, Any], *, institution: Institution, today: dt.date) -> Judgement:
    """Judge what stands in the editor, finished or not."""
    gaps = [Problem(Level.ERROR, gap.step, str(gap.words)) for gap in gaps_in(definition["steps"])]
    try:
        procedure = tree.from_json(dict(definition))
    except ProcedureUnreadable as unreadable:
        return Judgement(gaps or [_unreadable(unreadable, definition)], outline=_outline(definition))
    around = surroundings_of(institution, key=definition["key"], day=today)
    problems = problems_of(procedure, around)
    latest = terms.latest_end(procedure, today, Calendar.of(institution)) if procedure.steps else None
    return Judgement([*gaps, *problems], procedure, around, latest)


def _outline(definition: Mapping[str, Any]) -> tree.Procedure | None:
    try:
        return tree.from_json({**definition, "steps": without_gaps(definition["steps"])})
    except ProcedureUnreadable:
        return None


def _unreadable(unreadable: ProcedureUnreadable, definition: Mapping[str, Any]) -> Problem:
    words = _("This can't be read as a procedure: {place}: {words}").format(
        place=unreadable.place, words=unreadable.words
    )
    return Problem(Level.ERROR, _step_at(definition, unreadable.place), words)


def _step_at(definition: Any, place: str) -> str:
    """The id of the innermost step on the way to a place such as ``steps[2].branches[0].steps[1].who``."""
    found, here = "", definition
    for part in place.replace("]", "").replace("[", ".").split("."):
        try:
            here = here[int(part)] if part.isdigit() else here[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(here, dict) and "kind" in here and "id" in here:
            found = here["id"]
    return found


def name_of(place: Place) -> str:
    """What a step or block is called in the reader's language."""
    if isinstance(place, Step):
        return in_language(place.titles).words if place.titles else str(standard_title(place))
    return str(_CONTAINERS[place.kind]())


_CONTAINERS = {
    tree.Kind.SIDE_BY_SIDE: lambda: _("Side by side"),
    tree.Kind.REPEAT: lambda: _("Repeat until"),
    tree.Kind.IF: lambda: _("If … otherwise"),
}
