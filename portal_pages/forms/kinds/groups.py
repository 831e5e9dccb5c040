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
    missing = gettext_lazy("Fill in at least one row: {label}")
    questions: tuple["Question", ...] = ()
    row_labels: Texts = field(default_factory=dict)
    add_labels: Texts = field(default_factory=dict)
    most: int = 20

    def in_words(self, answer: Any, asking: Asking) -> str:
        return "\n".join(f"{place}. {self.row_in_words(row, asking)}" for place, row in enumerate(answer, start=1))

    def row_in_words(self, row: dict[str, Any], asking: Asking) -> str:
        said = [
            f"{asking.words(question.labels).rstrip('?')}: {question.kind.in_words(row[question.key], asking)}"
            for question in self.questions
            if question.key in row
        ]
        return "; ".join(said)

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {
            "columns": [
                {"key": question.key, "kind": question.kind.code, "label": asking.words(question.labels)}
                | question.kind.shown(asking)
                for question in self.questions
            ]
        }
