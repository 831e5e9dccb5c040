"""The kept walks: the tests of the service."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.models import KeptWalk
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.parts.base import Coming, Part

LONGEST_NAME = 120
MEMBERS = {"name", "filed_on", "language", "channel", "answers", "choices", "expected"}


def said(package: Package) -> dict[str, Any] | None:
    """The walks by name."""
    found: dict[str, Any] = {}
    for number, walk in enumerate(package.walks, 1):
        member = f"walks/{number}.json"
        name = walk.get("name")
        if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or name in found:
            raise PackageRefused(_("Every walk has a name of its own."), member)
        if unknown := sorted(walk.keys() - MEMBERS):
            raise PackageRefused(_("“{name}” is not known here.").format(name=unknown[0][:40]), member)
        found[name] = {key: value for key, value in walk.items() if key != "name"}
    return found or None


def here(coming: Coming) -> dict[str, Any] | None:
    """Walks that somebody kept here stay beside those that come in."""
    if coming.service is None:
        return None
    wanted = said(coming.package) or {}
    return dict(coming.service.kept_walks.filter(name__in=wanted).values_list("name", "walk")) or None


def bring(coming: Coming, wanted: dict[str, Any]) -> None:
    for name, walk in wanted.items():
        KeptWalk.objects.update_or_create(service=coming.found_service, name=name, defaults={"walk": walk})


WALKS = Part(gettext_lazy("Kept walks"), said, here, bring)
