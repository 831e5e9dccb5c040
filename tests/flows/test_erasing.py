"""What the procedure's engine remembers of people goes when the case is erased."""

import datetime as dt
import json

import pytest
from django.core import serializers
from viewflow.workflow.models import Task as EngineTask

from cases.disposing import erase_people
from cases.models import Case
from flows import tasks
from tests.flows.town import NOON, Town

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def test_an_instruction_is_not_left_with_the_engine(town: Town):
    case = town.file(channel="TELEPHONE")
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    resolving = town.task(case, "resolve")
    tasks.resolve(
        resolving,
        unit=town.parks,
        officer=town.person("alice"),
        instruction="Call Ana Marin",
        due_date=NOON.date(),
        **town.acts("helen", resolving),
    )
    before = rows_of_the_engine()
    Case.objects.filter(pk=case.pk).update(state="CLOSED", closed_at=NOON - dt.timedelta(days=365 * 7))

    erase_people(case, actor=town.acts("helen", resolving)["actor"], at=NOON)

    assert ("Ana Marin" in before, "Ana Marin" in rows_of_the_engine()) == (True, False)


def rows_of_the_engine() -> str:
    return json.dumps(json.loads(serializers.serialize("json", EngineTask.objects.all())))
