"""One resolution on many rows: each in its own transaction, with a result that names what failed and why."""

import pytest

from flows import tasks
from tests.flows.town import NOON, Town
from tests.flows.walking import DAY

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def waiting_for_resolution(town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    return town.task(case, "resolve")


def test_the_result_names_what_failed_and_why(town: Town):
    first, second, third = (waiting_for_resolution(town) for _number in range(3))
    tasks.send_to_unit(second, unit=town.roads, remarks="", **town.acts("helen", second))

    results = tasks.resolve_many(
        [first, second, third],
        unit=None,
        officer=None,
        instruction="Visit.",
        due_date=NOON.date() + DAY,
        **town.acts("helen", first),
    )

    assert [(result.task, result.refusal.partition(".")[0]) for result in results] == [
        (first, ""),
        (second, "“Decide who handles it” is done already"),
        (third, ""),
    ]


def test_many_are_spread_over_the_least_loaded(town: Town):
    waiting = [waiting_for_resolution(town) for _number in range(4)]

    tasks.resolve_many(
        waiting, unit=None, officer=None, instruction="", due_date=NOON.date() + DAY, **town.acts("helen", waiting[0])
    )

    holders = [town.task(task.case, "handle").holder.username for task in waiting]
    assert holders == ["alice", "bob", "alice", "bob"]
