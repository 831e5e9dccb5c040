"""The classification plan: classes in a tree, in versions from a day on, and the class of a case.

What a class says is changed by a new version; in place only while nothing refers to it.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases import history, retaining
from cases.acting import Actor
from cases.models import (
    Case,
    CaseState,
    Destruction,
    DisposalAction,
    Institution,
    RecordClass,
    Retention,
    RetentionStart,
    ServiceRules,
)
from cases.retaining import LONGEST_YEARS, lock_plan, rule_changed
from cases.ruling import today_at
from cases.signals import case_changed
from cases.texts import in_language

LONGEST_CODE = 20
DEEPEST = 8


class PlanRefused(Exception):
    """The plan can't be changed like this; ``field`` names what is wrong, the message what to do."""

    def __init__(self, words: str | Promise, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class ClassSaid:
    """What one version of a class says. ``parent``: the code of the group that it belongs to, "" for the top."""

    code: str
    titles: Mapping[str, str]
    parent: str = ""
    is_selectable: bool = True
    category: str = ""
    retention_years: int | None = None
    retention_start: str = RetentionStart.END_OF_YEAR
    disposal_action: str = DisposalAction.DESTROY
    legal_basis: str = ""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a class, and where."""

    field: str
    words: str | Promise


@dataclass
class Node:
    """A class in the tree with the classes below it."""

    record_class: RecordClass
    children: "list[Node]" = field(default_factory=list)

    def walk(self) -> "Iterator[Node]":
        yield self
        for child in self.children:
            yield from child.walk()


def said_of(version: RecordClass) -> ClassSaid:
    return ClassSaid(
        code=version.code,
        titles=version.titles,
        parent=version.parent.code if version.parent else "",
        is_selectable=version.is_selectable,
        category=version.category,
        retention_years=version.retention_years,
        retention_start=version.retention_start,
        disposal_action=version.disposal_action,
        legal_basis=version.legal_basis,
    )


def in_force(institution: Institution, day: dt.date) -> QuerySet[RecordClass]:
    return RecordClass.objects.filter(institution=institution).on(day).select_related("parent")


def plan_on(institution: Institution, day: dt.date) -> list[Node]:
    """The tree of that day, in the order of its codes. A class whose group is not in force stands at the top."""
    nodes = {version.code: Node(version) for version in sorted(in_force(institution, day), key=_in_order)}
    top: list[Node] = []
    for node in nodes.values():
        parent = node.record_class.parent
        above = nodes.get(parent.code) if parent else None
        (above.children if above and above is not node else top).append(node)
    return top


def _in_order(version: RecordClass) -> list[tuple[int, int, str]]:
    """Codes as people order them: 9 before 10, parts of letters among themselves."""
    parts = re.findall(r"\d+|[^\d\W]+", version.code) or [version.code]
    if version.code.isdigit():
        # Decimal codes (JRWA): 152 stands under 15, before 16.
        return [(0, int(digit), "") for digit in version.code]
    return [(0, int(part), "") if part.isdigit() else (1, 0, part.casefold()) for part in parts]


def is_used(version: RecordClass) -> bool:
    """Does anything refer to this version: cases, rules of services, classes below, destructions?"""
    return (
        version.cases.exists()
        or version.children.exists()
        or ServiceRules.objects.filter(record_class=version).exists()
        or Destruction.objects.filter(record_class=version).exists()
        or Retention.objects.filter(record_class=version).exists()
    )


# -- Changing the plan


@transaction.atomic
def add_class(
    institution: Institution, said: ClassSaid, *, valid_from: dt.date, actor: Actor, at: dt.datetime
) -> RecordClass:
    """Add a class that the plan does not have."""
    lock_plan(institution)
    if RecordClass.objects.filter(institution=institution, code=said.code).exists():
        raise PlanRefused(_("The plan has a class {code} already.").format(code=said.code), "code")
    return _write(institution, said, valid_from=valid_from, holds_for_closed=True, actor=actor, at=at)


@transaction.atomic
def publish_version(
    current: RecordClass,
    said: ClassSaid,
    *,
    valid_from: dt.date,
    holds_for_closed: bool,
    actor: Actor,
    at: dt.datetime,
) -> RecordClass:
    """A new version of the class from a day on. The one before ends on the day before."""
    institution = current.institution
    lock_plan(institution)
    versions = RecordClass.objects.filter(institution=institution, code=current.code)
    newest = versions.order_by("-valid_from")[0]
    if said.code != newest.code:
        raise PlanRefused(_("A class keeps its code. Add another class, and end this one."), "code")
    if valid_from <= newest.valid_from:
        raise PlanRefused(
            _("There is a version from {day} on. Choose a later day.").format(day=newest.valid_from), "valid_from"
        )
    if replace(said_of(newest), titles=dict(newest.titles)) == replace(said, titles=dict(said.titles)):
        raise PlanRefused(_("Nothing is different from the version in force."))
    if newest.valid_to is None or newest.valid_to >= valid_from:
        newest.valid_to = valid_from - dt.timedelta(days=1)
        newest.save(update_fields=["valid_to"])
    return _write(institution, said, valid_from=valid_from, holds_for_closed=holds_for_closed, actor=actor, at=at)


@transaction.atomic
def edit_class(version: RecordClass, said: ClassSaid, *, actor: Actor, at: dt.datetime) -> RecordClass:
    """Change a version in place: only while nothing refers to it."""
    lock_plan(version.institution)
    if is_used(version):
        raise PlanRefused(_("Cases or services use class {code}: make a new version.").format(code=version.code))
    others = RecordClass.objects.filter(institution=version.institution, code=said.code).exclude(pk=version.pk)
    if said.code != version.code and others.exists():
        raise PlanRefused(_("The plan has a class {code} already.").format(code=said.code), "code")
    _fill(version, said, actor=actor, at=at)
    version.save()
    return version


@transaction.atomic
def remove_class(version: RecordClass, *, at: dt.datetime) -> None:
    """Take a version back that nothing refers to; the one before holds on."""
    lock_plan(version.institution)
    if is_used(version):
        raise PlanRefused(_("Cases or services use class {code}: it can only be ended.").format(code=version.code))
    versions = RecordClass.objects.filter(institution=version.institution, code=version.code)
    if versions.filter(valid_from__gt=version.valid_from).exists():
        raise PlanRefused(_("A later version follows. Take that one back first."))
    try:
        version.delete()
    except ProtectedError:
        raise PlanRefused(_("Class {code} is in use: it can only be ended.").format(code=version.code)) from None
    if before := versions.order_by("-valid_from").first():
        before.valid_to = None
        before.save(update_fields=["valid_to"])
        rule_changed(before.institution, [before.code], at=at)


@transaction.atomic
def end_class(version: RecordClass, *, last_day: dt.date, at: dt.datetime) -> RecordClass:
    """No new cases after that day; those that it has are kept by it as before."""
    lock_plan(version.institution)
    if last_day < version.valid_from:
        raise PlanRefused(_("It can't end before it began."), "last_day")
    using = ServiceRules.objects.filter(record_class__code=version.code, service__institution=version.institution)
    today = today_at(version.institution, at)
    for rules in using.select_related("service").order_by("service", "-valid_from"):
        in_use = rules.service.rules_on(max(last_day, today))
        if in_use and in_use.pk == rules.pk:
            raise PlanRefused(
                _("The service “{service}” files its cases here. Give it another class first.").format(
                    service=rules.service
                )
            )
    version.valid_to = last_day
    version.save(update_fields=["valid_to"])
    return version


def _write(
    institution: Institution,
    said: ClassSaid,
    *,
    valid_from: dt.date,
    holds_for_closed: bool,
    actor: Actor,
    at: dt.datetime,
) -> RecordClass:
    version = RecordClass(institution=institution, valid_from=valid_from, holds_for_closed=holds_for_closed)
    _fill(version, said, actor=actor, at=at)
    has_begun = valid_from <= today_at(institution, at)
    version.counted_at = at if has_begun else None
    version.save()
    if has_begun:
        rule_changed(institution, [version.code], at=at)
    return version


def _fill(version: RecordClass, said: ClassSaid, *, actor: Actor, at: dt.datetime) -> None:
    if found := problems_of(said, institution=version.institution):
        raise PlanRefused(found[0].words, found[0].field)
    version.code, version.titles = said.code, dict(said.titles)
    version.parent = _group(version.institution, said.parent) if said.parent else None
    if version.parent and said.code in _codes_above(version.parent):
        raise PlanRefused(_("A class can't stand below itself."), "parent")
    version.is_selectable, version.category = said.is_selectable, said.category
    version.retention_years, version.retention_start = said.retention_years, said.retention_start
    version.disposal_action, version.legal_basis = said.disposal_action, said.legal_basis
    version.published_by, version.published_at = actor.user, at


def _group(institution: Institution, code: str) -> RecordClass:
    group = RecordClass.objects.filter(institution=institution, code=code).order_by("-valid_from").first()
    if group is None:
        raise PlanRefused(_("There is no class {code} to belong to.").format(code=code), "parent")
    return group


def _codes_above(version: RecordClass) -> list[str]:
    codes: list[str] = []
    above: RecordClass | None = version
    while above is not None and above.code not in codes:
        codes.append(above.code)
        newest = RecordClass.objects.filter(institution=above.institution_id, code=above.code).order_by("-valid_from")
        above = newest[0].parent
    return codes


def problems_of(said: ClassSaid, *, institution: Institution) -> list[Wrong]:
    """What is wrong with a class by itself, its place in the tree aside."""
    found = []
    if not said.code or len(said.code) > LONGEST_CODE or said.code != " ".join(said.code.split()):
        found.append(Wrong("code", _("A code has 1 to 20 characters and no spaces at its ends.")))
    if not in_language(said.titles, main=institution.main_language).words:
        found.append(Wrong("titles", _("Write what the class is called.")))
    if said.parent and said.parent == said.code:
        found.append(Wrong("parent", _("A class can't stand below itself.")))
    years = said.retention_years
    if years is not None and not 0 <= years <= LONGEST_YEARS:
        found.append(Wrong("retention_years", _("Years are a number from 0 to 500, or empty for ever.")))
    if said.disposal_action not in DisposalAction.values:
        found.append(Wrong("disposal_action", _("Choose what happens afterwards.")))
    if said.retention_start not in RetentionStart.values:
        found.append(Wrong("retention_start", _("Choose what the years are counted from.")))
    if said.disposal_action == DisposalAction.DESTROY and years is None and said.is_selectable:
        found.append(Wrong("retention_years", _("Say after how many years it is destroyed.")))
    if said.disposal_action == DisposalAction.KEEP and years is not None:
        found.append(Wrong("retention_years", _("What is kept for ever has no years.")))
    return found


# -- What a plan's own short words mean

_CATEGORIES: list[tuple[str, str, int | None]] = [
    # Poland: A is handed over after 25 years, BE is appraised again, Bc goes when it is no longer used.
    (r"A", DisposalAction.TRANSFER, 25),
    (r"B\s?c", DisposalAction.DESTROY, 0),
    (r"B\s?E\s?(\d+)", DisposalAction.REVIEW, None),
    (r"B\s?(\d+)", DisposalAction.DESTROY, None),
    # Romania: P(ermanent) is handed over after 30 years; C.S.: the selection commission looks again.
    (r"P|Permanent", DisposalAction.TRANSFER, 30),
    (r"(\d+)\s*(?:ani|an)?\s*C\.?\s?S\.?", DisposalAction.REVIEW, None),
    (r"(\d+)\s*(?:ani|an)", DisposalAction.DESTROY, None),
    # Bulgaria: П(остоянно) is handed over after 20 years; ЕК: the expert commission looks again.
    (r"П|Постоянен|Постоянно", DisposalAction.TRANSFER, 20),
    (r"(\d+)\s*(?:г\.?|години)?\s*[-–]?\s*ЕК", DisposalAction.REVIEW, None),
    (r"(\d+)\s*(?:г\.?|години)", DisposalAction.DESTROY, None),
    (r"(\d+)", DisposalAction.DESTROY, None),
]


def category_means(category: str) -> tuple[str, int | None] | None:
    """Action and years that a category stands for ("BE10", "10 C.S.", "П"); None for one that nobody knows."""
    words = " ".join(category.split())
    for pattern, action, years in _CATEGORIES:
        if found := re.fullmatch(pattern, words, re.IGNORECASE):
            number = next((int(group) for group in found.groups() if group), None)
            return action, years if number is None else number
    return None


# -- The class of a case


class ClassifyRefused(Exception):
    """The case can't get this class; the message says why."""


@transaction.atomic
def classify(case: Case, *, to: RecordClass, reason: str, actor: Actor, at: dt.datetime) -> Case:
    """Put a case into another class, with the reason; its day is counted anew."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("record_class", "institution").get(pk=case.pk)
    reason = " ".join(reason.split())
    if to.institution_id != locked.institution_id:
        raise ClassifyRefused(_("The class belongs to another institution."))
    if not to.is_selectable or not to.is_valid_on(today_at(locked.institution, at)):
        raise ClassifyRefused(_("No cases are filed in {code}: choose a class below it.").format(code=to.code))
    if locked.state in (CaseState.TRANSFERRED, CaseState.DESTROYED):
        raise ClassifyRefused(_("Case {number} is gone: its class stays.").format(number=locked))
    if locked.record_class and locked.record_class.code == to.code:
        raise ClassifyRefused(_("Case {number} is in class {code} already.").format(number=locked, code=to.code))
    if locked.disposal_items.filter(is_open=True).exists() or locked.transfer_items.filter(is_open=True).exists():
        raise ClassifyRefused(_("Case {number} stands on a list. Finish the list first.").format(number=locked))
    if locked.record_class and not reason:
        raise ClassifyRefused(_("Write the reason: the case had a class."))
    payload: dict[str, Any] = {"old": locked.record_class.code if locked.record_class else "", "new": to.code}
    Case.objects.filter(pk=locked.pk).update(record_class=to)
    case.record_class = locked.record_class = to
    kind = "RECLASSIFIED" if payload["old"] else "CLASSIFIED"
    history.record(case, kind, actor=actor, at=at, payload=payload, personal={"reason": reason} if reason else {})
    if locked.closed_at:
        retaining.count_case(locked, at=at)
    case_changed.send(sender=Case, case=locked, at=at)
    return case


history.register_words("CLASSIFIED", _("Put into class {new}"))
history.register_words("RECLASSIFIED", _("Moved from class {old} to {new}: {reason}"))
