"""Published versions of forms: never changed, written only when what is asked has changed, kept by whoever began."""

import copy
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from cases.canonical import sha256_of
from cases.models import Case, Institution, Question, Service
from cases.parties import QuestionKeyTaken
from portal_pages.drafts import IN_THE_MIDDLE
from portal_pages.models import Draft, FormVersion
from portal_pages.models.forms import VersionIsPublished
from portal_pages.offered import form_begun, form_of
from portal_pages.publishing import publish_form
from tests.factories import NOON
from tests.portal_pages.conftest import found_town
from tests.portal_pages.filling import Filling
from tests.portal_pages.shipped_forms import in_full
from tests.triggers import append_only_triggers_lifted

pytestmark = pytest.mark.django_db


def trees() -> dict[str, Any]:
    return in_full("tree-felling")


def renamed(definition: dict[str, Any], label: str) -> dict[str, Any]:
    """The same form with another label on its first question."""
    changed = copy.deepcopy(definition)
    changed["pages"][0]["questions"][0]["labels"]["en"] = label
    return changed


@pytest.fixture
def town(db: None) -> Institution:
    return found_town(asks=())


@pytest.fixture
def service(town: Institution) -> Service:
    return Service.objects.get(code="tree-felling")


def publish(service: Service, definition: dict[str, Any]) -> FormVersion | None:
    return publish_form(service, definition, by=None, at=NOON)


def test_a_published_version_holds_the_whole_form_with_its_hash(service):
    common = {"common": "APPLICANT", "identifier_required": True}

    version = publish(service, {"key": "x", "version": 9, "pages": [trees()["pages"][0], common]})

    assert version is not None
    assert version.definition["pages"] == [trees()["pages"][0], trees()["pages"][3]]
    assert (str(version), version.definition["version"]) == ("tree-felling/1", 1)
    assert version.sha256 == sha256_of(version.definition)


def test_the_same_form_published_again_is_no_new_version(service):
    publish(service, trees())

    assert publish(service, trees()) is None
    assert str(publish(service, renamed(trees(), "Where"))) == "tree-felling/2"


@pytest.mark.both_databases
def test_a_version_is_never_changed_or_deleted_not_even_by_the_database(service):
    version = publish(service, trees())
    assert version is not None

    with pytest.raises(VersionIsPublished):
        version.save()
    with pytest.raises(VersionIsPublished):
        version.delete()
    for act in (lambda rows: rows.update(number=7), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="registra: rows of"), transaction.atomic():
            act(FormVersion.objects.filter(pk=version.pk))
    with append_only_triggers_lifted():
        FormVersion.objects.filter(pk=version.pk).delete()


def test_publishing_gives_every_question_its_key_and_never_to_another_kind(service):
    publish(service, trees())
    changed = copy.deepcopy(trees())
    changed["pages"][0]["questions"][1] |= {"kind": "LONG_TEXT"}
    del changed["pages"][0]["questions"][1]["width"]

    assert Question.objects.get(service=service, key="trees.girth").kind == "WHOLE_NUMBER"
    with pytest.raises(QuestionKeyTaken, match="parcel"):
        publish(service, changed)


def test_a_filing_begins_on_the_newest_version_and_on_none_before(service):
    assert form_of(service) is None

    publish(service, renamed(trees(), "First"))
    version = publish(service, renamed(trees(), "Second"))

    form = form_of(service)
    assert (form.name, form.pages[0].questions[0].labels["en"]) == (str(version), "Second")


def test_a_service_without_a_form_is_offered_once_one_is_published(service):
    assert service.form == ""

    publish(service, trees())

    assert Service.objects.get(pk=service.pk).form == "tree-felling"


def test_a_version_is_read_from_the_database_once(service, django_assert_num_queries):
    publish(service, renamed(trees(), "Read once"))
    form_of(service)
    form_begun(service, "tree-felling/1")

    with django_assert_num_queries(0):
        assert form_of(service) is form_begun(service, "tree-felling/1")


def test_who_is_in_the_middle_finishes_on_the_version_begun_and_the_case_keeps_it(service, client: Client):
    publish(service, trees())
    filling = Filling(client, "tree-felling")
    filling.fill_in(but=("reason",))

    publish(service, renamed(trees(), "Asked otherwise"))
    filling.send("reason")
    filling.file()

    assert Draft.objects.get().form_version == "tree-felling/1"
    assert Case.objects.get().versions["form"] == "tree-felling/1"
    assert Filling(Client(), "tree-felling").open("place/").content.decode().count("Asked otherwise") == 1


def test_an_old_draft_opens_in_the_new_version_with_what_changed_shown(service, client: Client):
    publish(service, trees())
    filling = Filling(client, "tree-felling")
    filling.fill_in(but=("reason",))
    changed = renamed(trees(), "Where exactly?")
    del changed["pages"][1]["questions"][1]  # the photos

    publish(service, changed)
    fresh = filling.open("continue/")
    Draft.objects.update(touched_at=timezone.now() - IN_THE_MIDDLE)
    shown = filling.open("continue/").content.decode()
    answer = client.post(filling.address("continue/"))

    assert fresh.status_code == 302
    assert "Where exactly?" in shown
    assert "Photos" in shown.partition("No longer asked")[2]
    assert answer.url == filling.address("continue/")
    draft = Draft.objects.get()
    assert draft.form_version == "tree-felling/2"
    assert draft.typed["place-words"] == ["ul. Lipa 4, behind the school"]


def test_a_form_of_one_page_can_be_begun_and_filed(service, client: Client):
    only = {"key": "what", "titles": {"en": "What?"}, "questions": []}
    asked = {"key": "matter", "kind": "SHORT_TEXT", "labels": {"en": "What is it about?"}, "required": True}
    publish(service, {"pages": [{**only, "questions": [asked]}]})
    filling = Filling(client, "tree-felling")

    page = filling.open("what/")
    sent = client.post(filling.address("what/"), {"matter": "A bench"})
    filed = client.post(filling.address("review/"), {"matter": "A bench"})

    assert "What is it about?" in page.content.decode()
    assert sent.url == filling.address("review/")
    assert filed.status_code in {200, 302}
    assert Case.objects.get().versions["form"] == "tree-felling/1"
