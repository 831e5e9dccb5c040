"""A condition put together in the editor is the condition that is judged."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import conditions
from cases.desk.blocks.conditions import VALUELESS, ConditionBlock, ConditionTooDeep, condition_of, condition_stream

BLOCK = ConditionBlock()
VALUES = st.text(max_size=8) | st.integers() | st.booleans()


@st.composite
def comparisons(draw: st.DrawFn) -> dict[str, Any]:
    comparison = draw(st.sampled_from(conditions.Comparison))
    value: Any = draw(st.lists(VALUES, max_size=3) if comparison == "ONE_OF" else VALUES)
    return {
        "answer": draw(st.sampled_from(["area_m2", "case:unit", "step:ab12"])),
        "comparison": str(comparison),
        "value": None if comparison in VALUELESS else value,
    }


def groups(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda match, chosen: {match: chosen}, st.sampled_from(["all", "any"]), st.lists(parts, min_size=2, max_size=3)
    )


SMALL = comparisons() | groups(comparisons())
CONDITIONS = SMALL | groups(SMALL)


@settings(max_examples=60)
@given(CONDITIONS)
def test_a_condition_comes_back_from_the_editor_as_it_went_in(condition: dict[str, Any]):
    assert condition_of(BLOCK.to_python(condition_stream(condition))) == condition
    assert conditions.as_json(conditions.from_json(condition)) == condition


def test_nothing_built_is_no_condition():
    assert condition_of(BLOCK.get_default()) is None
    assert condition_of(BLOCK.to_python(condition_stream(None))) is None


def test_a_comparison_without_a_fact_is_not_made_yet():
    unfinished = {"type": "compare", "value": {"fact": "", "comparison": "IS", "value": "x"}}

    assert condition_of(BLOCK.to_python({"match": "ALL", "parts": [unfinished]})) is None


def test_words_typed_without_the_builder_are_words():
    typed = {"type": "compare", "value": {"fact": "zone", "comparison": "ONE_OF", "value": "centre"}}

    built = condition_of(BLOCK.to_python({"match": "ALL", "parts": [typed]}))

    assert built == {"answer": "zone", "comparison": "ONE_OF", "value": ["centre"]}


def test_more_groups_than_the_builder_shows_are_refused():
    condition: dict[str, Any] = {"answer": "a", "comparison": "ANSWERED", "value": None}
    for _depth in range(4):
        condition = {"all": [condition, condition]}

    with pytest.raises(ConditionTooDeep):
        condition_stream(condition)
