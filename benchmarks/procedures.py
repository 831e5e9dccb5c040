"""Procedures: compiling, first load, chart, a thousand versions, and a step.

A procedure of sixty steps with send-backs and a deadline on each. The step of a compiled procedure (a person's
visit: its task, document, event and next deadline go along) stands beside the same move of a flow written by hand
with Viewflow's own nodes, in turns, in transactions that are rolled back; beside it the engine's part alone.
"""

import gc
import resource
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.models import Process
from viewflow.workflow.models import Task as EngineTask

from benchmarks.figures import median
from cases.acting import Actor
from cases.models import Case, Institution, Membership, Role, Unit
from flows import compiled
from flows.nodes import Deed
from flows.procedures.bpmn import bpmn_of_procedure
from flows.procedures.charting import draw
from flows.procedures.checker import problems_of
from flows.procedures.compiler import compile_definition
from flows.procedures.publishing import class_name_of
from flows.procedures.shipped import GENERAL, shipped
from flows.procedures.tree import from_json
from tests.flows.procedures.big import sixty_steps

TRIES, STEPS, VERSIONS = 7, 20, 1_000


class Handwritten(flow.Flow):
    """The same row of steps, written by hand: nothing but the engine."""

    __module__ = "flows.compiled"
    process_class = Process
    lock_impl = SelectForUpdateLock(nowait=False, attempts=1)

    start = flow.StartHandle().Next(this.step00)
    ended = flow.End()
    for _number in range(59):
        locals()[f"step{_number:02}"] = flow.Handle().Next(
            getattr(this, f"step{_number + 1:02}") if _number < 58 else this.ended
        )


compiled.Handwritten = Handwritten  # type: ignore[attr-defined]


def timed(deed: Callable[[], Any]) -> float:
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def of_tries(deed: Callable[[], Any]) -> float:
    return median([timed(deed) for _try in range(TRIES)])


def building() -> dict[str, float]:
    """Milliseconds for sixty steps."""
    definition = sixty_steps()
    procedure = from_json(definition)
    flow_class = compile_definition(definition, "Sixty")
    return {
        "procedure_check_ms": of_tries(lambda: problems_of(procedure)),
        "procedure_compile_ms": of_tries(lambda: compile_definition(definition, "Sixty")),
        "procedure_chart_ms": of_tries(lambda: draw(flow_class, {})),
        "procedure_bpmn_ms": of_tries(lambda: bpmn_of_procedure(procedure)),
    }


def many_versions() -> dict[str, float]:
    """What a process has grown by when it met a thousand versions of the general procedure."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    for number in range(1, VERSIONS + 1):
        said = {**shipped(GENERAL), "version": number}
        compiled.built_from(said, class_name_of(said))
    seconds = time.perf_counter() - began
    gc.collect()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"procedure_1000_versions_s": seconds, "procedure_1000_versions_mb": grown}


def _office() -> tuple[Case, Actor]:
    """An open case of the town, held by an officer of its unit: the benchmark's own, gone with the transaction."""
    institution = Institution.objects.order_by("pk").first()
    held = (
        Membership.objects.filter(post__unit__institution=institution, post__role=Role.OFFICER).order_by("pk").first()
    )
    assert institution is not None
    assert held is not None
    unit = Unit.objects.get(pk=held.post.unit_id)
    case = Case.objects.create(
        institution=institution,
        subject="Measured",
        language="en",
        unit=unit,
        holder=held.user,
        opened_at=timezone.now(),
    )
    return case, Actor.of(held.user, on=timezone.localdate())


@transaction.atomic
def stepping() -> dict[str, float]:
    """Milliseconds of one step: compiled (engine, task, deadline), by hand (engine only), in turns."""
    case, actor = _office()
    said = sixty_steps()
    procedure = compiled.built_from(said, class_name_of(said))
    task = procedure.registered.start(Deed(case, actor, timezone.now()))
    ours, theirs = [], []
    by_hand = Process(flow_class=Handwritten)
    Handwritten.start.run()
    by_hand = Process.objects.filter(flow_class=Handwritten).order_by("-pk")[0]
    for number in range(STEPS):
        deed = Deed(case, actor, timezone.now())

        def compiled_step(task: Any = task, deed: Deed = deed, number: int = number) -> None:
            with EngineTask.objects.get(pk=task.flow_task_id).activation() as activation:
                activation.deed = deed
                activation.start()
                activation.execute("VISITED" if number else "HANDLED")

        def step_by_hand() -> None:
            waiting = by_hand.task_set.filter(status="NEW").get()
            waiting.flow_task.run(waiting)

        ours.append(timed(compiled_step))
        theirs.append(timed(step_by_hand))
        task = deed.opened[-1]
    transaction.set_rollback(True)
    mine, other = median(ours), median(theirs)
    return {"procedure_step_ms": mine, "procedure_step_by_hand_ms": other, "procedure_step_ratio": mine / other}


def loading() -> float:
    """Milliseconds until a process that never met a version has its class."""
    said = sixty_steps(999_999)
    return timed(lambda: compiled.built_from(said, class_name_of(said)))


def measure() -> dict[str, float]:
    return {"procedure_first_load_ms": loading(), **building(), **stepping(), **many_versions()}
