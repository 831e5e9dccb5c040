"""The nodes that nobody works at: units asked, blocks side by side, choices, repeating, what happens by itself."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.models import Task as EngineTask
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from cases.clock import local_date
from cases.conditions import Condition, asked_about, holds
from cases.models import Task
from flows.addressing import Address, due_by, end_of_day, found_there, unit_of
from flows.nodes import (
    CancelledWithBlock,
    Deed,
    DeedActivation,
    FiredByClock,
    note_in_process,
    save_rows,
    tell_milestone,
)
from flows.procedures.facts import as_day, facts_of
from flows.procedures.terms import term_of
from flows.procedures.tree import If, Place, Repeat, Step
from flows.steps import drawn_title, standard_title


class OneWay(Node):
    """A node with one way on."""

    task_type = "GATE"

    def __init__(self, drawn: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drawn = drawn
        self._next: Any = None
        if isinstance(drawn, Step):
            self.Annotation(title=drawn_title(drawn, "") if drawn.titles else standard_title(drawn))

    def Next(self, node: Any) -> "OneWay":
        self._next = node
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._next = this.resolve(instance, self._next)

    def _outgoing(self) -> Iterator[Edge]:
        yield Edge(src=self, dst=self._next, edge_class="next")


class GateActivation(CancelledWithBlock, DeedActivation):
    """Passes on at once; the engine's row is done at the moment of the deed."""

    @Activation.status.super()
    def activate(self) -> None:
        """It decides by itself."""

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        self.task.started = self.task.finished = self.deed.at
        self.task.save(update_fields=["status", "started", "finished"])

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        yield self.chosen()._create(self, self.task.token)

    def chosen(self) -> Node:
        node: Node = self.flow_task._next
        return node


# -- Units


def branches_of(drawn: Step, permission: str, told: Sequence[dict[str, Any]], deed: Deed) -> list[dict[str, Any]]:
    """The addresses of the units: those that the step names, else those that the officer chose."""
    if not drawn.units:
        return list(told)
    day = local_date(deed.case, deed.at)
    units = [unit_of(code, deed.case, day) for code in drawn.units]
    return [found_there(Address(unit.pk), permission, deed.case, day).as_data() for unit in units]


class UnitSplitActivation(DeedActivation, nodes.Split.activation_class):
    """One branch for each unit asked; ``data["branches"]`` holds the addresses that the officer chose."""

    @Activation.status.super()
    def activate(self) -> None:
        node = self.flow_task
        told = self.task.data.get("branches", [])
        branches = branches_of(node.drawn, node._branch.permission, told, self.deed)
        if node.drawn.units:
            self.flow_class.instance.units_were_asked(self, [branch["unit"] for branch in branches])
        self.next_tasks = [(node._branch, branch) for branch in branches]


class UnitSplit(nodes.Split):
    """A parallel block with as many branches as units were asked (Viewflow's own needs its paid edition)."""

    activation_class = UnitSplitActivation

    def __init__(self, drawn: Step, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drawn = drawn

    def Each(self, node: Any) -> "UnitSplit":
        return self.Next(node)

    @property
    def _branch(self) -> Node:
        return self._branches[0][0]


class UnitQueueActivation(GateActivation):
    """The units one after another: the first gets its task, which carries the others along."""

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        each = self.flow_task._next
        told = self.task.data.get("branches", [])
        first, *others = branches_of(self.flow_task.drawn, each.permission, told, self.deed)
        yield each._create(self, self.task.token, data={**first, "queue": others})


class UnitQueue(OneWay):
    activation_class = UnitQueueActivation
    bpmn_element = "exclusiveGateway"
    shape = nodes.If.shape


class _JoinActivation(CancelledWithBlock, nodes.Join.activation_class):
    """A join that knows its deed, so that what it takes away says who did it."""

    deed: Deed

    @classmethod
    def create(
        cls,
        flow_task: Node,
        prev_activation: DeedActivation,
        token: Token,
        data: dict[str, Any] | None = None,
        seed: Any = None,
    ) -> "_JoinActivation":
        activation = super().create(flow_task, prev_activation, token, data=data, seed=seed)
        activation.deed = prev_activation.deed
        return activation

    def cancel_active_tasks(self, active_tasks: Any) -> None:
        """Deadlines go with their task."""
        for task in active_tasks.exclude(flow_task_type="TIMER", status=STATUS.SCHEDULED):
            activation = task.flow_task.activation_class(task)
            activation.deed = self.deed
            activation.cancel()


class UnitJoinActivation(_JoinActivation):
    """Judged whenever a branch ends, withdrawn ones included; goes on when none is left, or enough have answered."""

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        tell_milestone(self.flow_task.drawn, self.deed)
        yield from super().create_next.original()


class UnitJoin(nodes.Join):
    activation_class = UnitJoinActivation

    def __init__(self, drawn: Step, **kwargs: Any) -> None:
        enough = drawn.until if isinstance(drawn.until, int) else 1 if drawn.until == "FIRST" else 0
        super().__init__(continue_on_condition=self._is_enough if enough else None, **kwargs)
        self.drawn, self.enough = drawn, enough

    def _is_enough(self, activation: UnitJoinActivation, active_tasks: Any) -> bool:
        """The first opinion, or as many as were asked for, count; one that was withdrawn is none."""
        arrived = activation.task.previous.filter(status=STATUS.DONE).values("pk")
        given = Task.objects.filter(flow_task_id__in=arrived).exclude(outcome="WITHDRAWN").count()
        return given >= self.enough


# -- Blocks


class BlockSplitActivation(DeedActivation, nodes.Split.activation_class):
    """Every branch begins."""


class BlockSplit(nodes.Split):
    activation_class = BlockSplitActivation

    def __init__(self, drawn: Place | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drawn = drawn


class BlockJoinActivation(_JoinActivation):
    """Goes on when all branches have ended."""


class BlockJoin(nodes.Join):
    activation_class = BlockJoinActivation

    def __init__(self, drawn: Place | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drawn = drawn


class ChoiceActivation(GateActivation):
    """The first branch whose condition holds, else the other way."""

    def chosen(self) -> Node:
        ways = self.flow_task._ways
        facts = facts_of(self.deed.case, self.process, self.flow_task.asked())
        for number, branch in enumerate(self.flow_task.drawn.branches):
            if holds(branch.when, facts):
                return ways[str(number)]
        return ways["otherwise"]


class _Ways(Node):
    """A gate with several ways on, each under a name."""

    task_type = "GATE"
    bpmn_element = "exclusiveGateway"
    shape = nodes.If.shape

    def __init__(self, drawn: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drawn = drawn
        self._ways: dict[str, Any] = {}

    def Way(self, name: str, node: Any) -> "_Ways":
        self._ways[name] = node
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._ways = {name: this.resolve(instance, node) for name, node in self._ways.items()}

    def _outgoing(self) -> Iterator[Edge]:
        for node in dict.fromkeys(self._ways.values()):
            yield Edge(src=self, dst=node, edge_class="cond_true")


class Choice(_Ways):
    """If, otherwise."""

    activation_class = ChoiceActivation
    drawn: If

    def asked(self) -> list[str]:
        return [key for branch in self.drawn.branches for key in asked_about(branch.when)]


class RepeatActivation(GateActivation):
    """The repeating begins: no round is done yet."""

    @Activation.status.super()
    def activate(self) -> None:
        note_in_process(self.process, "rounds", self.flow_task.drawn.id, 0)


class RepeatStart(OneWay):
    activation_class = RepeatActivation
    bpmn_element = "exclusiveGateway"
    shape = nodes.If.shape


class AgainActivation(GateActivation):
    """Round done: on when the condition holds or enough rounds were made, else once more."""

    def chosen(self) -> Node:
        node = self.flow_task
        drawn: Repeat = node.drawn
        data: Mapping[str, Any] = (
            type(self.process).objects.values_list("data", flat=True).get(pk=self.process.pk) or {}
        )
        rounds = data.get("rounds", {}).get(drawn.id, 0) + 1
        note_in_process(self.process, "rounds", drawn.id, rounds)
        is_over = rounds >= drawn.at_most or is_true(drawn.until, self)
        way: Node = node._ways["ON" if is_over else "AGAIN"]
        return way


def is_true(condition: Condition, activation: GateActivation) -> bool:
    return holds(condition, facts_of(activation.deed.case, activation.process, list(asked_about(condition))))


class Again(_Ways):
    activation_class = AgainActivation


# -- By itself


class AutomaticActivation(GateActivation):
    """Does what the step says, inside the transaction of whoever came before."""

    @Activation.status.super()
    def activate(self) -> None:
        self.flow_class.instance.do_by_itself(self)
        tell_milestone(self.flow_task.drawn, self.deed)


class Automatic(OneWay):
    """A value is set, a linked case opened, a message sent, the case closed."""

    activation_class = AutomaticActivation
    task_type = "FUNCTION"
    bpmn_element = "scriptTask"
    shape = nodes.Function.shape


class WaitForDateActivation(FiredByClock, CancelledWithBlock, DeedActivation):
    """Wakes up on its day; what fails then stands among the administrator's failed jobs."""

    @classmethod
    def create(
        cls,
        flow_task: "WaitForDate",
        prev_activation: DeedActivation,
        token: Token,
        data: dict[str, Any] | None = None,
        seed: Any = None,
    ) -> "WaitForDateActivation":
        deed = prev_activation.deed
        task = EngineTask(
            process=prev_activation.process,
            flow_task=flow_task,
            flow_task_type=flow_task.task_type,
            token=token,
            created=deed.at,
            status=STATUS.SCHEDULED,
            scheduled=flow_task.moment(prev_activation),
        )
        save_rows([(prev_activation.task, task)])
        activation = cls(task)
        activation.deed = deed
        deed.case.stage = flow_task.step
        return activation

    def follow(self) -> None:
        """The day has come: the case goes on."""
        tell_milestone(self.flow_task.drawn, self.deed)
        self.activate_next()
        self.flow_class.instance.went_on_by_itself(self)

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        self.task.finished = self.deed.at
        self.task.save(update_fields=["status", "finished"])

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        yield self.flow_task._next._create(self, self.task.token)

    @Activation.status.transition(source=[STATUS.SCHEDULED, STATUS.ERROR], target=STATUS.CANCELED)
    def cancel(self) -> None:
        super().cancel.original()


class WaitForDate(OneWay):
    """Nobody's task: the case waits for a day. Stopping the legal clock does not move the day."""

    activation_class = WaitForDateActivation
    task_type = "TIMER"
    bpmn_element = "intermediateCatchEvent"
    shape = nodes.Timer.shape
    step = "wait_for_date"
    _interrupting = True

    def bpmn_content(self) -> str:
        return "<bpmn:timerEventDefinition/>"

    def moment(self, before: DeedActivation) -> dt.datetime:
        """The day that the fact holds, not before today; without one the step's deadline."""
        deed, drawn = before.deed, self.drawn
        today = local_date(deed.case, deed.at)
        day = as_day(facts_of(deed.case, before.process, [drawn.date]).get(drawn.date)) if drawn.date else None
        if day is None:
            term = term_of(drawn)
            return due_by(deed.case, deed.at, term) if term else deed.at
        return max(deed.at, end_of_day(deed.case, max(day, today) - dt.timedelta(days=1)))


# -- The end


class EndActivation(DeedActivation, nodes.End.activation_class):
    pass


class CaseEnd(nodes.End):
    """The procedure is over."""

    activation_class = EndActivation
