"""How long a procedure may take: to its end, and until its decision leaves the house."""

import datetime as dt
from typing import Any

import pytest

from cases.calendar import Calendar
from flows.procedures.checker import LegalTerm, Surroundings, problems_of
from flows.procedures.terms import deciding, latest_end
from flows.procedures.tree import Procedure, from_json
from portal_pages.packaging.shipped import shipped
from tests.flows.procedures.drawing import CLOSE, condition, drawn, step

MONDAY = dt.date(2026, 11, 23)
CALENDAR = Calendar("BG")


def days(step_id: str, amount: int, kind: str = "HANDLE", **options: Any) -> dict[str, Any]:
    return step(step_id, kind, deadline={"amount": amount, "unit": "CALENDAR_DAYS"}, **options)


def send(amount: int, step_id: str = "send") -> dict[str, Any]:
    return days(step_id, amount, "DISPATCH")


def fork(*steps: dict[str, Any], otherwise: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    branches = [{"when": condition("case:channel", "WEB"), "steps": list(steps)}]
    return {"id": "fork", "kind": "IF", "branches": branches, "otherwise": list(otherwise)}


def beside(*branches: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "block", "kind": "SIDE_BY_SIDE", "branches": [{"steps": steps} for steps in branches]}


def loop(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"id": "loop", "kind": "REPEAT", "steps": list(steps), "until": condition("area", 1), "at_most": 3}


ASK = days("asking", 30, "WAIT", message={"en": "?"}, **{"for": "APPLICANT"})


@pytest.mark.parametrize(
    ("procedure", "end", "decided"),
    [
        (drawn(days("first", 3), days("other", 4), CLOSE), 7, 7),
        (drawn(days("first", 3), send(1), days("later", 20), CLOSE), 24, 4),
        (drawn(days("first", 3), ASK, send(1), CLOSE), 34, 4),
        (drawn(send(1), days("first", 3), send(1, "again"), days("later", 20), CLOSE), 25, 5),
        (drawn(fork(days("first", 3), send(1)), days("later", 20), CLOSE), 24, 20),
        (drawn(fork(days("first", 30), CLOSE), days("other", 5), CLOSE), 30, 30),
        (drawn(beside([days("first", 3), send(1)], [days("other", 9)]), days("later", 20), CLOSE), 29, 4),
        (drawn(loop(days("first", 3)), send(1), CLOSE), 10, 10),
    ],
)
def test_the_latest_end_counts_all_and_the_decision_what_comes_before_its_dispatch(
    procedure: Procedure, end: int, decided: int
):
    assert latest_end(procedure, MONDAY, CALENDAR) == MONDAY + dt.timedelta(days=end)
    assert deciding(procedure, MONDAY, CALENDAR).latest == MONDAY + dt.timedelta(days=decided)


def test_a_long_step_after_the_dispatch_is_within_the_legal_term():
    legal = Surroundings(legal=LegalTerm(MONDAY, MONDAY + dt.timedelta(days=7)), calendar=CALENDAR)

    after = problems_of(drawn(days("first", 3), days("later", 20), CLOSE), legal)
    roads = problems_of(from_json(shipped("road-occupancy").procedure), legal)

    assert [found.step for found in after] == ["later", ""]
    assert roads == []
