"""Editors at work: who may open and publish a form, what publishing refuses, and what it writes."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Revision, Workflow, WorkflowContentType, WorkflowTask

from cases.models import Institution, Role, Service, User
from cases.staffing import ensure_groups, group_name
from flows.models import Procedure
from flows.procedures.publishing import publish as publish_procedure
from portal_pages.designer.beginning import begin_form, fill
from portal_pages.designer.panels import state_of
from portal_pages.designer.usage import Use, used_by
from portal_pages.models import FormVersion, ServiceForm
from portal_pages.offered import form_of
from portal_pages.publishing import FormNotReady, publish_form
from tests.factories import NOON, InstitutionFactory, ServiceFactory, UserFactory
from tests.flows.procedures.drawing import BEGIN, CLOSE, condition, definition
from tests.portal_pages.conftest import found_town
from tests.portal_pages.shipped_forms import in_full

pytestmark = pytest.mark.django_db

RIGHTS = ("add", "change", "publish")


@pytest.fixture
def town(db: None) -> Institution:
    return found_town(asks=())


@pytest.fixture
def form(town: Institution) -> ServiceForm:
    """The form of the complaint in the editor; nothing is published yet."""
    form = ServiceForm(service=Service.objects.get(code="complaint"), live=False)
    fill(form, in_full("complaint"))
    form.save()
    form.save_revision(changed=False)
    return form


def hire(institution: Institution, username: str, *, rights: tuple[str, ...] = RIGHTS) -> User:
    ensure_groups()
    person = UserFactory(username=username, institution=institution)
    person.groups.add(person.groups.model.objects.get(name=group_name(Role.EDITOR)))
    codenames = [f"{right}_serviceform" for right in rights]
    person.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="portal_pages", codename__in=codenames)
    )
    return person


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def draft(form: ServiceForm, **changes: Any) -> Any:
    """A new draft; ``label`` is put on the first question, ``go_live_at`` schedules it."""
    definition = in_full("complaint")
    if label := changes.pop("label", ""):
        definition["pages"][0]["questions"][0]["labels"]["bg"] = label
    if changes.pop("is_wrong", False):
        definition["pages"][0]["questions"][0]["labels"] = {}
    fill(form, definition)
    for name, value in changes.items():
        setattr(form, name, value)
    return form.save_revision()


# -- who may


def test_the_list_shows_the_services_of_ones_own_institution_and_the_state_of_their_forms(form):
    foreign = ServiceFactory(institution=InstitutionFactory(), names={"en": "Somewhere else"})
    draft(form).publish()
    draft(form, label="Друго")

    page = signed_in(hire(form.institution, "edith")).get(reverse("services:list")).content.decode()

    assert "Report a problem" in page
    assert "version 1" in page
    assert "designer-state--draft" in page
    assert str(foreign) not in page


def test_the_list_and_the_editor_warn_of_a_service_whose_rules_name_no_legal_basis(form):
    form.service.rules.update(legal_basis="")
    bare = ServiceFactory(institution=form.institution, names={"en": "Without a form"})
    edith = signed_in(hire(form.institution, "edith"))

    rows = {row.service: row for row in edith.get(reverse("services:list")).context["rows"]}
    editor = edith.get(reverse("services:edit", args=[form.pk])).content.decode()
    form.service.rules.update(legal_basis="Green spaces act, art. 62")
    after = {row.service: row for row in edith.get(reverse("services:list")).context["rows"]}

    assert rows[form.service].warnings - after[form.service].warnings == 1
    assert (rows[bare].errors, rows[bare].warnings) == (0, 1)
    assert "The record rules name no legal basis" in editor


def test_the_form_of_another_institution_does_not_exist(form):
    stranger = signed_in(hire(InstitutionFactory(), "stranger"))
    revision = form.latest_revision_id
    addresses = [
        *(reverse(f"services:{name}", args=[form.pk]) for name in ("edit", "history", "usage", "preview_on_edit")),
        *(reverse(f"services:{name}", args=[form.pk]) for name in ("state", "unpublish", "delete", "lock", "unlock")),
        reverse("services:revisions_view", args=[form.pk, revision]),
        reverse("services:revisions_revert", args=[form.pk, revision]),
        reverse("services:revisions_compare", args=[form.pk, "earliest", "latest"]),
        reverse("services:workflow_history", args=[form.pk]),
    ]

    answers = {address: stranger.get(address).status_code for address in addresses}

    assert answers == dict.fromkeys(addresses, 404)
    assert stranger.post(reverse("services:design", args=[form.service_id])).status_code == 404


def test_an_editor_without_the_right_to_publish_saves_a_draft_at_most(form):
    writer = signed_in(hire(form.institution, "will", rights=("change",)))
    empty = {"pages-count": "0", "tables-count": "0", "action-publish": "1"}

    writer.post(reverse("services:edit", args=[form.pk]), empty)

    assert FormVersion.objects.count() == 0
    assert writer.get(reverse("services:add")).status_code == 404
    assert "action-publish" not in writer.get(reverse("services:edit", args=[form.pk])).content.decode()


def test_publishing_a_form_with_errors_is_refused_in_words(form):
    edith = signed_in(hire(form.institution, "edith"))
    empty = {"pages-count": "0", "tables-count": "0", "action-publish": "1"}

    page = edith.post(reverse("services:edit", args=[form.pk]), empty)

    assert page.status_code == 200
    assert "could not be saved due to errors" in page.content.decode()
    assert FormVersion.objects.count() == 0


# -- what is written


def test_publishing_writes_a_version_in_the_name_of_who_did_it(form):
    edith = hire(form.institution, "edith")

    draft(form).publish(user=edith)
    draft(form, label="Друго").publish(user=edith)

    assert [(str(v), v.published_by) for v in FormVersion.objects.order_by("number")] == [
        ("complaint/1", edith),
        ("complaint/2", edith),
    ]


def test_a_draft_with_errors_is_not_published_by_anybody(form):
    with pytest.raises(FormNotReady):
        draft(form, is_wrong=True).publish(user=hire(form.institution, "edith"))

    assert FormVersion.objects.count() == 0


def test_the_clock_publishes_what_was_scheduled_and_passes_over_what_is_wrong(form):
    edith = hire(form.institution, "edith")
    right, wrong = draft(form), draft(begin_form(Service.objects.get(code="public-information")), is_wrong=True)
    right.publish(user=edith)
    right = draft(form, label="Друго", go_live_at=timezone.now() + dt.timedelta(hours=1))
    right.publish(user=edith)
    assert [str(version) for version in FormVersion.objects.all()] == ["complaint/1"]
    for revision in (right, wrong):
        revision.approved_go_live_at = timezone.now() - dt.timedelta(minutes=1)
        revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
        revision.save()

    call_command("publish_scheduled", verbosity=0)

    assert [str(version) for version in FormVersion.objects.order_by("pk")] == ["complaint/1", "complaint/2"]
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    listed = signed_in(edith).get(reverse("services:list")).content.decode()
    assert listed.count("The publication planned for") == 1
    beside = signed_in(edith).get(reverse("services:state", args=[wrong.object_id])).content.decode()
    assert "The publication planned for" in beside


def test_the_last_moderator_publishes(form):
    writer, edith = hire(form.institution, "will", rights=("change",)), hire(form.institution, "edith")
    task = GroupApprovalTask.objects.create(name="Read by another editor")
    task.groups.add(edith.groups.get())
    workflow = Workflow.objects.create(name="Second pair of eyes")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    kind = WorkflowContentType._meta.get_field("content_type").related_model.objects.get_for_model(ServiceForm)
    WorkflowContentType.objects.create(workflow=workflow, content_type=kind)
    draft(form, label="Друго")
    state = workflow.start(form, writer)

    address = reverse("services:workflow_action", args=[form.pk, "approve", state.current_task_state.pk])
    signed_in(edith).post(address, {"comment": ""})

    assert [version.published_by for version in FormVersion.objects.all()] == [edith]


def test_a_new_service_starts_from_a_copy_and_is_offered_from_its_first_version_on(form):
    edith = signed_in(hire(form.institution, "edith"))
    unit = form.service.unit
    said = {"names_bg": "Дупки", "code": "holes", "unit": unit.pk, "copied": form.service_id}

    answer = edith.post(reverse("services:add"), said)

    made = ServiceForm.objects.get(service__code="holes")
    assert answer.url == reverse("services:edit", args=[made.pk])
    assert made.definition["pages"] == form.definition["pages"]
    assert (made.service.is_offered, form_of(made.service)) == (False, None)

    made.latest_revision.publish()

    made.service.refresh_from_db()
    assert (made.service.is_offered, form_of(made.service).name) == (True, "holes/1")


def test_a_form_that_is_unpublished_is_no_longer_offered(form):
    draft(form).publish()
    form.refresh_from_db()

    form.unpublish()

    assert Service.objects.get(code="complaint").is_offered is False


def test_the_editor_sees_what_uses_an_answer(form):
    trees = Service.objects.get(code="tree-felling")

    found = used_by(trees, in_full("tree-felling"), language="en")

    lists = Use("Filters and statistics of the office")
    words = "When “Consent of the other owners or of the association” is shown"
    assert [found["ownership"][0], found["ownership"][1].words] == [lists, words]
    assert found["emergency"] == [lists, Use("When “Photo of the danger” is shown", by="emergency_photos")]


def test_the_editor_is_told_when_a_live_procedure_asks_about_a_question_that_was_dropped(form):
    said = in_full("complaint")
    publish_form(form.service, said, by=None, at=NOON)
    dropped = said["pages"][0]["questions"].pop(0)["key"]
    visit = {"id": "look", "kind": "VISIT"}
    fork = {"id": "fork", "kind": "IF", "branches": [{"when": condition(dropped, "x"), "steps": [visit]}]}
    procedure = Procedure.objects.create(institution=form.institution, key="asking", titles={"en": "Asking"})
    publish_procedure(procedure, definition(BEGIN, fork, CLOSE), by=None, at=NOON)
    Service.objects.filter(pk=form.service_id).update(procedure="asking")
    form.service.refresh_from_db()

    fill(form, said)
    state = state_of(form)

    words = f"The form does not ask “{dropped}” any more, but this still uses it: Procedure “Asking”."
    assert [one.is_error for one in state["problems"] if one.words == words] == [False]


def test_the_preview_shows_the_draft_in_the_language_that_was_chosen(form):
    edith = signed_in(hire(form.institution, "edith"))
    address = reverse("services:revisions_view", args=[form.pk, form.latest_revision_id])

    pages = {mode: edith.get(address, {"mode": mode}).content.decode() for mode in ("bg", "en")}

    assert 'lang="bg"' in pages["bg"]
    assert "Who is asking?" in pages["en"]
    assert "Who is asking?" not in pages["bg"]
