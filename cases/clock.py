"""The clock of a case: starting it, stopping it while the applicant is asked, prolonging it."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.calendar import Calendar
from cases.models import Case, CaseState, Clock, Extension, Service, Suspension
from cases.signals import case_changed, clock_resumed, clock_suspended


class ClockRefused(Exception):
    """The clock can't do that; the message says why and what to do."""


def local_date(case: Case, at: dt.datetime) -> dt.date:
    """The day it is at the institution."""
    return at.astimezone(zone_of(case.institution.time_zone)).date()


def zone_of(name: str) -> dt.tzinfo:
    return ZoneInfo(name)


def new_clock(case: Case, service: Service, *, start: dt.date) -> Clock:
    """The clock of a new case by its service's deadline rule; not saved."""
    term = Calendar.of(case.institution).term(
        start, service.deadline_amount, service.deadline_unit, service.counting_mode
    )
    return Clock(
        case=case,
        started_date=start,
        amount=service.deadline_amount,
        unit=service.deadline_unit,
        counting_mode=service.counting_mode,
        raw_end_date=term.raw_end_date,
        due_date=term.due_date,
        calendar_version=term.calendar_version,
        legal_basis=service.legal_basis,
    )


@transaction.atomic
def suspend(case: Case, *, reason: str, actor: Actor, at: dt.datetime) -> Suspension | None:
    """Stop the clock; the case waits. A case without a term waits as well, without a suspension."""
    locked = _locked(case)
    if locked.state != CaseState.OPEN:
        raise ClockRefused(_("Case {number} is not in progress, so its clock cannot be stopped.").format(number=locked))
    suspension = None
    if clock := Clock.objects.filter(case=case).first():
        suspension = Suspension.objects.create(
            clock=clock, reason=reason[:300], from_date=local_date(locked, at), made_by=actor.user
        )
    _change_state(case, CaseState.WAITING)
    history.record(case, "CLOCK_SUSPENDED", actor=actor, at=at, is_public=True, personal={"reason": reason})
    clock_suspended.send(sender=Case, case=case, at=at)
    case_changed.send(sender=Case, case=case, at=at)
    return suspension


@transaction.atomic
def resume(case: Case, *, actor: Actor, at: dt.datetime) -> dt.date | None:
    """Let the clock run on; the due date moves by the whole days that it stood still. Returns it."""
    locked = _locked(case)
    if locked.state != CaseState.WAITING:
        raise ClockRefused(_("The clock of case {number} is running already.").format(number=locked))
    clock = Clock.objects.filter(case=case).first()
    if clock and (suspension := clock.suspensions.filter(to_date__isnull=True).first()):
        suspension.to_date = max(local_date(locked, at), suspension.from_date)
        suspension.save(update_fields=["to_date"])
        clock.due_date = _due_after_pauses(clock, locked)
        clock.save(update_fields=["due_date"])
        case.due_date = clock.due_date
        Case.objects.filter(pk=case.pk).update(due_date=clock.due_date)
    _change_state(case, CaseState.OPEN)
    due = clock.due_date.isoformat() if clock else ""
    history.record(case, "CLOCK_RESUMED", actor=actor, at=at, is_public=True, payload={"due": due})
    clock_resumed.send(sender=Case, case=case, at=at)
    case_changed.send(sender=Case, case=case, at=at)
    return clock.due_date if clock else None


@transaction.atomic
def extend(case: Case, *, until: dt.date, reason: str, actor: Actor, at: dt.datetime) -> Extension:
    """Prolong the term, once the applicant is told the reason (OpenZaak: verlenging)."""
    locked = _locked(case)
    clock = Clock.objects.filter(case=case, stopped_at__isnull=True).first()
    if clock is None:
        raise ClockRefused(_("Case {number} has no running term to prolong.").format(number=case))
    new_due_date = Calendar.of(locked.institution).roll(until)
    if new_due_date <= clock.due_date:
        raise ClockRefused(_("Choose a day after {due}: that is when the term ends now.").format(due=clock.due_date))
    if actor.user is None:
        raise ClockRefused(_("Only a person may prolong a term."))
    extension = Extension.objects.create(
        clock=clock,
        reason=reason[:300],
        old_due_date=clock.due_date,
        new_due_date=new_due_date,
        made_by=actor.user,
        made_at=at,
    )
    clock.due_date = case.due_date = new_due_date
    clock.save(update_fields=["due_date"])
    Case.objects.filter(pk=case.pk).update(due_date=new_due_date)
    history.record(
        case,
        "CLOCK_EXTENDED",
        actor=actor,
        at=at,
        is_public=True,
        payload={"due": new_due_date.isoformat()},
        personal={"reason": reason},
    )
    case_changed.send(sender=Case, case=case, at=at)
    return extension


def _due_after_pauses(clock: Clock, case: Case) -> dt.date:
    """Due = roll(raw end + whole days suspended); a prolonged term moves by what it stood still since then."""
    calendar = Calendar.of(case.institution)
    due = calendar.roll(clock.raw_end_date + dt.timedelta(days=_days_stood_still(clock)))
    if prolonged := clock.extensions.order_by("-new_due_date").first():
        since = _days_stood_still(clock, since=local_date(case, prolonged.made_at))
        due = max(due, calendar.roll(prolonged.new_due_date + dt.timedelta(days=since)))
    return due


def _days_stood_still(clock: Clock, *, since: dt.date = dt.date.min) -> int:
    pauses = clock.suspensions.values_list("from_date", "to_date")
    return sum(max((last - max(first, since)).days, 0) for first, last in pauses if last is not None)


def _locked(case: Case) -> Case:
    """The case as it is now; its row, and no other, stays locked until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).select_related("institution").get(pk=case.pk)


def _change_state(case: Case, state: str) -> None:
    case.state = state
    Case.objects.filter(pk=case.pk).update(state=state)
