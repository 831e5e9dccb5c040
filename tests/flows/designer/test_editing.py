"""The editor of procedures in the office: what stands live beside it, who may use it, and publishing."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Revision

from cases.models import Role, Service
from flows.designer.definition import stream_of
from flows.designer.publishing import PublishingRefused
from flows.models import Procedure
from flows.procedures.shipped import shipped
from portal_pages.jobs import publish_scheduled_pages
from portal_pages.publishing import publish_form
from tests.factories import NOON, InstitutionFactory
from tests.flows.designer.filling import sent
from tests.flows.procedures.drawing import condition
from tests.flows.town import Town, hire
from tests.portal_pages.shipped_forms import in_full


def begun(town: Town, definition: dict[str, Any] | None = None, *, key: str = "roads") -> Procedure:
    """A procedure under work, not published yet."""
    said = definition or shipped("general")
    procedure = Procedure(institution=town.institution, key=key, titles=said["titles"], live=False)
    procedure.steps = stream_of(said)
    procedure.save()
    procedure.save_revision()
    return procedure


@pytest.fixture
def owner(town: Town, client: Client) -> Client:
    client.force_login(hire(town, "petya", "REG", Role.PROCESS_OWNER))
    return client


def without_closing() -> dict[str, Any]:
    definition = shipped("general")
    return {**definition, "steps": definition["steps"][:-1]}


def test_the_checking_address_judges_what_is_not_saved_yet(town: Town, owner: Client):
    answer = owner.post("/office/procedures/check/", sent(without_closing())).json()

    assert "the case would never be closed" in answer["html"]
    assert "Check whether it is complete" in answer["html"] or answer["lists"]["steps"]
    assert [one["value"] for one in answer["lists"]["steps"]][:3] == ["complete", "resolution", "handling"]


def test_an_earlier_step_can_be_picked_while_it_is_not_picked_yet(town: Town, owner: Client):
    definition = shipped("general")
    draft = next(step for step in definition["steps"] if step["id"] == "drafting")
    unfinished = {**draft, "who": {"holder_of": ""}}
    steps = [unfinished if step is draft else step for step in definition["steps"]]

    answer = owner.post("/office/procedures/check/", sent({**definition, "steps": steps})).json()

    assert "Choose the earlier step." in answer["html"]
    assert "Write the decision" in answer["html"]
    assert "complete" in [one["value"] for one in answer["lists"]["steps"]]


def test_the_checking_address_tells_the_latest_end(town: Town, owner: Client):
    procedure = begun(town)

    answer = owner.post(f"/office/procedures/check/{procedure.pk}/", sent(shipped("general"))).json()

    assert "at the latest" in answer["html"]


def test_the_checking_address_offers_facts_of_the_steps_and_of_the_case(town: Town, owner: Client):
    facts = owner.post("/office/procedures/check/", sent(shipped("general"))).json()["facts"]

    by_key = {fact["key"]: fact for fact in facts}
    assert {"case:unit", "case:outcome", "step:opinions", "step:approval"} <= by_key.keys()
    assert {one["value"] for one in by_key["step:approval"]["options"]} == {"APPROVED", "SENT_BACK"}


def test_a_hostile_title_stands_beside_the_editor_as_text(town: Town, owner: Client):
    definition = without_closing()
    definition["steps"][-1]["titles"] = {"en": "<script>alert(1)</script>{{ request }}"}

    html = owner.post("/office/procedures/check/", sent(definition)).json()["html"]

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ request }}" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("sense", [{}, {"steps-count": "1"}, {"steps-count": "x"}])
def test_what_no_editor_sends_is_refused(sense: dict[str, str], town: Town, owner: Client):
    assert owner.post("/office/procedures/check/", sense).status_code == 400


def test_a_new_procedure_gets_its_key_from_its_name(town: Town, owner: Client):
    owner.post("/office/procedures/add/", sent(shipped("general")))
    owner.post("/office/procedures/add/", sent(shipped("general")))

    assert list(Procedure.objects.order_by("pk").values_list("key", "institution", "live")) == [
        ("general-procedure", town.institution.pk, False),
        ("general-procedure-2", town.institution.pk, False),
    ]


def test_publishing_in_the_editor_makes_a_version(town: Town, owner: Client):
    owner.post("/office/procedures/add/", sent(shipped("general"), **{"action-publish": "1"}))

    version = Procedure.objects.get().versions.get()
    assert version.number == 1
    assert version.published_by.username == "petya"
    assert [step["id"] for step in version.definition["steps"]] == [step["id"] for step in shipped("general")["steps"]]


def test_publishing_the_same_again_makes_no_other_version(town: Town):
    procedure = begun(town)

    for _time in range(2):
        procedure.save_revision().publish()

    assert procedure.versions.count() == 1


def test_a_procedure_with_an_error_is_not_published_and_says_why(town: Town, owner: Client):
    procedure = begun(town, without_closing())

    answer = owner.post(f"/office/procedures/review/{procedure.pk}/", follow=True)

    procedure.refresh_from_db()
    assert not procedure.live
    assert procedure.versions.count() == 0
    assert "the case would never be closed" in answer.content.decode()


def test_a_condition_on_a_question_that_the_form_lost_keeps_the_procedure_from_being_published(town: Town):
    definition = shipped("general")
    visit = {"id": "look", "kind": "VISIT"}
    fork = {"id": "fork", "kind": "IF", "branches": [{"when": condition("emergency", True), "steps": [visit]}]}
    procedure = begun(town, {**definition, "steps": [definition["steps"][0], fork, *definition["steps"][1:]]})
    Service.objects.filter(pk=town.trees.pk).update(procedure=procedure.key)
    form = in_full("tree-felling")
    publish_form(town.trees, form, by=None, at=NOON)
    procedure.latest_revision.publish()

    without = [[one for one in page["questions"] if one["key"] != "emergency"] for page in form["pages"]]
    pages = [{**page, "questions": kept} for page, kept in zip(form["pages"], without, strict=True)]
    publish_form(town.trees, {**form, "pages": pages}, by=None, at=NOON)

    with pytest.raises(PublishingRefused, match="If … otherwise: The form has no question “emergency”"):
        procedure.save_revision().publish()


def test_the_clock_leaves_a_procedure_with_an_error_a_draft_and_says_so_where_it_is_published(
    town: Town, owner: Client, caplog: pytest.LogCaptureFixture
):
    procedure, right = begun(town, without_closing()), begun(town, shipped("general"), key="right")
    for revision in (procedure.latest_revision, right.latest_revision):
        revision.approved_go_live_at = timezone.now() - dt.timedelta(minutes=1)
        revision.save()

    publish_scheduled_pages()

    procedure.refresh_from_db()
    assert (procedure.live, procedure.versions.count(), right.versions.count()) == (False, 0, 1)
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    assert "The procedure roads was not published at its time" in caplog.text
    pages = [f"/office/procedures/{name}" for name in ("", f"review/{procedure.pk}/", f"history/{procedure.pk}/")]
    for page in pages:
        shown = owner.get(page).content.decode()
        assert re.search(r"The publication planned for [^<]+ was refused: .*the case would never be closed", shown)

    procedure.steps = stream_of(shipped("general"))
    procedure.save_revision().publish()

    assert "The publication planned" not in owner.get(pages[0]).content.decode()


def test_nobody_sees_the_procedures_of_another_institution(town: Town, client: Client):
    procedure = begun(town)
    stranger = hire(town, "sonya", "REG", Role.PROCESS_OWNER)
    stranger.institution = InstitutionFactory()
    stranger.save()
    client.force_login(stranger)
    addresses = ["edit", "history", "review", "check", "take-over", "lock", "preview"]

    answers = {name: client.post(f"/office/procedures/{name}/{procedure.pk}/").status_code for name in addresses}

    assert set(answers.values()) == {404}
    assert "General procedure" not in client.get("/office/procedures/").content.decode()


@pytest.mark.parametrize("name", ["helen", "rita"])
def test_officials_and_editors_do_not_build_procedures(name: str, town: Town, client: Client):
    client.force_login(town.people[name])

    assert client.get("/office/procedures/").status_code == 404
    assert client.post("/office/procedures/check/", sent(shipped("general"))).status_code == 404


def test_the_list_and_the_versions_show_who_published_what(town: Town, owner: Client):
    procedure = begun(town)
    owner.post(f"/office/procedures/review/{procedure.pk}/")

    listed = owner.get("/office/procedures/").content.decode()
    versions = owner.get(f"/office/procedures/versions/{procedure.pk}/").content.decode()

    assert "General procedure" in listed
    assert "Petya" in versions


def test_a_copy_begins_with_the_same_steps_and_is_not_published(town: Town, owner: Client):
    procedure = begun(town)

    owner.post(f"/office/procedures/take-over/{procedure.pk}/")

    copy = Procedure.objects.exclude(pk=procedure.pk).get()
    assert copy.titles["en"] == "General procedure (copy)"
    assert (copy.live, copy.versions.count()) == (False, 0)
    assert json.dumps(copy.definition["steps"]) == json.dumps(procedure.definition["steps"])
