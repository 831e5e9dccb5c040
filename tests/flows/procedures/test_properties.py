"""Any tree that the checker accepts compiles and every run of it reaches an end; what is refused is named."""

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cases.models import Case, Role, Task
from flows import tasks
from flows.models import CaseProcess
from flows.nodes import PersonTask
from flows.procedures.checker import is_publishable, problems_of
from flows.procedures.compiler import compile_procedure
from flows.procedures.plan import SENT_BACK, plan_of
from flows.procedures.tree import Procedure, as_json, from_json
from flows.procedures.walking import Choice, Filing, walk
from flows.taking import node_of
from tests.flows.procedures.running import published
from tests.flows.procedures.trees import EASY, definitions
from tests.flows.town import NOON, Town

MONDAY = dt.date(2026, 11, 23)


def any_choices(procedure: Procedure, chance: random.Random) -> list[Choice]:
    """For each person's step a few outcomes of any kind; after those it goes on as usual."""
    choices = []
    for spot in plan_of(procedure).spots.values():
        if spot.action in ("", "give_opinion", "agree", "wait_for_applicant"):
            continue
        for _time in range(chance.randint(0, 3)):
            outcome = chance.choice(list(spot.ways))
            to = outcome.removeprefix(f"{SENT_BACK}_") if outcome.startswith(SENT_BACK) else ""
            days = chance.choice([None, 0, 1])
            choices.append(Choice(spot.step.id, SENT_BACK if to else outcome, to=to, days=days, units=("ROAD",)))
    return choices


@given(definitions())
@settings(max_examples=60)
def test_what_is_refused_is_named_with_a_step_that_is_there(definition: dict[str, Any]):
    procedure = from_json(definition)

    problems = problems_of(procedure)

    ids = {place.id for place in procedure.walk()}
    assert as_json(from_json(as_json(procedure))) == as_json(procedure)
    assert all(problem.words and problem.step in ids for problem in problems)


@given(definitions(EASY), st.integers(0, 2**32))
@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_what_is_accepted_compiles_and_every_walk_of_it_ends(definition: dict[str, Any], seed: int):
    procedure = from_json(definition)
    assume(is_publishable(problems_of(procedure)))
    chance = random.Random(seed)

    flow_class = compile_procedure(procedure, "Drawn_v1")
    walked = walk(procedure, Filing(MONDAY, {"area": chance.randint(0, 3)}, any_choices(procedure, chance)))

    people = [node for node in flow_class.instance.nodes() if isinstance(node, PersonTask)]
    assert {node.drawn.id for node in people} <= {step.id for step in procedure.persons_steps()}
    assert walked.end is not None


def a_task(case: Case, chance: random.Random) -> Task:
    found = list(case.tasks.open().select_related("case__institution", "unit", "holder").order_by("pk"))
    return chance.choice(found)


def somebody(town: Town, task: Task) -> str:
    """Whoever may do it: its holder, else somebody of its unit."""
    if task.holder:
        return task.holder.username
    role = {"cases.check_completeness": [Role.REGISTRAR, Role.OFFICER, Role.HEAD]}.get(task.permission)
    for name, post in town.posts.items():
        if post.unit_id == task.unit_id and (role is None or post.role in role):
            return name
    raise AssertionError(f"Nobody for {task} in {task.unit}")


def do(town: Town, task: Task, chance: random.Random, *, may_send_back: bool) -> None:
    acts = town.acts(somebody(town, task), task)
    back = node_of(task).ways_back()
    if back and may_send_back and chance.random() < 0.4:
        tasks.send_back(task, remarks="Again.", to=chance.choice(back).drawn.id, **acts)
        return
    match task.step:
        case "check_completeness":
            tasks.complete(task, **acts)
        case "resolve":
            day = NOON.date() + dt.timedelta(days=3)
            tasks.resolve(task, unit=town.parks, officer=None, instruction="", due_date=day, **acts)
        case "handle":
            tasks.finish_handling(task, **acts)
        case "give_opinion":
            tasks.give_opinion(task, verdict=chance.choice(tasks.VERDICTS), words="So.", **acts)
        case "visit":
            tasks.visit(task, noted=[], remarks="Seen.", **acts)
        case "decide":
            tasks.decide(task, outcome=chance.choice(["YES", "NO"]), remarks="", **acts)
        case "note_payment":
            tasks.note_payment(task, is_paid=True, remarks="12", **acts)
        case "publish":
            tasks.publish(task, where="Board", **acts)
        case other:
            raise AssertionError(other)


def accepted(seed: int) -> list[dict[str, Any]]:
    """A handful of accepted trees, always the same for a seed and each with something parallel or repeated."""
    found: list[dict[str, Any]] = []

    @given(definitions([kind for kind in EASY if kind != "WAIT"]))
    @settings(max_examples=40, database=None, derandomize=True)
    def gather(definition: dict[str, Any]) -> None:
        blocks = {"SIDE_BY_SIDE", "REPEAT"} & {place["kind"] for place in definition["steps"]}
        if blocks and is_publishable(problems_of(from_json(definition))):
            found.append(definition)

    gather()
    random.Random(seed).shuffle(found)
    return found[:4]


@pytest.mark.both_databases
@pytest.mark.django_db
def test_accepted_trees_reach_their_end_in_the_database_too(town: Town):
    chance = random.Random(7)
    drawn = accepted(7)
    for definition in drawn:
        begin, *others = definition["steps"]
        published(town, {**begin, "who": {"least_loaded_of": "HANDLING"}}, *others)
        case = town.file(answers={"area": 2})

        for moves in range(150):
            case.refresh_from_db()
            if case.is_closed:
                break
            do(town, a_task(case, chance), chance, may_send_back=moves < 12)

        assert case.is_closed, definition
        assert not CaseProcess.objects.of(case).running().exists()
    assert len(drawn) == 4
