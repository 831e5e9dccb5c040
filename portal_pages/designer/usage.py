"""Where the answers of a form are used: in its rules and calculations, lists, procedure and letters."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Service
from cases.texts import in_language
from flows.letter_models import LetterTemplate
from flows.letters.publishing import definition_of
from flows.models import Procedure
from portal_pages.forms.checker import Level, Problem
from portal_pages.forms.stored import expanded
from portal_pages.publishing import kinds_of

ASKING = frozenset({"answer", "group", "column"})
ASKING_IN_STEPS = ASKING | {"question", "date"}
PLACEHOLDER = re.compile(r"\{answer:([a-z0-9_.]+)\}")


@dataclass(frozen=True)
class Use:
    """What uses an answer, in words; ``by`` is the key of the question in whose rules, if it is one of the form."""

    words: str
    by: str = ""


def used_by(service: Service, definition: Mapping[str, Any], *, language: str) -> dict[str, list[Use]]:
    """Key of a question to everything that uses its answer."""
    elsewhere = ((key, Use(words)) for key, words in _in_procedure_and_letters(service))
    found: dict[str, list[Use]] = {}
    for key, use in dict.fromkeys([*_in_the_form(definition, language), *elsewhere]):
        found.setdefault(key, []).append(use)
    return found


def missed(service: Service, definition: Mapping[str, Any]) -> Iterator[Problem]:
    """Questions that the service asked once and the form asks no more, while its procedure or a letter needs them."""
    gone = set(service.questions.values_list("key", flat=True)) - dict(kinds_of(expanded(definition))).keys()
    for key, use in dict.fromkeys(_in_procedure_and_letters(service)):
        if key in gone:
            words = _("The form does not ask “{key}” any more, but this still uses it: {use}.")
            yield Problem(Level.WARNING, "", "", words.format(key=key, use=use))


def _in_the_form(definition: Mapping[str, Any], language: str) -> Iterator[tuple[str, Use]]:
    for page in expanded(definition)["pages"]:
        for question in page["questions"]:
            for one in (question, *question.get("questions", ())):
                label = in_language(one["labels"], language).words or one["key"]
                if one.get("counted"):
                    yield one["key"], Use(_("Filters and statistics of the office"))
                for name, words in (
                    ("show_when", _("When “{question}” is shown")),
                    ("required_when", _("When “{question}” has to be answered")),
                    ("calculation", _("Calculated value “{question}”")),
                ):
                    for key in dict.fromkeys(keys_in(one.get(name))):
                        yield key, Use(words.format(question=label), one["key"])
                for name in ("earliest", "latest"):
                    if other := (one.get(name) or {}).get("answer"):
                        yield other, Use(_("Limit of “{question}”").format(question=label), one["key"])


def _in_procedure_and_letters(service: Service) -> Iterator[tuple[str, str]]:
    """The procedure that cases of the service follow, live and under work, and the letters that it writes."""
    procedure = Procedure.objects.filter(institution=service.institution, key=service.procedure).first()
    if procedure is None:
        return
    newest = procedure.versions.order_by("-number").first()
    live = newest.definition["steps"] if newest else []
    steps = [*live, *procedure.get_latest_revision_as_object().definition["steps"]]
    for key in keys_in(steps, ASKING_IN_STEPS):
        yield key, _("Procedure “{procedure}”").format(procedure=procedure)
    letters = LetterTemplate.objects.filter(institution=service.institution, key__in=set(_letters_of(steps)))
    for letter in letters.select_related("institution"):
        said = definition_of(letter)
        for key in [*keys_in(said), *PLACEHOLDER.findall(json.dumps(said, ensure_ascii=False))]:
            yield key, _("Letter “{letter}”").format(letter=letter)


def _letters_of(steps: Any) -> Iterator[str]:
    if isinstance(steps, Mapping):
        for name, value in steps.items():
            if name == "letter" and isinstance(value, str):
                yield value
            else:
                yield from _letters_of(value)
    elif isinstance(steps, list):
        for one in steps:
            yield from _letters_of(one)


def keys_in(said: Any, asking: Collection[str] = ASKING) -> Iterator[str]:
    """The keys of questions anywhere in a condition or calculation, or in steps."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            if name in asking and isinstance(value, str):
                yield value
            else:
                yield from keys_in(value, asking)
    elif isinstance(said, list):
        for one in said:
            yield from keys_in(one, asking)
