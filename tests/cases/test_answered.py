"""Conditions on answers say the same to SQLite and PostgreSQL."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Exists

from cases.answered import Answered
from cases.models import Case
from tests.factories import NOON, AnswerFactory, CaseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ANSWERS: list[Any] = [
    "WORKS",
    ["WORKS", "ADVERT"],
    True,
    False,
    "2026-11-22",
    12,
    "12.50",
    "-3",
    "скеле на улицата",
    {},
]


def found(condition: Exists) -> list[Any]:
    """The answers of the cases that the condition holds for."""
    cases = Case.objects.filter(condition).order_by("pk")
    return [case.answers.get(replaced_at__isnull=True).value for case in cases]


@pytest.fixture
def asked() -> Answered:
    """A case for each answer, one whose answer was replaced, and one that did not answer."""
    for answer in ANSWERS:
        AnswerFactory(case=CaseFactory(), key="q", value=answer)
    corrected = CaseFactory()
    AnswerFactory(case=corrected, key="q", value="WORKS", replaced_at=NOON)
    AnswerFactory(case=corrected, key="q", value="TERRACE")
    AnswerFactory(case=CaseFactory(), key="other", value="WORKS")
    return Answered("q", "pk")


def test_a_code_is_found_alone_and_among_others(asked: Answered):
    assert found(asked.with_code("WORKS")) == ["WORKS", ["WORKS", "ADVERT"]]
    assert found(asked.with_code("WORK")) == []
    assert found(asked.with_code("TERRACE")) == ["TERRACE"]


def test_yes_and_no_are_found(asked: Answered):
    assert found(asked.saying("true")) == [True]
    assert found(asked.saying("false")) == [False]


def test_words_are_found_within_and_whole(asked: Answered):
    assert found(asked.containing("на улицата")) == ["скеле на улицата"]
    assert found(asked.saying("на улицата")) == []
    assert found(asked.saying("works")) == ["WORKS"]


def test_days_are_found_between_two(asked: Answered):
    day = dt.date(2026, 11, 22)

    assert found(asked.on_days(first=day, last=day)) == ["2026-11-22"]
    assert found(asked.on_days(first=day + dt.timedelta(days=1))) == []
    assert found(asked.on_days(last=day - dt.timedelta(days=1))) == []


def test_numbers_are_compared_as_numbers_and_what_is_none_is_left_out(asked: Answered):
    assert found(asked.of_numbers(least=Decimal("2.5"))) == [12, "12.50"]
    assert found(asked.of_numbers(least=Decimal("12.01"), most=Decimal("12.5"))) == ["12.50"]
    assert found(asked.of_numbers(most=Decimal(0))) == ["-3"]


def test_whoever_did_not_answer_is_found_too(asked: Answered):
    assert len(Case.objects.filter(~asked.at_all())) == 1
