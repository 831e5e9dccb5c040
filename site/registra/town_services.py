"""The demo town's services: it offers those that ship, brought in as any town would bring them in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from cases.models import Institution, Service
from cases.ruling import today_at
from portal_pages.packaging.importing import take_in
from portal_pages.packaging.mapping import local_codes, proposed
from portal_pages.packaging.package import Package
from portal_pages.packaging.shipped import shipped, shipped_codes
from registra.town import FOUNDED

SIMPLE = ("complaint", "public-information", "tree-felling")


def bring_services(institution: Institution, *, at: dt.datetime) -> None:
    """Bring in what is not here yet, whole; a service that somebody changed since is left alone."""
    _bring(institution, [shipped(code) for code in shipped_codes()], at=at)


def bring_forms(institution: Institution, codes: Sequence[str] = SIMPLE, *, at: dt.datetime) -> None:
    """Bring in what is asked and the rules of record only: the general procedure leads the cases."""
    packages = [shipped(code) for code in codes]
    _bring(institution, [replace(one, procedure=None, letters={}, page=None, walks=()) for one in packages], at=at)


def _bring(institution: Institution, packages: Sequence[Package], *, at: dt.datetime) -> None:
    local = local_codes(institution)
    services = Service.objects.filter(institution=institution)
    here = set(services.filter(form_versions__isnull=False).values_list("code", flat=True))
    with_rules = set(services.values_list("code", flat=True))
    for package in packages:
        if package.code not in here:
            day = today_at(institution, at) if package.code in with_rules else FOUNDED
            mapped = proposed(package, local)
            take_in(package, institution, mapped, by=None, at=at, is_published=True, rules_from=day)
