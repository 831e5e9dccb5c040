"""What the office's designers are told of a service's form: its questions, as facts that conditions can ask about."""

from dataclasses import dataclass, field
from typing import Any

from cases.models import Service
from cases.texts import in_language
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import Information
from portal_pages.offered import form_of

# The kinds whose answers are compared otherwise than as words; see cases.desk.blocks.conditions.
TYPES = {
    "YES_NO": "YES_NO",
    "DECLARATION": "YES_NO",
    "CHOICE": "CHOICE",
    "SEVERAL": "CHOICES",
    "WHOLE_NUMBER": "NUMBER",
    "DECIMAL": "AMOUNT",
    "MONEY": "AMOUNT",
    "CALCULATED": "AMOUNT",
    "DATE": "DAY",
}


@dataclass(frozen=True)
class QuestionFact:
    """One question: its key, its words in the reader's language, and what it can be compared with.

    ``columns``: the keys of the questions in each row of a repeating one.
    """

    key: str
    label: str
    type: str
    group: str
    options: list[dict[str, str]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


def questions_of(service: Service) -> list[QuestionFact]:
    """The questions of the form that a new filing begins on."""
    form = form_of(service)
    if form is None:
        return []
    return [_fact(service, question) for question in form.questions() if not isinstance(question.kind, Information)]


def _fact(service: Service, question: Question) -> QuestionFact:
    main = service.institution.main_language
    label = in_language(question.labels, main=main).words
    kind = TYPES.get(question.kind.code, "TEXT")
    columns = [inner.key for inner in getattr(question.kind, "questions", ())]
    return QuestionFact(question.key, label, kind, str(service), _options(question.kind, main), columns)


def _options(kind: Any, main: str) -> list[dict[str, str]]:
    return [
        {"value": option.value, "label": in_language(option.labels, main=main).words}
        for option in getattr(kind, "offered", ())
    ]
