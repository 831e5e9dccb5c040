"""Texts of one object in several languages, side by side (design: one object, texts per language).

Shape: ``{"en": "Tree felling", "bg": "Отсичане на дърво"}``. A missing language falls back to the
main language and says which language the words are in, so that a page can mark it with ``lang``.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Texts = Mapping[str, str]


class Text(NamedTuple):
    """Words and the language that they are in."""

    words: str
    language: str

    def __str__(self) -> str:
        return self.words


def in_language(texts: Texts, language: str | None = None, *, main: str = "en") -> Text:
    """The text in the language asked for (today's when not given), else in the main one, else in any."""
    wanted = (language or get_language() or main).split("-")[0]
    for code in (wanted, main, *texts):
        if texts.get(code):
            return Text(texts[code], code)
    return Text("", wanted)


def validate_texts(value: object) -> None:
    if not isinstance(value, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise ValidationError(_("Give the texts as one text for each language code."))


class TextsField(models.JSONField):
    """A JSON column that holds one text per language code."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.validators = [*self.validators, validate_texts]
