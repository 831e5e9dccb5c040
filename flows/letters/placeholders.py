"""Placeholders of letters: ``{case number}`` is filled from the case, ``{reasons}`` is for the writer to replace.

One that is unknown or has no value is a gap: shown while the letter is written, never printed. ``{answer:area_m2}`` is
the answer to the question of that key, ``{opinion:ROADS}`` what that unit said, and ``{table:trees:kind,height}``, on a
line of its own, a table with a row for each row of a repeating answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PLACEHOLDER = re.compile(r"\{([^{}\n]{1,200})\}")

type Named = Mapping[str, str | Promise]

# What each placeholder stands for, in the groups of the list beside the editor.
GROUPS: list[tuple[str | Promise, Named]] = [
    (
        _("Case"),
        {
            "case number": _("the number of the case"),
            "subject": _("what the case is about"),
            "service": _("the service that was asked for"),
            "place": _("where it is about"),
            "unit": _("the unit that handles the case"),
            "officer": _("who handles the case"),
            "legal basis": _("the legal basis of the service"),
        },
    ),
    (
        _("Applicant"),
        {
            "applicant": _("whom the letter goes to"),
            "applicant address": _("the address of whom the letter goes to"),
        },
    ),
    (_("Decision"), {"decision": _("what is decided")}),
    (
        _("Days"),
        {
            "filed on": _("the day of filing"),
            "due date": _("the last day of the legal term"),
            "date": _("today"),
        },
    ),
    (
        _("Institution"),
        {
            "institution": _("the name of the institution"),
            "institution address": _("the address of the institution"),
            "institution phone": _("the telephone of the institution"),
            "institution email": _("the e-mail address of the institution"),
        },
    ),
    (
        _("For the writer to replace"),
        {
            "reasons": _("the reasons, in the writer's own words"),
            "conditions": _("the conditions, in the writer's own words"),
            "answer": _("the answer, in the writer's own words"),
        },
    ),
]
WRITERS = frozenset({"reasons", "conditions", "answer"})
KNOWN = {name: meaning for _group, names in GROUPS for name, meaning in names.items() if name not in WRITERS}
ANSWER, OPINION, TABLE = "answer:", "opinion:", "table:"


@dataclass(frozen=True)
class Gap:
    """A placeholder that would print nothing, and why."""

    name: str
    is_known: bool

    @property
    def reason(self) -> str | Promise:
        if self.is_known:
            return _("The case has nothing for {{{name}}}: write it yourself.").format(name=self.name)
        return _("Write your own words in place of {{{name}}}.").format(name=self.name)


def fill(words: str, values: Mapping[str, str]) -> str:
    """The words with their placeholders filled; a gap stays visible as ``[reasons]``."""
    return PLACEHOLDER.sub(lambda found: values.get(name_of(found)) or f"[{name_of(found)}]", words)


def names_in(words: str) -> list[str]:
    """The placeholders, each once, in order."""
    return list(dict.fromkeys(name_of(found) for found in PLACEHOLDER.finditer(words)))


def gaps_in(words: str, values: Mapping[str, str]) -> list[Gap]:
    """The placeholders that would print nothing, each once, in order."""
    return [Gap(name, is_known(name)) for name in names_in(words) if not values.get(name)]


def is_known(name: str) -> bool:
    """Whether a case can have something for it."""
    return name in KNOWN or name.startswith((ANSWER, OPINION, TABLE))


def name_of(found: re.Match[str]) -> str:
    """Capitals and spaces do not matter."""
    return " ".join(found[1].split()).lower()
