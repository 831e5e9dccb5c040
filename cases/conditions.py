"""When something holds: a question is shown, a step is taken, a sentence is printed. Built from comparisons,
judged here and nowhere else.

What is compared are facts by key: answers under the key of their question, everything else under a name with a colon
(``case:unit``, ``case:amount``, ``case:tier``, ``case:outcome``, ``step:<id>`` for the outcome of a step,
``set:<name>`` for what an automatic step set), which no question's key can be.

The browser mirrors `holds` in templates/static/portal/conditions.js only to save a round trip; what counts
is decided here when the page is sent. An answer that is absent satisfies nothing but NOT_ANSWERED: absent is not empty.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
TIME = re.compile(r"[0-9]{2}:[0-9]{2}")
# The code of the answer that is said in one's own words.
OTHER = "OTHER"


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
            return _compare(comparison, as_code(answers.get(key)), value)


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


def from_json(said: dict[str, Any]) -> Condition:
    """The condition that `as_json` wrote. Raises ValueError with what is wrong with it."""
    match said:
        case {"all": list(parts), **rest} if not rest:
            return AllOf(tuple(from_json(part) for part in parts))
        case {"any": list(parts), **rest} if not rest:
            return AnyOf(tuple(from_json(part) for part in parts))
        case {"answer": str(key), "comparison": str(name), **rest} if rest.keys() <= {"value"}:
            if name not in Comparison:
                raise ValueError(f"unknown comparison {name[:40]!r}")
            value = rest.get("value")
            if name == Comparison.ONE_OF and not isinstance(value, list):
                raise ValueError("one of several values needs a list of them")
            return Compare(key, Comparison(name), tuple(value) if isinstance(value, list) else value)
    raise ValueError("a condition is all, any, or one comparison")


def as_code(answer: Any) -> Any:
    """One answer of several that was said in one's own words, ``{"other": words}``, as the code that it stands for."""
    return OTHER if isinstance(answer, Mapping) and answer.keys() == {"other"} else answer


def _compare(comparison: Comparison, answer: Any, value: Any) -> bool:
    if comparison is Comparison.NOT_ANSWERED:
        return answer is None
    if answer is None:
        return False
    match comparison:
        case Comparison.ANSWERED:
            return True
        case Comparison.IS:
            return _is_same(answer, value)
        case Comparison.IS_NOT:
            return not _is_same(answer, value)
        case Comparison.ONE_OF:
            return any(_is_same(answer, one) for one in value)
        case Comparison.CONTAINS:
            return _contains(answer, value)
        case Comparison.AT_LEAST:
            return _in_order(value, answer)
        case Comparison.AT_MOST:
            return _in_order(answer, value)
    raise AssertionError(comparison)


def _is_same(answer: Any, value: Any) -> bool:
    """Yes is not the number one, though Python counts them equal."""
    return isinstance(answer, bool) == isinstance(value, bool) and bool(answer == value)


def _contains(answer: Any, value: Any) -> bool:
    if isinstance(answer, str):
        return isinstance(value, str) and value in answer
    return isinstance(answer, list) and any(_is_same(one, value) for one in answer)


def _in_order(smaller: Any, larger: Any) -> bool:
    """Numbers, also as text, up to 15 digits; days and times, by their letters. Nothing else has an order."""
    if _is_number(smaller) and _is_number(larger):
        return Decimal(str(smaller)) <= Decimal(str(larger))
    if not isinstance(smaller, str) or not isinstance(larger, str):
        return False
    return any(kind.fullmatch(smaller) and kind.fullmatch(larger) for kind in (DAY, TIME)) and smaller <= larger


def _is_number(said: Any) -> bool:
    return not isinstance(said, bool) and isinstance(said, int | str) and bool(NUMBER.fullmatch(str(said)))
