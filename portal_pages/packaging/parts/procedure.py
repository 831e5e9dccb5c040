"""The procedure: read by the procedures' own reader."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Service
from flows.designer.definition import ProcedureTooDeep, stream_of
from flows.designer.publishing import PublishingRefused
from flows.models import Procedure
from flows.procedures import tree
from flows.procedures.publishing import NotPublishable, current_version
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.parts.base import Coming, Part

MEMBER = "procedure.json"
# Letters that every institution has.
STANDARD_LETTERS = frozenset({"decision", ""})


def said(package: Package) -> dict[str, Any] | None:
    if package.procedure is None:
        return None
    procedure = _read(package.procedure)
    for step in procedure.persons_steps():
        if step.letter not in package.letters and step.letter not in STANDARD_LETTERS:
            why = _("The procedure writes the letter “{key}”, but the package does not hold it.")
            raise PackageRefused(why.format(key=step.letter), MEMBER)
    return _compared(procedure)


def _read(definition: Any) -> tree.Procedure:
    try:
        return tree.from_json(definition)
    except tree.ProcedureUnreadable as unreadable:
        raise PackageRefused(str(unreadable), MEMBER) from None


def _compared(procedure: tree.Procedure) -> dict[str, Any]:
    return {name: value for name, value in tree.as_json(procedure).items() if name not in {"key", "version"}}


def here(coming: Coming) -> dict[str, Any] | None:
    key = coming.package.procedure["key"] if coming.package.procedure else ""
    found = Procedure.objects.filter(institution=coming.institution, key=key).first()
    if found is None or coming.service is None:
        return None
    if not coming.is_published:
        draft = found.get_latest_revision_as_object() if found.latest_revision_id else found
        return _compared(_read(draft.definition))
    if coming.service.procedure != key:
        return None
    current = current_version(coming.institution, key)
    return _compared(_read(current.definition)) if current else None


def bring(coming: Coming, wanted: dict[str, Any]) -> None:
    """The procedure as its owner would have built it, as a draft; published with it where that is wished."""
    key = str((coming.package.procedure or {})["key"])
    procedure = Procedure.objects.filter(institution=coming.institution, key=key).first()
    procedure = procedure or Procedure(institution=coming.institution, key=key, live=False)
    procedure.titles = wanted["titles"]
    try:
        procedure.steps = stream_of(wanted)  # type: ignore[assignment]
    except ProcedureTooDeep as refused:
        raise PackageRefused(str(refused), MEMBER) from None
    if procedure.pk is None:
        procedure.save()
    revision = procedure.save_revision(user=coming.by)
    if not coming.is_published:
        return
    Service.objects.filter(pk=coming.found_service.pk).update(procedure=key)
    try:
        revision.publish(user=coming.by, skip_permission_checks=True)
    except (PublishingRefused, NotPublishable) as refused:
        raise PackageRefused(str(refused), MEMBER) from None


PROCEDURE = Part(gettext_lazy("Procedure"), said, here, bring)
