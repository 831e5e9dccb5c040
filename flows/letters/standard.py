"""The standard letter of decision, shipped with Registra, and what can be decided.

A refusal is a decision like any other; the outcome chooses among the texts. The letter stands in where an institution
has none of its own, and is installed as the first version of it.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from flows.letters.definition import Letter, letter_from_json

SHIPPED = Path(__file__).parent / "shipped"
DECISION = "decision"


class DecisionOutcome(models.TextChoices):
    """What was decided."""

    GRANTED = "GRANTED", _("Granted")
    REFUSED = "REFUSED", _("Refused")
    ANSWERED = "ANSWERED", _("Answered")


def decision_words(outcome: str) -> str:
    """What was decided, in today's language; outcomes of a procedure's own are said by its steps."""
    return str(DecisionOutcome(outcome).label) if outcome in DecisionOutcome.values else outcome


@cache
def _shipped_json(key: str) -> str:
    return (SHIPPED / f"{key}.json").read_text("utf-8")


def shipped(key: str = DECISION) -> dict[str, Any]:
    """A letter that is shipped, as JSON of one's own."""
    said: dict[str, Any] = json.loads(_shipped_json(key))
    return said


@cache
def shipped_letter(key: str = DECISION) -> Letter:
    return letter_from_json(shipped(key))


def shipped_keys() -> list[str]:
    return sorted(file.stem for file in SHIPPED.glob("*.json"))
