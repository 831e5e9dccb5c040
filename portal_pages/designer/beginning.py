"""A new service: its place in the list of services, its default rules of record, and a form to start from."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.acting import Actor
from cases.models import Institution, RecordClass, Register, RegisterKind, Service, ServiceRules, Unit
from cases.ruling import publish_rules, today_at
from portal_pages.designer.stream import tables_stream, to_stream, with_common_pages
from portal_pages.models.forms import FormVersion, ServiceForm


class NoPlaceForRecords(Exception):
    """The institution has no register for incoming items or no record class yet."""

    def __init__(self) -> None:
        super().__init__(_("The records office has to set up a register for incoming items and a record class first."))


@transaction.atomic
def begin_service(
    *,
    institution: Institution,
    code: str,
    names: Mapping[str, str],
    summaries: Mapping[str, str],
    unit: Unit,
    copied: Service | None,
    actor: Actor,
    at: dt.datetime,
) -> ServiceForm:
    """A service that nobody can file for yet, with default rules of record, and its form in the editor.

    It is offered from the first publishing of its form on. Raises NoPlaceForRecords.
    """
    service = Service.objects.create(
        institution=institution,
        code=code,
        names=dict(names),
        summaries=dict(summaries),
        unit=unit,
        is_offered=False,
    )
    day = today_at(institution, at)
    rules = (copied and copied.rules_on(day)) or _usual_rules(institution, day)
    rules.pk, rules._state.adding = None, True
    rules.service, rules.valid_from, rules.note = service, day, ""
    publish_rules(rules, actor=actor, at=at)
    return begin_form(service, copied=copied)


def _usual_rules(institution: Institution, day: dt.date) -> ServiceRules:
    """Thirty days, the first register for incoming items, the first record class; the rules page changes them."""
    register = Register.objects.filter(institution=institution, kind=RegisterKind.INCOMING, is_closed=False).first()
    record_class = RecordClass.objects.on(day).filter(institution=institution).order_by("code").first()
    if register is None or record_class is None:
        raise NoPlaceForRecords
    return ServiceRules(register=register, record_class=record_class)


def begin_form(service: Service, *, copied: Service | None = None) -> ServiceForm:
    """The form in the editor: what the service asks today, a copy of another one's, or an empty list."""
    form = ServiceForm(service=service, live=False)
    fill(form, asked_by(copied or service))
    form.save()
    form.save_revision(changed=False)
    return form


def fill(form: ServiceForm, definition: Mapping[str, Any]) -> None:
    """Put the questions of a definition into the editor; pages common to all services can be trimmed there again."""
    shown = with_common_pages(definition)
    form.pages = form._meta.get_field("pages").stream_block.to_python(to_stream(shown))
    form.tables = form._meta.get_field("tables").stream_block.to_python(tables_stream(shown))


def asked_by(service: Service) -> Mapping[str, Any]:
    """What a service asks: its draft in the editor, else what is published, else nothing."""
    drafted = ServiceForm.objects.filter(service=service).first()
    if drafted is not None:
        return drafted.get_latest_revision_as_object().definition
    version = FormVersion.objects.newest_of(service)
    return version.definition if version is not None else {"pages": []}
