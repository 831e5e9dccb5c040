"""My cases: mine, my unit's, all that I may see; overdue first."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from flows import tasks
from flows.desk import cases as case_list
from tests.flows.town import NOON, Town
from tests.flows.walking import DAY, resolved, signed

pytestmark = pytest.mark.django_db
CASES = "/office/my-cases/"


def shown(client: Client, town: Town, name: str, query: str = "") -> list[str]:
    client.force_login(town.people[name])
    return [str(row["case"]) for row in client.get(CASES + query).context["rows"]]


@pytest.mark.parametrize("amount", [1, 3])
def test_the_list_costs_the_same_with_one_and_three_rows(client: Client, town: Town, amount: int):
    for _number in range(amount):
        resolved(town, town.file())
    shown(client, town, "alice")

    with CaptureQueriesContext(connection) as queries:
        assert len(client.get(CASES).context["rows"]) == amount

    assert len(queries) == 10, "\n".join(query["sql"][:150] for query in queries)
    assert not any("COUNT(" in query["sql"] for query in queries)


@pytest.mark.both_databases
def test_each_view_shows_its_cases(client: Client, town: Town):
    resolved(town, town.file(), officer="alice")
    resolved(town, town.file(), officer="bob")
    town.file(service=None)

    assert shown(client, town, "alice") == ["94-1"]
    assert shown(client, town, "alice", "?view=unit") == ["94-1", "94-2"]
    assert shown(client, town, "rita", "?view=all") == ["94-1", "94-2", "94-3"]
    assert shown(client, town, "charlie", "?view=all") == []


def test_overdue_come_first_and_those_without_a_term_last(client: Client, town: Town):
    for days in (9, None, -3):
        handle = resolved(town, town.file())
        case = handle.case
        type(case).objects.filter(pk=case.pk).update(due_date=NOON.date() + days * DAY if days else None)

    assert shown(client, town, "alice") == ["94-3", "94-1", "94-2"]


@pytest.mark.both_databases
def test_pages_follow_one_another_without_gap_or_repetition(client: Client, town: Town, monkeypatch):
    monkeypatch.setattr(case_list, "PAGE", 2)
    for number in range(5):
        case = resolved(town, town.file()).case
        if number > 2:
            type(case).objects.filter(pk=case.pk).update(due_date=None)
    client.force_login(town.people["alice"])

    seen, query = [], ""
    while True:
        page = client.get(CASES + query)
        seen += [str(row["case"]) for row in page.context["rows"]]
        query = page.context["next_address"]
        if not query:
            break

    assert seen == ["94-1", "94-2", "94-3", "94-4", "94-5"]


def test_closed_cases_are_not_work(client: Client, town: Town):
    task = signed(town, town.file())
    tasks.dispatch(task, **town.acts("rita", task))

    assert shown(client, town, "alice") == []


def test_the_filter_lives_in_the_address(client: Client, town: Town):
    resolved(town, town.file(subject="Lamp"))
    resolved(town, town.file(subject="Tree"))

    assert shown(client, town, "alice", "?q=lamp") == ["94-1"]
    assert shown(client, town, "alice", "?state=WAITING") == []
    assert shown(client, town, "alice", f"?service={town.trees.pk}&q=marin") == ["94-1", "94-2"]


@pytest.mark.parametrize("query", ["?view=x", "?after=x", "?after=20261199-1", "?service=x", "?q=%00"])
def test_nonsense_in_the_address_harms_nobody(client: Client, town: Town, query: str):
    client.force_login(town.people["alice"])

    assert client.get(CASES + query).status_code == 200
