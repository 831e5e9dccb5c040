"""What is wrong with a form, beside the question that it is about."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from portal_pages.forms.checker import Level, Problem


@dataclass(frozen=True)
class ProblemShown:
    """A problem with the block of the editor that it belongs to; empty for the form as a whole."""

    is_error: bool
    words: str
    where: str
    block_id: str


def shown(problems: Iterable[Problem], pages: Iterable[Any], *, language: str) -> list[ProblemShown]:
    """The problems, errors first, each with the words and the place of its question."""
    places = dict(_places(pages, language))
    found = [_shown(problem, places) for problem in problems]
    return sorted(found, key=lambda problem: not problem.is_error)


def _shown(problem: Problem, places: Mapping[tuple[str, str], tuple[str, str]]) -> ProblemShown:
    own = f"{problem.group}.{problem.question}" if problem.group else problem.question
    where, block_id = places.get((problem.page, own)) or places.get((problem.page, "")) or ("", "")
    return ProblemShown(problem.level == Level.ERROR, str(problem.words), where, block_id)


def _places(pages: Iterable[Any], language: str) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    for page in pages:
        if page.block_type != "page":
            yield (page.block_type, ""), (str(page.block.label), page.id)
            continue
        key = page.value["key"]
        yield (key, ""), (_said(page.value["titles"], language) or key, page.id)
        for question in page.value["questions"]:
            own = question.value["key"]
            label = _said(question.value["labels"], language) or own
            yield (key, own), (label, question.id)
            for column in question.value.get("questions") or ():
                said = f"{label}: {_said(column.value['labels'], language) or column.value['key']}"
                yield (key, f"{own}.{column.value['key']}"), (said, column.id)


def _said(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next((words for words in texts.values() if words), "")


def beside_blocks(problems: Iterable[Problem], pages: Iterable[Any]) -> ValidationError | None:
    """The same errors as Wagtail's editor shows them, in the block of their question; None when there are none."""
    places = {
        (page.value["key"], question.value["key"]): (number, place)
        for number, page in enumerate(pages)
        if page.block_type == "page"
        for place, question in enumerate(page.value["questions"])
    }
    found: dict[int, dict[int, list[str]]] = {}
    for problem in problems:
        own = problem.group or problem.question.partition(".")[0]
        if problem.level == Level.ERROR and (at := places.get((problem.page, own))):
            found.setdefault(at[0], {}).setdefault(at[1], []).append(str(problem.words))
    if not found:
        return None
    return StreamBlockValidationError(block_errors={number: _on_page(wrong) for number, wrong in found.items()})


def _on_page(wrong: Mapping[int, list[str]]) -> ValidationError:
    questions = {place: StructBlockValidationError(non_block_errors=words) for place, words in wrong.items()}
    return StructBlockValidationError(block_errors={"questions": StreamBlockValidationError(block_errors=questions)})
