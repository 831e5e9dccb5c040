"""The rules of record: they come in as a version from a day on; what has begun is never changed."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import ruling
from cases.acting import Actor
from cases.models import RecordClass, Register, Service, ServiceRules
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.parts.base import Coming, Part

NOT_COMPARED = ("valid_from", "note")


def said(package: Package) -> dict[str, Any] | None:
    rules = package.service.get("rules")
    if rules is None:
        return None
    if not isinstance(rules, dict):
        raise PackageRefused(_("The rules of record are not written as they should be."), "service.json")
    # Filled up with what is meant anyway, so that it compares with rules that are kept in full.
    return _in_full(_unsaved(rules, service=Service(), register=Register(), record_class=RecordClass()), rules)


def _in_full(version: ServiceRules, rules: dict[str, Any]) -> dict[str, Any]:
    full = ruling.rules_as_json(version) | {
        "register": rules.get("register"),
        "record_class": rules.get("record_class"),
    }
    return {name: value for name, value in full.items() if name not in NOT_COMPARED}


def _unsaved(rules: dict[str, Any], **rows: Any) -> ServiceRules:
    try:
        return ruling.rules_from_json(
            {name: value for name, value in rules.items() if name != "valid_from"}, valid_from=dt.date.min, **rows
        )
    except ruling.RulesRefused as refused:
        raise PackageRefused(str(refused), "service.json") from None


def here(coming: Coming) -> dict[str, Any] | None:
    service = coming.service
    if service is None:
        return None
    version = service.rules.order_by("-valid_from").select_related("register", "record_class").first()
    if version is None:
        return None
    full = ruling.rules_as_json(version)
    return {name: value for name, value in full.items() if name not in NOT_COMPARED}


def bring(coming: Coming, wanted: dict[str, Any]) -> None:
    """A service that runs keeps its rules until the package is published."""
    service = coming.found_service
    if service.rules.exists() and not coming.is_published:
        return
    version = _unsaved(
        wanted,
        service=service,
        register=Register.objects.get(institution=coming.institution, code=wanted["register"]),
        record_class=RecordClass.objects.get(
            institution=coming.institution, code=wanted["record_class"], valid_to__isnull=True
        ),
    )
    version.valid_from = coming.rules_from
    actor = Actor(coming.by) if coming.by else Actor.job("packages")
    try:
        ruling.publish_rules(version, actor=actor, at=coming.at)
    except ruling.RulesRefused as refused:
        raise PackageRefused(str(refused), "service.json") from None


RULES = Part(gettext_lazy("Rules of record"), said, here, bring)
