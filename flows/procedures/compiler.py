"""Compiling: a published definition becomes a real Viewflow flow class, with one node for each spot of its plan."""

from collections.abc import Callable
from typing import Any

from viewflow import this
from viewflow.workflow.base import Flow, Node

from cases import history
from cases.models import Case, Rerouted, Task, Unit
from cases.signals import case_changed
from flows import deadlines
from flows.gates import (
    Again,
    Automatic,
    BlockJoin,
    BlockSplit,
    CaseEnd,
    Choice,
    RepeatStart,
    UnitJoin,
    UnitQueue,
    UnitSplit,
    WaitForDate,
    WaitForDateActivation,
)
from flows.letters import drafting, locking
from flows.models import CaseProcess
from flows.nodes import CaseLock, CaseStart, DeadlineActivation, Deed, DeedActivation, PersonTask, WaitForApplicant
from flows.procedures import deeds
from flows.procedures.plan import ENDED, Plan, Role, Spot, plan_of
from flows.procedures.tree import AgreeOrder, Kind, Procedure, from_json
from flows.procedures.who import permission_of
from flows.steps import titles_in_all_languages
from flows.words import in_all_languages, names_of

MODULE = "flows.compiled"


class ProcedureFlow(Flow):
    """What every compiled procedure can do; its nodes come from the definition."""

    process_class = CaseProcess
    lock_impl = CaseLock()
    drawn: Procedure
    plan: Plan

    def tell_late(self, activation: DeadlineActivation) -> None:
        deadlines.tell_late(activation)

    def go_on(self, activation: DeadlineActivation) -> None:
        deadlines.end_wait_in_silence(activation)

    def deadline_failed(self, activation: DeedActivation, error: Exception) -> None:
        deadlines.tell_failure(activation.task, error, at=activation.task.started)

    def was_put_before_people(self, task: Task, deed: Deed) -> None:
        """A new task: whoever it did not reach is told in the history; a letter to be signed is locked."""
        if task.rerouted and deed.case.last_event_seq:
            facts = {
                "task": task.pk,
                "step": titles_in_all_languages(task.titles, task.step),
                "why": in_all_languages(Rerouted(task.rerouted).label),
            }
            history.record(deed.case, "TASK_REROUTED", actor=deed.actor, at=deed.at, payload=facts)
        if task.step == "sign":
            draft = drafting.current_draft(deed.case)
            if draft is None:
                raise locking.NothingToSign(deed.case)
            draft.case = deed.case
            locking.lock_letter(draft, signer=task.holder, post=task.post, actor=deed.actor, at=deed.at)

    def units_were_asked(self, activation: DeedActivation, unit_ids: list[int]) -> None:
        """Units that the procedure itself asks; those that an officer chooses are told of by the officer's deed."""
        if activation.flow_task.drawn.kind is Kind.ASK_OPINIONS:
            units = [Unit.objects.get(pk=pk) for pk in unit_ids]
            deeds.tell_asked(activation.deed, activation.flow_task.drawn, names_of(units))

    def ask_and_wait(self, activation: DeedActivation) -> None:
        deeds.ask_and_wait(activation)

    def do_by_itself(self, activation: DeedActivation) -> None:
        deeds.do_by_itself(activation)

    def went_on_by_itself(self, activation: WaitForDateActivation) -> None:
        """Nobody's deed moved the case: its stage is saved here."""
        deed = activation.deed
        Case.objects.filter(pk=deed.case.pk, closed_at__isnull=True).update(stage=deed.case.stage)
        case_changed.send(sender=Case, case=deed.case, at=deed.at)


def compile_definition(definition: dict[str, Any], class_name: str) -> type[ProcedureFlow]:
    """The flow class of a definition. Raises ProcedureUnreadable, never "no such version"."""
    return compile_procedure(from_json(definition), class_name)


def compile_procedure(procedure: Procedure, class_name: str) -> type[ProcedureFlow]:
    plan = plan_of(procedure)
    nodes: dict[str, Any] = {name: _MAKE[spot.role](spot) for name, spot in plan.spots.items()}
    steps = {step.id: step for step in procedure.persons_steps()}
    for node in nodes.values():
        if isinstance(node, PersonTask) and not node.permission:
            node.permission = permission_of(node.drawn, steps)
    members = {
        "__module__": MODULE,
        "__doc__": f"{procedure.key} {procedure.version}",
        "process_title": f"{procedure.key} {procedure.version}",
        "drawn": procedure,
        "plan": plan,
        "registered": CaseStart().Next(_to(plan.first)),
        **nodes,
    }
    metaclass: Any = type(ProcedureFlow)
    compiled: type[ProcedureFlow] = metaclass(class_name, (ProcedureFlow,), members)
    return compiled


def _to(name: str) -> Any:
    return getattr(this, name)


def _only_way(spot: Spot) -> Any:
    return _to(spot.ways[""].to)


def _person(spot: Spot) -> Node:
    drawn = spot.step
    is_each = spot.name.endswith("_each")
    permission = _EACH[drawn.kind] if is_each else permission_of(drawn)
    is_queue = drawn.kind is Kind.AGREE and drawn.order is AgreeOrder.ONE_BY_ONE
    tells = (not is_each or is_queue) and spot.action != "choose_units"
    node = PersonTask(spot.action, drawn, permission=permission, is_each=is_each, tells_milestone=tells)
    for outcome, way in spot.ways.items():
        node.On(outcome, _to(way.to), depth=way.depth, kind=way.kind)
    return node.Until(this.tell_late)


_EACH = {Kind.ASK_OPINIONS: "cases.give_opinion", Kind.AGREE: "cases.agree_decision"}


def _units(spot: Spot) -> Node:
    drawn = spot.step
    if drawn.kind is Kind.AGREE and drawn.order is AgreeOrder.ONE_BY_ONE:
        return UnitQueue(drawn).Next(_only_way(spot))
    return UnitSplit(drawn).Each(_only_way(spot))


def _split(spot: Spot) -> Node:
    node = BlockSplit(spot.place)
    for way in spot.ways.values():
        node.Next(_to(way.to))
    return node


def _choice(spot: Spot, kind: type = Choice) -> Node:
    node = kind(spot.place)
    for name, way in spot.ways.items():
        node.Way(name, _to(way.to))
    return node


def _waiting(spot: Spot) -> Node:
    return WaitForApplicant().BackTo(*(_to(way.to) for way in spot.ways.values())).Until(this.go_on)


_MAKE: dict[Role, Callable[[Spot], Node]] = {
    Role.PERSON: _person,
    Role.UNITS: _units,
    Role.UNITS_IN: lambda spot: UnitJoin(spot.step).Next(_only_way(spot)),
    Role.SPLIT: _split,
    Role.JOIN: lambda spot: BlockJoin(spot.place).Next(_only_way(spot)),
    Role.CHOICE: _choice,
    Role.REPEAT: lambda spot: RepeatStart(spot.place).Next(_only_way(spot)),
    Role.AGAIN: lambda spot: _choice(spot, Again),
    Role.AUTOMATIC: lambda spot: Automatic(spot.place).Next(_only_way(spot)),
    Role.CLOSE: lambda spot: Automatic(spot.place).Next(_to(ENDED)),
    Role.WAIT_DATE: lambda spot: WaitForDate(spot.place).Next(_only_way(spot)),
    Role.WAIT_APPLICANT: lambda spot: WaitForApplicant(spot.step).BackTo(_only_way(spot)).Until(this.go_on),
    Role.WAITING: _waiting,
    Role.ENDED: lambda spot: CaseEnd(),
}
