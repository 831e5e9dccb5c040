"""The passport of a service: everything that it consists of, in which versions, by whom, and how many cases on each."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Count, Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from cases.models import Case, Service, ServiceRules, User
from cases.ruling import missing_in_rules
from flows.letters.standard import DECISION
from flows.models import LetterTemplate, LetterVersion, Procedure, ProcedureVersion
from flows.procedures.shipped import GENERAL
from portal_pages.models import ServicePage
from portal_pages.models.forms import FormVersion, ServiceForm


@dataclass(frozen=True)
class VersionLine:
    """One version: ``running`` and ``all_cases`` are counts of cases that keep it."""

    name: str
    at: dt.datetime | None
    by: User | None
    running: int
    all_cases: int
    is_newest: bool
    is_coming: bool = False


class PartKind(StrEnum):
    FORM = "FORM"
    PROCEDURE = "PROCEDURE"
    LETTER = "LETTER"


@dataclass(frozen=True)
class Part:
    """The form, the procedure, one letter: its versions, newest first, and whether something waits unpublished.

    ``kind`` and ``pk`` say what can be opened to change it; without ``pk`` nobody has begun one of the own yet.
    """

    title: str
    versions: list[VersionLine]
    kind: PartKind
    pk: int | None = None
    has_draft: bool = False
    stands_in: str = ""


@dataclass(frozen=True)
class PageLine:
    pk: int
    language: str
    title: str
    is_live: bool
    changed_at: dt.datetime | None
    address: str | None


@dataclass(frozen=True)
class Passport:
    service: Service
    rules: ServiceRules | None
    rules_versions: list[VersionLine]
    form: Part
    procedure: Part
    letters: list[Part]
    pages: list[PageLine]
    running: int
    all_cases: int
    to_put_right: list[str]

    @property
    def parts(self) -> list[Part]:
        return [self.form, self.procedure, *self.letters]


@dataclass
class _Counts:
    """Cases by what they keep: running and all."""

    running: Counter[str] = field(default_factory=Counter)
    every: Counter[str] = field(default_factory=Counter)

    def add(self, name: Any, running: int, every: int) -> None:
        if name:
            self.running[str(name)] += running
            self.every[str(name)] += every

    def line(self, reference: str, name: str, at: dt.datetime, by: User | None, *, is_newest: bool) -> VersionLine:
        return VersionLine(name, at, by, self.running[reference], self.every[reference], is_newest)


def passport_of(service: Service, *, today: dt.date) -> Passport:
    """Read the passport: always the same number of queries."""
    counts, running, every = _count_cases(service)
    versions = ServiceRules.objects.select_related("register", "record_class", "published_by").order_by("-valid_from")
    prefetch_related_objects([service], Prefetch("rules", versions))
    rules = list(service.rules.all())
    now = next((one for one in rules if one.valid_from <= today), None)
    procedures = _procedure_versions(service)
    return Passport(
        service=service,
        rules=now,
        rules_versions=[_rules_line(one, counts, now, today) for one in rules],
        form=_form(service, counts),
        procedure=_procedure(service, procedures, counts),
        letters=_letters(service, procedures, counts),
        pages=_pages(service),
        running=running,
        all_cases=every,
        to_put_right=missing_in_rules(service, today=today),
    )


def _count_cases(service: Service) -> tuple[_Counts, int, int]:
    """One query: what cases keep is few combinations, however many cases there are."""
    kept = Case.objects.filter(service=service).values(
        "versions__form", "versions__procedure", "versions__rules", "versions__letters"
    )
    counts, running, every = _Counts(), 0, 0
    for row in kept.annotate(every=Count("pk"), running=Count("pk", filter=Q(closed_at__isnull=True))).order_by():
        letters = row["versions__letters"] if isinstance(row["versions__letters"], dict) else {}
        for name in (
            row["versions__form"] and f"form {row['versions__form']}",
            row["versions__procedure"] and f"procedure {row['versions__procedure']}",
            row["versions__rules"] and f"rules {row['versions__rules']}",
            *(f"letter {key}/{number}" for key, number in letters.items()),
        ):
            counts.add(name, row["running"], row["every"])
        running, every = running + row["running"], every + row["every"]
    return counts, running, every


def _rules_line(rules: ServiceRules, counts: _Counts, now: ServiceRules | None, today: dt.date) -> VersionLine:
    reference = f"rules {rules.version}"
    return VersionLine(
        rules.version,
        rules.published_at,
        rules.published_by,
        counts.running[reference],
        counts.every[reference],
        is_newest=rules is now,
        is_coming=rules.valid_from > today,
    )


def _form(service: Service, counts: _Counts) -> Part:
    versions = list(FormVersion.objects.filter(service=service).select_related("published_by").order_by("-number"))
    drafts = ServiceForm.objects.filter(service=service).values_list("live", "has_unpublished_changes", "pk").first()
    lines = [
        counts.line(f"form {one}", str(one), one.published_at, one.published_by, is_newest=one is versions[0])
        for one in versions
    ]
    has_draft = bool(drafts and (drafts[1] or not drafts[0]))
    return Part(_("Form"), lines, PartKind.FORM, drafts[2] if drafts else None, has_draft)


def _procedure_versions(service: Service) -> list[ProcedureVersion]:
    versions = ProcedureVersion.objects.filter(
        procedure__institution=service.institution_id, procedure__key=service.procedure
    )
    return list(versions.select_related("procedure", "published_by").order_by("-number"))


def _procedure(service: Service, versions: list[ProcedureVersion], counts: _Counts) -> Part:
    key = service.procedure
    drafts = Procedure.objects.filter(institution=service.institution_id, key=key)
    draft = drafts.select_related("institution").first()
    lines = [
        counts.line(
            f"procedure {one.reference}",
            one.reference,
            one.published_at,
            one.published_by,
            is_newest=one is versions[0],
        )
        for one in versions
    ]
    title = _("Procedure: {name}").format(name=draft) if draft else _("Procedure")
    has_draft = bool(draft and (draft.has_unpublished_changes or not lines))
    return Part(title, lines, PartKind.PROCEDURE, draft.pk if draft else None, has_draft, "" if lines else GENERAL)


def _letters(service: Service, procedures: list[ProcedureVersion], counts: _Counts) -> list[Part]:
    """The letters that the newest procedure writes; the letter of decision where it names none."""
    keys = sorted(set(_letter_keys(procedures[0].definition if procedures else {}))) or [DECISION]
    own = LetterVersion.objects.filter(template__institution=service.institution_id, template__key__in=keys)
    by_key: dict[str, list[LetterVersion]] = {}
    for version in own.select_related("template__institution", "published_by").order_by("-number"):
        by_key.setdefault(version.template.key, []).append(version)
    templates = LetterTemplate.objects.filter(institution=service.institution_id, key__in=keys)
    drafts = {template.key: template for template in templates.select_related("institution")}
    return [_letter(key, by_key.get(key, []), drafts.get(key), counts) for key in keys]


def _letter(key: str, versions: list[LetterVersion], draft: LetterTemplate | None, counts: _Counts) -> Part:
    lines = [
        counts.line(f"letter {one}", str(one), one.published_at, one.published_by, is_newest=one is versions[0])
        for one in versions
    ]
    title = _("Letter: {name}").format(name=draft or key)
    has_draft = bool(draft and draft.has_unpublished_changes)
    return Part(title, lines, PartKind.LETTER, draft.pk if draft else None, has_draft, "" if lines else key)


def _letter_keys(definition: Any) -> Iterable[str]:
    """Every letter that a step names, wherever in the tree the step stands."""
    if isinstance(definition, dict):
        if definition.get("kind") == "DRAFT" and isinstance(definition.get("letter"), str) and definition["letter"]:
            yield definition["letter"]
        for inner in definition.values():
            yield from _letter_keys(inner)
    elif isinstance(definition, list):
        for inner in definition:
            yield from _letter_keys(inner)


def _pages(service: Service) -> list[PageLine]:
    pages = ServicePage.objects.filter(service_code=service.code).select_related("locale").order_by("locale")
    return [
        PageLine(
            page.pk, str(page.locale), page.title, page.live, page.last_published_at, page.url if page.live else None
        )
        for page in pages
    ]
