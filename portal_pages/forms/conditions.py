"""When a question is shown or required: built from comparisons, judged here and nowhere else.

The browser mirrors `holds` in templates/static/portal/conditions.js only to save a round trip; what counts
is decided here when the page is sent. An answer that is absent satisfies nothing but NOT_ANSWERED: absent is not empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any


class Comparison(StrEnum):
    IS = "IS"
    IS_NOT = "IS_NOT"
    ONE_OF = "ONE_OF"
    CONTAINS = "CONTAINS"
    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"
    ANSWERED = "ANSWERED"
    NOT_ANSWERED = "NOT_ANSWERED"


@dataclass(frozen=True)
class Compare:
    """One answer against one value."""

    answer: str
    comparison: Comparison
    value: Any = None


@dataclass(frozen=True)
class AllOf:
    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    conditions: tuple["Condition", ...]


type Condition = Compare | AllOf | AnyOf


def answer_is(key: str, value: Any) -> Compare:
    return Compare(key, Comparison.IS, value)


def answer_one_of(key: str, *values: Any) -> Compare:
    return Compare(key, Comparison.ONE_OF, values)


def holds(condition: Condition | None, answers: Mapping[str, Any]) -> bool:
    """Whether the condition is true of these answers; no condition is always true."""
    match condition:
        case None:
            return True
        case AllOf(conditions):
            return all(holds(part, answers) for part in conditions)
        case AnyOf(conditions):
            return any(holds(part, answers) for part in conditions)
        case Compare(key, comparison, value):
            return _compare(comparison, answers.get(key), value)


def asked_about(condition: Condition | None) -> Iterator[str]:
    """The keys of the questions that the condition looks at."""
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            for part in conditions:
                yield from asked_about(part)
        case Compare(key):
            yield key


def as_json(condition: Condition) -> dict[str, Any]:
    """The condition as the browser and the answers' document read it."""
    match condition:
        case AllOf(conditions):
            return {"all": [as_json(part) for part in conditions]}
        case AnyOf(conditions):
            return {"any": [as_json(part) for part in conditions]}
        case Compare(key, comparison, value):
            shown = list(value) if isinstance(value, tuple) else value
            return {"answer": key, "comparison": str(comparison), "value": shown}


def _compare(comparison: Comparison, answer: Any, value: Any) -> bool:
    if comparison is Comparison.NOT_ANSWERED:
        return answer is None
    if answer is None:
        return False
    match comparison:
        case Comparison.ANSWERED:
            return True
        case Comparison.IS:
            return bool(answer == value)
        case Comparison.IS_NOT:
            return bool(answer != value)
        case Comparison.ONE_OF:
            return answer in value
        case Comparison.CONTAINS:
            return isinstance(answer, list | str) and value in answer
        case Comparison.AT_LEAST | Comparison.AT_MOST:
            return _in_order(comparison, answer, value)
    raise AssertionError(comparison)


def _in_order(comparison: Comparison, answer: Any, value: Any) -> bool:
    try:
        left, right = Decimal(str(answer)), Decimal(str(value))
    except InvalidOperation:  # dates in ISO 8601 are in the order of their letters
        left, right = str(answer), str(value)  # type: ignore[assignment]
    return left >= right if comparison is Comparison.AT_LEAST else left <= right
