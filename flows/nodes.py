"""Our own kinds of nodes for Viewflow, and the lock of a running procedure.

Every activation knows its deed: who acts on which case, and when. A ``PersonTask`` puts one
``cases.Task`` before people and routes by the outcome that they choose, so that a compiled procedure
needs no gateway of its own. Names of nodes are never titles (design: ``resolve`` as a title may break
a class); titles come from ``flows.steps`` and stand in the node's annotation.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.models import Task as EngineTask
from viewflow.workflow.nodes.boundary import TimerBoundaryActivation
from viewflow.workflow.signals import task_finished
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from cases import history
from cases.acting import Actor
from cases.clock import local_date
from cases.models import Case, CaseReader, Task
from cases.rows import insert, insert_one
from flows.addressing import Address, address_for, due_by, found_there, with_permission
from flows.models import CaseProcess
from flows.procedures.plan import SENT_BACK, WayKind
from flows.procedures.terms import STANDARD_DAYS, term_of
from flows.procedures.tree import Kind, Step, Term, Who, WhoKind
from flows.procedures.who import who_of
from flows.steps import drawn_title, title_of

# What a timer or another row of the engine may still be woken from.
ALIVE = [STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED, STATUS.SCHEDULED, STATUS.ERROR]


class CaseLock(SelectForUpdateLock):
    """Locks the case's row, then the process's: the order in which every operation takes them.

    Viewflow's stock lock gives up at the first contention and takes the outer transaction with it on
    PostgreSQL; this one waits for its turn.
    """

    def __init__(self) -> None:
        super().__init__(nowait=False, attempts=1)

    @contextmanager
    def __call__(self, flow_class: type, process_pk: int) -> Iterator[None]:
        with transaction.atomic():
            case_id = CaseProcess.objects.filter(pk=process_pk).values("artifact_object_id")
            list(Case.objects.select_for_update().filter(pk__in=case_id).values_list("pk"))
            with super().__call__(flow_class, process_pk):
                yield


@dataclass
class Deed:
    """Who acts on which case and when; passed from activation to activation while the flow moves.

    ``opened`` gathers the tasks that the move put before people.
    """

    case: Case
    actor: Actor
    at: dt.datetime
    opened: list[Task] = field(default_factory=list)


class DeedActivation(Activation):
    """An activation that hands its deed on to whatever follows from it."""

    deed: Deed

    @classmethod
    def create(
        cls,
        flow_task: Node,
        prev_activation: "DeedActivation",
        token: Token,
        data: dict[str, Any] | None = None,
        seed: Any = None,
    ) -> "DeedActivation":
        activation = super().create(flow_task, prev_activation, token, data=data, seed=seed)
        activation.deed = prev_activation.deed
        return activation


class CancelledWithBlock(Activation):
    """What the engine may take away when a block is left by the side door."""

    deed: Deed

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED], target=STATUS.CANCELED)
    def cancel(self) -> None:
        self.task.finished = self.deed.at
        self.task.save(update_fields=["status", "finished"])


def note_in_process(process: CaseProcess, chapter: str, name: str, value: Any) -> None:
    """Remember a fact of the running procedure. Called under its lock; what others noted meanwhile stays."""
    data = CaseProcess.objects.values_list("data", flat=True).get(pk=process.pk) or {}
    process.data = {**data, chapter: {**data.get(chapter, {}), name: value}}
    CaseProcess.objects.filter(pk=process.pk).update(data=process.data)


# -- Deadlines


class FiredByClock(Activation):
    """A row of the engine whose moment comes. It fires once; a failure stays visible and can be tried again."""

    deed: Deed

    @Activation.status.transition(source=[STATUS.SCHEDULED, STATUS.ERROR], target=STATUS.STARTED)
    def start(self) -> None:
        self.task.started = now()
        self.task.save(update_fields=["status", "started"])

    @Activation.status.transition(source=STATUS.STARTED)
    def execute(self) -> None:
        """Viewflow's sweep would retry a failing timer for ever and tell only the log: ours is marked and told."""
        try:
            self.fire()
        except Exception as error:
            self._set_status(STATUS.ERROR)
            self.task.finished = None
            self.task.save(update_fields=["status", "finished"])
            self.flow_task.flow_class.instance.deadline_failed(self, error)

    @transaction.atomic
    def fire(self) -> None:
        """Do what follows from it; whoever calls this sees the failure."""
        self.deed = Deed(self.process.artifact, Actor.job("deadlines"), self.task.started)
        self.complete()
        self.follow()

    def follow(self) -> None:
        raise NotImplementedError


class DeadlineActivation(FiredByClock, TimerBoundaryActivation):
    """What follows is told by the flow."""

    def follow(self) -> None:
        self.flow_task._then(self)


class Deadline(nodes.TimerBoundary):
    """The deadline of a person's task or of a wait: Viewflow's database timer at its border.

    ``then`` is a method of the flow; a deadline that interrupts moves the flow itself.
    """

    activation_class = DeadlineActivation

    def __init__(self, attached_to: Any, then: Any, *, interrupting: bool = False, **kwargs: Any) -> None:
        super().__init__(attached_to, delay=None, interrupting=interrupting, **kwargs)
        self._then = then

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._then = this.resolve(instance, self._then)

    def _ready(self) -> None:
        """Stock boundaries register a receiver each; ours share one (``disarm_deadlines``)."""
        self._attached_to._boundary_events.append(self)

    def row(self, host: "DeedActivation", due_at: dt.datetime) -> EngineTask:
        return EngineTask(
            process=host.process,
            flow_task=self,
            flow_task_type=self.task_type,
            token=host.task.token,
            status=STATUS.SCHEDULED,
            created=host.deed.at,
            scheduled=due_at,
        )

    def _arm(self, host_activation: Any) -> None:
        """Armed by its host, which knows when the task is due."""


def disarm_deadlines(task: EngineTask, *, at: dt.datetime) -> None:
    """A task that ended has no deadline any more, a failed one neither (it would hold a join up)."""
    if not task.flow_task._boundary_events:
        return
    armed = EngineTask.objects.filter(process=task.process_id, flow_task_type="TIMER", previous=task.pk)
    armed.filter(status__in=[STATUS.SCHEDULED, STATUS.ERROR]).update(status=STATUS.CANCELED, finished=at)


def _on_task_finished(sender: type, *, task: EngineTask, **kwargs: Any) -> None:
    if isinstance(task.flow_task, PersonTask | WaitForApplicant):
        disarm_deadlines(task, at=task.finished)


task_finished.connect(_on_task_finished, dispatch_uid="flows.disarm_deadlines")


def end_row(activation: DeedActivation) -> None:
    """The engine's row is done at the moment of the deed, not of the clock on the wall."""
    task = activation.task
    task.finished = activation.deed.at
    task.save(update_fields=["status", "started", "finished"])
    task_finished.send(sender=activation.flow_class, process=activation.process, task=task)


# -- People's tasks


@dataclass(frozen=True)
class Outcome:
    """Where a task leads when it ends so; ``depth``: how many parallel blocks stand around that node."""

    name: str
    node: Any
    depth: int = 0
    kind: WayKind = WayKind.FORWARD


class PersonTaskActivation(CancelledWithBlock, DeedActivation):
    """Creates the person's task, and goes on by the outcome that the person chose."""

    outcome = ""
    next_data: Mapping[str, Any] | None = None

    @classmethod
    def draw_up(
        cls, flow_task: "PersonTask", before: DeedActivation, token: Token, data: Mapping[str, Any] | None
    ) -> tuple["PersonTaskActivation", Address]:
        """The engine's row, not saved, and to whom the task goes."""
        deed = before.deed
        day = local_date(deed.case, deed.at)
        if data:
            address = found_there(Address.from_data(dict(data)), flow_task.permission, deed.case, day)
        else:
            address = address_for(flow_task.who, flow_task.permission, deed.case, day)
        address = with_permission(address, flow_task.permission)
        if address.due_at is None:
            due_at = due_by(deed.case, deed.at, flow_task.term)
            address = address.told(due_at=due_at, instruction=address.instruction)
        task = EngineTask(
            process=before.process,
            flow_task=flow_task,
            flow_task_type=flow_task.task_type,
            token=token,
            created=deed.at,
            owner_id=address.holder_id,
            owner_permission=address.permission or flow_task.permission,
            status=STATUS.ASSIGNED if address.holder_id else STATUS.NEW,
            data=dict(data or {}),
        )
        activation = cls(task)
        activation.deed = deed
        return activation, address

    @classmethod
    def create(
        cls,
        flow_task: "PersonTask",
        prev_activation: DeedActivation,
        token: Token,
        data: dict[str, Any] | None = None,
        seed: Any = None,
    ) -> "PersonTaskActivation":
        activation, address = cls.draw_up(flow_task, prev_activation, token, data)
        save_rows([(prev_activation.task, activation.task)], activation.deadline_rows(address))
        task = activation.put_before_people(address)
        let_read(activation.deed.case, address)
        flow_task.flow_class.instance.was_put_before_people(task, activation.deed)
        return activation

    def deadline_rows(self, address: Address) -> list[tuple[EngineTask, EngineTask]]:
        return [(self.task, deadline.row(self, address.due_at)) for deadline in self.flow_task._boundary_events]

    def put_before_people(self, address: Address) -> Task:
        """The person's task. Standing in the holder's list is delivery."""
        deed, node = self.deed, self.flow_task
        task = Task(
            case=deed.case,
            step=node.step,
            procedure_step=node.drawn.id,
            titles=dict(node.drawn.titles),
            rerouted=address.rerouted,
            unit_id=address.unit_id,
            post_id=address.post_id,
            holder_id=address.holder_id,
            permission=address.permission or node.permission,
            instruction=address.instruction,
            sent_at=deed.at,
            sent_by=deed.actor.user,
            delivered_at=deed.at if address.holder_id else None,
            due_at=address.due_at or due_by(deed.case, deed.at, node.term),
            flow_task_id=self.task.pk,
        )
        insert_one(task)
        deed.case.stage = node.step
        deed.opened.append(task)
        return task

    @Activation.status.super()
    def activate(self) -> None:
        """A person's turn: nothing happens by itself."""

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.STARTED)
    def start(self) -> None:
        self.task.started = self.deed.at

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        end_row(self)

    @Activation.status.transition(source=STATUS.STARTED)
    def execute(self, outcome: str, next_data: Mapping[str, Any] | None = None) -> None:
        """End the step with an outcome; ``next_data`` addresses the next task (Address.as_data)."""
        self.outcome, self.next_data = outcome, next_data
        self.complete()
        chosen = self.flow_task.outcome(outcome)
        if chosen.depth < depth_of(self.task.token) and chosen.kind is WayKind.BACK:
            self._take_blocks_away(chosen.depth)
        if chosen.kind is WayKind.FORWARD and self.flow_task.tells_milestone and not self.task.data.get("queue"):
            tell_milestone(self.flow_task.drawn, self.deed)
        self.activate_next()

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        chosen = self.flow_task.outcome(self.outcome)
        queue = self.task.data.get("queue") if chosen.kind is WayKind.FORWARD else None
        if queue:
            yield self.flow_task._create(self, self.task.token, data={**queue[0], "queue": queue[1:]})
            return
        token = base_of(self.task.token, chosen.depth) if chosen.kind is WayKind.BACK else self.task.token
        yield chosen.node._create(self, token, data=self._told_to(chosen))

    def _told_to(self, chosen: Outcome) -> Mapping[str, Any] | None:
        """Whom the step before named is asked only where the procedure leaves it to that step: the case's holder."""
        is_address = "unit" in (self.next_data or {})
        if not is_address or chosen.kind is not WayKind.FORWARD:
            return self.next_data
        is_holders = isinstance(chosen.node, PersonTask) and chosen.node.who.kind is WhoKind.HOLDER
        return self.next_data if is_holders else None

    def _take_blocks_away(self, depth: int) -> None:
        """Cancel the other branches and the waiting joins of the blocks that are left, which would hold it up."""
        base = base_of(self.task.token, depth)
        left = str(self.task.token)[len(str(base)) + 1 :].split("/")[0].rsplit("_", 1)[0]
        inside = f"{base}/{left}_"
        alive = EngineTask.objects.filter(process=self.process.pk, status__in=ALIVE).exclude(pk=self.task.pk)
        for task in (*alive.filter(token__startswith=inside), *alive.filter(token=base, flow_task_type="JOIN")):
            activation = task.flow_task.activation_class(task)
            activation.deed = self.deed
            activation.cancel()

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED], target=STATUS.CANCELED)
    def cancel(self) -> None:
        super().cancel.original()
        disarm_deadlines(self.task, at=self.deed.at)
        Task.objects.filter(flow_task_id=self.task.pk, ended_at__isnull=True).update(
            ended_at=self.deed.at, ended_by=self.deed.actor.user, outcome="NOT_NEEDED"
        )


def depth_of(token: Token) -> int:
    """How many parallel blocks stand around a row of the engine."""
    return str(token).count("/")


def base_of(token: Token, depth: int) -> Token:
    """The token that a row has after leaving the blocks that are deeper."""
    return Token("/".join(str(token).split("/")[: depth + 1]))


def tell_milestone(drawn: Step, deed: Deed) -> None:
    """What the applicant sees of a step when it is done, where its author wrote words for it."""
    if texts := drawn.milestone.texts:
        facts = {"step": drawn.id, "words": dict(texts)}
        history.record(deed.case, "MILESTONE", actor=deed.actor, at=deed.at, is_public=True, payload=facts)


def save_rows(*links: list[tuple[EngineTask, EngineTask]]) -> None:
    """Save the engine's rows with their predecessors: one insert for each generation, one for the links."""
    through = EngineTask.previous.through
    for generation in links:
        EngineTask.objects.bulk_create([row for _before, row in generation])
    pairs = [pair for generation in links for pair in generation]
    through.objects.bulk_create(through(from_task_id=row.pk, to_task_id=before.pk) for before, row in pairs)


def let_read(case: Case, address: Address) -> None:
    """Who gets a task on a case may read the case."""
    readers = [CaseReader(case=case, unit_id=address.unit_id)]
    if address.holder_id:
        readers.append(CaseReader(case=case, user_id=address.holder_id))
    CaseReader.objects.bulk_create(readers, ignore_conflicts=True)


class PersonTask(Node):
    """A step done by a person.

    ``drawn``: the step of the procedure, ``step`` the key of its verb, ``permission`` what the person must be
    allowed, ``term`` how long it may take unless the step before said by when. ``is_each``: one task for each
    unit asked.
    """

    task_type = "HUMAN"
    activation_class = PersonTaskActivation
    bpmn_element = "userTask"
    shape = nodes.View.shape

    def __init__(
        self,
        step: str,
        drawn: Step,
        *,
        permission: str,
        is_each: bool = False,
        tells_milestone: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.step, self.drawn, self.permission = step, drawn, permission
        self.is_each, self.tells_milestone = is_each, tells_milestone
        self.who = Who(WhoKind.HOLDER) if is_each else who_of(drawn)
        self.term = term_of(drawn) or Term(STANDARD_DAYS[drawn.kind])
        self._outcomes: dict[str, Outcome] = {}
        self.Annotation(title=drawn_title(drawn, step))

    def On(self, outcome: str, node: Any, *, depth: int = 0, kind: WayKind = WayKind.FORWARD) -> "PersonTask":
        """Where the case goes when the person chooses this outcome."""
        self._outcomes[outcome] = Outcome(outcome, node, depth, kind)
        return self

    def Until(self, then: Any) -> "PersonTask":
        """What the flow does when the task is late."""
        self._boundary_specs.append(("deadline", Deadline(None, then)))
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._outcomes = {
            name: replace(outcome, node=this.resolve(instance, outcome.node))
            for name, outcome in self._outcomes.items()
        }

    def _outgoing(self) -> Iterator[Edge]:
        seen = set()
        for outcome in self._outcomes.values():
            if outcome.node not in seen:
                seen.add(outcome.node)
                yield Edge(src=self, dst=outcome.node, edge_class="cond_true", label=outcome.name)

    def outcome(self, name: str) -> Outcome:
        return self._outcomes[name]

    def leads_to(self, outcome: str) -> bool:
        return outcome in self._outcomes

    def ways_back(self) -> list["PersonTask"]:
        """The steps to which it may be sent back, the usual one first."""
        return [outcome.node for name, outcome in self._outcomes.items() if name.startswith(SENT_BACK)]


# -- Beginning


class CaseStartActivation(nodes.StartHandle.activation_class):
    """Starts a procedure inside the registering transaction with as few statements as it can."""

    deed: Deed

    @Activation.status.super()
    def execute(self) -> None:
        """Nobody else can see a process that is only being made: no lock, no savepoint."""
        self.process.created = self.deed.at
        insert_one(self.process)
        self.task.process = self.process
        self.task.flow_task_type = self.flow_task.task_type
        self.task.status, self.task.finished = STATUS.DONE, self.deed.at
        if not isinstance(self.flow_task._next, PersonTask):
            insert_one(self.task)
            self.activate_next()
            return
        first, address = PersonTaskActivation.draw_up(self.flow_task._next, self, self.task.token, None)
        timers = first.deadline_rows(address)
        insert([self.task, first.task, *(row for _host, row in timers)])
        through = EngineTask.previous.through
        pairs = [(self.task, first.task), *timers]
        insert([through(from_task_id=row.pk, to_task_id=before.pk) for before, row in pairs])
        first.put_before_people(address)
        if address.holder_id or address.unit_id != self.deed.case.unit_id:
            let_read(self.deed.case, address)


class CaseStart(nodes.StartHandle):
    """The beginning of a procedure: a person's task, or gates that lead to one."""

    activation_class = CaseStartActivation

    def start(self, deed: Deed) -> Task:
        """Begin the procedure of a case and return the first task."""
        activation = self.activation_class.create(self, None, Token("start"))
        activation.deed = deed
        activation.process.artifact = deed.case
        activation.execute()
        return deed.opened[-1]


# -- Waiting


class WaitActivation(CancelledWithBlock, DeedActivation):
    """The case waits for the applicant; ``data``: the step to go back to and until when."""

    @classmethod
    def create(
        cls,
        flow_task: "WaitForApplicant",
        prev_activation: DeedActivation,
        token: Token,
        data: dict[str, Any] | None = None,
        seed: Any = None,
    ) -> "WaitActivation":
        data = flow_task.begin(prev_activation.deed) if flow_task.drawn else data or {}
        task = EngineTask(
            process=prev_activation.process,
            flow_task=flow_task,
            flow_task_type=flow_task.task_type,
            token=token,
            created=prev_activation.deed.at,
            data=data,
        )
        activation = cls(task)
        activation.deed = prev_activation.deed
        until = dt.datetime.fromisoformat(data["due_at"])
        deadlines = [(task, deadline.row(activation, until)) for deadline in flow_task._boundary_events]
        save_rows([(prev_activation.task, task)], deadlines)
        activation.deed.case.stage = flow_task.step
        return activation

    @Activation.status.super()
    def activate(self) -> None:
        """It ends when something arrives. A step of its own asks the applicant now."""
        if self.flow_task.drawn:
            self.flow_class.instance.ask_and_wait(self)

    @Activation.status.transition(source=[STATUS.NEW, STATUS.STARTED], target=STATUS.CANCELED)
    def cancel(self) -> None:
        super().cancel.original()
        disarm_deadlines(self.task, at=self.deed.at)

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.STARTED)
    def start(self) -> None:
        self.task.started = self.deed.at

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        end_row(self)

    @Activation.status.transition(source=STATUS.STARTED)
    def execute(self, instruction: Any = "", outcome: str = "ARRIVED") -> None:
        """The wait is over: back to the step that asked, or on where waiting was a step of its own."""
        self.instruction = instruction
        self.complete()
        if self.flow_task.drawn:
            note_in_process(self.process, "outcomes", self.flow_task.drawn.id, outcome)
            tell_milestone(self.flow_task.drawn, self.deed)
        self.activate_next()

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        if self.flow_task.drawn:
            yield self.flow_task._back_to[0]._create(self, self.task.token)
            return
        back_to = self.flow_class.instance.node(self.task.data["back_to"])
        address = Address.from_data(self.task.data["address"]).told(instruction=str(self.instruction))
        yield back_to._create(self, self.task.token, data=address.as_data())


class WaitForApplicant(Node):
    """Nobody's task: the applicant was asked, and whatever arrives by any channel ends it.

    ``drawn``: where waiting is a step of the procedure; without it a person asked in the middle of a step.
    """

    task_type = "WAIT"
    activation_class = WaitActivation
    bpmn_element = "receiveTask"
    shape = nodes.Handle.shape
    step = "wait_for_applicant"

    def __init__(self, drawn: Step | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drawn = drawn
        self._back_to: list[Any] = []
        self.Annotation(title=drawn_title(drawn, self.step) if drawn else title_of(self.step))

    def begin(self, deed: Deed) -> dict[str, Any]:
        """Until when the case waits, where waiting is a step of its own."""
        term = term_of(self.drawn) if self.drawn else None
        return {"due_at": due_by(deed.case, deed.at, term or Term(STANDARD_DAYS[Kind.WAIT])).isoformat()}

    def BackTo(self, *steps: Any) -> "WaitForApplicant":
        self._back_to = list(steps)
        return self

    def Until(self, then: Any) -> "WaitForApplicant":
        """What the flow does when nothing came in time."""
        self._boundary_specs.append(("deadline", Deadline(None, then, interrupting=True)))
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._back_to = [this.resolve(instance, step) for step in self._back_to]

    def _outgoing(self) -> Iterator[Edge]:
        for step in self._back_to:
            yield Edge(src=self, dst=step, edge_class="next")
