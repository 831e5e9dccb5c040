"""What is wrong with a letter before it is published: in words, with the place."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.conditions import asked_about
from flows.letters.definition import ItemList, Letter, LetterUnreadable, TableOf, letter_from_json
from flows.letters.placeholders import ANSWER, KNOWN, OPINION, TABLE, WRITERS, names_in

_BRACES = re.compile(r"[{}]")
CASE_FACTS = frozenset({"case:unit", "case:channel", "case:tier", "case:amount", "case:outcome"})


class Level(StrEnum):
    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True)
class Problem:
    """``place`` is the way inside the JSON: ``body/3``, ``subject``."""

    level: Level
    place: str
    words: str | Promise

    @property
    def is_error(self) -> bool:
        return self.level is Level.ERROR

    @property
    def place_words(self) -> str:
        """Where it is, for what stands around the body."""
        named = {
            "titles": _("Name for the office"),
            "subject": _("Subject"),
            "subjects": _("Another subject"),
            "salutation": _("Salutation"),
            "closing": _("Closing words"),
        }
        return named.get(self.place.split("/")[0], "")

    @property
    def part(self) -> int | None:
        """The number of the part of the body, counted from one, for people."""
        found = re.match(r"body/(\d+)", self.place)
        return int(found[1]) + 1 if found else None


def errors_in(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.is_error]


def problems_of(
    definition: Mapping[str, Any],
    *,
    languages: Sequence[str],
    obligatory: Collection[str],
    questions: Collection[str] | None = None,
    units: Collection[str] | None = None,
) -> list[Problem]:
    """Errors first. ``questions`` and ``units``: the keys and codes that exist; None leaves them unasked."""
    try:
        letter = letter_from_json(definition)
    except LetterUnreadable as wrong:
        return [Problem(Level.ERROR, wrong.place, str(wrong))]
    found = [
        *_missing_texts(letter, languages, obligatory),
        *_empty_parts(letter),
        *_placeholders(letter, questions, units),
        *_conditions(letter, questions),
    ]
    return sorted(found, key=lambda problem: problem.level is not Level.ERROR)


def _missing_texts(letter: Letter, languages: Sequence[str], obligatory: Collection[str]) -> Iterator[Problem]:
    names = dict(settings.LANGUAGES)
    if not letter.titles:
        yield Problem(Level.ERROR, "titles", _("The letter has no name for the office."))
    for place, texts in letter.texts():
        if not texts:
            yield Problem(Level.ERROR, place, _("This text is empty in every language."))
            continue
        for code in languages:
            if not texts.get(code):
                level = Level.ERROR if code in obligatory else Level.WARNING
                words = _("The text in this language is missing: {name}.").format(name=names.get(code, code))
                yield Problem(level, place, words)


def _empty_parts(letter: Letter) -> Iterator[Problem]:
    if not letter.body:
        yield Problem(Level.ERROR, "body", _("The letter has no text yet. Add a paragraph."))
    for number, block in enumerate(letter.body):
        if isinstance(block, ItemList) and not block.items:
            yield Problem(Level.ERROR, f"body/{number}", _("This list has no items."))
        if isinstance(block, TableOf) and not block.columns:
            yield Problem(Level.ERROR, f"body/{number}", _("This table has no columns."))


def _placeholders(
    letter: Letter, questions: Collection[str] | None, units: Collection[str] | None
) -> Iterator[Problem]:
    for place, texts in letter.texts():
        names = {name for words in texts.values() for name in names_in(words)}
        for name in sorted(names):
            if words := _why_unknown(name, questions, units):
                yield Problem(Level.ERROR, place, words)
        if any(_lonely_brace(words) for words in texts.values()):
            yield Problem(Level.WARNING, place, _("A brace stands alone: it is printed as it is."))
        every = [set(names_in(words)) for words in texts.values() if words]
        if len({frozenset(one) for one in every}) > 1:
            yield Problem(Level.WARNING, place, _("The languages do not have the same words in braces."))
    for number, block in enumerate(letter.body):
        if isinstance(block, TableOf) and (words := _why_unknown(f"{ANSWER}{block.answer}", questions, units)):
            yield Problem(Level.ERROR, f"body/{number}", words)


def _why_unknown(name: str, questions: Collection[str] | None, units: Collection[str] | None) -> str:
    kind, _colon, key = name.partition(":")
    if name in KNOWN or name in WRITERS:
        return ""
    if name.startswith((ANSWER, TABLE)):
        asked = key.split(":")[0]
        missing = questions is not None and asked not in questions
        return _("No form asks the question “{key}”.").format(key=asked) if missing else ""
    if name.startswith(OPINION):
        missing = units is not None and key not in {code.lower() for code in units}
        return _("There is no unit with the code “{code}”.").format(code=key.upper()) if missing else ""
    return _("Nothing is known as {{{name}}}. Choose from the list.").format(name=name)


def _lonely_brace(words: str) -> bool:
    return bool(_BRACES.search(re.sub(r"\{[^{}\n]{1,200}\}", "", words)))


def _conditions(letter: Letter, questions: Collection[str] | None) -> Iterator[Problem]:
    conditioned = [(f"subjects/{number}", one.when) for number, one in enumerate(letter.subjects)]
    conditioned += [(f"body/{number}", block.when) for number, block in enumerate(letter.body) if block.when]
    for place, when in conditioned:
        for key in dict.fromkeys(asked_about(when)):
            if key.startswith("case:") and key not in CASE_FACTS:
                yield Problem(Level.ERROR, place, _("The condition asks for something unknown: {key}.").format(key=key))
            elif ":" not in key and questions is not None and key not in questions:
                yield Problem(Level.ERROR, place, _("No form asks the question “{key}”.").format(key=key))
