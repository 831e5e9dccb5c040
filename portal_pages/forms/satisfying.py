"""Whether a condition can ever be true: tried with the answers that its questions could have.

Nothing is proved of texts and relative dates; what can't be told counts as possible, so that no right rule is refused.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from cases.conditions import AllOf, AnyOf, Compare, Comparison, Condition, holds
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import (
    Calculated,
    Choice,
    Date,
    DecimalNumber,
    Declaration,
    Gives,
    Kind,
    LongText,
    Money,
    Several,
    ShortText,
    TimeOfDay,
    WholeNumber,
)
from portal_pages.forms.patterns import PatternRefused, compiled

MOST_WAYS = 500
DEEPEST = 12
LARGEST = Decimal(10**12)

type Way = tuple[Compare, ...]


def can_hold(condition: Condition, questions: Mapping[str, Question]) -> bool:
    """Whether some answers make it true, those included that make its questions show."""
    ways = _ways(_with_showing(condition, questions, DEEPEST))
    return ways is None or any(_is_possible(way, questions) for way in ways)


def _with_showing(condition: Condition, questions: Mapping[str, Question], floor: int) -> Condition:
    """A question has an answer only where it is shown."""
    match condition:
        case AllOf(parts):
            return AllOf(tuple(_with_showing(part, questions, floor) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_with_showing(part, questions, floor) for part in parts))
        case Compare(key, comparison) if comparison is not Comparison.NOT_ANSWERED:
            question = questions.get(key)
            if question is not None and question.show_when is not None and floor:
                return AllOf((condition, _with_showing(question.show_when, questions, floor - 1)))
    return condition


def _ways(condition: Condition) -> list[Way] | None:
    """The ways to make it true, each a row of comparisons that hold together; None when there are too many."""
    match condition:
        case AnyOf(parts):
            ways: list[Way] = []
            for part in parts:
                more = _ways(part)
                if more is None or len(ways) + len(more) > MOST_WAYS:
                    return None
                ways += more
            return ways
        case AllOf(parts):
            return _all_ways(parts)
        case Compare():
            return [(condition,)]
    raise AssertionError(condition)


def _all_ways(parts: Sequence[Condition]) -> list[Way] | None:
    ways: list[Way] = [()]
    for part in parts:
        more = _ways(part)
        if more is None or len(ways) * len(more) > MOST_WAYS:
            return None
        ways = [way + one for way in ways for one in more]
    return ways


def _is_possible(way: Way, questions: Mapping[str, Question]) -> bool:
    by_key: dict[str, list[Compare]] = {}
    for compare in way:
        by_key.setdefault(compare.answer, []).append(compare)
    return all(_has_answer(key, compares, questions.get(key)) for key, compares in by_key.items())


def _has_answer(key: str, compares: list[Compare], question: Question | None) -> bool:
    if question is None:
        return True
    together = AllOf(tuple(compares))
    if holds(together, {}):
        return True
    return any(holds(together, {key: answer}) for answer in _answers(question.kind, compares))


def _answers(kind: Kind, compares: Sequence[Compare]) -> Iterator[Any]:
    """Answers of this kind among which there is one that fits, if any does."""
    values = [value for compare in compares for value in _values(compare)]
    match kind.gives:
        case Gives.YES:
            yield from (True,) if isinstance(kind, Declaration) else (True, False)
        case Gives.CODE if isinstance(kind, Choice):
            yield from (option.value for option in kind.offered)
        case Gives.CODES if isinstance(kind, Several):
            codes = [option.value for option in kind.offered]
            yield from ([code] for code in codes)
            yield codes
            yield [code for code in codes if code in values]
        case Gives.NUMBER:
            yield from _numbers(kind, values)
        case Gives.DAY if isinstance(kind, Date):
            yield from _days(kind, values)
        case Gives.TIME if isinstance(kind, TimeOfDay):
            yield from _times(kind, values)
        case Gives.TEXT:
            yield from _texts(kind, values)
        case Gives.NOTHING:
            return
        case _:
            yield {"": ""}


def _values(compare: Compare) -> Sequence[Any]:
    return compare.value if isinstance(compare.value, tuple) else (compare.value,)


def _numbers(kind: Kind, values: Sequence[Any]) -> Iterator[Any]:
    least, most, places = _range(kind)
    step = Decimal(1).scaleb(-places)
    known = [least, most, *filter(None, map(_decimal, values))]
    ordered = sorted({*known, *(number + by for number in known for by in (-step, step, step / 2))})
    middles = [(one + other) / 2 for one, other in zip(ordered, ordered[1:], strict=False)]
    for number in {*ordered, *middles}:
        rounded = number.quantize(step)
        if least <= rounded <= most:
            yield int(rounded) if isinstance(kind, WholeNumber) else f"{rounded:f}"


def _range(kind: Kind) -> tuple[Decimal, Decimal, int]:
    match kind:
        case WholeNumber():
            return Decimal(kind.least), Decimal(kind.most), 0
        case DecimalNumber():
            return kind.least, kind.most, kind.places
        case Money():
            return kind.least, kind.most, 2
        case Calculated():
            return -LARGEST, LARGEST, kind.places
    return -LARGEST, LARGEST, 2


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and abs(number) <= LARGEST else None


def _days(kind: Date, values: Sequence[Any]) -> Iterator[str]:
    first = dt.date.fromisoformat(kind.earliest.date) if kind.earliest and kind.earliest.date else dt.date(1850, 1, 1)
    last = dt.date.fromisoformat(kind.latest.date) if kind.latest and kind.latest.date else dt.date(2200, 1, 1)
    known = [first, last, *filter(None, map(_day, values))]
    for day in {near for one in known for near in (one, one - dt.timedelta(1), one + dt.timedelta(1))}:
        if first <= day <= last:
            yield day.isoformat()


def _day(value: Any) -> dt.date | None:
    """A month counts from its first day; what an answer is compared with may be written so."""
    text = str(value)
    try:
        return dt.date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        return None


def _times(kind: TimeOfDay, values: Sequence[Any]) -> Iterator[str]:
    for minute in range(24 * 60):
        time = f"{minute // 60:02}:{minute % 60:02}"
        if (kind.least or "00:00") <= time <= (kind.most or "23:59"):
            yield time


def _texts(kind: Kind, values: Sequence[Any]) -> Iterator[str]:
    texts = [value for value in values if isinstance(value, str)]
    other = "\N{REPLACEMENT CHARACTER}" * max(getattr(kind, "least", 1), 1)
    for text in [*texts, "".join(texts), "".join(texts) + other, other]:
        if _fits(kind, text):
            yield text


def _fits(kind: Kind, text: str) -> bool:
    if not text or not isinstance(kind, ShortText | LongText):
        return bool(text)
    if isinstance(kind, ShortText) and kind.pattern and text.isprintable() and "\N{REPLACEMENT CHARACTER}" not in text:
        try:
            return len(text) <= kind.most and bool(compiled(kind.pattern).fullmatch(text))
        except PatternRefused:
            return True
    return len(text) <= kind.most
