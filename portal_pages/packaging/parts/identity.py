"""Code, names and unit of the service."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Service, Unit
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.parts.base import Coming, Part

MEMBERS = {"code", "names", "summaries", "unit", "rules", "codes"}
LONGEST_TEXT = 2_000


def said(package: Package) -> dict[str, Any]:
    service = package.service
    if unknown := sorted(service.keys() - MEMBERS):
        raise PackageRefused(_("“{name}” is not known here.").format(name=unknown[0][:40]), "service.json")
    found: dict[str, Any] = {"unit": service.get("unit")}
    for name in ("names", "summaries"):
        found[name] = plain_texts(service.get(name), f"service.json, {name}")
    if not any(found["names"].values()):
        raise PackageRefused(_("The service has no name."), "service.json")
    return found


def plain_texts(texts: Any, member: str) -> dict[str, str]:
    """Texts side by side as a stranger wrote them; raises PackageRefused."""
    is_texts = isinstance(texts, dict) and all(isinstance(words, str) for words in texts.values())
    if not is_texts or any(len(words) > LONGEST_TEXT or "\x00" in words for words in texts.values()):
        raise PackageRefused(_("Here one text for each language is expected."), member)
    return {language[:10]: words for language, words in texts.items()}


def here(coming: Coming) -> dict[str, Any] | None:
    service = coming.service
    if service is None:
        return None
    return {"unit": service.unit.code, "names": service.names, "summaries": service.summaries}


def bring(coming: Coming, wanted: dict[str, Any]) -> None:
    """What a service that runs is called changes only when the package is published."""
    unit = Unit.objects.get(institution=coming.institution, code=wanted["unit"], valid_to__isnull=True)
    values = {"names": wanted["names"], "summaries": wanted["summaries"], "unit": unit}
    if coming.service is None:
        Service.objects.create(institution=coming.institution, code=coming.package.code, is_offered=False, **values)
    elif coming.is_published:
        Service.objects.filter(pk=coming.service.pk).update(**values)


def offer(coming: Coming, _wanted: Any) -> None:
    Service.objects.filter(institution=coming.institution, code=coming.package.code).update(is_offered=True)


def is_offered(coming: Coming) -> bool:
    """A draft changes nothing about what residents are offered."""
    service = coming.service
    return not coming.is_published or bool(service and service.is_offered)


IDENTITY = Part(gettext_lazy("Names and unit"), said, here, bring)
OFFER = Part(gettext_lazy("Offered to residents"), lambda package: True, is_offered, offer)
