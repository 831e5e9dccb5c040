"""The tree of a procedure: what is read is written back, and every mistake is named with its place."""

import copy
from typing import Any

import pytest

from flows.procedures.shipped import shipped
from flows.procedures.tree import Milestone, ProcedureUnreadable, as_json, from_json
from tests.flows.procedures.drawing import BEGIN, CLOSE, condition, definition, step

EVERYTHING = definition(
    step("begin", "CHECK_COMPLETENESS", titles={"en": "Look"}, late=["REMIND", "HAND_OVER"], milestone=None),
    step("solve", "RESOLVE", who={"head_of": "HANDLING"}, milestone={"en": "On its way"}),
    step("ask01", "ASK_OPINIONS", units=["ROADS", "PARKS"], until={"quorum": 2}),
    step(
        "pay1",
        "WAIT",
        **{"for": "PAYMENT", "who": {"registry": True}, "deadline": {"amount": 5, "unit": "CALENDAR_DAYS"}},
    ),
    {
        "id": "block",
        "kind": "SIDE_BY_SIDE",
        "branches": [
            {
                "titles": {"en": "On the spot"},
                "steps": [
                    step("visit", "VISIT", questions=[{"key": "seen", "kind": "YES_NO", "labels": {"en": "Seen?"}}])
                ],
            },
            {
                "titles": {"en": "At the desk"},
                "steps": [step("value", "AUTOMATIC", do="SET_VALUE", name="fee", value=0)],
            },
        ],
    },
    {
        "id": "loop",
        "kind": "REPEAT",
        "steps": [
            step(
                "choose",
                "DECIDE",
                outcomes=[{"code": "YES", "titles": {"en": "Yes"}}, {"code": "NO", "titles": {"en": "No"}}],
            )
        ],
        "until": condition("step:choose", "YES"),
        "at_most": 3,
    },
    {
        "id": "fork",
        "kind": "IF",
        "branches": [
            {
                "when": {"any": [condition("case:unit", "ROADS"), condition("area", 12, "AT_LEAST")]},
                "steps": [
                    step(
                        "need1",
                        "HANDLE",
                        needs=[{"need": "FIELD", "question": "area"}, {"need": "DOCUMENT", "document": "PLAN"}],
                        who={"holder_of": "begin"},
                    )
                ],
            }
        ],
        "otherwise": [step("note1", "PUBLISH", who={"role": "REGISTRAR", "unit": "REG"})],
    },
    CLOSE,
)


@pytest.mark.parametrize("written", [EVERYTHING, shipped("general")])
def test_what_is_read_is_written_back(written: dict[str, Any]):
    assert as_json(from_json(written)) == as_json(from_json(as_json(from_json(written))))
    assert as_json(from_json(EVERYTHING)) == EVERYTHING


def test_a_milestone_is_standard_unless_it_says_nothing_or_words_of_its_own():
    procedure = from_json(EVERYTHING)

    said = {one.id: one.milestone for one in procedure.persons_steps()}

    assert said["begin"] == Milestone()
    assert said["solve"] == Milestone({"en": "On its way"})
    assert said["visit"].is_standard


def changed(path: list[Any], value: Any) -> dict[str, Any]:
    data = copy.deepcopy(EVERYTHING)
    inner: Any = data
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (["steps", 0, "kind"], "TELEPORT", "steps[0].kind"),
        (["steps", 0, "id"], "resolve; DROP", "steps[0].id"),
        (["steps", 0, "id"], "abc", "steps[0].id"),
        (["steps", 1, "who"], {"head_of": "X", "holder": True}, "steps[1].who"),
        (["steps", 1, "who"], {"role": "MAYOR"}, "steps[1].who.role"),
        (["steps", 3, "deadline"], {"amount": 0}, "steps[3].deadline.amount"),
        (["steps", 3, "deadline"], {"amount": True}, "steps[3].deadline.amount"),
        (["steps", 4, "branches", 1, "steps", 0, "surprise"], 1, "steps[4].branches[1].steps[0].surprise"),
        (["steps", 5, "until"], {"all": "x"}, "steps[5].until"),
        (["steps", 5, "at_most"], 1_000_000, "steps[5].at_most"),
        (["steps", 6, "branches", 0, "when"], None, "steps[6].branches[0].when"),
        (["titles"], {"en": 7}, "titles.en"),
        (["titles"], {"en": "x" * 10_000}, "titles.en"),
        (["steps"], [BEGIN] * 101, "steps"),
        (["key"], "../../etc", "key"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(path: list[Any], value: Any, place: str):
    with pytest.raises(ProcedureUnreadable) as refused:
        from_json(changed(path, value))

    assert refused.value.place == place


def test_blocks_do_not_stand_deeper_than_anybody_understands():
    inner: dict[str, Any] = dict(BEGIN)
    for number in range(9):
        inner = {"id": f"deep{number}", "kind": "REPEAT", "steps": [inner], "until": condition("x", 1), "at_most": 2}

    with pytest.raises(ProcedureUnreadable, match="deep"):
        from_json(definition(inner, CLOSE))


def test_ten_megabytes_of_nesting_are_refused_before_they_are_read():
    inner: Any = {"answer": "x", "comparison": "IS", "value": 1}
    for _number in range(50_000):
        inner = {"all": [inner]}

    with pytest.raises(ProcedureUnreadable):
        from_json(changed(["steps", 5, "until"], inner))


@pytest.mark.parametrize("data", [None, [], "general", {"key": "x"}, {"steps": {}}])
def test_what_is_no_procedure_at_all_is_refused(data: Any):
    with pytest.raises(ProcedureUnreadable):
        from_json(data)
