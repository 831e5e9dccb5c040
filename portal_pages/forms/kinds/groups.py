"""Repeating groups: the same few questions for each tree, each co-owner."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy

from cases.texts import Texts
from portal_pages.forms.kinds.base import Asking, Kind

if TYPE_CHECKING:
    from portal_pages.forms.definition import Question


@dataclass(frozen=True)
class Group(Kind):
    """Rows of the same questions; the answer is a list of rows, each with answers by key."""

    code: ClassVar[str] = "GROUP"
    fits_in_rows: ClassVar[bool] = False
    missing = gettext_lazy("Fill in at least one row: {label}")
    questions: tuple["Question", ...] = ()
    row_labels: Texts = field(default_factory=dict)
    add_labels: Texts = field(default_factory=dict)
    most: int = 20

    def in_words(self, answer: Any, asking: Asking) -> str:
        rows = self.rows_in_words(answer, asking)
        lines = ["; ".join(f"{cell['label']}: {cell['in_words']}" for cell in row) for row in rows]
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))

    def rows_in_words(self, answer: Any, asking: Asking) -> list[list[dict[str, str]]]:
        return [self._row_in_words(row, asking) for row in answer]

    def _row_in_words(self, row: dict[str, Any], asking: Asking) -> list[dict[str, str]]:
        return [
            {
                "label": asking.words(question.labels).rstrip("?"),
                "in_words": question.kind.in_words(row[question.key], asking),
            }
            for question in self.questions
            if question.key in row
        ]

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {
            "columns": [
                {"key": question.key, "kind": question.kind.code, "label": asking.words(question.labels)}
                | question.kind.shown(asking)
                for question in self.questions
            ]
        }
