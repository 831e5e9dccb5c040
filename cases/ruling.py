"""Setting the rules of record of a service: a new version from a day on. What has begun is never changed.

A case follows the version of the day on which it was received, whatever comes later.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.acting import Actor
from cases.calendar import Calendar, Term
from cases.clock import zone_of
from cases.models import (
    AccessLevel,
    ClockStart,
    CountingMode,
    DeadlineUnit,
    DeliveryChannel,
    Extender,
    Institution,
    RecordClass,
    Register,
    RegisterKind,
    Service,
    ServiceRules,
    SignatureLevel,
    Silence,
)

TIER_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_TERM = 3_650

# The columns that a definition says as they are; register and record class go by their codes.
_PLAIN = (
    "legal_basis",
    "access_level",
    "signature_level",
    "delivery_channels",
    "deadline_amount",
    "deadline_unit",
    "counting_mode",
    "clock_start",
    "tiers",
    "may_suspend",
    "extension_times",
    "extension_amount",
    "extension_unit",
    "extended_by",
    "silence",
    "fees",
    "fee_table",
    "currency",
    "note",
)
_CHOICES: Mapping[str, type[models.TextChoices]] = {
    "access_level": AccessLevel,
    "signature_level": SignatureLevel,
    "deadline_unit": DeadlineUnit,
    "counting_mode": CountingMode,
    "clock_start": ClockStart,
    "extension_unit": DeadlineUnit,
    "extended_by": Extender,
    "silence": Silence,
}


class RulesRefused(Exception):
    """The rules can't be set like this; ``field`` is where, the message says what to do."""

    def __init__(self, message: str | Promise, field: str = "") -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong in a version: the column, and the words for the person who typed it."""

    field: str
    words: str | Promise


def today_at(institution: Institution, at: dt.datetime) -> dt.date:
    return at.astimezone(zone_of(institution.time_zone)).date()


@transaction.atomic
def publish_rules(rules: ServiceRules, *, actor: Actor, at: dt.datetime) -> ServiceRules:
    """Put a new version in force from its day; a version whose day has not come may be changed until then.

    Raises RulesRefused with the column that is wrong.
    """
    service = Service.objects.select_for_update(of=("self",)).select_related("institution").get(pk=rules.service_id)
    today = today_at(service.institution, at)
    if found := problems_of(rules):
        raise RulesRefused(found[0].words, found[0].field)
    others = service.rules.exclude(pk=rules.pk)
    if rules.pk and service.rules.filter(pk=rules.pk, valid_from__lte=today).exists():
        raise RulesRefused(_("This version is in force already: make a new one from another day."))
    if others.exists() and rules.valid_from < today:
        raise RulesRefused(_("Choose today or a later day: what has begun is not changed."), "valid_from")
    if others.filter(valid_from=rules.valid_from).exists():
        day = date_format(rules.valid_from, "DATE_FORMAT")
        raise RulesRefused(
            _("There is a version from {day} already. Choose another day.").format(day=day), "valid_from"
        )
    rules.published_by, rules.published_at = actor.user, at
    rules.save()
    return rules


@transaction.atomic
def withdraw_rules(rules: ServiceRules, *, at: dt.datetime) -> None:
    """Take back a version whose day has not come."""
    service = Service.objects.select_for_update(of=("self",)).select_related("institution").get(pk=rules.service_id)
    if rules.valid_from <= today_at(service.institution, at):
        raise RulesRefused(_("This version is in force already: make a new one from another day."))
    rules.delete()


def problems_of(rules: ServiceRules) -> list[Wrong]:
    """What is wrong with a version before it may be published."""
    found: list[Wrong] = []
    institution_id = rules.service.institution_id
    if rules.register.institution_id != institution_id or rules.register.kind != RegisterKind.INCOMING:
        found.append(Wrong("register", _("Choose a register of this institution for incoming items.")))
    elif rules.register.is_closed:
        found.append(Wrong("register", _("This register is closed. Choose one that is open.")))
    if rules.record_class.institution_id != institution_id:
        found.append(Wrong("record_class", _("Choose a record class of this institution.")))
    if not 1 <= rules.deadline_amount <= LONGEST_TERM:
        found.append(Wrong("deadline_amount", _("Write a number from 1 to {most}.").format(most=LONGEST_TERM)))
    if unknown := set(rules.delivery_channels) - set(DeliveryChannel.values):
        found.append(Wrong("delivery_channels", _("Unknown way: {names}.").format(names=", ".join(map(str, unknown)))))
    if rules.extension_times and not rules.extension_amount:
        found.append(Wrong("extension_amount", _("Write by how much the term may be prolonged.")))
    if not CURRENCY.fullmatch(rules.currency):
        found.append(Wrong("currency", _("Write the three letters of the currency: EUR, PLN, RON.")))
    return found + _wrong_tiers(rules.tiers) + _wrong_fees(rules.fee_table)


def _wrong_tiers(tiers: Any) -> list[Wrong]:
    try:
        codes = [tier["code"] for tier in tiers]
        wrong = [
            _wrong_tier(tier["code"], tier["names"], tier["amount"], tier["unit"], tier.get("fee", ""))
            for tier in tiers
        ]
    except (TypeError, KeyError):
        return [Wrong("tiers", _("A speed needs a code, a name, an amount and a unit."))]
    if len(set(codes)) < len(codes):
        wrong.append(_("Two speeds have the same code."))
    return [Wrong("tiers", words) for words in wrong if words]


def _wrong_tier(code: Any, names: Any, amount: Any, unit: Any, fee: Any) -> str:
    if not (isinstance(code, str) and TIER_CODE.fullmatch(code)):
        return _("A speed's code has small Latin letters and digits: normal, fast.")
    if not _is_texts(names):
        return _("The speed “{code}” has no name.").format(code=code)
    if type(amount) is not int or not 1 <= amount <= LONGEST_TERM or unit not in DeadlineUnit.values:
        return _("The speed “{code}” has no term.").format(code=code)
    if fee and not (isinstance(fee, str) and AMOUNT.fullmatch(fee)):
        return _("The fee of “{code}” is a number such as 12.50.").format(code=code)
    return ""


def _wrong_fees(rows: Any) -> list[Wrong]:
    try:
        good = all(_is_texts(row["names"]) and AMOUNT.fullmatch(row["amount"]) for row in rows)
    except (TypeError, KeyError):
        good = False
    return [] if good else [Wrong("fee_table", _("Each fee has a name and an amount such as 12.50."))]


def _is_texts(said: Any) -> bool:
    return isinstance(said, dict) and all(isinstance(w, str) for w in said.values()) and any(said.values())


def missing_in_rules(service: Service, *, today: dt.date) -> list[str]:
    """What the rules of that day lack, said before a case meets it; they can be published all the same.

    Reads ``service.rules`` as it was fetched, for lists of services.
    """
    begun = [rules for rules in service.rules.all() if rules.valid_from <= today]
    if not begun:
        return [_("No record rules are in force: nothing can be filed on the web. Set the rules of the service.")]
    if not max(begun, key=lambda rules: rules.valid_from).legal_basis.strip():
        return [
            _(
                "The record rules name no legal basis: receipts and letters that print it stay without, and such a "
                "letter can't be sent on. Write the law and the article into a new version of the rules."
            )
        ]
    return []


def term_today(rules: ServiceRules, *, on: dt.date, tier: str | None = None) -> Term:
    """When a filing of that day would have to be answered; counted from completeness, as if it were complete."""
    calendar = Calendar.of(rules.service.institution)
    start = calendar.roll(on) if rules.clock_start == ClockStart.NEXT_WORKING_DAY else on
    return calendar.term(start, *rules.term_for(tier), rules.counting_mode)


# -- As data, for packages


def rules_as_json(rules: ServiceRules) -> dict[str, Any]:
    """A version as readable data, with register and record class by their codes."""
    return {
        "valid_from": rules.valid_from.isoformat(),
        "register": rules.register.code,
        "record_class": rules.record_class.code,
        **{name: getattr(rules, name) for name in _PLAIN},
    }


def rules_from_json(
    said: Mapping[str, Any], *, service: Service, valid_from: dt.date, register: Register, record_class: RecordClass
) -> ServiceRules:
    """A version that is not published yet. Raises RulesRefused for a value that no rules can have."""
    if unknown := said.keys() - {*_PLAIN, "valid_from", "register", "record_class"}:
        raise RulesRefused(_("Unknown rule: {names}.").format(names=", ".join(sorted(map(str, unknown)))))
    values = {name: said[name] for name in _PLAIN if name in said}
    for name, value in values.items():
        field = ServiceRules._meta.get_field(name)
        expected: tuple[type, ...] = {
            "JSONField": (list,), "TextsField": (dict,), "BooleanField": (bool,), "PositiveSmallIntegerField": (int,)
        }.get(type(field).__name__, (str,))  # fmt: skip
        known = name not in _CHOICES or value in _CHOICES[name].values
        longest = getattr(field, "max_length", None)
        too_long = isinstance(value, str) and longest is not None and len(value) > longest
        whole = expected != (int,) or (type(value) is int and 0 <= value <= LONGEST_TERM)
        if not isinstance(value, expected) or not known or too_long or not whole:
            raise RulesRefused(_("The rule “{name}” has a value that it can't have.").format(name=name), name)
    return ServiceRules(service=service, valid_from=valid_from, register=register, record_class=record_class, **values)


SILENCE_TOLD: Mapping[str, str | Promise] = {
    Silence.TACIT_APPROVAL: gettext_lazy("If you have no answer by then, what you ask for counts as granted."),
    Silence.REFUSAL: gettext_lazy("If you have no answer by then, it counts as refused, and you can challenge that."),
}
