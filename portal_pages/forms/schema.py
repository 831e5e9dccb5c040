"""The JSON Schema of a form's answers, one for each version: for who reads answers without reading our code.

Answers lie under the keys of their questions. A question that was hidden or left open has no member, so only what is
always asked and always has to be answered is required; everything else is allowed by its kind.
"""

from typing import Any

from portal_pages.forms.definition import Form, Question

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def answers_schema(form: Form, *, main_language: str = "en") -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the answers of this version."""
    asked = [question for question in form.questions() if _has_answers(question)]
    return {
        "$schema": DIALECT,
        "$id": f"urn:registra:form:{form.key}:{form.version}",
        "title": form.name,
        "type": "object",
        "properties": {question.key: _of(question, main_language) for question in asked},
        "required": [question.key for question in asked if _is_always_answered(question)],
        "additionalProperties": False,
    }


def _has_answers(question: Question) -> bool:
    return question.kind.gives is not question.kind.gives.NOTHING


def _is_always_answered(question: Question) -> bool:
    return question.required and question.show_when is None and question.kind.is_typed


def _of(question: Question, main_language: str) -> dict[str, Any]:
    title = question.labels.get(main_language) or next(iter(question.labels.values()), question.key)
    return {"title": title, **question.kind.schema()}
