"""Declaring the institution's own days off and working days, and counting running terms again afterwards."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cases import clock
from cases.acting import Actor
from cases.calendar import Calendar
from cases.models import Clock, Institution, OwnDay, OwnDayKind
from cases.ruling import today_at


class OwnDayRefused(Exception):
    """The day can't be declared like this; the message says why."""


@transaction.atomic
def declare_day(
    institution: Institution, *, date: dt.date, kind: str, legal_basis: str, actor: Actor, at: dt.datetime
) -> OwnDay:
    """Say that the institution rests or works on a day, and by which act."""
    locked = Institution.objects.select_for_update().get(pk=institution.pk)
    shown = date_format(date, "DATE_FORMAT")
    if not legal_basis.strip():
        raise OwnDayRefused(_("Write which act decided it: terms are counted by this."))
    if locked.own_days.in_force().filter(date=date).exists():
        raise OwnDayRefused(_("{day} is in the list already.").format(day=shown))
    if (kind == OwnDayKind.WORKING) == Calendar.of(locked).is_working_day(date):
        already = _("{day} is a working day anyway.") if kind == OwnDayKind.WORKING else _("{day} is a day off anyway.")
        raise OwnDayRefused(already.format(day=shown))
    day = OwnDay.objects.create(
        institution=locked,
        date=date,
        kind=kind,
        legal_basis=legal_basis.strip()[:300],
        declared_by=actor.user,
        declared_at=at,
    )
    _copy_dates(locked)
    return day


@transaction.atomic
def withdraw_day(day: OwnDay, *, actor: Actor, at: dt.datetime) -> OwnDay:
    """Take a day back that has not come yet: terms that passed over it have ended by it. Who did it is kept."""
    locked = Institution.objects.select_for_update().get(pk=day.institution_id)
    current = locked.own_days.get(pk=day.pk)
    if current.date < today_at(locked, at):
        raise OwnDayRefused(_("This day is past: terms were counted by it."))
    if current.withdrawn_at:
        raise OwnDayRefused(_("This day was taken back already, by {who}.").format(who=current.withdrawn_by))
    current.withdrawn_by, current.withdrawn_at = actor.user, at
    current.save(update_fields=["withdrawn_by", "withdrawn_at"])
    _copy_dates(locked)
    return current


def _copy_dates(institution: Institution) -> None:
    """The bare dates stand with the institution, so that counting a term asks nothing."""
    days = list(institution.own_days.in_force().order_by("date").values_list("date", "kind"))
    institution.own_days_off = [day.isoformat() for day, kind in days if kind == OwnDayKind.OFF]
    institution.own_working_days = [day.isoformat() for day, kind in days if kind == OwnDayKind.WORKING]
    institution.save(update_fields=["own_days_off", "own_working_days"])


def counted_otherwise(institution: Institution) -> QuerySet[Clock]:
    """Running terms that were counted by another calendar than today's."""
    running = Clock.objects.filter(case__institution=institution, stopped_at__isnull=True, case__closed_at__isnull=True)
    return running.exclude(calendar_version=Calendar.of(institution).version)


def recount_terms(institution: Institution, *, at_most: int, actor: Actor, at: dt.datetime) -> tuple[int, int]:
    """Count such terms again, each in its own transaction. Returns how many were counted and how many moved."""
    counted = moved = 0
    for term in counted_otherwise(institution).select_related("case__institution").order_by("pk")[:at_most]:
        counted += 1
        moved += clock.recount(term.case, actor=actor, at=at) != term.due_date
    return counted, moved
