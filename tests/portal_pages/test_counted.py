"""Officials narrow their lists by the answers that editors marked."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from cases.answered import AnswerType, CountedQuestion
from cases.models import AccessLevel, Case
from portal_pages.counted import counted_questions
from portal_pages.publishing import publish_form
from tests.flows.town import NOON, Town, build_town

pytestmark = [pytest.mark.django_db]
CASES, TASKS, BOOK = "/office/my-cases/", "/office/tasks/", "/office/register/"


def option(code: str, label: str) -> dict[str, Any]:
    return {"code": code, "labels": {"en": label, "bg": f"{label} (bg)"}}


OLD = [
    {"key": "reason", "kind": "CHOICE", "options": [option("DRY", "Dry"), option("STORM", "Broken by a storm")]},
    {"key": "birds", "kind": "YES_NO"},
]
NEW = [
    {"key": "reason", "kind": "CHOICE", "counted": True, "options": [option("DRY", "It is dry"), option("ILL", "Ill")]},
    {"key": "uses", "kind": "SEVERAL", "counted": True, "options": [option("A", "Shade"), option("B", "Fruit")]},
    {"key": "birds", "kind": "YES_NO", "counted": True},
    {"key": "day", "kind": "DATE", "counted": True},
    {"key": "height", "kind": "DECIMAL", "counted": True, "units": {"en": "m"}},
    {"key": "fee", "kind": "MONEY", "counted": True, "currency": "BGN"},
    {"key": "street", "kind": "SHORT_TEXT", "counted": True},
    {"key": "story", "kind": "LONG_TEXT"},
]
ANSWERS: dict[str, Any] = {
    "reason": "DRY",
    "uses": ["A", "B"],
    "birds": True,
    "day": "2026-12-01",
    "height": "12.50",
    "fee": "40.00",
    "street": "ul. Lipa 4",
}


def definition(questions: list[dict[str, Any]]) -> dict[str, Any]:
    labels = [{"labels": {"en": one["key"].title(), "bg": f"{one['key']} (bg)"}, **one} for one in questions]
    page = {"key": "tree", "titles": {"en": "The tree"}, "questions": labels}
    return {"key": "tree-felling", "version": 0, "pages": [page]}


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    """A service that asks in a second version: what the first offered stays known."""
    town = build_town()
    for questions in (OLD, NEW):
        publish_form(town.trees, definition(questions), by=None, at=NOON)
    return town


def shown(client: Client, town: Town, query: str, *, by: str = "rita") -> list[str]:
    client.force_login(town.people[by])
    rows = client.get(f"{CASES}?view=all&service={town.trees.pk}&{query}").context["rows"]
    return [str(row["case"]) for row in rows]


def test_marked_questions_are_told_in_the_readers_words_with_the_answers_of_all_versions(town: Town):
    with override("bg"):
        reason, *others = counted_questions(town.trees)

    assert reason == CountedQuestion(
        key="reason",
        label="reason (bg)",
        type=AnswerType.CHOICE,
        options=(
            ("DRY", "It is dry (bg)"),
            ("ILL", "Ill (bg)"),
            ("STORM", reason.options[2][1]),
        ),
    )
    assert "Broken by a storm (bg)" in reason.options[2][1]
    assert [one.key for one in others] == ["uses", "birds", "day", "height", "fee", "street"]
    assert [(one.unit, one.places) for one in others if one.type is AnswerType.NUMBER] == [("m", 2), ("BGN", 2)]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("answer-reason=DRY", True),
        ("answer-reason=STORM", False),
        ("answer-reason=-", False),
        ("answer-reason=GONE", True),  # kept from another service: no filter here
        ("answer-uses=B", True),
        ("answer-birds=true", True),
        ("answer-birds=false", False),
        ("answer-day-from=2026-12-01&answer-day-to=2026-12-31", True),
        ("answer-day-to=2026-11-30", False),
        ("answer-height-from=9&answer-height-to=12.5", True),
        ("answer-height-to=9", False),
        ("answer-fee-from=40.01", False),
        ("answer-street=lipa", True),
        ("answer-street=lipa&answer-street-exactly=on", False),
        ("answer-street=UL.+Lipa+4&answer-street-exactly=on&answer-reason=DRY", True),
    ],
)
def test_my_cases_are_narrowed_by_an_answer(client: Client, town: Town, query: str, is_found: bool):
    case = town.file(answers=ANSWERS)
    other = town.file(answers={"reason": "STORM"})

    found = shown(client, town, query)

    assert (str(case) in found) is is_found
    assert (str(other) in found) is (query in ("answer-reason=STORM", "answer-reason=GONE"))


def test_not_answered_is_a_filter_too(client: Client, town: Town):
    town.file(answers=ANSWERS)
    silent = town.file()

    assert shown(client, town, "answer-birds=-") == [str(silent)]


def test_tasks_and_the_register_are_narrowed_alike(client: Client, town: Town):
    case, _other = town.file(answers=ANSWERS), town.file(answers={"reason": "ILL"})
    town.bring(case)
    client.force_login(town.rita)
    query = f"?service={town.trees.pk}&answer-reason=DRY"

    client.force_login(town.helen)
    tasks = client.get(TASKS + query).context["rows"]
    lines = [line.entry.number for day in client.get(BOOK + query).context["days"] for line in day.lines]
    filings = [
        line.entry.number for day in client.get(f"{BOOK}{query}&filings=on").context["days"] for line in day.lines
    ]

    assert {row["case"] for row in tasks} == {str(case)}
    assert len(lines) == 2
    assert filings == [case.number]


@pytest.mark.parametrize("address", [CASES, TASKS, BOOK])
def test_filters_by_answers_are_offered_for_one_service(client: Client, town: Town, address: str):
    client.force_login(town.rita)

    without = client.get(address).content.decode()
    page = client.get(f"{address}?service={town.trees.pk}").content.decode()
    nonsense = client.get(f"{address}?service=x&answer-reason=DRY")

    assert "answer-reason" not in without
    assert 'name="answer-reason"' in page
    assert 'name="answer-height-from"' in page
    assert "story" not in page
    assert nonsense.status_code == 200


def test_a_restricted_case_is_not_betrayed_by_its_answers(client: Client, town: Town):
    """Rita keeps the books and sees the case in her list, but may open it only with a reason."""
    case = town.file(answers=ANSWERS)
    Case.objects.filter(pk=case.pk).update(access_level=AccessLevel.RESTRICTED)

    assert shown(client, town, "") == [str(case)]
    assert shown(client, town, "answer-birds=true") == []
    assert shown(client, town, "answer-birds=-") == []
    assert shown(client, town, "answer-birds=true", by="helen") == [str(case)]


@pytest.mark.parametrize("amount", [1, 3])
def test_more_cases_ask_the_database_no_more(client: Client, town: Town, amount: int):
    for _number in range(amount):
        town.file(answers=ANSWERS)
    query = "answer-reason=DRY&answer-height-from=1"
    shown(client, town, query)

    with CaptureQueriesContext(connection) as queries:
        assert len(shown(client, town, query)) == amount

    about_answers = [query["sql"] for query in queries if '"cases_answer"' in query["sql"]]
    assert len(about_answers) == 2  # cases with a term, and those without
