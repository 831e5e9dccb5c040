"""The form: read by the forms' own reader, compared with its common pages in full."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Service
from cases.parties import QuestionKeyTaken
from portal_pages.designer.stream import tables_stream, to_stream
from portal_pages.forms.stored import FormUnreadable, form_as_json, form_from_json
from portal_pages.models.forms import FormVersion, ServiceForm
from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.parts.base import Coming, Part
from portal_pages.publishing import FormNotReady, kinds_of

MEMBER = "form.json"


def said(package: Package) -> dict[str, Any] | None:
    if package.form is None:
        return None
    in_full = _in_full(package.form)
    if package.form["key"] != package.code:
        raise PackageRefused(_("The form is of another service."), MEMBER)
    return in_full


def _in_full(definition: Any) -> dict[str, Any]:
    try:
        said_in_full = form_as_json(form_from_json(definition))
    except FormUnreadable as unreadable:
        raise PackageRefused(str(unreadable), MEMBER) from None
    return {name: value for name, value in said_in_full.items() if name not in {"key", "version"}}


def here(coming: Coming) -> dict[str, Any] | None:
    service = coming.service
    if service is None:
        return None
    if not coming.is_published and (draft := ServiceForm.objects.filter(service=service).first()):
        latest = draft.get_latest_revision_as_object()
        latest.service = service
        return _in_full(latest.definition)
    newest = FormVersion.objects.newest_of(service)
    return _in_full(newest.definition) if newest else None


def bring(coming: Coming, wanted: dict[str, Any]) -> None:
    """The form as an editor would have built it, as a draft; published with it where that is wished."""
    service = coming.found_service
    _refuse_taken_keys(service, wanted)
    form = ServiceForm.objects.filter(service=service).first() or ServiceForm(service=service, live=False)
    definition = coming.package.form or wanted
    form.pages = to_stream(definition)  # type: ignore[assignment]
    form.tables = tables_stream(definition)  # type: ignore[assignment]
    if form.pk is None:
        form.save()
    revision = form.save_revision(user=coming.by)
    if coming.is_published:
        try:
            revision.publish(user=coming.by, skip_permission_checks=True)
        except FormNotReady as refused:
            raise PackageRefused(str(refused), MEMBER) from None


def _refuse_taken_keys(service: Service, wanted: dict[str, Any]) -> None:
    """A key keeps its meaning for ever. The editor would rename such a question; conditions would miss it."""
    taken = dict(service.questions.values_list("key", "kind"))
    for key, kind in kinds_of(wanted):
        if taken.get(key, kind) != kind:
            raise PackageRefused(str(QuestionKeyTaken(key, taken[key])), MEMBER)


FORM = Part(gettext_lazy("Form"), said, here, bring)
