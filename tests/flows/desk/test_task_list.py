"""The task list: what stands in it for whom, in what order, and what it costs."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import staffing
from cases.models import Task
from flows import tasks
from flows.desk import task_list
from tests.flows.town import NOON, SINCE, Town
from tests.flows.walking import DAY, resolved

pytestmark = pytest.mark.django_db
TASKS = "/office/tasks/"


def sign_in(client: Client, town: Town, name: str) -> Client:
    client.force_login(town.people[name])
    return client


def shown(client: Client, query: str = "") -> list[str]:
    return [str(row["case"]) for row in client.get(TASKS + query).context["rows"]]


@pytest.mark.parametrize("amount", [1, 3])
def test_the_list_costs_the_same_with_one_and_three_rows(client: Client, town: Town, amount: int):
    for _number in range(amount):
        town.file()
    sign_in(client, town, "alice")
    client.get(TASKS)

    with CaptureQueriesContext(connection) as queries:
        assert len(shown(client)) == amount

    assert len(queries) == 16, "\n".join(query["sql"][:150] for query in queries)
    assert not any("COUNT(" in query["sql"] for query in queries)


def test_mine_are_those_i_hold_and_those_of_my_unit_that_nobody_holds(client: Client, town: Town):
    held, nobodys, colleagues, elsewhere = (town.file() for _number in range(4))
    resolved(town, held)
    resolved(town, colleagues, officer="bob")
    check = town.task(elsewhere, "check_completeness")
    Task.objects.filter(pk=check.pk).update(unit=town.roads)

    mine = shown(sign_in(client, town, "alice"))

    assert set(mine) == {str(town_case) for town_case in _fresh(held, nobodys)}


def _fresh(*cases) -> list:
    for case in cases:
        case.refresh_from_db()
    return list(cases)


def test_what_my_role_does_not_cover_is_not_mine(client: Client, town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    Task.objects.filter(case=case, step="resolve").update(holder=None, post=None)

    assert shown(sign_in(client, town, "alice")) == []


def test_my_units_are_all_of_them_and_a_head_sees_the_units_below(client: Client, town: Town):
    handle = resolved(town, town.file(), officer="bob")

    assert shown(sign_in(client, town, "alice"), "?view=unit") == [str(handle.case)]
    assert shown(sign_in(client, town, "charlie"), "?view=unit") == []


def test_waiting_for_others_are_the_tasks_on_my_cases(client: Client, town: Town):
    handle = resolved(town, town.file())
    requests = [tasks.OpinionRequest(town.roads, NOON.date() + DAY)]
    tasks.ask_opinions(handle, requests=requests, **town.acts("alice", handle))

    page = sign_in(client, town, "alice").get(TASKS + "?view=others")

    assert [(str(row["case"]), row["who"]) for row in page.context["rows"]] == [(str(handle.case), str(town.roads))]


def test_a_substitute_finds_the_tasks_of_whom_they_stand_in_for(client: Client, town: Town):
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    staffing.give_mandate(
        town.posts["helen"], town.people["rada"], given_by=town.helen, valid_from=SINCE, valid_to=None, reason="leave"
    )

    assert shown(sign_in(client, town, "rada")) == ["94-1"]


def test_overdue_come_first(client: Client, town: Town):
    late, later, latest = (town.file() for _number in range(3))
    for case, days in ((latest, 9), (late, -3), (later, 2)):
        case.tasks.update(due_at=NOON + days * DAY)

    assert shown(sign_in(client, town, "alice")) == ["94-1", "94-2", "94-3"]


def test_what_came_since_the_last_look_is_marked(client: Client, town: Town):
    town.file()
    town.people["alice"].tasks_seen_at = NOON - DAY
    town.people["alice"].save()
    sign_in(client, town, "alice")

    [first] = client.get(TASKS).context["rows"]
    [again] = client.get(TASKS).context["rows"]
    town.people["alice"].refresh_from_db()

    assert (first["is_new"], again["is_new"]) == (True, True)
    assert timezone.now() - town.people["alice"].tasks_seen_at < dt.timedelta(minutes=1)


def test_what_stood_there_at_the_last_look_is_not_new(client: Client, town: Town):
    town.file()
    town.people["alice"].tasks_seen_at = NOON + DAY
    town.people["alice"].save()

    [row] = sign_in(client, town, "alice").get(TASKS).context["rows"]

    assert row["is_new"] is False


@pytest.mark.both_databases
def test_the_filter_lives_in_the_address(client: Client, town: Town):
    general = town.file(service=None, unit=town.parks, subject="Lamp out of order")
    late = town.file()
    late.tasks.update(due_at=timezone.now() - DAY)
    general.tasks.update(due_at=timezone.now() + DAY)
    sign_in(client, town, "alice")
    general.refresh_from_db()
    late.refresh_from_db()

    assert shown(client, f"?service={town.trees.pk}") == [str(late)]
    assert shown(client, "?late=on") == [str(late)]
    assert shown(client, "?q=lamp+order") == [str(general)]
    assert shown(client, "?q=marin") == [str(late), str(general)]
    assert shown(client, f"?q={general.number}") == [str(general)]
    assert shown(client, "?step=sign") == []


@pytest.mark.parametrize("query", ["?view=nonsense", "?after=nonsense", "?service=abc", "?after=9e99-1", "?q=%00"])
def test_nonsense_in_the_address_harms_nobody(client: Client, town: Town, query: str):
    town.file()

    assert sign_in(client, town, "alice").get(TASKS + query).status_code == 200


@pytest.mark.both_databases
def test_pages_follow_one_another_without_gap_or_repetition(client: Client, town: Town, monkeypatch):
    monkeypatch.setattr(task_list, "PAGE", 2)
    for _number in range(5):
        town.file()
    Task.objects.update(due_at=NOON)
    sign_in(client, town, "alice")

    seen, query = [], ""
    while True:
        page = client.get(TASKS + query)
        seen += [str(row["case"]) for row in page.context["rows"]]
        query = page.context["next_address"]
        if not query:
            break

    assert seen == ["94-1", "94-2", "94-3", "94-4", "94-5"]


def test_a_long_list_is_counted_as_far_as_anybody_wants_to_know(town: Town, monkeypatch):
    monkeypatch.setattr(task_list, "COUNTED", 2)
    for _number in range(4):
        town.file()

    helen = task_list.Desk.of(town.people["helen"], on=NOON.date())
    assert task_list.count_of(helen, "unit") == "2+"


def test_a_task_on_a_case_that_one_may_not_see_is_left_out(client: Client, town: Town):
    case = town.file()
    case.readers.all().delete()

    assert shown(sign_in(client, town, "alice")) == []


def test_the_list_is_for_those_who_are_signed_in(client: Client, town: Town):
    response = client.get(TASKS)

    assert response.status_code == 302
    assert reverse("wagtailadmin_login") in response.url


# -- Many at once


def waiting(town: Town) -> Task:
    case = town.file()
    check = town.task(case, "check_completeness")
    tasks.complete(check, **town.acts("alice", check))
    return town.task(case, "resolve")


def test_picked_rows_are_resolved_together(client: Client, town: Town):
    picked = [waiting(town) for _number in range(2)]
    due = timezone.localdate() + DAY

    response = sign_in(client, town, "helen").post(
        TASKS + "resolve/", {"task": [task.pk for task in picked], "who": "", "instruction": "Go", "due_date": due}
    )

    assert response.status_code == 302
    assert [town.task(task.case, "handle").holder.username for task in picked] == ["alice", "bob"]


def test_the_result_names_what_was_left_and_why(client: Client, town: Town):
    first, second = waiting(town), waiting(town)
    tasks.send_to_registry(second, remarks="No tree", **town.acts("helen", second))
    due = timezone.localdate() + DAY

    response = sign_in(client, town, "helen").post(
        TASKS + "resolve/", {"task": [first.pk, second.pk], "who": "", "instruction": "", "due_date": due}
    )

    assert [(str(result.task.case), result.refusal.partition(".")[0]) for result in response.context["failed"]] == [
        ("94-2", "“Decide who handles it” is done already")
    ]
    assert response.context["done"] == 1


def test_another_units_rows_cannot_be_picked(client: Client, town: Town):
    task = waiting(town)
    due = timezone.localdate() + DAY

    sign_in(client, town, "rada").post(TASKS + "resolve/", {"task": [task.pk], "who": "", "due_date": due})

    task.refresh_from_db()
    assert task.ended_at is None
