"""When a question is shown, judged on the server, and mirrored by the browser's module."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Comparison,
    answer_is,
    answer_one_of,
    as_json,
    asked_about,
    from_json,
    holds,
)

ANSWERS = {"kind": "TREE", "count": 3, "urgent": True, "tags": ["a", "b"], "day": "2026-03-27", "area": "12.50"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, True),
        (answer_is("kind", "TREE"), True),
        (answer_is("kind", "ROAD"), False),
        (answer_is("missing", "TREE"), False),
        (answer_is("urgent", True), True),
        (answer_one_of("kind", "ROAD", "TREE"), True),
        (Compare("kind", Comparison.IS_NOT, "ROAD"), True),
        (Compare("missing", Comparison.IS_NOT, "ROAD"), False),
        (Compare("tags", Comparison.CONTAINS, "b"), True),
        (Compare("count", Comparison.CONTAINS, "b"), False),
        (Compare("kind", Comparison.CONTAINS, 3), False),
        (answer_is("urgent", 1), False),
        (Compare("count", Comparison.AT_LEAST, 3), True),
        (Compare("count", Comparison.AT_MOST, 2), False),
        (Compare("area", Comparison.AT_LEAST, "9"), True),
        (Compare("day", Comparison.AT_LEAST, "2026-03-26"), True),
        (Compare("day", Comparison.AT_MOST, "2025-12-31"), False),
        (Compare("kind", Comparison.AT_LEAST, "NaN"), False),
        (Compare("kind", Comparison.AT_LEAST, 3), False),
        (Compare("kind", Comparison.ANSWERED), True),
        (Compare("missing", Comparison.ANSWERED), False),
        (Compare("missing", Comparison.NOT_ANSWERED), True),
        (AllOf((answer_is("kind", "TREE"), answer_is("count", 3))), True),
        (AllOf((answer_is("kind", "TREE"), answer_is("count", 4))), False),
        (AnyOf((answer_is("kind", "ROAD"), answer_is("count", 3))), True),
        (AllOf(()), True),
        (AnyOf(()), False),
    ],
)
def test_a_condition_is_judged_on_the_answers(condition, expected):
    assert holds(condition, ANSWERS) is expected


def test_a_condition_names_the_questions_it_looks_at():
    condition = AllOf((answer_is("kind", "TREE"), AnyOf((answer_is("count", 3), answer_is("urgent", True)))))

    assert list(asked_about(condition)) == ["kind", "count", "urgent"]


COMPARES = st.builds(
    Compare,
    answer=st.sampled_from([*ANSWERS, "missing"]),
    comparison=st.sampled_from([Comparison.IS, Comparison.IS_NOT, Comparison.ANSWERED, Comparison.NOT_ANSWERED]),
    value=st.sampled_from(["TREE", "ROAD", 3, 4, True, False]),
) | st.builds(
    Compare,
    answer=st.sampled_from(["count", "missing"]),
    comparison=st.sampled_from([Comparison.AT_LEAST, Comparison.AT_MOST]),
    value=st.integers(0, 5),
)
UNHURRIED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # many share these cores
CONDITIONS = st.recursive(
    COMPARES,
    lambda inner: (
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)


@UNHURRIED
@given(CONDITIONS)
def test_a_condition_survives_as_json(condition):
    assert json.loads(json.dumps(as_json(condition))) == as_json(condition)


@UNHURRIED
@given(CONDITIONS)
def test_a_condition_looks_only_at_the_questions_it_names(condition):
    named = set(asked_about(condition))
    fewer = {key: answer for key, answer in ANSWERS.items() if key in named}

    assert holds(condition, fewer) is holds(condition, ANSWERS)


@pytest.mark.parametrize(
    "condition",
    [
        answer_is("kind", "TREE"),
        answer_one_of("kind", "A", "B"),
        AllOf((AnyOf((answer_is("a", 1),)), answer_is("b", 2))),
    ],
)
def test_a_condition_written_as_json_is_read_back_the_same(condition):
    assert from_json(json.loads(json.dumps(as_json(condition)))) == condition


@pytest.mark.parametrize(
    "said",
    [{}, {"all": {}}, {"all": [], "any": []}, {"answer": "a", "comparison": "EVAL"}, {"answer": 1, "comparison": "IS"}],
)
def test_what_is_no_condition_is_refused(said):
    with pytest.raises(ValueError, match="unknown comparison|a condition is"):
        from_json(said)
