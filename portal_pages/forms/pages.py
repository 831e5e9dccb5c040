"""From a page's definition to a Django form, by one function: `page_form`.

The form reads what was typed (a mapping of field names to lists of values, as HTML sends them), question by
question in the order of the page, so that a later question's condition sees the answers before it. Fields that
are no question's are ignored.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.conditions import holds
from portal_pages.forms.definition import Page, Question
from portal_pages.forms.kinds import ABSENT, Asking, Files, Group, Part, Wrong

type Typed = Mapping[str, list[str]]
type FilesOf = Mapping[str, Sequence[Mapping[str, Any]]]

LONGEST_TYPED = 20_000


def field_name(key: str, suffix: str = "") -> str:
    return f"{key}-{suffix}" if suffix else key


def row_key(group: str, row: int, key: str) -> str:
    return f"{group}-{row}-{key}"


def rows_name(group: str) -> str:
    return f"{group}-rows"


def page_form(
    page: Page, *, typed: Typed | None, files: FilesOf, answers: Mapping[str, Any], asking: Asking
) -> "PageForm":
    """The Django form of one page. ``typed`` None makes an empty form; ``answers`` are those of the other pages."""
    return PageForm(page, typed=typed, files=files, answers=answers, asking=asking)


class PageForm(forms.Form):
    """A bound form knows, after ``is_valid()``: ``answers`` (by key, typed JSON), ``shown`` keys, and errors by field.

    Errors stand under the name of the control that has to be changed; ``error_labels`` says whose they are.
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

    # -- reading

    def full_clean(self) -> None:
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        self.answers, self.shown = {}, set()
        if not self.is_bound:
            return
        for question in self.page.questions:
            if not holds(question.show_when, self.known_answers | self.answers):
                continue
            self.shown.add(question.key)
            answer = self._read(question)
            if answer is not ABSENT:
                self.answers[question.key] = self.cleaned_data[question.key] = answer

    def _read(self, question: Question) -> Any:
        if isinstance(question.kind, Group):
            answer, has_errors = self._read_group(question, question.kind)
        else:
            answer, has_errors = self._read_one(question, question.key)
        if answer is ABSENT and not has_errors and self._is_required(question):
            self._add(self._first_control(question), self._missing(question))
        return answer

    def _read_one(self, question: Question, key: str) -> tuple[Any, bool]:
        if isinstance(question.kind, Files):
            return question.kind.read({"": self.files_of.get(key, ())}, self.asking), False
        values, wrong = {}, False
        for part in question.kind.parts(self.asking):
            name = field_name(key, part.suffix)
            try:
                values[part.suffix] = part.field.clean(self._raw(name, part))
            except ValidationError as error:
                wrong = True
                self._add(name, error.messages[0])
        if wrong:
            return ABSENT, True
        try:
            return question.kind.read(values, self.asking), False
        except Wrong as error:
            self._add(field_name(key, error.part), str(error.why))
            return ABSENT, True

    def _read_group(self, question: Question, group: Group) -> tuple[Any, bool]:
        rows, has_errors = [], False
        for row in self.rows_of(question.key, group):
            answers, errors = self._read_row(question.key, group, row)
            has_errors = has_errors or errors
            if answers:
                rows.append(answers)
        return rows or ABSENT, has_errors

    def _read_row(self, key: str, group: Group, row: int) -> tuple[dict[str, Any], bool]:
        answers: dict[str, Any] = {}
        has_errors, missing = False, []
        for question in group.questions:
            if not holds(question.show_when, self.known_answers | self.answers | answers):
                continue
            name = row_key(key, row, question.key)
            answer, wrong = self._read_one(question, name)
            has_errors = has_errors or wrong
            if answer is not ABSENT:
                answers[question.key] = answer
            elif question.required and not wrong:
                missing.append((field_name(name, _first_suffix(question, self.asking)), self._missing(question)))
        # A row that was left wholly empty is no row.
        if answers or has_errors:
            for name, why in missing:
                self._add(name, why)
        return answers, has_errors or bool(answers and missing)

    def rows_of(self, key: str, group: Group) -> range:
        """The rows that the page has: as many as it says, one at least, never more than allowed."""
        typed = (self.typed.get(rows_name(key)) or ["1"])[-1]
        rows = int(typed) if re.fullmatch(r"[0-9]{1,3}", typed) else 1
        return range(min(max(rows, 1), group.most))

    def _raw(self, name: str, part: Part) -> Any:
        values = [value[:LONGEST_TYPED].replace("\x00", "") for value in self.typed.get(name, [])]
        if part.is_many:
            return values
        return values[-1] if values else ""

    def _is_required(self, question: Question) -> bool:
        if question.required:
            return True
        answers = self.known_answers | self.answers
        return question.required_when is not None and holds(question.required_when, answers)

    # -- saying what is wrong

    def _missing(self, question: Question) -> str:
        return str(question.kind.missing).format(label=self.asking.words(question.labels))

    def _first_control(self, question: Question) -> str:
        if isinstance(question.kind, Group):
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
        if isinstance(question.kind, Group):
            yield rows_name(question.key)
            for row in self.rows_of(question.key, question.kind):
                for column in question.kind.questions:
                    key = row_key(question.key, row, column.key)
                    yield from (field_name(key, part.suffix) for part in column.kind.parts(self.asking))
        elif not isinstance(question.kind, Files):
            yield from (field_name(question.key, part.suffix) for part in question.kind.parts(self.asking))

    def worth_keeping(self) -> dict[str, list[str]]:
        """What was typed into this page's controls; anything else that was sent is left out."""
        return {
            name: [value[:LONGEST_TYPED].replace("\x00", "") for value in self.typed.get(name, [])]
            for name in self.names()
        }


def _first_suffix(question: Question, asking: Asking) -> str:
    parts = question.kind.parts(asking)
    return parts[0].suffix if parts else ""
