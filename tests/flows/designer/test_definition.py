"""What is built in the editor is the procedure that is published, and the other way round."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.designer.blocks import StepsBlock
from flows.designer.definition import ProcedureTooDeep, definition_of, gaps_in, rough_definition, step_id, stream_of
from flows.procedures import tree

STEPS = StepsBlock()
IDS = st.from_regex(r"[a-z0-9]{4,12}", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
TEXTS = st.dictionaries(st.sampled_from(["en", "bg", "pl", "ro"]), WORDS, min_size=1)
CODES = st.from_regex(r"[A-Z][A-Z0-9]{0,5}(_[A-Z0-9]{1,4})?", fullmatch=True)
UNITS = st.sampled_from(["HANDLING", "ENV", "RDS"])
CONDITIONS = st.builds(
    lambda key, value: {"answer": key, "comparison": "IS", "value": value},
    st.sampled_from(["area_m2", "case:unit", "step:ab12"]),
    WORDS | st.integers() | st.booleans(),
)
WHO = st.one_of(
    st.builds(
        lambda role, unit: {"role": role, "unit": unit},
        st.sampled_from(["OFFICER", "HEAD", "REGISTRAR", "EXECUTIVE"]),
        UNITS,
    ),
    st.builds(lambda unit: {"head_of": unit}, UNITS),
    st.builds(lambda unit: {"least_loaded_of": unit}, UNITS),
    st.builds(lambda step: {"holder_of": step}, IDS),
    st.just({"post": "ENV-HEAD"}),
    st.sampled_from([{"holder": True}, {"registry": True}, {"executive": True}]),
)
NEEDS = st.one_of(
    st.builds(lambda texts: {"need": "DOCUMENT", "document": "plan", "titles": texts}, TEXTS),
    st.just({"need": "FIELD", "question": "area_m2"}),
    st.just({"need": "SIGNATURE"}),
)
SHARED = {
    "titles": TEXTS,
    "who": WHO,
    "deadline": st.fixed_dictionaries(
        {"amount": st.integers(1, 90), "unit": st.sampled_from(["WORKING_DAYS", "CALENDAR_DAYS"])}
    ),
    "late": st.sampled_from([[], ["REMIND"], ["REMIND", "HAND_OVER"]]),
    "needs": st.lists(NEEDS, min_size=1, max_size=2),
    "milestone": st.none() | TEXTS,
    "back_to": st.lists(IDS, min_size=1, max_size=2),
    "instructions": TEXTS,
}
SILENT = {name: SHARED[name] for name in ("titles", "milestone")}
UNIT_LISTS = st.just(["ENV", "RDS"])
ORDERS = st.just("ONE_BY_ONE")
QUESTIONS = st.lists(
    st.fixed_dictionaries(
        {"key": st.from_regex(r"[a-z][a-z0-9_]{2,8}", fullmatch=True), "kind": st.just("CHOICE"), "labels": TEXTS},
        optional={
            "required": st.just(True),
            "helps": TEXTS,
            "options": st.lists(st.fixed_dictionaries({"code": CODES, "labels": TEXTS}), min_size=1, max_size=2),
        },
    ),
    min_size=1,
    max_size=2,
)
WAYS = st.lists(st.fixed_dictionaries({"code": CODES, "titles": TEXTS}), min_size=1, max_size=3)
FACTS = WORDS | st.integers(-1000, 1000) | st.booleans() | st.sampled_from(["5", "true", '"', "null"])


def step(kind: str, must: dict[str, Any] | None = None, may: dict[str, Any] | None = None) -> Any:
    shared = SILENT if kind in ("AUTOMATIC", "CLOSE") else SHARED
    head = {"id": IDS, "kind": st.just(kind)}
    return st.fixed_dictionaries({**head, **(must or {})}, optional={**shared, **(may or {})})


PLAIN = st.one_of(
    *(step(kind) for kind in ("CHECK_COMPLETENESS", "RESOLVE", "HANDLE", "APPROVE", "SIGN", "DISPATCH", "PUBLISH")),
    step("ASK_OPINIONS", may={"units": UNIT_LISTS, "until": st.sampled_from(["FIRST", {"quorum": 2}])}),
    step("AGREE", may={"units": UNIT_LISTS, "order": ORDERS}),
    step("DRAFT", may={"letter": st.just("decision")}),
    step("WAIT", {"for": st.just("DATE")}, {"date": st.just("ends"), "message": TEXTS}),
    step("VISIT", may={"questions": QUESTIONS}),
    step("DECIDE", {"outcomes": WAYS}),
    step("AUTOMATIC", {"do": st.just("SET_VALUE"), "name": st.just("fee"), "value": FACTS}),
    step("AUTOMATIC", {"do": st.just("OPEN_CASE"), "service": st.just("complaint")}),
    step("AUTOMATIC", {"do": st.just("SEND_MESSAGE"), "message": TEXTS}),
    step("CLOSE", may={"outcome": CODES}),
)


def containers(steps: Any) -> Any:
    several = st.lists(steps, max_size=2)
    head = {"id": IDS}
    branch = st.fixed_dictionaries({"steps": several}, optional={"titles": TEXTS})
    case = st.fixed_dictionaries({"steps": several, "when": CONDITIONS}, optional={"titles": TEXTS})
    branches, cases = st.lists(branch, min_size=1, max_size=2), st.lists(case, min_size=1, max_size=2)
    return st.one_of(
        st.fixed_dictionaries({**head, "kind": st.just("SIDE_BY_SIDE"), "branches": branches}),
        st.fixed_dictionaries(
            {**head, "kind": st.just("IF"), "branches": cases}, optional={"otherwise": st.lists(steps, min_size=1)}
        ),
        st.fixed_dictionaries(
            {**head, "kind": st.just("REPEAT"), "steps": several, "until": CONDITIONS, "at_most": st.integers(1, 5)}
        ),
    )


INSIDE = PLAIN | containers(PLAIN)


def built_again(definition: dict[str, Any]) -> dict[str, Any]:
    """Into the editor and out of it."""
    named = {name: definition[name] for name in ("key", "version", "titles")}
    return definition_of(STEPS.to_python(stream_of(definition)), **named)


def procedure(steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {"key": "general", "version": 3, "titles": {"en": "General"}, "steps": steps}


@settings(max_examples=60)
@given(st.lists(PLAIN | containers(INSIDE), max_size=3))
def test_a_procedure_comes_back_from_the_editor_as_it_went_in(steps: list[dict[str, Any]]):
    definition = tree.as_json(tree.from_json(procedure(steps)))

    assert built_again(definition) == definition


def test_a_new_step_keeps_the_id_of_its_block():
    block = "3f9c1c52-0b0e-4c3e-9a53-2f8d7a1b6c4d"

    assert step_id(block) == "3f9c1c52"
    assert step_id(step_id(block)) == "3f9c1c52"


def test_a_new_outcome_has_a_code_that_is_given_once():
    value = STEPS.to_python(
        [
            {
                "type": "decide",
                "id": "ab12",
                "value": {
                    "outcomes": [
                        {"type": "item", "value": {"en": "Granted"}, "id": "3f9c1c52-0b0e-4c3e-9a53-2f8d7a1b6c4d"}
                    ]
                },
            }
        ]
    )

    made = definition_of(value, key="general", version=1, titles={})

    assert made["steps"][0]["outcomes"] == [{"code": "3F9C1C52", "titles": {"en": "Granted"}}]


def test_what_is_not_filled_in_yet_is_named_with_its_step():
    stream = [
        {"type": "repeat", "id": "rept", "value": {"steps": [{"type": "decide", "id": "deci", "value": {}}]}},
        {"type": "side_by_side", "id": "side", "value": {"branches": []}},
        {"type": "handle", "id": "hand", "value": {"who": "post"}},
    ]
    rough = rough_definition(STEPS.to_python(stream), key="general", version=1, titles={})

    gaps = gaps_in(rough["steps"])

    assert [gap.step for gap in gaps] == ["rept", "deci", "side", "hand"]
    with pytest.raises(tree.ProcedureUnreadable):
        tree.from_json(rough)


def test_blocks_deeper_than_the_editor_shows_are_refused():
    steps: list[dict[str, Any]] = [{"id": "hand", "kind": "HANDLE"}]
    for depth in range(4):
        steps = [{"id": f"side{depth}", "kind": "SIDE_BY_SIDE", "branches": [{"steps": steps}]}]

    with pytest.raises(ProcedureTooDeep):
        stream_of(procedure(steps))
