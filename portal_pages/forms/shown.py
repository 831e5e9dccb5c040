"""A page of questions as templates draw it: plain values only, so that drawing asks nothing more.

Also drawn by the office's assisted form; nothing here knows where the page stands.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.conditions import as_json, asked_about, holds
from cases.texts import in_language
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import Declaration, Files, Group, Information, Part, PersonId, PlaceOnMap
from portal_pages.forms.pages import PageForm, field_name, row_key, rows_name


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
    number: int
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
    has_conditions: bool = field(default=False)
    has_place: bool = field(default=False)


def show(form: PageForm, *, with_errors: bool) -> PageShown:
    """The page with what was typed; with errors only once it was sent."""
    found = {name: [str(why) for why in messages] for name, messages in form.errors.items()}
    errors = found if with_errors else {}
    questions = [_question(form, question, question.key, errors) for question in form.page.questions]
    needed = {key for question in form.page.questions for key in asked_about(question.show_when)}
    known = {key: value for key, value in form.known_answers.items() if key in needed}
    return PageShown(
        title=form.asking.words(form.page.titles),
        introduction=form.asking.words(form.page.introductions),
        questions=questions,
        errors=[_in_summary(questions, name, messages[0]) for name, messages in errors.items()],
        known=json.dumps(known, ensure_ascii=False),
        has_files=any(isinstance(question.kind, Files) for question in form.page.questions),
        has_conditions=bool(needed),
        has_place=any(isinstance(question.kind, PlaceOnMap) for question in form.page.questions),
    )


def _in_summary(questions: Sequence[QuestionShown], name: str, why: str) -> tuple[str, str]:
    """Where a line of the error summary leads (for radios to the first of them) and what it says."""
    for question, row in _with_rows(questions):
        for control in question.controls:
            if control.name == name:
                where = f"{row}, {question.label}" if row else question.label
                words = why if question.label in why else f"{where}: {why}"
                return control.options[0].id if control.options else control.id, words
    return f"q-{name}", why


def _with_rows(questions: Sequence[QuestionShown]) -> Iterator[tuple[QuestionShown, str]]:
    for question in questions:
        yield question, ""
        for row in question.rows:
            yield from ((column, f"{question.row_label} {row.number}") for column in row.questions)


def _question(form: PageForm, question: Question, key: str, errors: Mapping[str, Sequence[str]]) -> QuestionShown:
    asking = form.asking
    label = in_language(question.labels, asking.language, main=asking.main_language)
    kind = question.kind
    answers = form.known_answers | form.answers
    is_shown = holds(question.show_when, answers)
    hint = f"q-{key}-hint" if question.helps or isinstance(kind, Files) else ""
    controls = [_control(form, key, part, errors, hint) for part in kind.parts(asking)]
    own_errors = [messages[0] for name, messages in errors.items() if name in {key, *(c.name for c in controls)}]
    shown: dict[str, Any] = {
        "key": key,
        "kind": kind.code,
        "label": label.words,
        "label_language": label.language,
        "help": asking.words(question.helps),
        "controls": controls,
        "errors": own_errors,
        "is_optional": not (question.required or question.required_when or isinstance(kind, Information | Declaration)),
        "is_hidden": not is_shown,
        "show_when": json.dumps(as_json(question.show_when)) if question.show_when else "",
        "layout": "parts" if len(controls) > 1 and not isinstance(kind, PersonId) else "",
    }
    if isinstance(kind, Files):
        shown |= {"files": form.files_of.get(key, ()), "limits": kind.limits_in_words()}
        shown["may_add"] = len(form.files_of.get(key, ())) < kind.most
    if isinstance(kind, Group):
        shown |= _rows(form, key, kind, errors)
    return QuestionShown(**shown)


def _rows(form: PageForm, key: str, group: Group, errors: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    rows = [
        RowShown(
            row + 1, [_question(form, column, row_key(key, row, column.key), errors) for column in group.questions]
        )
        for row in form.rows_of(key, group)
    ]
    return {
        "rows": rows,
        "rows_name": rows_name(key),
        "row_label": form.asking.words(group.row_labels),
        "add_label": form.asking.words(group.add_labels),
        "may_add": len(rows) < group.most,
    }


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
