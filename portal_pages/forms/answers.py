"""Reading a whole form: which questions are shown, what was answered, what is still wrong; and the record of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.conditions import holds
from portal_pages.forms.definition import Form, Page, Question
from portal_pages.forms.kinds import Asking, Calculated
from portal_pages.forms.pages import FilesOf, PageForm, Typed, page_form
from portal_pages.forms.rules import worked_in_words


@dataclass(frozen=True)
class Reading:
    """A form as far as it has been filled in."""

    answers: Mapping[str, Any]
    pages: tuple[PageForm, ...]

    @property
    def first_unfinished(self) -> Page | None:
        return next((page.page for page in self.pages if not page.is_valid()), None)

    def with_page(self, page: PageForm) -> "Reading":
        """The same with one page more, which was read with these answers before it."""
        return Reading({**self.answers, **page.answers}, (*self.pages, page))

    @property
    def asked_pages(self) -> list[PageForm]:
        """The pages on which anything was shown."""
        return [page for page in self.pages if page.shown]


def read_form(form: Form, *, typed: Typed, files: FilesOf, asking: Asking, until: Page | None = None) -> Reading:
    """Read every page in order, or those before ``until``.

    What was typed into questions that are hidden now is no answer.
    """
    answers: dict[str, Any] = {}
    pages = []
    for page in form.pages:
        if page is until:
            break
        bound = page_form(page, typed=typed, files=files, answers=answers, asking=asking)
        bound.is_valid()
        answers |= bound.answers
        pages.append(bound)
    return Reading(answers, tuple(pages))


def is_asked(page: Page, answers: Mapping[str, Any]) -> bool:
    """Whether anything of the page is shown, given the answers before it."""
    return any(holds(question.show_when, answers) for question in page.questions)


def answers_document(form: Form, answers: Mapping[str, Any], asking: Asking) -> dict[str, Any]:
    """The questions as shown and the answers as sent, in the language of asking: what is kept as an original.

    A question that was hidden is not in it; one that was shown and left empty has no "answer". A calculated value says
    in "came_about" how it was worked out, or why it could not be. Nothing in it is a floating-point number, so that its
    canonical form (RFC 8785) is the same everywhere.
    """
    return {
        "form": form.key,
        "version": form.version,
        "language": asking.language,
        "pages": [
            {"title": asking.words(page.titles), "questions": questions}
            for page in form.pages
            if (questions := [_as_asked(q, answers, asking) for q in page.questions if holds(q.show_when, answers)])
        ],
    }


def _as_asked(question: Question, answers: Mapping[str, Any], asking: Asking) -> dict[str, Any]:
    asked = dict(question.as_asked(asking))
    if isinstance(question.kind, Calculated):
        asked["came_about"] = worked_in_words(question.kind, answers, asking)
    if question.key in answers:
        answer = answers[question.key]
        asked["answer"] = answer
        asked["in_words"] = question.kind.in_words(answer, asking)
        if rows := question.kind.rows_in_words(answer, asking):
            asked["rows_in_words"] = rows
    return asked
