"""Drafts of decisions: one for the case, with a revision, written by whoever has the task."""

import pytest

from cases.acting import Actor
from cases.models import Case
from flows import tasks
from flows.letters import drafting
from flows.letters.drafting import DraftChanged, DraftClosed
from flows.letters.publishing import NoSuchLetter, install_letter, version_for
from flows.letters.standard import shipped
from flows.taking import TaskRefused
from tests.flows.town import NOON, Town
from tests.flows.walking import DAY, drafted, resolved, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def being_written(town: Town):
    case = town.file()
    handle = resolved(town, case)
    task = tasks.finish_handling(handle, **town.acts("alice", handle))
    return drafting.begin_draft(case, outcome="GRANTED", **town.acts("alice", task)), task


def save(town: Town, draft, task, *, who: str = "alice", **changes):
    values = {"revision": draft.revision, "title": "Permit", "body": "Yes.", "outcome": "GRANTED", **changes}
    return drafting.save_draft(draft, **values, **town.acts(who, task))


def test_a_draft_begins_with_the_standard_text_in_the_applicants_language(town: Town):
    case = town.file(language="bg")
    handle = resolved(town, case)

    draft = drafting.begin_draft(case, outcome="REFUSED", **town.acts("alice", handle))

    assert (draft.language, draft.title, draft.revision) == ("bg", "Решение: отказ", 1)
    assert "{reasons}" in draft.body


def test_a_draft_and_its_case_keep_the_version_they_began_with(town: Town):
    job = Actor.job("test")
    install_letter(town.institution, shipped(), actor=job, at=NOON)
    case = town.file()
    handle = resolved(town, case)
    install_letter(town.institution, shipped() | {"closing": {"en": "Bye"}}, actor=job, at=NOON + DAY)

    draft = drafting.begin_draft(case, outcome="GRANTED", **town.acts("alice", handle))

    assert (draft.template, Case.objects.get(pk=case.pk).versions["letters"]) == ("decision/1", {"decision": 1})
    assert drafting.letter_of(draft).closing["en"] == "Yours faithfully,"
    later = town.file(at=NOON + 2 * DAY)
    assert version_for(later, "decision")[1] == 2


def test_where_the_institution_has_no_letter_the_shipped_one_stands_in(town: Town):
    draft, _task = being_written(town)

    assert draft.template == "decision/0"
    with pytest.raises(NoSuchLetter, match="invoice"):
        version_for(draft.case, "invoice")


def test_a_case_has_one_draft_of_its_decision(town: Town):
    draft, task = being_written(town)

    again = drafting.begin_draft(draft.case, outcome="REFUSED", **town.acts("alice", task))

    assert again == draft


def test_each_save_is_a_new_revision(town: Town):
    draft, task = being_written(town)

    saved = save(town, draft, task, body="One.\r\nTwo.  ")

    assert (saved.revision, saved.body, saved.title) == (2, "One.\nTwo.", "Permit")


def test_two_editors_notice_each_other(town: Town):
    draft, task = being_written(town)
    save(town, draft, task, body="The first words.")

    with pytest.raises(DraftChanged, match="Alice saved this draft") as refusal:
        save(town, draft, task, body="The second words.")

    assert refusal.value.draft.body == "The first words."


def test_only_whoever_has_the_task_writes(town: Town):
    draft, task = being_written(town)

    with pytest.raises(TaskRefused, match="Alice writes the decision"):
        save(town, draft, task, who="bob")


def test_what_is_being_approved_cannot_be_changed(town: Town):
    case = town.file()
    [approval] = submitted(town, case)

    with pytest.raises(DraftClosed):
        save(town, drafting.current_draft(case), approval)


def test_an_unknown_decision_is_refused(town: Town):
    draft, task = being_written(town)

    with pytest.raises(TaskRefused, match="what is decided"):
        save(town, draft, task, outcome="MAYBE")


def test_starting_over_brings_the_standard_text_of_another_outcome(town: Town):
    draft, task = being_written(town)

    other = drafting.use_standard_text(draft, revision=draft.revision, outcome="ANSWERED", **town.acts("alice", task))

    assert (other.title, other.outcome, other.revision) == ("Answer to your letter", "ANSWERED", 2)


def test_a_finished_draft_has_no_gaps(town: Town):
    draft = drafted(town, town.file())

    assert drafting.gaps_of(draft, at=draft.changed_at) == []


def test_an_empty_letter_is_not_finished(town: Town):
    draft, task = being_written(town)
    empty = save(town, draft, task, body=" ")

    with pytest.raises(TaskRefused, match="no title or no text"):
        drafting.check_finished(empty, at=empty.changed_at)
