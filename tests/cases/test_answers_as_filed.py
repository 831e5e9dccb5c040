"""What was typed is read back from the original, and nothing that is there instead breaks the page."""

import json
from typing import Any

import pytest

from cases.answers_as_filed import AnswerAsFiled, PageAsFiled, answers_as_filed
from cases.models import ComponentFile
from cases.originals import store
from tests.cases.town import Town, a_file


def kept(town: Town, content: bytes) -> ComponentFile:
    case = town.file(files=[a_file(content, name="answers.json")]).case
    return ComponentFile.objects.select_related("stored_file").get(component__document__case=case)


def test_questions_and_answers_come_back_as_they_were(town: Town) -> None:
    questions = [{"key": "why", "label": "Why?", "in_words": "It leans"}, {"key": "girth", "label": "Girth"}]
    content = {"pages": [{"title": "The tree", "questions": questions}]}

    pages = answers_as_filed(kept(town, json.dumps(content).encode()))

    why, girth = AnswerAsFiled("Why?", "It leans", key="why"), AnswerAsFiled("Girth", "", key="girth")
    assert pages == [PageAsFiled("The tree", [why, girth])]


def test_the_rows_of_a_group_come_back_with_their_labels(town: Town) -> None:
    row = [{"label": "Kind of tree", "in_words": "oak"}, {"label": "Girth", "in_words": "95 cm"}]
    question = {"label": "Trees", "in_words": "1. Kind of tree: oak; Girth: 95 cm", "rows_in_words": [row]}
    content = {"pages": [{"title": "Which trees?", "questions": [question]}]}

    [page] = answers_as_filed(kept(town, json.dumps(content).encode()))

    assert page.answers[0].rows == [[AnswerAsFiled("Kind of tree", "oak"), AnswerAsFiled("Girth", "95 cm")]]


@pytest.mark.parametrize(
    "content",
    [
        *(b"no JSON", b"{}", b"[]", b"7", b'{"pages": 7}', b'{"pages": [{}]}', b'{"pages": [7]}', b"\xff"),
        b'{"pages": [{"title": "", "questions": [{"label": "", "rows_in_words": [7]}]}]}',
    ],
)
def test_another_shape_has_no_answers(town: Town, content: bytes) -> None:
    assert answers_as_filed(kept(town, content)) == []


def test_destroyed_bytes_have_no_answers(town: Town) -> None:
    file = kept(town, b'{"pages": []}')
    store().remove_bytes(file.stored_file_id)

    assert answers_as_filed(file) == []


def test_a_huge_file_is_not_read(town: Town, monkeypatch: Any) -> None:
    monkeypatch.setattr("cases.answers_as_filed.LARGEST", 3)

    assert answers_as_filed(kept(town, b'{"pages": [{"title": "T", "questions": []}]}')) == []
