"""Sending a service out: what runs here today, as a package."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Service
from cases.ruling import rules_as_json, today_at
from flows.models import LetterVersion
from flows.procedures import tree
from flows.procedures.publishing import current_version
from portal_pages.designer.stream import with_common_pages
from portal_pages.models import HomePage, ServicePage
from portal_pages.models.forms import FormVersion
from portal_pages.packaging.mapping import CodeKind, codes_of, local_codes
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.parts.files import attachments_of, names_of
from portal_pages.packaging.parts.page import texts_of
from portal_pages.packaging.parts.procedure import STANDARD_LETTERS


def package_of_service(service: Service) -> Package:
    """The service as it is published. Raises PackageRefused for one that never was."""
    procedure = _procedure(service)
    package = Package(
        service=_identity(service),
        form=_form(service),
        procedure=procedure,
        letters=_letters(service, procedure),
        page=_page(service),
        walks=_walks(service),
        attachments=attachments_of(service),
    )
    return _with_names(package, service)


def _identity(service: Service) -> dict[str, Any]:
    rules = service.rules_on(today_at(service.institution, timezone.now()))
    if rules is None:
        raise PackageRefused(_("The service {code} has no rules of record yet.").format(code=service.code))
    said = {name: value for name, value in rules_as_json(rules).items() if name not in {"valid_from", "note"}}
    return {
        "code": service.code,
        "names": service.names,
        "summaries": service.summaries,
        "unit": service.unit.code,
        "rules": said,
    }


def _form(service: Service) -> dict[str, Any] | None:
    newest = FormVersion.objects.newest_of(service)
    return with_common_pages(newest.definition) if newest else None


def _procedure(service: Service) -> dict[str, Any] | None:
    version = current_version(service.institution, service.procedure)
    definition: dict[str, Any] | None = version.definition if version else None
    return definition


def _letters(service: Service, procedure: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The letters that the procedure writes; the standard ones stay at home: every institution has them."""
    if procedure is None:
        return {}
    keys = {step.letter for step in tree.from_json(procedure).persons_steps()} - STANDARD_LETTERS
    versions = LetterVersion.objects.filter(template__institution=service.institution, template__key__in=keys)
    return {
        version.template.key: version.definition for version in versions.select_related("template").order_by("number")
    }


def _walks(service: Service) -> tuple[dict[str, Any], ...]:
    return tuple({"name": kept.name, **kept.walk} for kept in service.kept_walks.order_by("pk"))


def _page(service: Service) -> dict[str, dict[str, str]] | None:
    """The live pages of the service, one text for each language; a stand-in has no words of its own."""
    homes = HomePage.objects.filter(institution=service.institution)
    pages = [
        page
        for home in homes
        for page in ServicePage.objects.descendant_of(home)
        .filter(service_code=service.code, alias_of__isnull=True)
        .live()
        .select_related("locale")
    ]
    if not pages:
        return None
    names = names_of(service.institution, service.code)
    said: dict[str, dict[str, str]] = {"slugs": {page.locale.language_code: page.slug for page in pages}}
    for page in pages:
        for name, words in texts_of(page, names).items():
            said.setdefault(name, {})
            if words:
                said[name][page.locale.language_code] = words
    return said


def _with_names(package: Package, service: Service) -> Package:
    """Beside each code what it means here, so that another town can choose its own."""
    local = local_codes(service.institution)
    names: dict[str, dict[str, Mapping[str, str]]] = {}
    for used in codes_of(package):
        known = next((one for one in local[used.kind] if one.code == used.code), None)
        names.setdefault(str(used.kind), {})[used.code] = known.names if known else {}
    kinds = [str(kind) for kind in CodeKind if str(kind) in names]
    codes = {kind: dict(sorted(names[kind].items())) for kind in kinds}
    return Package(
        service={**package.service, "codes": codes},
        form=package.form,
        procedure=package.procedure,
        letters=package.letters,
        page=package.page,
        walks=package.walks,
        attachments=package.attachments,
    )
