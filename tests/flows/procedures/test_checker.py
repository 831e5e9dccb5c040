"""What the checker names: each rule once, with the step that it belongs to."""

import datetime as dt
from typing import Any

import pytest

from cases.calendar import Calendar
from flows.procedures.checker import LegalTerm, Level, Surroundings, problems_of
from flows.procedures.shipped import shipped
from flows.procedures.tree import Procedure, from_json
from tests.flows.procedures.drawing import BEGIN, CLOSE, LETTER, closed, condition, drawn, step

TOWN = Surroundings(
    units={"REG": ["REGISTRAR"], "PARK": ["HEAD", "OFFICER"], "ROAD": ["OFFICER"], "MAY": ["EXECUTIVE"], "EMPTY": []},
    headed=["REG", "PARK", "ROAD", "MAY", "EMPTY"],
    posts={"GARDENER": ("OFFICER", True), "VACANT": ("OFFICER", False)},
    handling="PARK",
    letters=["decision"],
    forms={"Tree felling": ["area", "when"]},
    services=["tree-felling"],
)
MONDAY = dt.date(2026, 11, 23)


def errors(procedure: Procedure, around: Surroundings = TOWN) -> list[tuple[str, str]]:
    return [(found.step, found.words) for found in problems_of(procedure, around) if found.level == Level.ERROR]


def said(procedure: Procedure, around: Surroundings = TOWN) -> str:
    return "\n".join(words for _step, words in errors(procedure, around))


def loop(*steps: dict[str, Any], until: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": "loop", "kind": "REPEAT", "steps": list(steps), "until": until or condition("area", 1), "at_most": 2}


def block(*branches: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "block", "kind": "SIDE_BY_SIDE", "branches": [{"steps": steps} for steps in branches]}


def fork(when: dict[str, Any], *steps: dict[str, Any], otherwise: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "id": "fork",
        "kind": "IF",
        "branches": [{"when": when, "steps": list(steps)}],
        "otherwise": list(otherwise),
    }


def ask(step_id: str, **options: Any) -> dict[str, Any]:
    return step(step_id, "WAIT", **{"for": "APPLICANT"}, **options)


VISIT = step("visit", "VISIT", questions=[{"key": "seen", "kind": "YES_NO", "labels": {"en": "Seen?"}}])
DECIDE = step(
    "choose", "DECIDE", outcomes=[{"code": "YES", "titles": {"en": "Yes"}}, {"code": "NO", "titles": {"en": "No"}}]
)


def test_the_general_procedure_has_no_problem():
    assert problems_of(from_json(shipped("general")), TOWN) == []


def test_a_procedure_with_all_kinds_has_no_problem():
    procedure = closed(
        VISIT,
        DECIDE,
        fork(condition("step:choose", "YES"), loop(step("again", "HANDLE"))),
        block([VISIT | {"id": "see1"}], [step("see2", "HANDLE")]),
        *LETTER,
        step("public", "PUBLISH"),
        step("value", "AUTOMATIC", do="SET_VALUE", name="x", value=1),
        step("day1", "WAIT", **{"for": "DATE", "date": "when"}),
    )

    assert problems_of(procedure, TOWN) == []


@pytest.mark.parametrize(
    ("procedure", "step_id", "words"),
    [
        (drawn(), "", "There is no step yet"),
        (drawn(BEGIN), "begin", "never be closed"),
        (drawn(BEGIN, fork(condition("area", 1), CLOSE)), "fork", "never be closed"),
        (drawn(BEGIN, CLOSE, VISIT), "visit", "never reached"),
        (closed(BEGIN), "begin", "id begin"),
        (closed(loop(step("shut", "CLOSE"))), "shut", "can't be closed inside"),
        (closed(block([step("shut", "CLOSE")], [VISIT])), "shut", "can't be closed inside"),
        (drawn(step("first", "AUTOMATIC", do="SET_VALUE", name="x"), CLOSE), "first", "begins with a step"),
        (drawn(fork(condition("area", 1), BEGIN), CLOSE), "close", "begins with a step"),
        (closed(block([VISIT])), "block", "at least two branches"),
        (closed(block([VISIT], [])), "block", "no step"),
        (closed(loop()), "loop", "Nothing is repeated"),
        (closed(DECIDE, loop(VISIT, until=condition("step:choose", "YES"))), "loop", "Nothing inside changes"),
        (closed(fork(condition("area", 1))), "fork", "No branch has a step"),
        (closed(step("sign", "SIGN")), "sign", "Signing without a letter"),
        (closed(fork(condition("area", 1), LETTER[0]), LETTER[1]), "sign", "Signing without a letter"),
        (closed(LETTER[0], LETTER[2]), "send", "Sending without a signed letter"),
        (closed(*LETTER[:2], step("sign2", "SIGN")), "sign2", "signed already"),
        (closed(*LETTER, step("send2", "DISPATCH")), "send2", "sent already"),
        (closed(step("head", "APPROVE")), "head", "no letter yet"),
        (
            closed(LETTER[0], step("middle", "APPROVE"), LETTER[1], step("late", "PUBLISH", back_to=["middle"])),
            "late",
            "sends a signed letter back",
        ),
        (closed(VISIT | {"back_to": ["nowhere"]}), "visit", "not there: nowhere"),
        (closed(VISIT | {"back_to": ["later"]}, step("later", "HANDLE")), "visit", "only to an earlier step"),
        (closed(block([VISIT], [step("other", "HANDLE", back_to=["visit"])])), "other", "only to an earlier step"),
        (
            closed(block([VISIT], [DECIDE]), step("after", "HANDLE", back_to=["visit"])),
            "after",
            "only to an earlier step",
        ),
        (
            closed(step("value", "AUTOMATIC", do="SET_VALUE", name="x"), step("after", "HANDLE", back_to=["value"])),
            "after",
            "nobody does by hand",
        ),
        (closed(VISIT | {"who": {"role": "OFFICER", "unit": "MOON"}}), "visit", "no unit MOON"),
        (closed(VISIT | {"who": {"post": "ASTRONAUT"}}), "visit", "no post ASTRONAUT"),
        (closed(VISIT | {"who": {"holder_of": "close"}}), "visit", "not there: close"),
        (closed(LETTER[0], LETTER[1] | {"who": {"holder": True}}), "sign", "nobody can do"),
        (closed(LETTER[0], LETTER[1] | {"who": {"holder_of": "draft"}}), "sign", "nobody can do"),
        (closed(step("ask1", "ASK_OPINIONS", units=["EMPTY"])), "ask1", "nobody in EMPTY"),
        (closed(step("ask1", "ASK_OPINIONS", units=["ROAD"], until={"quorum": 2})), "ask1", "waits for 2 opinions"),
        (closed(LETTER[0], VISIT, step("agree", "AGREE")), "agree", "right after writing"),
        (closed(LETTER[0] | {"letter": "poem"}), "draft", "no letter “poem”"),
        (closed(fork(condition("step:later", "X"), VISIT), step("later", "HANDLE")), "fork", "comes only later"),
        (closed(fork(condition("step:gone", "X"), VISIT)), "fork", "step that is not there"),
        (closed(fork(condition("step:begin", "EXPLODED"), VISIT)), "fork", "never ends with EXPLODED"),
        (closed(fork(condition("set:x", 1), VISIT)), "fork", "sets the value “x”"),
        (closed(fork(condition("case:mood", 1), VISIT)), "fork", "Nothing is known"),
        (closed(fork(condition("colour", 1), VISIT)), "fork", "no question “colour”"),
        (closed(fork({"all": []}, VISIT)), "fork", "asks about nothing"),
        (closed(VISIT | {"needs": [{"need": "FIELD", "question": "colour"}]}), "visit", "no question “colour”"),
        (closed(VISIT | {"needs": [{"need": "SIGNATURE"}]}), "visit", "asks for a signature"),
        (closed(ask("wait", message={"en": "When?"})), "wait", "how long"),
        (closed(ask("wait", deadline={"amount": 3})), "wait", "Write what"),
        (closed(block([VISIT], [ask("wait", message={"en": "?"}, deadline={"amount": 3})])), "wait", "side by side"),
        (closed(step("day1", "WAIT", **{"for": "DATE"})), "day1", "which date"),
        (closed(DECIDE | {"outcomes": DECIDE["outcomes"][:1]}), "choose", "at least two outcomes"),
        (
            closed(VISIT | {"questions": [{"key": "x", "kind": "PLACE", "labels": {}}]}),
            "visit",
            "no question of the kind",
        ),
        (closed(step("link", "AUTOMATIC", do="OPEN_CASE", service="moon")), "link", "no service “moon”"),
        (closed(step("tell", "AUTOMATIC", do="SEND_MESSAGE")), "tell", "Write the message"),
    ],
)
def test_what_is_wrong_is_named_with_its_step(procedure: Procedure, step_id: str, words: str):
    found = errors(procedure)

    assert [one for one in found if one[0] == step_id and words in one[1]], found


def test_a_vacant_post_is_a_warning_because_the_head_gets_the_task():
    found = problems_of(closed(VISIT | {"who": {"post": "VACANT"}}), TOWN)

    assert [(one.level, one.step) for one in found] == [(Level.WARNING, "visit")]


def test_sending_back_out_of_a_block_to_an_earlier_step_is_allowed():
    procedure = closed(block([VISIT | {"back_to": ["begin"]}], [DECIDE]))

    assert errors(procedure) == []


@pytest.mark.parametrize(
    ("forms", "level", "words"),
    [
        ({"Trees": ["area"], "Roads": ["area"]}, None, ""),
        ({"Trees": ["area"], "Roads": []}, Level.WARNING, "there it counts as not answered: Roads."),
        ({"Trees": [], "Roads": []}, Level.ERROR, "The form has no question “area”."),
        ({}, Level.WARNING, "nobody can tell whether “area” will be asked."),
        (None, None, ""),
    ],
)
def test_a_condition_on_a_question_is_judged_by_the_forms_of_the_services_that_go_this_way(forms, level, words):
    found = problems_of(closed(fork(condition("area", 1), VISIT)), Surroundings(forms=forms))

    assert [(one.step, one.level) for one in found] == ([("fork", level)] if level else [])
    assert all(words in one.words for one in found)


def test_a_step_that_needs_an_answer_could_never_end_where_nobody_asks_for_it():
    around = Surroundings(forms={"Trees": ["area"], "Roads": []})

    [found] = problems_of(closed(VISIT | {"needs": [{"need": "FIELD", "question": "area"}]}), around)

    assert (found.step, found.level) == ("visit", Level.ERROR)
    assert found.words.endswith("could never end: Roads.")


def test_a_missing_obligatory_language_is_an_error_and_another_one_a_warning():
    around = Surroundings(languages=["en", "bg", "pl"], obligatory=["en", "bg"])

    found = problems_of(closed(VISIT | {"titles": {"en": "Go", "bg": "Иди"}}), around)

    assert {(one.level, "bg" in one.words) for one in found if one.step == ""} == {("ERROR", True), ("WARNING", False)}
    assert [one.level for one in found if "the title" in one.words] == [Level.WARNING]


def test_deadlines_longer_than_the_legal_term_are_named():
    legal = LegalTerm(MONDAY, MONDAY + dt.timedelta(days=14))
    around = Surroundings(legal=legal, calendar=Calendar("BG"))

    found = problems_of(closed(VISIT | {"deadline": {"amount": 30, "unit": "CALENDAR_DAYS"}}), around)

    assert [one.step for one in found] == ["visit", ""]


def test_waiting_for_the_applicant_is_not_counted_into_the_legal_term():
    legal = LegalTerm(MONDAY, MONDAY + dt.timedelta(days=20))
    around = Surroundings(legal=legal, calendar=Calendar("BG"))

    found = problems_of(closed(ask("wait", message={"en": "?"}, deadline={"amount": 60})), around)

    assert found == []
