"""Two officials act at the same moment, each on a connection of their own."""

import threading

import pytest
from django.db import connections

from cases.models import Event, Task
from flows import tasks
from flows.taking import TaskDone
from tests.flows.town import NOON, Town
from tests.flows.walking import DAY, resolved

pytestmark = pytest.mark.both_databases


def test_of_two_officials_at_once_one_is_told_that_it_is_done(town_for_threads: Town):
    town = town_for_threads
    task = town.task(town.file(), "check_completeness")
    outcomes: list[str] = []
    both_ready = threading.Barrier(2, timeout=20)

    def act(name: str) -> None:
        acts = town.acts(name, task)
        both_ready.wait()
        try:
            tasks.complete(task, **acts)
            outcomes.append("done")
        except TaskDone:
            outcomes.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=[name]) for name in ("alice", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "told"]
    assert Event.objects.filter(kind="FOUND_COMPLETE").count() == 1


def test_two_last_opinions_at_once_open_one_draft(town_for_threads: Town):
    town = town_for_threads
    handle = resolved(town, town.file())
    requests = [tasks.OpinionRequest(unit, NOON.date() + DAY) for unit in (town.roads, town.mayors_office)]
    opinions = tasks.ask_opinions(handle, requests=requests, **town.acts("alice", handle))
    both_ready = threading.Barrier(2, timeout=20)
    problems: list[BaseException] = []

    def give(name: str, task: Task) -> None:
        acts = town.acts(name, task)
        both_ready.wait()
        try:
            tasks.give_opinion(task, verdict="IN_FAVOUR", words="Fine.", **acts)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give, args=pair) for pair in zip(("charlie", "dora"), opinions, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert [task.step for task in handle.case.tasks.open()] == ["draft"]
