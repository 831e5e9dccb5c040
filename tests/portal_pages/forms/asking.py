"""Forms written as JSON in tests, and read as if they had been sent."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from portal_pages.forms.answers import Reading, read_form
from portal_pages.forms.definition import Form
from portal_pages.forms.kinds import Asking
from portal_pages.forms.stored import form_from_json

TODAY = dt.date(2026, 3, 27)
ASKING = Asking(language="en", main_language="en", country="BG", today=TODAY)


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "labels": {"en": key.capitalize()}, **more}


def definition(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    page = {"key": "where", "titles": {"en": "Where?"}, "questions": list(questions)}
    return {"key": "road-occupancy", "version": 3, "pages": [page], **more}


def form(*questions: dict[str, Any], **more: Any) -> Form:
    return form_from_json(definition(*questions, **more))


def sent(read: Form, typed: Mapping[str, str | Sequence[str]], **asking: Any) -> Reading:
    """The form as it is read when these controls were sent."""
    lists = {name: [value] if isinstance(value, str) else list(value) for name, value in typed.items()}
    changed = Asking(**{**ASKING.__dict__, **asking})
    return read_form(read, typed=lists, files={}, asking=changed)


def answers(said: dict[str, Any], typed: Mapping[str, str | Sequence[str]], **asking: Any) -> dict[str, Any]:
    """The answers to one question, or what was found wrong by the name of the control."""
    reading = sent(form(said), typed, **asking)
    errors = {name: str(why[0]) for page in reading.pages for name, why in page.errors.items()}
    return errors or dict(reading.answers)
