"""The clock of a case: starting it, stopping it while the applicant is asked, prolonging it."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.calendar import Calendar
from cases.known_queries import KnownQuery
from cases.models import Case, CaseState, Clock, ClockStart, Extender, Extension, ServiceRules, Suspension
from cases.signals import case_changed, clock_resumed, clock_suspended

# The question by which an applicant chooses how fast they are answered.
TIER = "tier"


class ClockRefused(Exception):
    """The clock can't do that; the message says why and what to do."""


def local_date(case: Case, at: dt.datetime) -> dt.date:
    """The day it is at the institution."""
    return at.astimezone(zone_of(case.institution.time_zone)).date()


def zone_of(name: str) -> dt.tzinfo:
    return ZoneInfo(name)


def new_clock(case: Case, rules: ServiceRules, *, received: dt.date, tier: Any = None) -> Clock | None:
    """The clock of a new case by its service's rules; not saved. None when it waits for a complete filing."""
    if rules.clock_start == ClockStart.COMPLETENESS:
        return None
    return clock_from(case, rules, day=received, tier=tier)


def clock_from(case: Case, rules: ServiceRules, *, day: dt.date, tier: Any = None) -> Clock:
    """The clock as it runs from that day; not saved. ``tier``: the speed that the applicant chose."""
    calendar = Calendar.of(case.institution)
    start = calendar.roll(day) if rules.clock_start == ClockStart.NEXT_WORKING_DAY else day
    amount, unit = rules.term_for(tier)
    term = calendar.term(start, amount, unit, rules.counting_mode)
    return Clock(
        case=case,
        started_date=start,
        amount=amount,
        unit=unit,
        counting_mode=rules.counting_mode,
        raw_end_date=term.raw_end_date,
        due_date=term.due_date,
        calendar_version=term.calendar_version,
        legal_basis=rules.legal_basis,
    )


_rules_from = KnownQuery(
    lambda service, day: ServiceRules.objects.filter(service=service, valid_from=day).order_by("pk"), int, dt.date
)


def rules_of(case: Case) -> ServiceRules | None:
    """The rules that the case was filed under; None for one without a service."""
    if case.service_id is None:
        return None
    rules = ServiceRules.objects.filter(service_id=case.service_id)
    if version := case.versions.get("rules"):
        return _rules_from.first(case.service_id, dt.date.fromisoformat(version))
    return rules.in_force(local_date(case, case.opened_at)).first() or rules.order_by("valid_from").first()


@transaction.atomic
def start_when_complete(case: Case, *, actor: Actor, at: dt.datetime) -> Clock | None:
    """Everything is there: a term that is counted from completeness begins. None where one runs, or none is due."""
    if case.due_date is not None or case.service_id is None or Clock.objects.filter(case=case).exists():
        return None
    rules = rules_of(case)
    if rules is None or rules.clock_start != ClockStart.COMPLETENESS:
        return None
    chosen = case.answers.filter(key=TIER, replaced_at__isnull=True).values_list("value", flat=True).first()
    clock = clock_from(case, rules, day=local_date(case, at), tier=chosen)
    clock.save()
    case.due_date = clock.due_date
    Case.objects.filter(pk=case.pk).update(due_date=clock.due_date)
    history.record(
        case, "CLOCK_STARTED", actor=actor, at=at, is_public=True, payload={"due": clock.due_date.isoformat()}
    )
    case_changed.send(sender=Case, case=case, at=at)
    return clock


@transaction.atomic
def suspend(case: Case, *, reason: str, actor: Actor, at: dt.datetime) -> Suspension | None:
    """Stop the clock; the case waits. A case without a term waits as well, without a suspension."""
    locked = _locked(case)
    if locked.state != CaseState.OPEN:
        raise ClockRefused(_("Case {number} is not in progress, so its clock cannot be stopped.").format(number=locked))
    suspension = None
    rules = rules_of(locked)
    may_stop = rules is None or rules.may_suspend
    if may_stop and (clock := Clock.objects.filter(case=case).first()):
        suspension = Suspension.objects.create(
            clock=clock, reason=reason[:300], from_date=local_date(locked, at), made_by=actor.user
        )
    _change_state(case, CaseState.WAITING)
    happened = "CLOCK_SUSPENDED" if may_stop else "WAITS_WHILE_CLOCK_RUNS"
    history.record(case, happened, actor=actor, at=at, is_public=True, personal={"reason": reason})
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
    """Prolong the term, once the applicant is told the reason (OpenZaak: verlenging).

    How often, by how much and by whom: the rules that the case was filed under say so.
    """
    locked = _locked(case)
    clock = Clock.objects.filter(case=case, stopped_at__isnull=True).first()
    if clock is None:
        raise ClockRefused(_("Case {number} has no running term to prolong.").format(number=case))
    new_due_date = Calendar.of(locked.institution).roll(until)
    if new_due_date <= clock.due_date:
        raise ClockRefused(_("Choose a day after {due}: that is when the term ends now.").format(due=clock.due_date))
    if actor.user is None:
        raise ClockRefused(_("Only a person may prolong a term."))
    _check_may_extend(locked, clock, new_due_date, actor=actor)
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


@transaction.atomic
def recount(case: Case, *, actor: Actor, at: dt.datetime) -> dt.date | None:
    """Count a running term again by today's calendar: holidays were decided late, or an own day was declared.

    A term that was prolonged keeps the day that the applicant was told, unless counting again gives a later one.
    """
    locked = _locked(case)
    clock = Clock.objects.filter(case=locked, stopped_at__isnull=True).first()
    if clock is None:
        return None
    calendar = Calendar.of(locked.institution)
    term = calendar.term(clock.started_date, clock.amount, clock.unit, clock.counting_mode)
    old = clock.due_date
    clock.raw_end_date, clock.calendar_version = term.raw_end_date, term.calendar_version
    clock.due_date = _due_after_pauses(clock, locked)
    clock.save(update_fields=["raw_end_date", "calendar_version", "due_date"])
    if clock.due_date != old:
        Case.objects.filter(pk=case.pk).update(due_date=clock.due_date)
        history.record(
            locked, "CLOCK_RECOUNTED", actor=actor, at=at, is_public=True,
            payload={"due": clock.due_date.isoformat(), "old": old.isoformat()},
        )  # fmt: skip
        case_changed.send(sender=Case, case=locked, at=at)
    return clock.due_date


def _check_may_extend(case: Case, clock: Clock, until: dt.date, *, actor: Actor) -> None:
    rules = rules_of(case)
    if rules is None:
        return
    if clock.extensions.count() >= rules.extension_times:
        raise ClockRefused(_("The rules of this service do not let the term be prolonged (again)."))
    if actor.post is None or actor.post.role not in MAY_EXTEND[Extender(rules.extended_by)]:
        raise ClockRefused(_("Only this one may prolong the term: {who}.").format(who=rules.get_extended_by_display()))
    if until > (latest := latest_extension(case, clock, rules)):
        raise ClockRefused(_("Choose {latest} at the latest: the rules allow no more.").format(latest=latest))


# Whoever stands above may do what those below may.
MAY_EXTEND = {
    Extender.OFFICER: {Extender.OFFICER, Extender.HEAD, Extender.EXECUTIVE},
    Extender.HEAD: {Extender.HEAD, Extender.EXECUTIVE},
    Extender.EXECUTIVE: {Extender.EXECUTIVE},
}


def latest_extension(case: Case, clock: Clock, rules: ServiceRules) -> dt.date:
    """The last day to which the term may be prolonged next: counted from where it would end without rolling."""
    calendar = Calendar.of(case.institution)
    last = clock.extensions.order_by("-new_due_date").first()
    ends = last.new_due_date if last else clock.raw_end_date
    since = local_date(case, last.made_at) if last else dt.date.min
    ends += dt.timedelta(days=_days_stood_still(clock, since=since))
    return calendar.term(ends, rules.extension_amount, rules.extension_unit).due_date


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
