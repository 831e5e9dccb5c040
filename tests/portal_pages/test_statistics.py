"""Statistics of a service: counted by the database, told discreetly, taken along as a table."""

import csv
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.acting import Actor
from cases.models import Channel, RegisterEntry, Role
from cases.parties import transcribe_answer
from cases.spreadsheets import harmless
from cases.statistics import Distribution, Statistics, statistics_of
from cases.voiding import void_entry
from portal_pages.counted import counted_questions
from portal_pages.publishing import publish_form
from tests.flows.town import NOON, Town, build_town, hire
from tests.portal_pages.test_counted import ANSWERS, NEW, OLD, definition

pytestmark = [pytest.mark.django_db]
FIRST, LAST = NOON.date() - dt.timedelta(days=40), NOON.date()
PAGE = "/office/services/tree-felling/statistics/"
DAYS = f"?day_from={FIRST}&day_to={LAST}"


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    town = build_town()
    for questions in (OLD, NEW):
        publish_form(town.trees, definition(questions), by=None, at=NOON)
    return town


def counted(town: Town, by: str = "dora") -> Statistics:
    return statistics_of(town.trees, counted_questions(town.trees), first=FIRST, last=LAST, reader=town.person(by))


def of(found: Statistics, key: str) -> Distribution:
    return next(one for one in found.distributions if one.question.key == key)


def told(lines: Any) -> list[tuple[str, str]]:
    return [(line.code or line.words, line.in_words) for line in lines]


@pytest.mark.both_databases
def test_filings_and_answers_are_counted(town: Town):
    earlier = NOON - dt.timedelta(days=35)
    town.file(answers={**ANSWERS, "reason": "STORM", "height": "2.50", "day": "2026-12-24"}, at=earlier)
    case = town.file(answers=ANSWERS)
    town.file(answers={"uses": ["B", {"other": "Shelter"}], "birds": False}, channel=Channel.COUNTER)
    town.bring(case)
    void = town.register(service=town.trees, answers=ANSWERS)
    void_entry(void, reason="Twice", actor=Actor.job("test"), at=NOON)

    found = counted(town)

    assert found.filed.number == 3
    assert [line.number for line in found.months] == [1, 2]
    assert told(found.channels) == [("WEB", "2"), ("COUNTER", "1")]
    reason = of(found, "reason")
    assert told(reason.lines) == [("DRY", "1"), ("ILL", "0"), ("STORM", "1")]
    assert (reason.answered.number, reason.not_answered.number) == (2, 1)
    assert [reason.share(line) for line in reason.lines] == [50, 0, 50]
    assert told(of(found, "uses").lines) == [("A", "2"), ("B", "3")]
    assert told(of(found, "birds").lines) == [("true", "2"), ("false", "1")]
    assert told(of(found, "day").lines) == [("2026-12", "2")]
    height = of(found, "height").numbers
    assert height is not None
    assert (height.total, height.mean, height.smallest, height.largest) == (
        Decimal("15.00"),
        Decimal("7.50"),
        Decimal("2.50"),
        Decimal("12.50"),
    )
    assert of(found, "street").lines == []


def test_a_number_that_is_corrected_counts_once(town: Town):
    case = town.file(answers=ANSWERS)
    transcribe_answer(case, key="reason", value="ILL", actor=Actor.job("test"), at=NOON)

    assert told(of(counted(town), "reason").lines) == [("DRY", "0"), ("ILL", "1"), ("STORM", "0")]


@pytest.mark.parametrize("amount", [1, 3])
def test_more_cases_ask_the_database_no_more(town: Town, amount: int):
    for _number in range(amount):
        town.file(answers=ANSWERS)
    reader, questions = town.person("dora"), counted_questions(town.trees)

    with CaptureQueriesContext(connection) as queries:
        found = statistics_of(town.trees, questions, first=FIRST, last=LAST, reader=reader)

    assert found.filed.number == amount
    assert len(queries) == 10, "\n".join(query["sql"][:120] for query in queries)


def test_whoever_may_not_see_the_cases_is_not_told_small_numbers(town: Town):
    hire(town, "olga", "REG", Role.PROCESS_OWNER)
    for reason in ("DRY", "DRY", "DRY", "DRY", "ILL", "STORM", "STORM", "STORM"):
        town.file(answers={"reason": reason, "height": "3.00"} if reason == "ILL" else {"reason": reason})

    seen, unseen = counted(town), counted(town, by="olga")

    assert (seen.is_discreet, unseen.is_discreet) == (False, True)
    assert told(of(seen, "reason").lines) == [("DRY", "4"), ("ILL", "1"), ("STORM", "3")]
    # "Ill" could be worked out from the others: one of them is not told either.
    assert told(of(unseen, "reason").lines) == [("DRY", "4"), ("ILL", "fewer than 3"), ("STORM", "not shown")]
    assert [of(unseen, "reason").share(line) for line in of(unseen, "reason").lines] == [50, None, None]
    assert of(unseen, "height").numbers is None
    assert told([of(unseen, "height").answered]) == [("Answered", "fewer than 3")]
    assert of(unseen, "height").answered.number_told == 3  # "fewer than 3 filing" would tell


def page_of(client: Client, town: Town, name: str, address: str = PAGE + DAYS) -> HttpResponse:
    client.force_login(town.person(name))
    return client.get(address)  # type: ignore[return-value]


def test_a_number_leads_to_the_lines_that_it_counts(client: Client, town: Town):
    dry = town.file(answers=ANSWERS)
    town.file(answers={"reason": "ILL"})
    town.bring(dry)

    answer = page_of(client, town, "helen")

    [reason, *_others] = answer.context["questions"]
    assert [row.address == "" for row in reason.rows] == [False, False, True, True]
    lines = [line for day in client.get(reason.rows[0].address).context["days"] for line in day.lines]
    assert [line.entry.case_id for line in lines] == [dry.pk]


def test_who_sees_no_case_sees_numbers_without_ways_to_them(client: Client, town: Town):
    hire(town, "olga", "REG", Role.PROCESS_OWNER)
    for _number in range(3):
        town.file(answers=ANSWERS)

    answer = page_of(client, town, "olga")

    assert answer.context["found"].filed.in_words == "3"
    assert "/office/register/" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/office/statistics/", PAGE, f"{PAGE}file/"])
def test_only_who_leads_or_steers_sees_statistics(client: Client, town: Town, address: str):
    hire(town, "edith", "REG", Role.EDITOR)
    hire(town, "olga", "REG", Role.PROCESS_OWNER)
    hire(town, "adam", "REG", Role.ADMINISTRATOR)

    answers = {name: page_of(client, town, name, address).status_code for name in town.people}

    admitted = {"helen", "rada", "dora", "olga", "adam"}
    assert {name for name, status in answers.items() if status == 200} == admitted
    assert {status for name, status in answers.items() if name not in admitted} == {404}


def test_wrong_days_are_told_and_nothing_is_counted(client: Client, town: Town):
    answer = page_of(client, town, "dora", f"{PAGE}?day_from=2026-05-02&day_to=2026-05-01")

    assert "The first day is after the last." in answer.content.decode()
    assert answer.context["found"] is None
    assert page_of(client, town, "dora", f"{PAGE}file/?day_from=x").status_code == 404


def test_the_file_says_the_same_and_holds_no_formula(client: Client, town: Town):
    labels = {"labels": {"en": "=HYPERLINK(1)", "bg": "@причина"}}
    publish_form(town.trees, definition([{**NEW[0], **labels}, NEW[4]]), by=None, at=NOON)
    town.file(answers=ANSWERS)

    answer = page_of(client, town, "dora", f"{PAGE}file/{DAYS}")

    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert answer["Content-Disposition"] == f'attachment; filename="tree-felling-{FIRST}-{LAST}.csv"'
    assert ["'=HYPERLINK(1)", "It is dry", "1", "100.0"] in rows
    assert ["Height", "Largest", "12.50"] in rows
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-cmd", "'-cmd"),
        ("+1 2", "'+1 2"),
        ("-3,50", "-3,50"),
        ("a=b", "a=b"),
    ],
)
def test_a_cell_is_never_a_formula(cell: str, written: str):
    assert harmless(cell) == written


def test_the_list_counts_the_filings_of_each_service(client: Client, town: Town):
    town.file(answers=ANSWERS)

    answer = page_of(client, town, "dora", f"/office/statistics/{DAYS}")

    assert [(service.code, line.number) for service, line, _address in answer.context["rows"]] == [("tree-felling", 1)]
    assert RegisterEntry.objects.count() == 1
