"""The standard texts of decision letters: one file for each language, in ``texts/``.

A refusal is a decision like any other; the outcome chooses the standard text.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

TEXTS = Path(__file__).parent / "texts"
DECISION = "decision"


class DecisionOutcome(models.TextChoices):
    """What was decided."""

    GRANTED = "GRANTED", _("Granted")
    REFUSED = "REFUSED", _("Refused")
    ANSWERED = "ANSWERED", _("Answered")


@dataclass(frozen=True)
class LetterTemplate:
    """The texts of one template in one language; title and body are chosen by outcome."""

    language: str
    titles: dict[str, str]
    salutation: str
    bodies: dict[str, str]
    closing: str


@lru_cache(maxsize=32)
def template_in(language: str, name: str = DECISION) -> LetterTemplate:
    """The template in a language; English where it has none."""
    file = TEXTS / f"{name}.{language.split('-')[0]}.json"
    if not file.is_file():
        return template_in("en", name)
    return LetterTemplate(language=language, **json.loads(file.read_text("utf-8")))


def languages_of(name: str = DECISION) -> list[str]:
    """The languages that the template is written in."""
    return sorted(file.name.split(".")[1] for file in TEXTS.glob(f"{name}.*.json"))
