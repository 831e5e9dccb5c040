"""Which procedure a new case goes through: the version pinned for it, else the current one of its service."""

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from cases.models import Case, Institution
from flows import compiled
from flows.designer.definition import stream_of
from flows.models import Procedure, ProcedureVersion
from flows.procedures.compiler import ProcedureFlow
from flows.procedures.publishing import current_version, publish, remembered_as
from flows.procedures.shipped import GENERAL, shipped

REMEMBERED = 60  # seconds in which another process may still start the version before


class NoSuchProcedure(Exception):
    """The case names a procedure that was never published here."""


def ensure_general(institution: Institution) -> ProcedureVersion:
    """The general procedure stands in until an institution has drawn its own: every institution begins with it."""
    if version := current_version(institution, GENERAL):
        return version
    definition = shipped(GENERAL)
    procedure, _is_new = Procedure.objects.get_or_create(
        institution=institution,
        key=GENERAL,
        defaults={"titles": definition["titles"], "steps": stream_of(definition)},
    )
    with transaction.atomic():
        Procedure.objects.select_for_update().get(pk=procedure.pk)
        return current_version(institution, GENERAL) or publish(procedure, definition, by=None, at=timezone.now())


def procedure_for(case: Case) -> tuple[str, type[ProcedureFlow]]:
    """The reference (``general/1``) and the flow class for a new case."""
    if pinned := case.versions.get("procedure"):
        key, _slash, number = str(pinned).partition("/")
        reference, name = _name_of(case.institution, key, int(number) if number.isdecimal() else None)
    else:
        key = case.service.procedure if case.service else GENERAL
        reference, name = _name_of(case.institution, key or GENERAL, None)
    return reference, compiled.load(name)


def _name_of(institution: Institution, key: str, number: int | None) -> tuple[str, str]:
    """Kept for a minute: a filing asks nothing of the database. What is pinned never changes."""
    remembered = remembered_as(institution.pk, key, number)
    found: tuple[str, str] | None = cache.get(remembered)
    if found:
        return found
    versions = ProcedureVersion.objects.filter(procedure__institution=institution, procedure__key=key)
    version = versions.filter(number=number).first() if number else versions.order_by("-number").first()
    if version is None:
        return _standing_in(institution, key, number)
    found = (f"{key}/{version.number}", version.class_name)
    cache.set(remembered, found, REMEMBERED)
    return found


def _standing_in(institution: Institution, key: str, number: int | None) -> tuple[str, str]:
    """An institution without any procedure gets the general one. Not remembered: its row may be rolled back yet."""
    if key != GENERAL and number is not None:
        raise NoSuchProcedure(f"{key}/{number}")
    version = ensure_general(institution)
    return f"{GENERAL}/{version.number}", version.class_name
