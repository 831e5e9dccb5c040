"""From a page's definition to a Django form, by one function: `page_form`.

The form reads what was typed (a mapping of field names to lists of values, as HTML sends them), question by
question in the order of the page, so that a later question's condition sees the answers before it. Fields that
are no question's are ignored.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.conditions import holds
from portal_pages.forms.definition import Page, Question
from portal_pages.forms.kinds import ABSENT, Asking, Files, Group, Part, Rows, Table, Wrong

type Typed = Mapping[str, list[str]]
type FilesOf = Mapping[str, Sequence[Mapping[str, Any]]]

LONGEST_TYPED = 20_000


def field_name(key: str, suffix: str = "") -> str:
    return f"{key}-{suffix}" if suffix else key


def row_key(group: str, row: int, key: str) -> str:
    return f"{group}-{row}-{key}"


def row_prefix(group: str, row: int) -> str:
    return f"{group}-{row}"


def rows_name(group: str) -> str:
    return f"{group}-rows"


def page_form(
    page: Page, *, typed: Typed | None, files: FilesOf, answers: Mapping[str, Any], asking: Asking
) -> "PageForm":
    """The Django form of one page. ``typed`` None makes an empty form; ``answers`` are those of the other pages."""
    return PageForm(page, typed=typed, files=files, answers=answers, asking=asking)


class PageForm(forms.Form):
    """A bound form knows, after ``is_valid()``: ``answers`` (by key, typed JSON), ``shown`` keys, and errors by field.

    ``called_up``: the controls of questions that are shown because of an answer, in rows too. Errors stand under the
    name of the control that has to be changed.
    """

    def __init__(
        self, page: Page, *, typed: Typed | None, files: FilesOf, answers: Mapping[str, Any], asking: Asking
    ) -> None:
        super().__init__(data=None)
        self.page = page
        self.asking = asking
        self.files_of = files
        self.typed: Typed = typed or {}
        self.is_bound = typed is not None
        self.known_answers = dict(answers)
        self.answers: dict[str, Any] = {}
        self.shown: set[str] = set()
        self.called_up: set[str] = set()
        self.row_answers: dict[str, dict[str, Any]] = {}

    # -- reading

    def full_clean(self) -> None:
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        self.answers, self.shown, self.called_up, self.row_answers = {}, set(), set(), {}
        if not self.is_bound:
            return
        for question in self.page.questions:
            if not holds(question.show_when, self.known_answers | self.answers):
                continue
            self.shown.add(question.key)
            if question.show_when is not None:
                self.called_up.add(question.key)
            answer = self._read(question)
            if answer is not ABSENT:
                self.answers[question.key] = self.cleaned_data[question.key] = answer

    def _read(self, question: Question) -> Any:
        answers = self.known_answers | self.answers
        if isinstance(question.kind, Rows):
            answer, has_errors = self._read_rows(question, question.kind, answers)
        else:
            answer, has_errors = self._read_one(question, question.key, answers)
        if answer is ABSENT and not has_errors and is_required(question, answers):
            self._add(self._first_control(question), self._missing(question))
        return answer

    def _read_one(self, question: Question, key: str, answers: Mapping[str, Any]) -> tuple[Any, bool]:
        if isinstance(question.kind, Files):
            return question.kind.read({"": self.files_of.get(key, ())}, self.asking), False
        values, wrong = {}, False
        for part in question.kind.controls(self.asking):
            name = field_name(key, part.suffix)
            try:
                values[part.suffix] = part.field.clean(self._raw(name, part))
            except ValidationError as error:
                wrong = True
                self._add(name, error.messages[0])
        if wrong:
            return ABSENT, True
        try:
            return question.kind.read(values, self._asking_with(question, answers)), False
        except Wrong as error:
            self._add(field_name(key, error.part), str(error.why))
            return ABSENT, True

    def _asking_with(self, question: Question, answers: Mapping[str, Any]) -> Asking:
        """Only what looks at other answers is given them."""
        if next(question.kind.asks_about(), None) is None:
            return self.asking
        return dataclasses.replace(self.asking, answers=answers)

    def _read_rows(self, question: Question, kind: Rows, around: Mapping[str, Any]) -> tuple[Any, bool]:
        rows, has_errors = [], False
        codes = [row.value for row in kind.rows] if isinstance(kind, Table) else None
        # A required table is filled in in every row; of a group, a row that was left wholly empty is no row.
        must_fill = codes is not None and is_required(question, around)
        for row in self.rows_of(question.key, kind):
            answers, errors = self._read_row(question.key, kind, row, around, must_fill=must_fill)
            has_errors = has_errors or errors
            if answers:
                rows.append({"row": codes[row], **answers} if codes else answers)
        return rows or ABSENT, has_errors

    def _read_row(
        self, key: str, kind: Rows, row: int, around: Mapping[str, Any], *, must_fill: bool
    ) -> tuple[dict[str, Any], bool]:
        """One row's answers, and whether anything in it is wrong; its questions see the row's answers before them."""
        answers: dict[str, Any] = {}
        has_errors, missing = False, []
        for question in kind.questions:
            seen = {**around, **answers}
            if not holds(question.show_when, seen):
                continue
            name = row_key(key, row, question.key)
            if question.show_when is not None:
                self.called_up.add(name)
            answer, wrong = self._read_one(question, name, seen)
            has_errors = has_errors or wrong
            if answer is not ABSENT:
                answers[question.key] = answer
            elif not wrong and is_required(question, seen):
                missing.append((field_name(name, _first_suffix(question, self.asking)), self._missing(question)))
        self.row_answers[row_prefix(key, row)] = answers
        is_filled = any(column.kind.is_typed for column in kind.questions if column.key in answers)
        is_incomplete = bool(missing) and (is_filled or has_errors or must_fill)
        if is_incomplete:
            for name, why in missing:
                self._add(name, why)
        return answers if is_filled else {}, has_errors or is_incomplete

    def rows_of(self, key: str, kind: Rows) -> range:
        """The rows that the page has: those of the table; of a group as many as it says, one at least."""
        if isinstance(kind, Table):
            return range(len(kind.rows))
        typed = (self.typed.get(rows_name(key)) or ["1"])[-1]
        rows = int(typed) if re.fullmatch(r"[0-9]{1,3}", typed) else 1
        return range(min(max(rows, 1), kind.most if isinstance(kind, Group) else 1))

    def _raw(self, name: str, part: Part) -> Any:
        values = [value[:LONGEST_TYPED].replace("\x00", "") for value in self.typed.get(name, [])]
        if part.is_many:
            return values
        return values[-1] if values else ""

    # -- saying what is wrong

    def _missing(self, question: Question) -> str:
        return str(question.kind.missing).format(label=self.asking.words(question.labels))

    def _first_control(self, question: Question) -> str:
        if isinstance(question.kind, Rows) and question.kind.questions:
            first = question.kind.questions[0]
            return field_name(row_key(question.key, 0, first.key), _first_suffix(first, self.asking))
        return field_name(question.key, _first_suffix(question, self.asking))

    def _add(self, name: str, why: str) -> None:
        self._errors.setdefault(name, self.error_class()).append(why)

    def refuse(self, refused: Iterable[tuple[str, str]]) -> None:
        """Add what was found wrong outside the questions themselves: files that can't be taken."""
        for name, why in refused:
            self._add(name, why)

    def forgive(self, questions: Iterable[str]) -> None:
        """Take back what was said about questions that the person has not seen yet."""
        for key in questions:
            for name in [name for name in self.errors if name == key or name.startswith(f"{key}-")]:
                del self.errors[name]

    def forgive_all(self) -> None:
        self.errors.clear()

    # -- what was typed

    def names(self) -> Iterator[str]:
        """The names of all controls that the page can have now."""
        for question in self.page.questions:
            yield from self._names_of(question)

    def _names_of(self, question: Question) -> Iterator[str]:
        if isinstance(question.kind, Rows):
            if isinstance(question.kind, Group):
                yield rows_name(question.key)
            for row in self.rows_of(question.key, question.kind):
                for column in question.kind.questions:
                    key = row_key(question.key, row, column.key)
                    yield from (field_name(key, part.suffix) for part in column.kind.controls(self.asking))
        elif not isinstance(question.kind, Files):
            yield from (field_name(question.key, part.suffix) for part in question.kind.controls(self.asking))

    def worth_keeping(self) -> dict[str, list[str]]:
        """What was typed into this page's controls; anything else that was sent is left out."""
        return {
            name: [value[:LONGEST_TYPED].replace("\x00", "") for value in self.typed.get(name, [])]
            for name in self.names()
        }


def is_required(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether it has to be answered now; what nobody types is never missing."""
    if not question.kind.is_typed:
        return False
    return question.required or (question.required_when is not None and holds(question.required_when, answers))


def _first_suffix(question: Question, asking: Asking) -> str:
    parts = question.kind.controls(asking)
    return parts[0].suffix if parts else ""
