"""Placeholders of letters: ``{case number}`` is filled from the case, ``{reasons}`` is for the writer to replace.

One that is unknown or has no value is a gap: shown while the letter is written, never printed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cases.clock import local_date, rules_of
from cases.dispatching import addressees
from cases.models import Case
from cases.texts import in_language

_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,60})\}")

# What each placeholder stands for, for the list beside the editor.
KNOWN = {
    "case number": _("the number of the case"),
    "subject": _("what the case is about"),
    "service": _("the service that was asked for"),
    "applicant": _("whom the letter goes to"),
    "filed on": _("the day of filing"),
    "date": _("today"),
    "unit": _("the unit that handles the case"),
    "institution": _("the name of the institution"),
    "legal basis": _("the legal basis of the service"),
}


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


def values_of(case: Case, *, language: str, today: str) -> dict[str, str]:
    """What the placeholders stand for in one case, in the letter's language. ``today`` as written."""
    institution, rules = case.institution, rules_of(case)
    with override(language):
        filed_on = date_format(local_date(case, case.opened_at), "DATE_FORMAT")
    return {
        "case number": case.number,
        "subject": case.subject,
        "service": in_language(case.service.names, language).words if case.service else "",
        "applicant": ", ".join(party.name for party in addressees(case) if party.name),
        "filed on": filed_on,
        "date": today,
        "unit": in_language(case.unit.names, language).words,
        "institution": in_language(institution.names, language, main=institution.main_language).words,
        "legal basis": rules.legal_basis if rules else "",
    }


def fill(words: str, values: Mapping[str, str]) -> str:
    """The words with their placeholders filled; a gap stays visible as ``[reasons]``."""
    return _PLACEHOLDER.sub(lambda found: values.get(_name(found)) or f"[{_name(found)}]", words)


def gaps_in(words: str, values: Mapping[str, str]) -> list[Gap]:
    """The placeholders that would print nothing, each once, in order."""
    names = dict.fromkeys(_name(found) for found in _PLACEHOLDER.finditer(words))
    return [Gap(name, name in KNOWN) for name in names if not values.get(name)]


def _name(found: re.Match[str]) -> str:
    return " ".join(found[1].split()).lower()
