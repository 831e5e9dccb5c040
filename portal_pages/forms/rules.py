"""The rules of a form in words: conditions, limits, calculations; and where a question is used."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cases.conditions import AllOf, AnyOf, Compare, Comparison, Condition, asked_about
from cases.texts import Texts
from portal_pages.forms.calculations import (
    AnswerTo,
    Calculation,
    ColumnSum,
    Combined,
    Constant,
    Days,
    Either,
    Lookup,
    Operation,
    Rounded,
    RowCount,
    Tables,
    Why,
    Worked,
    answers_used,
    parts_of,
    plain,
    worked_out,
)
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import Asking, Calculated, Choice, Date, DayLimit, Several, TimeOfDay
from portal_pages.forms.kinds.base import speaking
from portal_pages.forms.stored import Placed, readable, readable_tables

SIGNS = {
    Operation.SUM: " + ",
    Operation.PRODUCT: " × ",
    Operation.DIFFERENCE: " − ",
    Operation.QUOTIENT: " ÷ ",
}


@dataclass(frozen=True)
class Speech:
    """Labels of questions and tables in one language; ``answers`` None says the rule without numbers."""

    asking: Asking
    labels: Mapping[str, Texts]
    tables: Tables
    answers: Mapping[str, Any] | None = None
    questions: Mapping[str, Question] = field(default_factory=dict)

    def label(self, key: str) -> str:
        return self.asking.words(self.labels.get(key, {})) or key

    def value(self, part: Calculation) -> str | None:
        """The number that the part comes to, as short as it can be written."""
        if self.answers is None:
            return None
        worked = worked_out(part, self.answers, self.tables)
        return None if worked.value is None else short_number(worked)


def short_number(worked: Worked) -> str:
    text = worked.rounded(6) or ""
    whole, _point, places = text.partition(".")
    places = places.rstrip("0")
    return f"{whole}.{places.ljust(2, '0')}" if places else whole


def formula_in_words(kind: Calculated, asking: Asking) -> str:
    """How the value is worked out, whatever the answers: "Area × days from Start to End × Rate per zone"."""
    if kind.calculation is None:
        return ""
    with speaking(asking):
        return _said(kind.calculation, Speech(asking, kind.labels, kind.tables))


def worked_in_words(kind: Calculated, answers: Mapping[str, Any], asking: Asking) -> str:
    """How the value came about: "12.50 (Area) × 10 (days from …) × 1.80 (Rate per zone) = 225.00"; or why it didn't."""
    if kind.calculation is None:
        return ""
    worked = kind.worked(answers)
    speech = Speech(asking, kind.labels, kind.tables, answers)
    with speaking(asking):
        if worked.value is None:
            return why_absent(worked, speech)
        return f"{_said(kind.calculation, speech)} = {kind.in_words(worked.rounded(kind.places), asking)}"


def why_absent(worked: Worked, speech: Speech) -> str:
    match worked.why:
        case Why.DIVISION_BY_ZERO:
            return _("It can't be worked out: a number would be divided by zero")
        case Why.NOT_IN_TABLE:
            table = speech.tables.get(worked.about)
            name = speech.asking.words(table.titles) if table else worked.about
            return _("It can't be worked out: “{table}” has no rate for this").format(table=name)
        case Why.TOO_LARGE:
            return _("It can't be worked out: the number is too large")
    return _("It is worked out once this is answered: {label}").format(label=speech.label(worked.about))


def _said(part: Calculation, speech: Speech, *, is_inner: bool = False) -> str:
    match part:
        case Combined(operation, parts) if operation in SIGNS:
            said = SIGNS[operation].join(_said(inner, speech, is_inner=True) for inner in parts)
            return f"({said})" if is_inner and len(parts) > 1 else said
        case Combined(operation, parts):
            said = "; ".join(_said(inner, speech) for inner in parts)
            if operation is Operation.SMALLEST:
                return _("the smallest of ({values})").format(values=said)
            return _("the largest of ({values})").format(values=said)
        case Rounded(inner, places):
            said = _said(inner, speech)
            return _("({value}) rounded to {places} decimal places").format(value=said, places=places)
        case Constant(number):
            return plain(number)
        case Either(when, then, otherwise):
            return _("if {condition}: {then}, otherwise: {otherwise}").format(
                condition=condition_in_words(when, speech), then=_said(then, speech), otherwise=_said(otherwise, speech)
            )
    name, value = _named(part, speech), speech.value(part)
    return name if value is None else f"{value} ({name})"


def _named(part: Calculation, speech: Speech) -> str:
    match part:
        case AnswerTo(key):
            return speech.label(key)
        case Days(start, end, is_inclusive):
            words = _("days from “{start}” to “{end}”").format(start=speech.label(start), end=speech.label(end))
            return _("{days}, both counted").format(days=words) if is_inclusive else words
        case RowCount(group, when):
            return _in_rows(_("number of rows of “{group}”").format(group=speech.label(group)), when, speech)
        case ColumnSum(group, column, when):
            labels = {"column": speech.label(column), "group": speech.label(group)}
            return _in_rows(_("sum of “{column}” in “{group}”").format(**labels), when, speech)
        case Lookup(table, by):
            titles = speech.tables[table].titles if table in speech.tables else {}
            asked = ", ".join(_named(one, speech) if not isinstance(one, Constant) else plain(one.value) for one in by)
            return _("rate from “{table}” for {asked}").format(table=speech.asking.words(titles) or table, asked=asked)
    return _said(part, speech)


def _in_rows(said: str, when: Condition | None, speech: Speech) -> str:
    if when is None:
        return said
    return _("{value} where {condition}").format(value=said, condition=condition_in_words(when, speech))


# -- conditions in words


def condition_in_words(condition: Condition, speech: Speech) -> str:
    match condition:
        case AllOf(parts):
            return _joined(parts, speech, _(" and ")) or _("always")
        case AnyOf(parts):
            return _joined(parts, speech, _(" or ")) or _("never")
        case Compare():
            return _compare_in_words(condition, speech)
    raise AssertionError(condition)


def _joined(parts: tuple[Condition, ...], speech: Speech, joint: str) -> str:
    said = [condition_in_words(part, speech) for part in parts]
    if len(parts) == 1:
        return said[0]
    mixed = [isinstance(part, AllOf | AnyOf) and len(part.conditions) > 1 for part in parts]
    return joint.join(f"({words})" if inner else words for words, inner in zip(said, mixed, strict=True))


def _compare_in_words(compare: Compare, speech: Speech) -> str:
    said = {
        Comparison.IS: _("“{question}” is {value}"),
        Comparison.IS_NOT: _("“{question}” is not {value}"),
        Comparison.ONE_OF: _("“{question}” is one of: {value}"),
        Comparison.CONTAINS: _("“{question}” includes {value}"),
        Comparison.AT_LEAST: _("“{question}” is at least {value}"),
        Comparison.AT_MOST: _("“{question}” is at most {value}"),
        Comparison.ANSWERED: _("“{question}” is answered"),
        Comparison.NOT_ANSWERED: _("“{question}” is not answered"),
    }[compare.comparison]
    values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
    shown = ", ".join(value_in_words(compare.answer, value, speech) for value in values)
    return said.format(question=speech.label(compare.answer), value=shown)


def value_in_words(key: str, value: Any, speech: Speech) -> str:
    """A value that an answer is compared with, as its question would show it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    question = speech.questions.get(key)
    kind = question.kind if question else None
    options = kind.offered if isinstance(kind, Choice | Several) else ()
    labels = next((option.labels for option in options if option.value == value), {})
    if labels:
        return f"“{speech.asking.words(labels)}”"
    if isinstance(kind, Date) and isinstance(value, str):
        try:
            return kind.in_words(value, speech.asking)
        except ValueError:
            return value
    return f"“{value}”" if isinstance(value, str) else str(value)


# -- every rule on one page


class Use(StrEnum):
    """What a question is used for by another."""

    SHOWN_WHEN = "SHOWN_WHEN"
    REQUIRED_WHEN = "REQUIRED_WHEN"
    LIMIT = "LIMIT"
    CALCULATION = "CALCULATION"


@dataclass(frozen=True)
class UsedBy:
    """A question that looks at another one; ``group`` when it is a column."""

    page: str
    question: str
    use: Use
    group: str = ""


@dataclass(frozen=True)
class Rule:
    """What applies to one question, one line for each rule."""

    page: str
    question: str
    label: str
    lines: tuple[str, ...]
    group: str = ""


def uses_of(key: str, definition: Mapping[str, Any]) -> list[UsedBy]:
    """The questions of the form that look at this one; what can't be read yet is passed over."""
    found = []
    for placed in readable(definition):
        if isinstance(placed, Placed):
            group = placed.group.key if placed.group else ""
            found += [UsedBy(placed.page, placed.question.key, use, group) for use in _uses(placed.question, key)]
    return found


def _uses(question: Question, key: str) -> Iterator[Use]:
    if key in asked_about(question.show_when):
        yield Use.SHOWN_WHEN
    if key in asked_about(question.required_when):
        yield Use.REQUIRED_WHEN
    kind = question.kind
    if isinstance(kind, Calculated):
        if kind.calculation is not None and key in {*answers_used(kind.calculation), *_columns_used(kind)}:
            yield Use.CALCULATION
    elif isinstance(kind, Date | TimeOfDay) and key in kind.asks_about():
        yield Use.LIMIT


def _columns_used(kind: Calculated) -> set[str]:
    parts = parts_of(kind.calculation) if kind.calculation is not None else ()
    return {part.column for part in parts if isinstance(part, ColumnSum)}


def rules_in_words(definition: Mapping[str, Any], language: str, *, main_language: str = "en") -> list[Rule]:
    """Every rule of the form: when a question is shown and required, its limits, how its value is worked out."""
    placed = [one for one in readable(definition) if isinstance(one, Placed)]
    questions = {one.question.key: one.question for one in reversed(placed)}
    asking = Asking(language=language, main_language=main_language, country="", today=dt.date.min)
    labels = {key: question.labels for key, question in questions.items()}
    speech = Speech(asking, labels, readable_tables(definition), questions=questions)
    with override(language):
        rules = [
            Rule(
                one.page,
                one.question.key,
                asking.words(one.question.labels),
                tuple(_lines(one.question, speech)),
                one.group.key if one.group else "",
            )
            for one in placed
        ]
    return [rule for rule in rules if rule.lines]


def _lines(question: Question, speech: Speech) -> Iterator[str]:
    if question.show_when is not None:
        yield _("Shown only if {condition}").format(condition=condition_in_words(question.show_when, speech))
    if question.required and question.kind.is_typed:
        yield _("Has to be answered")
    elif question.required_when is not None:
        words = condition_in_words(question.required_when, speech)
        yield _("Has to be answered if {condition}").format(condition=words)
    kind = question.kind
    if isinstance(kind, Date):
        yield from _date_lines(kind, speech)
    elif isinstance(kind, TimeOfDay) and kind.after:
        yield _("After the time of “{question}”").format(question=speech.label(kind.after))
    elif isinstance(kind, Calculated) and kind.calculation is not None:
        yield _("Worked out: {formula}").format(formula=_said(kind.calculation, speech))


def _date_lines(kind: Date, speech: Speech) -> Iterator[str]:
    if kind.earliest:
        yield _("Not before {day}").format(day=limit_in_words(kind.earliest, speech))
    elif not kind.past_allowed:
        yield _("Not in the past")
    if kind.latest:
        yield _("Not after {day}").format(day=limit_in_words(kind.latest, speech))
    elif not kind.future_allowed:
        yield _("Not in the future")


def limit_in_words(limit: DayLimit, speech: Speech) -> str:
    if limit.date:
        return limit.date
    start = _("the day of “{question}”").format(question=speech.label(limit.answer)) if limit.answer else _("today")
    spans = (
        (limit.years, ngettext("{number} year", "{number} years", abs(limit.years))),
        (limit.months, ngettext("{number} month", "{number} months", abs(limit.months))),
        (limit.days, ngettext("{number} day", "{number} days", abs(limit.days))),
    )
    said = [f"{'+' if number > 0 else '−'} {words.format(number=abs(number))}" for number, words in spans if number]
    return " ".join([start, *said])
