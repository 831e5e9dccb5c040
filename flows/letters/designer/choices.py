"""What the letter's editor offers: words from the case to insert, and the facts that conditions ask about.

The questions of forms belong to the public site; it tells them through the Wagtail hook ``registra_form_questions``:
``function(service)`` gives facts with ``key``, ``label``, ``type``, ``options`` and, where it repeats, ``columns``.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from wagtail import hooks

from cases.models import Channel, Institution, Service, Unit
from flows.letters.placeholders import ANSWER, GROUPS, OPINION, TABLE
from flows.letters.standard import DecisionOutcome


@dataclass(frozen=True)
class Insertion:
    """A placeholder to pick, and what it stands for."""

    name: str
    meaning: str | Promise


@dataclass(frozen=True)
class Offered:
    groups: list[tuple[str | Promise, list[Insertion]]]
    facts: list[dict[str, Any]]
    questions: set[str] | None
    units: set[str]


def offered_for(institution: Institution, *, on: dt.date) -> Offered:
    """Everything that can be picked. ``questions`` is None where no form tells its questions."""
    units = list(Unit.objects.on(on).filter(institution=institution).order_by("path"))
    by_service = _questions(institution)
    asked = {fact.key: fact for _service, facts in by_service for fact in facts}
    groups = [(title, [Insertion(name, meaning) for name, meaning in names.items()]) for title, names in GROUPS]
    groups += [
        (
            _("Answers: {service}").format(service=service),
            [one for fact in facts for one in _insertions(fact)],
        )
        for service, facts in by_service
        if facts
    ]
    groups.append((_("Opinions"), [Insertion(f"{OPINION}{unit.code}", str(unit.name)) for unit in units]))
    facts = [*_case_facts(units), *(_as_data(fact) for fact in asked.values())]
    return Offered(groups, facts, set(asked) or None, {unit.code for unit in units})


def _insertions(fact: Any) -> list[Insertion]:
    """An answer; a repeating one also as a table, for a line of its own."""
    found = [Insertion(f"{ANSWER}{fact.key}", fact.label)]
    if columns := getattr(fact, "columns", ()):
        table = f"{TABLE}{fact.key}:{','.join(columns)}"
        found.append(Insertion(table, _("as a table: {label}").format(label=fact.label)))
    return found


def _questions(institution: Institution) -> list[tuple[str, list[Any]]]:
    tellers = hooks.get_hooks("registra_form_questions")
    services = Service.objects.filter(institution=institution).select_related("institution").order_by("code")
    return [(str(one), [fact for tell in tellers for fact in tell(one)]) for one in services] if tellers else []


def _case_facts(units: list[Unit]) -> list[dict[str, Any]]:
    group = _("The case")
    chosen: list[tuple[str, Any, Iterable[tuple[str, Any]]]] = [
        ("case:outcome", _("Decision"), DecisionOutcome.choices),
        ("case:unit", _("Unit that handles it"), [(unit.code, unit.name) for unit in units]),
        ("case:channel", _("How it came in"), Channel.choices),
    ]
    facts = [
        {"key": key, "label": label, "group": group, "type": "CHOICE", "options": [_option(*one) for one in choices]}
        for key, label, choices in chosen
    ]
    plain = [("case:amount", _("Fee"), "AMOUNT"), ("case:tier", _("Speed that was chosen"), "TEXT")]
    return facts + [
        {"key": key, "label": label, "group": group, "type": kind, "options": []} for key, label, kind in plain
    ]


def _option(value: str, label: Any) -> dict[str, str]:
    return {"value": value, "label": str(label)}


def _as_data(fact: Any) -> dict[str, Any]:
    return {"key": fact.key, "label": fact.label, "group": fact.group, "type": fact.type, "options": fact.options}
