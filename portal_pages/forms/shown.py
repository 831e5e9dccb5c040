"""A page of questions as templates draw it: plain values only, so that drawing asks nothing more.

Also drawn by the office's assisted form; nothing here knows where the page stands.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.conditions import Condition, as_json, asked_about, holds
from cases.texts import in_language
from portal_pages.forms import calculations
from portal_pages.forms.calculations import table_as_json, tables_used
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import (
    Calculated,
    Choice,
    DecimalNumber,
    Declaration,
    Files,
    Group,
    Line,
    Part,
    PersonId,
    PlaceOnMap,
    Rows,
    Several,
    Table,
)
from portal_pages.forms.pages import PageForm, field_name, row_key, row_prefix, rows_name
from portal_pages.forms.rules import formula_in_words, worked_in_words


@dataclass(frozen=True)
class OptionShown:
    id: str
    value: str
    label: str
    help: str
    is_chosen: bool


@dataclass(frozen=True)
class ControlShown:
    id: str
    name: str
    part: Part
    value: str
    options: Sequence[OptionShown]
    error: str
    described_by: str

    @property
    def control(self) -> str:
        return self.part.control


@dataclass(frozen=True)
class RowShown:
    """``label`` names the row of a table; those of a group are numbered."""

    number: int
    label: str
    code: str
    questions: Sequence["QuestionShown"]


@dataclass(frozen=True)
class QuestionShown:
    """``is_single``: one control with a label of its own; the others are a fieldset with a legend."""

    key: str
    kind: str
    label: str
    label_language: str
    help: str
    controls: Sequence[ControlShown]
    errors: Sequence[str]
    is_optional: bool
    is_hidden: bool
    show_when: str = ""
    require_when: str = ""
    calculation: str = ""
    words: str = ""
    formula: str = ""
    rule: str = ""
    places: str = ""
    files: Sequence[Mapping[str, Any]] = ()
    limits: str = ""
    rows: Sequence[RowShown] = ()
    rows_name: str = ""
    row_label: str = ""
    add_label: str = ""
    may_add: bool = False
    layout: str = ""

    @property
    def is_single(self) -> bool:
        return len(self.controls) == 1 and self.controls[0].control not in {"radios", "checkboxes", "tick"}


@dataclass(frozen=True)
class PageShown:
    title: str
    introduction: str
    questions: Sequence[QuestionShown]
    errors: Sequence[tuple[str, str]]
    known: str
    has_files: bool
    has_script: bool = field(default=False)
    has_map: bool = field(default=False)


def show(form: PageForm, *, with_errors: bool) -> PageShown:
    """The page with what was typed; with errors only once it was sent."""
    found = {name: [str(why) for why in messages] for name, messages in form.errors.items()}
    errors = found if with_errors else {}
    answers = form.known_answers | form.answers
    questions = [_question(form, question, question.key, errors, answers) for question in form.page.questions]
    needed = set().union(*map(_looked_at, form.page.questions))
    known = {key: value for key, value in form.known_answers.items() if key in needed}
    return PageShown(
        title=form.asking.words(form.page.titles),
        introduction=form.asking.words(form.page.introductions),
        questions=questions,
        errors=[_in_summary(questions, name, messages[0]) for name, messages in errors.items()],
        known=json.dumps(known, ensure_ascii=False),
        has_files=any(isinstance(question.kind, Files) for question in form.page.questions),
        has_script=bool(needed) or any(map(_is_helped, form.page.questions)),
        has_map=any(map(_has_map, form.page.questions)),
    )


def _is_helped(question: Question) -> bool:
    """Whether the browser has something to add to the question itself: a position, a tick beside own words."""
    match question.kind:
        case Rows(questions=columns):
            return any(map(_is_helped, columns))
        case Choice(other=other) | Several(other=other):
            return bool(other)
    return _has_map(question)


def _has_map(question: Question) -> bool:
    if isinstance(question.kind, Rows):
        return any(map(_has_map, question.kind.questions))
    return isinstance(question.kind, PlaceOnMap | Line)


def _looked_at(question: Question) -> set[str]:
    """The answers that the browser needs to show the question as the server would."""
    keys = {*asked_about(question.show_when), *asked_about(question.required_when)}
    if isinstance(question.kind, Calculated):
        keys |= set(question.kind.asks_about())
    if isinstance(question.kind, Rows):
        keys |= set().union(*map(_looked_at, question.kind.questions))
    return keys


def _in_summary(questions: Sequence[QuestionShown], name: str, why: str) -> tuple[str, str]:
    """Where a line of the error summary leads (for radios to the first of them) and what it says."""
    for question, row in _with_rows(questions):
        for control in question.controls:
            if control.name == name:
                where = f"{row}, {question.label}" if row and question.label else row or question.label
                words = f"{row}: {why}" if row and question.label in why else why
                words = words if question.label in why else f"{where}: {why}"
                return control.options[0].id if control.options else control.id, words
    return f"q-{name}", why


def _with_rows(questions: Sequence[QuestionShown]) -> Iterator[tuple[QuestionShown, str]]:
    for question in questions:
        yield question, ""
        for row in question.rows:
            name = row.label or f"{question.row_label} {row.number}"
            yield from ((column, name) for column in row.questions)


def _question(
    form: PageForm, question: Question, key: str, errors: Mapping[str, Sequence[str]], answers: Mapping[str, Any]
) -> QuestionShown:
    asking, kind = form.asking, question.kind
    label = in_language(question.labels, asking.language, main=asking.main_language)
    hint = f"q-{key}-hint" if question.helps or isinstance(kind, Files) else ""
    controls = [_control(form, key, part, errors, hint) for part in kind.controls(asking)]
    own_errors = [messages[0] for name, messages in errors.items() if name in {key, *(c.name for c in controls)}]
    shown: dict[str, Any] = {
        "key": key,
        "kind": kind.code,
        "label": label.words,
        "label_language": label.language,
        "help": asking.words(question.helps),
        "controls": controls,
        "errors": own_errors,
        "is_optional": _is_optional(question),
        "is_hidden": not holds(question.show_when, answers),
        "show_when": _as_text(question.show_when),
        "require_when": "" if question.required else _as_text(question.required_when),
        "layout": "parts" if len(controls) > 1 and not isinstance(kind, Choice | PersonId | Several | Line) else "",
    }
    if isinstance(kind, Files):
        shown |= {"files": form.files_of.get(key, ()), "limits": kind.limits_in_words()}
        shown["may_add"] = len(form.files_of.get(key, ())) < kind.most
    if isinstance(kind, Rows):
        shown |= _rows(form, key, kind, errors, answers)
    if isinstance(kind, DecimalNumber):
        shown["places"] = str(kind.places)
    if isinstance(kind, Calculated):
        shown |= _calculated(kind, answers, form)
    return QuestionShown(**shown)


def _is_optional(question: Question) -> bool:
    can_be_missing = question.kind.is_typed and not isinstance(question.kind, Declaration)
    return can_be_missing and not (question.required or question.required_when)


def _as_text(condition: Condition | None) -> str:
    return json.dumps(as_json(condition)) if condition else ""


def _calculated(kind: Calculated, answers: Mapping[str, Any], form: PageForm) -> dict[str, str]:
    """The value as far as it can be worked out now, how it comes about, and what the browser needs to follow it."""
    if kind.calculation is None:
        return {}
    worked, asking = kind.worked(answers), form.asking
    value = worked.rounded(kind.places)
    rule = {
        "calculation": calculations.as_json(kind.calculation),
        "tables": {name: table_as_json(kind.tables[name]) for name in set(tables_used(kind.calculation))},
        "places": kind.places,
        "unit": kind.currency or asking.words(kind.units),
    }
    return {
        "calculation": json.dumps(rule, ensure_ascii=False),
        "words": kind.in_words(value, asking) if value else "",
        "formula": worked_in_words(kind, answers, asking) if value else formula_in_words(kind, asking),
        "rule": formula_in_words(kind, asking),
    }


def _rows(
    form: PageForm, key: str, kind: Rows, errors: Mapping[str, Sequence[str]], around: Mapping[str, Any]
) -> dict[str, Any]:
    rows = [_row(form, key, kind, row, errors, around) for row in form.rows_of(key, kind)]
    if not isinstance(kind, Group):
        return {"rows": rows, "rows_name": ""}
    return {
        "rows": rows,
        "rows_name": rows_name(key),
        "row_label": form.asking.words(kind.row_labels),
        "add_label": form.asking.words(kind.add_labels),
        "may_add": len(rows) < kind.most,
    }


def _row(
    form: PageForm, key: str, kind: Rows, row: int, errors: Mapping[str, Sequence[str]], around: Mapping[str, Any]
) -> RowShown:
    answers = {**around, **form.row_answers.get(row_prefix(key, row), {})}
    label = form.asking.words(kind.rows[row].labels) if isinstance(kind, Table) else ""
    code = kind.rows[row].value if isinstance(kind, Table) else ""
    columns = [_question(form, column, row_key(key, row, column.key), errors, answers) for column in kind.questions]
    return RowShown(row + 1, label, code, columns)


def _control(form: PageForm, key: str, part: Part, errors: Mapping[str, Sequence[str]], hint: str) -> ControlShown:
    name = field_name(key, part.suffix)
    typed = form.typed.get(name, [])
    value = typed[-1] if typed else ""
    error = errors[name][0] if name in errors else ""
    described = " ".join(filter(None, (hint, f"q-{name}-why" if error else "")))
    chosen = set(typed) if part.is_many else {value}
    options = [
        OptionShown(f"q-{name}-{code}", code, label, help_text, code in chosen)
        for code, label, help_text in part.options
    ]
    return ControlShown(f"q-{name}", name, part, value, options, error, described)
