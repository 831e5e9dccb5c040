"""The letter's page: writing, two editors, preview, sending on, reading."""

import pytest
from django.test import Client
from django.urls import reverse

from flows import tasks
from flows.letters import drafting
from tests.flows.town import Town
from tests.flows.walking import approved, drafted, submitted

pytestmark = pytest.mark.django_db


def page(client: Client, town: Town, name: str, draft):
    client.force_login(town.people[name])
    return client.get(reverse("desk_letter", args=[draft.pk]))


def save(client: Client, town: Town, name: str, draft, **changes):
    values = {"title": "Permit", "body": "Yes.", "outcome": "GRANTED", "revision": draft.revision, **changes}
    client.force_login(town.people[name])
    return client.post(reverse("desk_letter", args=[draft.pk]), values)


def test_the_writer_saves_and_sees_the_letter(client: Client, town: Town):
    draft = drafted(town, town.file())

    saved = save(client, town, "alice", draft, body="You may fell the walnut.")
    shown = page(client, town, "alice", draft)

    draft.refresh_from_db()
    assert (saved.status_code, draft.body) == (302, "You may fell the walnut.")
    assert shown.content.decode().count('src="data:image/png;base64,') == 1


def test_two_editors_notice_each_other_and_no_word_is_lost(client: Client, town: Town):
    draft = drafted(town, town.file())
    save(client, town, "alice", draft, body="Words that were saved first.")

    second = save(client, town, "alice", draft, body="Words that came second.")

    content = second.content.decode()
    draft.refresh_from_db()
    assert second.status_code == 422
    assert "saved this draft while you were writing" in content
    assert "Words that were saved first." in content
    assert "Words that came second." in content
    assert draft.body == "Words that were saved first."


def test_after_comparing_the_second_save_goes_through(client: Client, town: Town):
    draft = drafted(town, town.file())
    save(client, town, "alice", draft, body="First.")
    refused = save(client, town, "alice", draft, body="Second.")

    again = save(client, town, "alice", draft, body="Both.", revision=refused.context["form"]["revision"].value())

    draft.refresh_from_db()
    assert (again.status_code, draft.body) == (302, "Both.")


def test_an_empty_letter_keeps_the_saved_one(client: Client, town: Town):
    draft = drafted(town, town.file())

    response = save(client, town, "alice", draft, body="")

    draft.refresh_from_db()
    assert (response.status_code, draft.body) == (422, "You may fell it.")


def test_gaps_are_shown_before_sending_on(client: Client, town: Town):
    draft = drafted(town, town.file(), body="Because {reasons}.")

    content = page(client, town, "alice", draft).content.decode()

    assert "Write your own words in place of {reasons}." in content


def test_a_draft_with_gaps_is_refused_in_words(client: Client, town: Town):
    draft = drafted(town, town.file(), body="Because {reasons}.")
    task = town.task(draft.case, "draft")
    client.force_login(town.people["alice"])

    response = client.post(
        reverse("desk_task_do", args=[task.pk, "submit_draft"]), {"submit_draft-revision": draft.revision}
    )

    assert response.status_code == 422
    assert "Some words are still missing in the letter: {reasons}." in response.content.decode()


def test_the_standard_text_of_another_outcome_replaces_the_words(client: Client, town: Town):
    draft = drafted(town, town.file())

    save(client, town, "alice", draft, outcome="REFUSED", standard_text="1")

    draft.refresh_from_db()
    assert (draft.title, draft.outcome) == ("Decision: refused", "REFUSED")


def test_whoever_agrees_reads_and_does_not_write(client: Client, town: Town):
    case = town.file()
    submitted(town, case, town.roads)
    draft = drafting.current_draft(case)

    read = page(client, town, "rada", draft)
    written = save(client, town, "rada", draft, body="Mine.")

    draft.refresh_from_db()
    assert read.status_code == 200
    assert "<textarea" not in read.content.decode()
    assert (written.status_code, draft.body) == (422, "You may fell it.")


def test_a_locked_letter_is_shown_as_it_will_be_signed(client: Client, town: Town, monkeypatch):
    case = town.file()
    sign = approved(town, case)
    draft = drafting.current_draft(case)
    before = page(client, town, "dora", draft).content
    tasks.sign(sign, **town.acts("dora", sign))

    after = page(client, town, "dora", draft).content

    assert before.count(b"data:image/png") == after.count(b"data:image/png") == 1


def test_a_stranger_finds_no_letter(client: Client, town: Town):
    draft = drafted(town, town.file())
    client.force_login(town.people["charlie"])

    assert client.get(reverse("desk_letter", args=[draft.pk]), follow=True).status_code == 404
