"""The disk is full or the database is away while an official saves: they read so, and what they typed is kept."""

import errno
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse

from cases.models import Document, RegisterEntry
from portal_pages.views.errors import broken
from tests.flows.town import Town, build_town
from tests.flows.walking import drafted

pytestmark = pytest.mark.django_db

FULL_DISK = OSError(errno.ENOSPC, "No space left on device")
AWAY = OperationalError("the database system is shutting down")
FAULTS = pytest.mark.parametrize("fault", [FULL_DISK, AWAY, InterfaceError("connection already closed")])


@pytest.fixture
def town() -> Town:
    return build_town()


def at_desk(town: Town, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(town.people[name])
    return client


def failing(fault: Exception) -> Callable[..., Any]:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise fault

    return fail


def kept(answer: Any) -> dict[str, str]:
    """What the page would send once more."""
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.content.decode())
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


@FAULTS
def test_an_item_at_the_counter_is_sent_again_and_entered_once(town, monkeypatch, fault):
    registrar = at_desk(town, "rita")
    typed = {"submission_key": "one-key", "name": "Ana „Mimi“ Marin", "subject": "A bin", "channel": "POST"}
    before = RegisterEntry.objects.count()
    monkeypatch.setattr("cases.originals.ContentAddressedStorage.adopt", failing(fault))
    papers = [SimpleUploadedFile("letter.txt", b"Dear town")]

    refused = registrar.post(reverse("desk_counter"), {**typed, "language": "bg", "papers": papers})
    monkeypatch.undo()
    again = registrar.post(reverse("desk_counter"), kept(refused))

    page = refused.content.decode()
    assert refused.status_code == 503
    assert "It was not saved" in page
    assert '<input class="file-input" type="file" id="again-papers" name="papers" multiple>' in page
    assert "letter.txt" in page
    assert kept(refused) == {**typed, "language": "bg"}
    assert (again.status_code, RegisterEntry.objects.count()) == (302, before + 1)


@FAULTS
def test_a_document_that_could_not_be_added_keeps_its_title(town, monkeypatch, fault):
    case = town.file()
    officer, address = at_desk(town, "alice"), reverse("desk_add_document", args=[case.public_id])
    monkeypatch.setattr("cases.adding.keep_files", failing(fault))

    refused = officer.post(address, {"title": "On the spot", "files": [SimpleUploadedFile("stump.txt", b"A stump")]})
    monkeypatch.undo()
    officer.post(address, {**kept(refused), "files": [SimpleUploadedFile("stump.txt", b"A stump")]})

    assert (refused.status_code, kept(refused)) == (503, {"title": "On the spot"})
    assert "Choose these files again: stump.txt" in refused.content.decode()
    assert Document.objects.filter(title="On the spot").count() == 1


@FAULTS
def test_a_letter_that_could_not_be_saved_keeps_every_word(town, monkeypatch, fault):
    draft = drafted(town, town.file())
    officer, address = at_desk(town, "alice"), reverse("desk_letter", args=[draft.pk])
    words = "You may fell it.\r\n\r\nPlant a <lime> tree."
    typed = {"title": "Permit", "body": words, "outcome": "GRANTED", "revision": str(draft.revision)}
    monkeypatch.setattr("flows.letters.drafting.save_draft", failing(fault))

    refused = officer.post(address, typed)
    monkeypatch.undo()
    again = officer.post(address, kept(refused))

    draft.refresh_from_db()
    assert (refused.status_code, kept(refused)) == (503, typed)
    assert (again.status_code, draft.body.splitlines()[-1]) == (302, "Plant a <lime> tree.")


def test_who_is_asked_while_the_database_is_away_keeps_what_was_typed_too(town, monkeypatch):
    """Before any page of ours is reached, the office asks the database who is there."""
    officer, address = at_desk(town, "alice"), reverse("desk_phone_note", args=[town.file().public_id])
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", failing(AWAY))

    refused = officer.post(address, {"words": "She called about the fence."})

    assert (refused.status_code, kept(refused)) == (503, {"words": "She called about the fence."})


def test_a_password_is_never_written_into_the_page(town, monkeypatch):
    monkeypatch.setattr("django.contrib.auth.authenticate", failing(AWAY))
    monkeypatch.setattr("django.contrib.auth.forms.authenticate", failing(AWAY))

    refused = Client(raise_request_exception=False).post(
        reverse("wagtailadmin_login"), {"username": "alice", "password": "bela-reka-2026"}
    )

    assert refused.status_code == 503
    assert kept(refused) == {}
    assert "bela-reka-2026" not in refused.content.decode()


def test_what_no_page_of_ours_sent_is_not_offered_to_be_sent_again(rf):
    """The form's mark was not looked at before the fault: another site may have laid it in the official's mouth."""
    answer = broken(rf.post("/office/counter/", {"subject": "Not mine"}))

    assert (answer.status_code, kept(answer)) == (500, {})
    assert "Not mine" not in answer.content.decode()
