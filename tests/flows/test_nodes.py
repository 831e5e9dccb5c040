"""What the engine makes of our nodes: statements at the start, receivers, the drawing, references."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from viewflow.workflow import chart
from viewflow.workflow.fields import import_flow_by_ref, import_task_by_ref
from viewflow.workflow.signals import task_finished

from cases.acting import Actor
from cases.models import Case
from flows import compiled
from flows.nodes import Deed, PersonTask
from flows.procedures.compiler import ProcedureFlow
from flows.procedures.publishing import class_name_of
from flows.procedures.shipped import shipped
from flows.steps import STATIONS, STEPS
from tests.flows.town import NOON, Town

GENERAL = class_name_of(shipped("general"))


def general() -> type[ProcedureFlow]:
    return compiled.built_from(shipped("general"), GENERAL)


@pytest.mark.django_db
@pytest.mark.both_databases
def test_starting_a_procedure_takes_four_statements(town: Town):
    case = Case.objects.create(
        institution=town.institution, subject="Tree", language="en", unit=town.parks, opened_at=NOON
    )
    general().registered.start(Deed(town.file(), Actor.applicant(), NOON))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        general().registered.start(Deed(case, Actor.applicant(), NOON))

    assert [query["sql"].split()[:3] for query in queries] == [
        ["INSERT", "INTO", '"viewflow_process"'],
        ["INSERT", "INTO", '"viewflow_task"'],
        ["INSERT", "INTO", '"viewflow_task_previous"'],
        ["INSERT", "INTO", '"cases_task"'],
    ]


def test_all_deadlines_share_one_receiver():
    ours = [entry for entry in task_finished.receivers if entry[0][0] == "flows.disarm_deadlines"]

    assert len(task_finished.receivers) == len(ours) == 1


def test_the_engine_finds_the_procedure_and_its_nodes_by_reference():
    procedure = general()

    assert import_flow_by_ref(f"flows/compiled.{GENERAL}") is procedure
    assert import_task_by_ref(f"flows/compiled.{GENERAL}.step_opinions_each").step == "give_opinion"


def test_the_engine_draws_the_procedure():
    drawing = chart.grid_to_svg(chart.calc_layout_data(general()))

    assert all(outcome in drawing for outcome in ("ASKED_OPINIONS", "SENT_BACK", "TO_REGISTRY", "DISPATCHED"))


def test_the_engine_exports_the_procedure_as_bpmn():
    bpmn = chart.grid_to_bpmn(chart.calc_layout_data(general()))

    assert bpmn.count("<bpmn:userTask") == len(
        [node for node in general().instance.nodes() if isinstance(node, PersonTask)]
    )


def test_every_step_has_its_words_and_its_station():
    people = [node for node in general().instance.nodes() if isinstance(node, PersonTask)]

    assert {node.step for node in people} <= set(STEPS)
    assert {step.station for step in STEPS.values()} <= {*STATIONS, ""}


def test_addresses_survive_the_engines_json():
    data = {"unit": 1, "post": None, "holder": 2, "due_at": NOON.isoformat(), "instruction": "Отсечи"}

    assert json.loads(json.dumps(data)) == data
