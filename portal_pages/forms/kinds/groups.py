"""Rows of the same few questions: as many as there are trees, or one for each day of the week."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.texts import Texts
from portal_pages.forms.kinds.base import Asking, Gives, Kind, Option

if TYPE_CHECKING:
    from portal_pages.forms.definition import Question


@dataclass(frozen=True)
class Rows(Kind):
    """The answer is a list of rows, each with answers by the keys of the columns."""

    gives: ClassVar[Gives] = Gives.ROWS
    fits_in_rows: ClassVar[bool] = False
    questions: tuple["Question", ...] = ()

    def in_words(self, answer: Any, asking: Asking) -> str:
        rows = self.rows_in_words(answer, asking)
        lines = ["; ".join(f"{cell['label']}: {_in_one_line(cell['in_words'])}" for cell in row) for row in rows]
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))

    def rows_in_words(self, answer: Any, asking: Asking) -> list[list[dict[str, str]]]:
        return [self._row_in_words(row, asking) for row in answer]

    def _row_in_words(self, row: dict[str, Any], asking: Asking) -> list[dict[str, str]]:
        return [
            {
                "key": question.key,
                "label": asking.words(question.labels).rstrip("?"),
                "in_words": question.kind.in_words(row[question.key], asking),
            }
            for question in self.questions
            if question.key in row
        ]

    def asks_about(self) -> Iterator[str]:
        """What the columns look at outside their row."""
        own = {question.key for question in self.questions}
        for question in self.questions:
            yield from (key for key in question.kind.asks_about() if key not in own)

    def flaws(self) -> Iterator[str]:
        if not self.questions:
            yield _("There is no question in the rows: add at least one")

    def schema(self) -> dict[str, Any]:
        columns = {question.key: question.kind.schema() for question in self.questions}
        row = {"type": "object", "properties": self._fixed() | columns, "additionalProperties": False}
        return {"type": "array", "items": row | {"minProperties": 1}, "minItems": 1}

    def _fixed(self) -> dict[str, Any]:
        return {}

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {
            "columns": [
                {"key": question.key, "kind": question.kind.code, "label": asking.words(question.labels)}
                | question.kind.shown(asking)
                for question in self.questions
            ]
        }


@dataclass(frozen=True)
class Group(Rows):
    """As many rows as the person adds: each tree, each co-owner."""

    code: ClassVar[str] = "GROUP"
    missing = gettext_lazy("Fill in at least one row: {label}")
    row_labels: Texts = field(default_factory=dict)
    add_labels: Texts = field(default_factory=dict)
    most: int = 20

    def flaws(self) -> Iterator[str]:
        yield from super().flaws()
        if not 1 <= self.most <= 200:
            yield _("A group has room for 1 to {most} rows").format(most=200)

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"maxItems": self.most}


@dataclass(frozen=True)
class Table(Rows):
    """Rows that are there from the start, as the days of a week; each row of the answer says by its code which it is.

    A required table has to be filled in in every row.
    """

    code: ClassVar[str] = "TABLE"
    missing = gettext_lazy("Fill in the rows: {label}")
    rows: tuple[Option, ...] = ()

    def rows_in_words(self, answer: Any, asking: Asking) -> list[list[dict[str, str]]]:
        names = {row.value: asking.words(row.labels) for row in self.rows}
        named = [[{"label": "", "in_words": names.get(row["row"], row["row"])}] for row in answer]
        return [name + self._row_in_words(row, asking) for name, row in zip(named, answer, strict=True)]

    def in_words(self, answer: Any, asking: Asking) -> str:
        lines = []
        for name, *cells in self.rows_in_words(answer, asking):
            said = "; ".join(f"{cell['label']}: {_in_one_line(cell['in_words'])}" for cell in cells)
            lines.append(f"{name['in_words']}: {said}")
        return "\n".join(lines)

    def flaws(self) -> Iterator[str]:
        yield from super().flaws()
        if not self.rows:
            yield _("The table has no rows: name them")

    def _fixed(self) -> dict[str, Any]:
        return {"row": {"enum": [row.value for row in self.rows]}}

    def schema(self) -> dict[str, Any]:
        whole = super().schema()
        whole["items"] |= {"required": ["row"], "minProperties": 2}
        return whole | {"maxItems": len(self.rows)}

    def shown(self, asking: Asking) -> dict[str, Any]:
        return super().shown(asking) | {"rows": {row.value: asking.words(row.labels) for row in self.rows}}


def _in_one_line(words: str) -> str:
    """An address, a place: several lines that stand in one row."""
    return words.replace("\n", ", ")
