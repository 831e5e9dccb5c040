"""The list of services as editors see it: what state each form is in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from cases.desk.refused_plans import RefusedPlan, refused_plans
from cases.models import Service, User
from portal_pages.forms.checker import Level
from portal_pages.models.forms import ServiceForm
from portal_pages.publishing import problems_of_form, problems_of_rules

# Other parts of the office (rules of record, procedure, passport, packages) add their buttons to a service:
# a function of service and user that gives pairs of words and address.
BUTTONS_HOOK = "register_service_buttons"


@dataclass(frozen=True)
class ServiceRow:
    service: Service
    unit: str
    address: str
    address_of_design: str
    version: int | None
    states: Sequence[tuple[str, str]]
    refused: RefusedPlan | None
    errors: int
    warnings: int
    buttons: Sequence[tuple[str, str]]


def rows_of(institutions: Iterable[Any], user: User) -> list[ServiceRow]:
    """A row for each service, in the order of their names."""
    services = (
        Service.objects.filter(institution__in=institutions)
        .select_related("institution", "unit", "designed_form__latest_revision")
        .annotate(newest_version=Max("form_versions__number"))
        .prefetch_related("rules")
    )
    forms = [service.designed_form for service in services if hasattr(service, "designed_form")]
    refused = refused_plans(forms)
    return sorted((_row(service, user, refused) for service in services), key=lambda row: str(row.service))


def _row(service: Service, user: User, refused: Mapping[int, RefusedPlan]) -> ServiceRow:
    form: ServiceForm | None = getattr(service, "designed_form", None)
    newest_version: int | None = service.__dict__["newest_version"]  # annotated by rows_of
    if form is None:
        problems = problems_of_rules(service)
    else:
        form.service = service
        draft = form.get_latest_revision_as_object()
        draft.service = service
        problems = problems_of_form(service, draft.definition)
    levels = [problem.level for problem in problems]
    return ServiceRow(
        service=service,
        unit=str(service.unit),
        address=reverse("services:edit", args=[form.pk]) if form else "",
        address_of_design=reverse("services:design", args=[service.pk]),
        version=newest_version,
        states=_states(service, form, is_published=bool(newest_version)),
        refused=refused.get(form.pk) if form else None,
        errors=levels.count(Level.ERROR),
        warnings=levels.count(Level.WARNING),
        buttons=buttons_of(service, user),
    )


def buttons_of(service: Service, user: User) -> list[tuple[str, str]]:
    """The other pages of a service: what they are called and where they are."""
    return [button for hook in hooks.get_hooks(BUTTONS_HOOK) for button in hook(service, user)]


def _states(service: Service, form: ServiceForm | None, *, is_published: bool) -> list[tuple[str, str]]:
    """Kind and words of each: live, draft beside it, scheduled, in moderation, locked."""
    states = []
    if is_published:
        states.append(("live", _("live") if service.is_offered else _("not offered")))
    if form is None:
        return states or [("none", _("no form yet"))]
    if form.has_unpublished_changes or not form.live:
        states.append(("draft", _("draft")))
    if form.scheduled_revision:
        states.append(("scheduled", _("scheduled")))
    if form.workflow_in_progress:
        states.append(("moderation", _("in moderation")))
    if form.locked:
        states.append(("locked", _("locked")))
    return states
