"""Trying a procedure: who gets which task when, with nothing written anywhere; kept walks and their differences."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from flows.procedures.shipped import shipped
from flows.procedures.tree import Procedure, from_json
from flows.procedures.walking import (
    Choice,
    Filing,
    Walked,
    WalkRefused,
    as_expected,
    asked_facts,
    run_walk,
    walk,
)
from tests.flows.procedures.drawing import BEGIN, CLOSE, closed, condition, definition, drawn, step
from tests.flows.town import NOON, Town

MONDAY = NOON.date()
DAY = dt.timedelta(days=1)


def walked(procedure: Procedure, *choices: Choice, **changes: Any) -> Walked:
    return walk(procedure, Filing(MONDAY, choices=choices, **changes))


def way(result: Walked) -> list[str]:
    return [task.step for task in result.tasks]


def test_the_general_procedure_goes_straight_to_its_end():
    result = walked(from_json(shipped("general")))

    assert way(result) == [
        "complete", "resolution", "handling", "drafting", "approval", "signature", "dispatch",
    ]  # fmt: skip
    assert result.end == result.tasks[-1].due
    assert [letter.key for letter in result.letters] == ["decision"]


def test_chosen_outcomes_are_followed_in_their_order():
    result = walked(
        from_json(shipped("general")),
        Choice("complete", "ASKED_APPLICANT"),
        Choice("handling", "ASKED_OPINIONS", units=("ROAD", "MAY")),
        Choice("opinions", "AGAINST", unit="MAY"),
        Choice("approval", "SENT_BACK"),
    )

    assert way(result) == [
        "complete", "complete", "resolution", "handling", "opinions", "opinions",
        "drafting", "approval", "drafting", "approval", "signature", "dispatch",
    ]  # fmt: skip
    assert sorted(task.outcome for task in result.tasks if task.step == "opinions") == ["AGAINST", "IN_FAVOUR"]


def test_a_choice_that_fits_nothing_is_named():
    with pytest.raises(WalkRefused, match="can't end with EXPLODED") as refused:
        walked(from_json(shipped("general")), Choice("handling", "EXPLODED"))

    assert refused.value.step == "handling"


def test_each_answer_takes_its_branch():
    branch = {"when": condition("area", 100, "AT_LEAST"), "steps": [step("visit", "VISIT")]}
    procedure = closed({"id": "fork", "kind": "IF", "branches": [branch]})

    assert way(walked(procedure, answers={"area": 120})) == ["begin", "visit"]
    assert way(walked(procedure, answers={"area": 20})) == ["begin"]
    assert asked_facts(procedure) == ["area"]


def test_repeating_ends_when_its_condition_holds_and_at_the_latest_after_so_many_rounds():
    outcomes = [{"code": "GOOD", "titles": {"en": "Good"}}, {"code": "BAD", "titles": {"en": "Bad"}}]
    judging = [step("judge", "DECIDE", outcomes=outcomes)]
    until = condition("step:judge", "GOOD")
    procedure = closed({"id": "loop", "kind": "REPEAT", "steps": judging, "until": until, "at_most": 3})

    assert way(walked(procedure, Choice("judge", "BAD"), Choice("judge", "GOOD"))) == ["begin", "judge", "judge"]
    assert way(walked(procedure, *[Choice("judge", "BAD")] * 9)) == ["begin", "judge", "judge", "judge"]


def test_leaving_a_block_takes_away_what_runs_beside():
    branches = [
        {"steps": [step("slow", "HANDLE", deadline={"amount": 20})]},
        {"steps": [step("quick", "HANDLE", back_to=["begin"])]},
    ]
    procedure = closed({"id": "block", "kind": "SIDE_BY_SIDE", "branches": branches})

    result = walked(procedure, Choice("quick", "SENT_BACK", days=1))

    assert way(result) == ["begin", "quick", "begin", "quick", "slow"]


def test_the_first_opinion_is_enough_where_the_procedure_says_so():
    procedure = closed(step("ask1", "ASK_OPINIONS", units=["ROAD", "PARK", "MAY"], until="FIRST"))

    result = walked(procedure, Choice("ask1", "AGAINST", unit="PARK", days=1))

    assert [(task.unit, task.outcome) for task in result.tasks if task.step == "ask1"] == [("PARK", "AGAINST")]


def test_units_agree_one_after_another():
    procedure = closed(step("draft", "DRAFT"), step("agree", "AGREE", units=["ROAD", "PARK"], order="ONE_BY_ONE"))

    result = walked(procedure)

    first, second = (task for task in result.tasks if task.step == "agree")
    assert (first.unit, second.unit) == ("ROAD", "PARK")
    assert second.begun == first.due


def test_milestones_are_the_authors_words_the_standard_ones_or_none():
    procedure = closed(
        step("look1", "VISIT", milestone={"en": "We came by", "bg": "Дойдохме"}),
        step("look2", "VISIT", milestone=None),
        step("look3", "VISIT"),
    )

    result = walked(procedure, language="bg")

    with translation.override("bg"):
        assert [one.words for one in result.milestones if one.step != "close"][0] == "Дойдохме"
    assert [one.step for one in result.milestones] == ["look1", "look3", "close"]


@pytest.mark.django_db
class TestInATown:
    def test_the_real_units_and_posts_are_named(self, town: Town):
        filing = Filing(MONDAY, institution=town.institution, service=town.trees)

        result = walk(from_json(shipped("general")), filing)

        assert [(task.step, task.who, task.person) for task in result.tasks] == [
            ("complete", "PARK OFFICER", ""),
            ("resolution", "PARK HEAD", "Helen"),
            ("handling", "PARK OFFICER", "Alice"),
            ("drafting", "PARK OFFICER", "Alice"),
            ("approval", "PARK HEAD", "Helen"),
            ("signature", "MAY EXECUTIVE", "Dora"),
            ("dispatch", "REG REGISTRAR", ""),
        ]
        assert result.legal_due == MONDAY + 14 * DAY

    def test_where_nobody_is_the_head_gets_it_visibly(self, town: Town):
        town.posts["rita"].memberships.update(valid_to=MONDAY - DAY)
        town.mayors_office.path, town.registry.parent = town.mayors_office.path, town.mayors_office
        town.registry.path = f"{town.mayors_office.path}{town.registry.pk}/"
        town.registry.save()

        result = walk(from_json(shipped("general")), Filing(MONDAY, institution=town.institution, service=town.trees))

        assert (result.tasks[-1].unit, result.tasks[-1].person, result.tasks[-1].rerouted) == ("MAY", "Dora", "TO_HEAD")

    def test_nothing_is_written(self, town: Town):
        written = []

        def read_only(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.lstrip().upper().startswith("SELECT"):
                written.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(read_only):
            walk(from_json(shipped("general")), Filing(MONDAY, institution=town.institution, service=town.trees))

        assert written == []

    def test_a_kept_walk_passes_until_something_differs(self, town: Town):
        kept: dict[str, Any] = {"name": "Straight", "filed_on": MONDAY.isoformat(), "choices": []}
        where = {"institution": town.institution, "service": town.trees}
        first = walk(from_json(shipped("general")), Filing(MONDAY, institution=town.institution, service=town.trees))
        kept["expected"] = as_expected(first)
        changed = shipped("general")
        changed["steps"][2]["deadline"]["amount"] = 3
        changed["steps"][6]["who"] = {"executive": True}

        same, different = run_walk(shipped("general"), kept, **where), run_walk(changed, kept, **where)

        assert same == []
        assert any("Handle the case: it was due on" in words for words in different)
        assert any("PARK HEAD had it, MAY EXECUTIVE has it now" in words for words in different)


def test_a_walk_that_cannot_be_read_is_refused():
    assert run_walk(definition(BEGIN, CLOSE), {"filed_on": "yesterday"}) == ["The kept walk can't be read."]


def test_a_walk_that_never_ends_is_stopped():
    procedure = drawn(BEGIN, step("again", "HANDLE", back_to=["begin"]), CLOSE)

    with pytest.raises(WalkRefused, match="does not end"):
        walked(procedure, *[Choice("again", "SENT_BACK")] * 3000)
