"""What is wrong with a form before it is published: errors forbid it, warnings don't. Each says where it is."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from cases.conditions import AllOf, AnyOf, Compare, Comparison, Condition, asked_about
from cases.texts import Texts
from portal_pages.forms.calculations import (
    AnswerTo,
    Calculation,
    ColumnSum,
    Days,
    Lookup,
    RateTable,
    RowCount,
    parts_of,
)
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import (
    Calculated,
    Choice,
    Date,
    Declaration,
    Gives,
    Group,
    Information,
    Kind,
    Option,
    Rows,
    TimeOfDay,
    kind_name,
)
from portal_pages.forms.rules import uses_of
from portal_pages.forms.satisfying import can_hold
from portal_pages.forms.stored import (
    SETTINGS,
    FormUnreadable,
    Placed,
    Unread,
    form_from_json,
    readable,
    readable_tables,
)

__all__ = ["Level", "Problem", "problems_of", "uses_of"]


class Level(StrEnum):
    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True)
class Problem:
    """``page`` and ``question`` are keys, empty where it is about the page or the form; ``group`` when a column."""

    level: Level
    page: str
    question: str
    words: str
    group: str = ""


@dataclass(frozen=True)
class _Around:
    """What a question can look at: those before it in its row and on the pages; and all that there are."""

    placed: Placed
    before: Mapping[str, Question]
    everywhere: Mapping[str, Placed]
    tables: Mapping[str, RateTable]

    def error(self, words: str) -> Problem:
        return self._problem(Level.ERROR, words)

    def warning(self, words: str) -> Problem:
        return self._problem(Level.WARNING, words)

    def _problem(self, level: Level, words: str) -> Problem:
        group = self.placed.group.key if self.placed.group else ""
        return Problem(level, self.placed.page, self.placed.question.key, words, group)


def problems_of(
    form_json: Mapping[str, Any],
    *,
    languages: Sequence[str],
    obligatory: Collection[str],
    history: Iterable[Mapping[str, Any]] = (),
) -> list[Problem]:
    """Everything that is wrong, errors first, in the order of the form.

    ``history``: definitions published before, whose keys keep their kind.
    """
    found = list(readable(form_json))
    placed = [one for one in found if isinstance(one, Placed)]
    unread = [one for one in found if isinstance(one, Unread)]
    problems = [Problem(Level.ERROR, one.page, one.question, str(one.refusal)) for one in unread]
    problems += _keys_twice(placed)
    problems += _keys_of_another_kind(placed, history)
    own = _own_pages(form_json)
    for around in _arounds(placed, readable_tables(form_json)):
        problems += _wrong_with(around)
        if around.placed.page in own:
            problems += _texts_missing(around, languages, obligatory)
    problems += _wrong_with_pages(form_json, languages, obligatory)
    if not any(problem.level is Level.ERROR for problem in problems):
        problems += _unreadable_as_a_whole(form_json)
    return sorted(problems, key=lambda problem: problem.level is not Level.ERROR)


def _unreadable_as_a_whole(form_json: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        form_from_json(form_json)
    except (FormUnreadable, ValueError) as refusal:
        yield Problem(Level.ERROR, "", "", str(refusal))


def _own_pages(form_json: Mapping[str, Any]) -> set[str]:
    """The pages that are written here; common ones have their texts with the product."""
    pages = form_json.get("pages")
    return {
        str(page.get("key"))
        for page in (pages if isinstance(pages, list) else ())
        if isinstance(page, dict) and "common" not in page
    }


def _arounds(placed: Sequence[Placed], tables: Mapping[str, RateTable]) -> Iterator[_Around]:
    everywhere = {one.question.key: one for one in reversed(placed)}
    before: dict[str, Question] = {}
    row: dict[str, Question] = {}
    for one in placed:
        if one.group is None:
            row = {}
            yield _Around(one, dict(before), everywhere, tables)
            before[one.question.key] = one.question
        else:
            # A column sees its row so far and what stands before the group, never the group that it is part of.
            around = {key: question for key, question in before.items() if key != one.group.key}
            yield _Around(one, {**around, **row}, everywhere, tables)
            row[one.question.key] = one.question


# -- keys


def _keys_twice(placed: Sequence[Placed]) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in placed:
        if one.group is None:
            if one.question.key in seen:
                yield Problem(Level.ERROR, one.page, one.question.key, _twice(one.question.key))
            seen.add(one.question.key)
    columns: set[tuple[str, str]] = set()
    for one in placed:
        if one.group is not None:
            name = (one.group.key, one.question.key)
            if one.question.key in seen or name in columns:
                yield Problem(Level.ERROR, one.page, one.question.key, _twice(one.question.key), one.group.key)
            columns.add(name)


def _twice(key: str) -> str:
    return _("The key “{key}” is used twice: give this question another one").format(key=key)


def _keys_of_another_kind(placed: Sequence[Placed], history: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """A key is given once and never reused for another meaning: answers, letters and statistics hang on it."""
    was = {
        _full_key(one): kind_name(one.question.kind)
        for definition in history
        for one in readable(definition)
        if isinstance(one, Placed)
    }
    for one in placed:
        kind = kind_name(one.question.kind)
        if was.get(_full_key(one), kind) != kind:
            words = _("The key “{key}” belonged to a question of the kind {before}; a new question needs a new key")
            said = words.format(key=one.question.key, before=was[_full_key(one)])
            yield Problem(Level.ERROR, one.page, one.question.key, said, one.group.key if one.group else "")


def _full_key(one: Placed) -> tuple[str, str]:
    return one.group.key if one.group else "", one.question.key


# -- one question


def _wrong_with(around: _Around) -> Iterator[Problem]:
    question = around.placed.question
    yield from (around.error(flaw) for flaw in question.kind.flaws())
    for condition in (question.show_when, question.required_when):
        if condition is not None:
            yield from _wrong_with_condition(condition, around)
    kind = question.kind
    if question.counted and not kind.may_be_counted():
        yield around.error(
            _("The browser fills this in with what is personal: officials can't filter and count by such an answer")
        )
    if isinstance(kind, Calculated) and kind.calculation is not None:
        yield from _wrong_with_calculation(kind.calculation, around)
    elif isinstance(kind, Date | TimeOfDay):
        gives = Gives.DAY if isinstance(kind, Date) else Gives.TIME
        for key in kind.asks_about():
            yield from _wrong_with_use(key, around, {gives})


def _wrong_with_condition(condition: Condition, around: _Around) -> Iterator[Problem]:
    missing = [problem for key in dict.fromkeys(asked_about(condition)) for problem in _unknown(key, around)]
    yield from missing
    if missing:
        return
    impossible = [one for one in _compares(condition) if not can_hold(one, _bare(around.before))]
    for one in impossible:
        yield around.error(_impossible_words(one, around))
    if not impossible and not can_hold(condition, around.before):
        yield around.error(_("This rule can never be true: its parts contradict each other, or hide what they ask"))


def _bare(questions: Mapping[str, Question]) -> Mapping[str, Question]:
    """The questions as if they were always shown."""
    return {key: Question(key, question.kind, question.labels) for key, question in questions.items()}


def _compares(condition: Condition) -> Iterator[Compare]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _compares(part)
        case Compare():
            yield condition


def _impossible_words(compare: Compare, around: _Around) -> str:
    if compare.comparison in {Comparison.ANSWERED, Comparison.NOT_ANSWERED}:
        return _("“{key}” never has an answer, so this rule can never be true").format(key=compare.answer)
    values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
    said = ", ".join(str(value)[:40] for value in values)
    words = _("This rule can never be true: no answer to “{key}” fits {comparison} {value}")
    return words.format(key=compare.answer, comparison=compare.comparison, value=said or "–")


def _unknown(key: str, around: _Around) -> Iterator[Problem]:
    """What is wrong with looking at this question from here; nothing when it stands before."""
    if key in around.before:
        return
    found = around.everywhere.get(key)
    if found is None:
        yield around.error(_("This looks at the question “{key}”, which is not there (any more)").format(key=key))
    elif found.group is not None and found.group != around.placed.group:
        yield around.error(_("“{key}” is asked in rows; only questions of the same row can look at it").format(key=key))
    elif key == around.placed.question.key:
        yield around.error(_("This question looks at itself"))
    else:
        yield around.error(_("This looks at the question “{key}”, which is asked only later").format(key=key))


def _wrong_with_use(key: str, around: _Around, gives: Collection[Gives]) -> Iterator[Problem]:
    """A use that needs a number, a day or rows."""
    unknown = list(_unknown(key, around))
    yield from unknown
    if not unknown and around.before[key].kind.gives not in gives:
        wanted = {
            Gives.NUMBER: _("a number"),
            Gives.DAY: _("a date"),
            Gives.TIME: _("a time"),
            Gives.ROWS: _("rows"),
        }
        names = ", ".join(wanted[one] for one in gives if one in wanted)
        yield around.error(_("“{key}” is not {wanted}").format(key=key, wanted=names))


def _wrong_with_calculation(calculation: Calculation, around: _Around) -> Iterator[Problem]:
    looked_up = {
        id(one) for part in parts_of(calculation) if isinstance(part, Lookup) for one in _by(part, around.tables)
    }
    for part in parts_of(calculation):
        match part:
            case AnswerTo(key):
                gives = {Gives.NUMBER, Gives.CODE, Gives.YES, Gives.TEXT} if id(part) in looked_up else {Gives.NUMBER}
                yield from _wrong_with_use(key, around, gives)
            case Days(start, end):
                yield from _wrong_with_use(start, around, {Gives.DAY})
                yield from _wrong_with_use(end, around, {Gives.DAY})
            case RowCount(group, when):
                yield from _wrong_with_rows(group, None, when, around)
            case ColumnSum(group, column, when):
                yield from _wrong_with_rows(group, column, when, around)
            case Lookup():
                yield from _wrong_with_lookup(part, around)
    for part in parts_of(calculation):
        when = getattr(part, "when", None)
        if when is not None and not isinstance(part, RowCount | ColumnSum):
            yield from _wrong_with_condition(when, around)


def _by(part: Lookup, tables: Mapping[str, RateTable]) -> Sequence[Calculation]:
    """What a table is asked by; a table of bands is asked by a number like any other."""
    table = tables.get(part.table)
    return () if table is not None and table.bands else part.by


def _wrong_with_rows(group: str, column: str | None, when: Condition | None, around: _Around) -> Iterator[Problem]:
    wrong = list(_wrong_with_use(group, around, {Gives.ROWS}))
    yield from wrong
    kind = around.before[group].kind if not wrong else None
    if not isinstance(kind, Rows):
        return
    columns = {question.key: question for question in kind.questions}
    if column is not None and (column not in columns or columns[column].kind.gives is not Gives.NUMBER):
        yield around.error(_("“{group}” has no column “{column}” with numbers").format(group=group, column=column))
    if when is not None:
        inside = _Around(around.placed, {**around.before, **columns}, around.everywhere, around.tables)
        yield from _wrong_with_condition(when, inside)


def _wrong_with_lookup(part: Lookup, around: _Around) -> Iterator[Problem]:
    table = around.tables.get(part.table)
    if table is None:
        yield around.error(_("There is no table of rates “{table}”").format(table=part.table))
        return
    wanted = 1 if table.bands else len(table.rows[0].values)
    if len(part.by) != wanted:
        words = _("The table “{table}” is asked by {wanted} values, not by {given}")
        yield around.error(words.format(table=part.table, wanted=wanted, given=len(part.by)))
        return
    for place, one in enumerate(part.by if table.rows else ()):
        yield from _rates_missing(part.table, table, place, one, around)


def _rates_missing(name: str, table: RateTable, place: int, asked: Calculation, around: _Around) -> Iterator[Problem]:
    """An answer that may be chosen and has no rate: the fee could not be worked out."""
    question = around.before.get(asked.key) if isinstance(asked, AnswerTo) else None
    if question is None or not isinstance(question.kind, Choice):
        return
    rated = {row.values[place] for row in table.rows}
    for option in question.kind.offered:
        if option.value not in rated:
            words = _("The table “{table}” has no rate for the answer “{answer}” to “{key}”")
            yield around.warning(words.format(table=name, answer=option.value, key=question.key))


# -- texts


def _texts_missing(around: _Around, languages: Sequence[str], obligatory: Collection[str]) -> Iterator[Problem]:
    question = around.placed.question
    for texts, what in _texts_of(question):
        yield from _missing_in(texts, what, languages, obligatory, around)
    if not any(question.helps.values()) and not isinstance(question.kind, Declaration | Calculated):
        text = _("This information has no text") if isinstance(question.kind, Information) else _("No help is given")
        yield around.warning(text)


def _missing_in(
    texts: Texts, what: str, languages: Sequence[str], obligatory: Collection[str], around: _Around
) -> Iterator[Problem]:
    for level, words in _gaps(texts, what, languages, obligatory):
        yield around.error(words) if level is Level.ERROR else around.warning(words)


def _gaps(
    texts: Texts, what: str, languages: Sequence[str], obligatory: Collection[str]
) -> Iterator[tuple[Level, str]]:
    missing = [code for code in languages if not texts.get(code, "").strip()]
    must = [code for code in missing if code in obligatory]
    may = [code for code in missing if code not in obligatory]
    if must:
        words = _("{what} is missing in an obligatory language: {languages}")
        yield Level.ERROR, words.format(what=what, languages=", ".join(must))
    if may:
        words = _("{what} is missing in: {languages}; the main language is shown there")
        yield Level.WARNING, words.format(what=what, languages=", ".join(may))


def _texts_of(question: Question) -> Iterator[tuple[Texts, str]]:
    """The texts that people are shown: those that have to be there, and others where they were begun."""
    yield question.labels, _("The label")
    if any(question.helps.values()):
        yield question.helps, _("The help")
    kind: Kind = question.kind
    for setting in SETTINGS[type(kind)]:
        value = getattr(kind, setting.name)
        if isinstance(value, Mapping) and (any(value.values()) or _is_needed(kind, setting.name)):
            yield value, _("The text “{name}”").format(name=setting.name)
        elif isinstance(value, tuple):
            for option in value:
                if isinstance(option, Option):
                    yield option.labels, _("The answer {code}").format(code=option.value)
                    if any(option.helps.values()):
                        yield option.helps, _("The help of the answer {code}").format(code=option.value)


def _is_needed(kind: Kind, name: str) -> bool:
    return isinstance(kind, Group) and name in {"row_labels", "add_labels"}


def _wrong_with_pages(
    form_json: Mapping[str, Any], languages: Sequence[str], obligatory: Collection[str]
) -> Iterator[Problem]:
    pages = form_json.get("pages")
    for page in pages if isinstance(pages, list) else ():
        if not isinstance(page, dict) or "common" in page:
            continue
        key = str(page.get("key", ""))
        if not page.get("questions"):
            yield Problem(Level.ERROR, key, "", _("This page asks nothing: add a question or remove the page"))
        for name, what in (("titles", _("The title")), ("introductions", _("The introduction"))):
            texts = page.get(name)
            if isinstance(texts, dict) and (name == "titles" or any(texts.values())):
                for level, words in _gaps(texts, what, languages, obligatory):
                    yield Problem(level, key, "", words)
    for name, table in readable_tables(form_json).items():
        what = _("The title of the table “{name}”").format(name=name)
        for level, words in _gaps(table.titles, what, languages, obligatory):
            yield Problem(level, "", "", words)
