"""What was typed, read back from the original: the questions as they were shown and the answers as they were sent."""

import json
from dataclasses import dataclass, field

from cases.models import ComponentFile
from cases.originals import store

LARGEST = 1024 * 1024


@dataclass(frozen=True)
class AnswerAsFiled:
    """``words`` is empty for a question that was left open; ``rows`` has the values of each row of a group.

    ``note`` says how a calculated value came about.
    """

    question: str
    words: str
    rows: "list[list[AnswerAsFiled]]" = field(default_factory=list)
    key: str = ""
    note: str = ""


@dataclass(frozen=True)
class PageAsFiled:
    title: str
    answers: list[AnswerAsFiled]


def answers_as_filed(file: ComponentFile) -> list[PageAsFiled]:
    """The pages of the form; none when the file is gone, too large or of another shape."""
    if file.stored_file.size > LARGEST:
        return []
    try:
        with store().open(file.stored_file_id) as source:
            content = json.loads(source.read())
        return [_page(page) for page in content["pages"]]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return []


def _page(page: dict) -> PageAsFiled:
    return PageAsFiled(str(page["title"]), [_answer(one) for one in page["questions"]])


def _answer(asked: dict) -> AnswerAsFiled:
    rows = [[_answer(value) for value in row] for row in asked.get("rows_in_words", ())]
    texts = [str(asked.get(name, "")) for name in ("key", "came_about")]
    return AnswerAsFiled(str(asked["label"]), str(asked.get("in_words", "")), rows, *texts)
