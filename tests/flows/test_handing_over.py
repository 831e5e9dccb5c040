"""Handing over what one person holds to another, in one operation."""

import pytest

from cases.acting import Actor
from cases.models import Case, Event
from flows import tasks
from flows.handing_over import Holdings, hand_over
from flows.taking import TaskRefused
from tests.flows.town import NOON, Town
from tests.flows.walking import drafted, resolved

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def by(town: Town, name: str) -> dict:
    return {"actor": Actor.of(town.person(name), on=NOON.date()), "at": NOON}


def test_cases_tasks_and_drafts_change_hands_together(town: Town):
    handled, written = town.file(), town.file()
    resolved(town, handled)
    drafted(town, written)

    touched = hand_over(
        Holdings.of(town.alice), old=town.alice, new=town.bob, reason="Alice is ill.", **by(town, "helen")
    )

    assert [case.pk for case in touched] == [handled.pk, written.pk]
    assert set(Case.objects.values_list("holder__username", flat=True)) == {"bob"}
    assert town.task(handled, "handle").holder == town.task(written, "draft").holder == town.bob
    assert written.drafts.get().written_by == town.bob
    assert Holdings.of(town.alice).case_ids == []


def test_one_event_on_each_case_says_why(town: Town):
    case = town.file()
    resolved(town, case)

    hand_over(Holdings.of(town.alice), old=town.alice, new=town.bob, reason="Alice is ill.", **by(town, "helen"))

    event = Event.objects.get(kind="HANDED_OVER")
    assert {value.name: value.value for value in event.values.all()} == {
        "old": "Alice",
        "new": "Bob",
        "reason": "Alice is ill.",
    }


def test_the_new_holder_goes_on_and_the_old_one_does_not(town: Town):
    case = town.file()
    handle = resolved(town, case)
    hand_over(Holdings.of(town.alice), old=town.alice, new=town.bob, reason="Leave", **by(town, "helen"))

    with pytest.raises(tasks.NotYours):
        tasks.finish_handling(handle, **town.acts("alice", handle))
    tasks.finish_handling(handle, **town.acts("bob", handle))

    assert town.task(case, "draft").holder == town.bob


def test_part_of_the_work_can_be_handed_over(town: Town):
    first, second = town.file(), town.file()
    resolved(town, first)
    resolved(town, second)
    some = Holdings(cases=[first], tasks=[town.task(first, "handle")])

    hand_over(some, old=town.alice, new=town.bob, reason="Too much", **by(town, "helen"))

    assert town.task(second, "handle").holder == town.alice


def test_only_the_head_of_the_unit_hands_over(town: Town):
    resolved(town, town.file())

    with pytest.raises(TaskRefused, match="do not lead"):
        hand_over(Holdings.of(town.alice), old=town.alice, new=town.bob, reason="Mine", **by(town, "rada"))


def test_an_officer_hands_nothing_over(town: Town):
    resolved(town, town.file())

    with pytest.raises(TaskRefused, match="Your role"):
        hand_over(Holdings.of(town.alice), old=town.alice, new=town.bob, reason="Mine", **by(town, "bob"))


def test_whoever_may_not_do_the_tasks_does_not_get_them(town: Town):
    resolved(town, town.file())

    with pytest.raises(TaskRefused, match="Rita may not do"):
        hand_over(Holdings.of(town.alice), old=town.alice, new=town.rita, reason="Ill", **by(town, "helen"))


@pytest.mark.parametrize(("new", "reason"), [("alice", "Ill"), ("bob", " ")])
def test_another_person_and_a_reason_are_needed(town: Town, new: str, reason: str):
    resolved(town, town.file())

    with pytest.raises(TaskRefused):
        hand_over(Holdings.of(town.alice), old=town.alice, new=town.people[new], reason=reason, **by(town, "helen"))
