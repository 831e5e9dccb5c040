"""Trying a procedure before it is published, and the walks that are kept as tests."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from cases.models import Case, Event, Role, Task
from flows.designer.definition import stream_of
from flows.models import KeptWalk, Procedure
from flows.procedures.shipped import shipped
from tests.flows.town import Town, hire

FILED = {"filed_on": "2026-03-02", "rows": "1", "step-0": "complete", "outcome-0": "COMPLETE"}


@pytest.fixture
def owner(town: Town, client: Client) -> Client:
    client.force_login(hire(town, "petya", "REG", Role.PROCESS_OWNER))
    return client


@pytest.fixture
def procedure(town: Town) -> Procedure:
    """The way that the town's service goes, not published by hand yet."""
    procedure, _is_new = Procedure.objects.get_or_create(
        institution=town.institution, key="general", defaults={"titles": shipped("general")["titles"]}
    )
    procedure.steps = stream_of(shipped("general"))
    procedure.save_revision()
    return procedure


def walk(client: Client, procedure: Procedure, **choices: str) -> Any:
    return client.get(f"/office/procedures/try/{procedure.pk}/?{urlencode({**FILED, **choices})}")


def keep(client: Client, procedure: Procedure, name: str = "Granted", **choices: str) -> Any:
    address = f"/office/procedures/try/{procedure.pk}/?{urlencode({**FILED, **choices})}"
    return client.post(address, {"name": name}, follow=True)


def titles(answer: Any) -> list[str]:
    return [row.title for row in answer.context["rows"]]


def test_a_walk_shows_who_would_get_which_task_when(owner: Client, procedure: Procedure):
    answer = walk(owner, procedure)

    row = answer.context["rows"][1]
    assert (row.title, row.who) == ("Decide who handles it", "Parks, Head of unit: Helen")
    assert (row.task.begun.isoformat(), row.task.due.isoformat()) == ("2026-03-05", "2026-03-06")
    assert answer.context["walked"].end.isoformat() == "2026-04-03"


def test_another_outcome_leads_another_way(owner: Client, procedure: Procedure):
    back = {"rows": "4", "step-3": "drafting", "outcome-3": "DRAFTED_WITHOUT_AGREEING"}
    sent_back = {"rows": "5", "step-4": "approval", "outcome-4": "SENT_BACK_drafting"}

    answer = walk(owner, procedure, **{**back, **sent_back})

    assert titles(answer).count("Write the decision") == 2
    assert titles(answer).count("Approve the decision") == 2


def test_a_choice_that_fits_nothing_is_refused_with_words_and_can_be_changed(owner: Client, procedure: Procedure):
    answer = walk(owner, procedure, **{"outcome-0": "SIGNED"})

    assert "can&#x27;t end with SIGNED" in answer.content.decode()
    assert [row.step for row in answer.context["rows"]] == ["complete"]


def test_trying_leaves_no_trace(owner: Client, procedure: Procedure):
    before = [model.objects.count() for model in (Case, Task, Event)]

    walk(owner, procedure)

    assert [model.objects.count() for model in (Case, Task, Event)] == before


def test_nonsense_in_the_address_is_as_if_it_had_not_been_said(owner: Client, procedure: Procedure):
    nonsense = {"filed_on": "yesterday", "rows": "9999999", "outcome-0": "\x00", "days-0": "-1", "channel": "PIGEON"}

    assert walk(owner, procedure, **nonsense).status_code == 200


def test_a_kept_walk_that_ends_otherwise_refuses_publishing_with_the_difference(owner: Client, procedure: Procedure):
    keep(owner, procedure)
    quicker = shipped("general")
    quicker["steps"][0]["deadline"]["amount"] = 1
    procedure.steps = stream_of(quicker)
    procedure.save_revision()
    versions = procedure.versions.count()

    answer = owner.post(f"/office/procedures/review/{procedure.pk}/", follow=True).content.decode()

    assert procedure.versions.count() == versions
    assert "Granted" in answer
    assert "it was due on 5 March 2026, now on 4 March 2026" in answer


def test_a_walk_kept_anew_lets_publishing_pass(owner: Client, procedure: Procedure):
    keep(owner, procedure)
    quicker = shipped("general")
    quicker["steps"][0]["deadline"]["amount"] = 1
    procedure.steps = stream_of(quicker)
    procedure.save_revision()
    versions = procedure.versions.count()

    keep(owner, procedure)
    owner.post(f"/office/procedures/review/{procedure.pk}/")

    assert procedure.versions.count() == versions + 1


def test_kept_walks_can_be_run_and_dropped(owner: Client, procedure: Procedure):
    keep(owner, procedure)
    address = f"/office/procedures/walks/{procedure.pk}/"

    ran = owner.post(address, follow=True).content.decode()
    owner.post(address, {"drop": KeptWalk.objects.get().pk})

    assert "All walks end as they should." in ran
    assert KeptWalk.objects.count() == 0


def test_a_walk_without_a_name_is_not_kept(owner: Client, procedure: Procedure):
    answer = keep(owner, procedure, name=" ")

    assert "Give the walk a name" in answer.content.decode()
    assert KeptWalk.objects.count() == 0


def test_a_version_can_be_taken_along_as_bpmn(owner: Client, procedure: Procedure):
    owner.post(f"/office/procedures/review/{procedure.pk}/")
    version = procedure.versions.order_by("-number").first()

    answer = owner.get(f"/office/procedures/bpmn/{version.pk}/")

    assert answer["Content-Disposition"] == f'attachment; filename="general-{version.number}.bpmn"'
    assert answer.content.startswith(b"<?xml")
