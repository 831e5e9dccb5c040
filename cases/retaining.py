"""How long a case is kept and what then: its class's rule, the day that follows from it, and what an appraisal decided.

The rule of a case is the newest version of its class that has begun and holds for it; a version may leave cases alone
that were closed before its first day. The day is kept per case (``Retention``) and counted again when a rule changes.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cases import history, outbox
from cases.acting import Actor
from cases.clock import local_date, zone_of
from cases.models import (
    Appraisal,
    Case,
    CaseState,
    DisposalAction,
    Document,
    Institution,
    OutboxRow,
    RecordClass,
    Retention,
    RetentionStart,
    User,
)
from cases.outbox import Trouble
from cases.signals import case_changed

CASES_AT_ONCE = 500
BATCHES_A_TURN = 20
DECISION = "DECISION"
LONGEST_YEARS = 500


class AppraisalRefused(Exception):
    """The case can't be appraised like this; the message says why."""


@dataclass(frozen=True)
class Outlook:
    """What is to become of a closed case. ``due_date``: the first day on which it may; None when never."""

    rule: RecordClass | None
    action: str
    started_date: dt.date
    due_date: dt.date | None

    def is_due(self, on: dt.date) -> bool:
        return self.due_date is not None and self.due_date <= on


def rule_of(case: Case, *, on: dt.date | None = None) -> RecordClass | None:
    """The version of the case's class that it is kept by on that day; None on no day in particular: by all known."""
    if case.record_class is None:
        return None
    versions = RecordClass.objects.filter(institution_id=case.institution_id, code=case.record_class.code)
    return _chosen(list(versions.order_by("-valid_from")), _closed_date(case), on) or case.record_class


def _chosen(newest_first: Sequence[RecordClass], closed: dt.date | None, on: dt.date | None) -> RecordClass | None:
    begun = [version for version in newest_first if on is None or version.valid_from <= on]
    for version in begun:
        if version.holds_for_closed or closed is None or version.valid_from <= closed:
            return version
    return begun[-1] if begun else None


def _closed_date(case: Case) -> dt.date | None:
    return local_date(case, case.closed_at) if case.closed_at else None


def outlook_of(case: Case, *, on: dt.date | None = None) -> Outlook | None:
    """What the rules say of the case that day, asked anew; None while it is open."""
    if case.closed_at is None:
        return None
    decided = Document.objects.filter(case=case, kind=DECISION).aggregate(at=_decided_at())["at"]
    appraisal = case.appraisals.order_by("-decided_at", "-pk").first()
    return _outlook(case, rule_of(case, on=on), decided, appraisal)


def _decided_at(prefix: str = "") -> Max:
    moment = Coalesce(f"{prefix}entry__registered_at", f"{prefix}captured_at")
    return Max(moment, filter=Q(**{f"{prefix}kind": DECISION}))


def _outlook(case: Case, rule: RecordClass | None, decided: dt.datetime | None, appraisal: Appraisal | None) -> Outlook:
    started = started_on(case, rule.retention_start if rule else RetentionStart.END_OF_YEAR, decided)
    if appraisal is not None:
        return Outlook(rule, appraisal.action, started, appraisal.due_date)
    if rule is None:
        return Outlook(None, "", started, None)
    return Outlook(rule, rule.disposal_action, started, _due(rule, started))


def started_on(case: Case, trigger: str, decided: dt.datetime | None) -> dt.date:
    """The day that the years are counted from.

    As a rule 1 January after closing (Dz.U. 2011 nr 14 poz. 67; ПМС 67/2024; Legea 16/1996).
    """
    assert case.closed_at is not None  # noqa: S101 (only closed cases are counted)
    if trigger == RetentionStart.DECISION:
        return local_date(case, decided or case.closed_at)
    closed = local_date(case, case.closed_at)
    return closed if trigger == RetentionStart.CLOSING else dt.date(closed.year + 1, 1, 1)


def _due(rule: RecordClass, started: dt.date) -> dt.date | None:
    if rule.retention_years is None or rule.disposal_action == DisposalAction.KEEP:
        return None
    return years_after(started, rule.retention_years)


def years_after(day: dt.date, years: int) -> dt.date | None:
    """The same day so many years later; 29 February ends with the month. None beyond the calendar."""
    if day.year + years > dt.MAXYEAR:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


# -- The kept day


def count_case(case: Case, *, at: dt.datetime) -> None:
    """Keep the day of one case; called when it closes and when its class or appraisal changes."""
    count_cases([case.pk], at=at)


@transaction.atomic
def count_cases(ids: Iterable[int], *, at: dt.datetime) -> int:
    """Count these cases and keep their days. Returns how many are closed and have one."""
    cases = list(
        Case.objects.filter(pk__in=list(ids))
        .select_related("institution", "record_class")
        .annotate(decided_at=_decided_at("documents__"))
    )
    closed = [case for case in cases if case.closed_at is not None]
    Retention.objects.filter(case__in=[case.pk for case in cases if case.closed_at is None]).delete()
    versions = _versions_of(closed)
    appraisals = {row.case_id: row for row in Appraisal.objects.filter(case__in=closed).order_by("decided_at", "pk")}
    rows = [_row(case, versions, appraisals.get(case.pk), at=at) for case in closed]
    Retention.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["institution", "record_class", "action", "started_date", "due_date", "is_stale", "counted_at"],
    )
    return len(rows)


def _versions_of(cases: Sequence[Case]) -> Mapping[tuple[int, str], list[RecordClass]]:
    codes = {case.record_class.code for case in cases if case.record_class}
    institutions = {case.institution_id for case in cases}
    found: dict[tuple[int, str], list[RecordClass]] = {}
    for version in RecordClass.objects.filter(institution__in=institutions, code__in=codes).order_by("-valid_from"):
        found.setdefault((version.institution_id, version.code), []).append(version)
    return found


def _row(
    case: Any, versions: Mapping[tuple[int, str], list[RecordClass]], appraisal: Appraisal | None, *, at: dt.datetime
) -> Retention:
    code = case.record_class.code if case.record_class else ""
    known = versions.get((case.institution_id, code), [])
    rule = _chosen(known, _closed_date(case), local_date(case, at)) or case.record_class
    outlook = _outlook(case, rule, case.decided_at, appraisal)
    return Retention(
        case=case,
        institution_id=case.institution_id,
        record_class=outlook.rule,
        action=outlook.action,
        started_date=outlook.started_date,
        due_date=outlook.due_date,
        counted_at=at,
    )


# -- Counting again


def rule_changed(institution: Institution, codes: Iterable[str], *, at: dt.datetime) -> None:
    """Cases of these classes are counted again by a job. Call it in the transaction of the change."""
    changed = Case.objects.filter(institution=institution, record_class__code__in=list(codes), state=CaseState.CLOSED)
    Retention.objects.filter(case__in=changed).update(is_stale=True)
    outbox.put("count_retention", at=at, institution=institution.pk)


def to_be_counted(institution: Institution) -> QuerySet[Case]:
    """Closed cases whose day is not kept yet, or is one of an older rule."""
    rows = Retention.objects.filter(case=OuterRef("pk"))
    closed = Case.objects.filter(institution=institution, state=CaseState.CLOSED)
    return closed.filter(~Exists(rows) | Exists(rows.filter(is_stale=True)))


@outbox.handler("count_retention")
def count_retention(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Some batches, each in its own transaction; the rest in the next turn. Stopped anywhere, it goes on from there.

    It walks on by the cases' keys: to look from the first one again for each batch took as long as the counting. What
    a rule made stale behind it is met on another walk.
    """
    institution = Institution.objects.get(pk=payload["institution"])
    after = payload.get("after", 0)
    for _number in range(BATCHES_A_TURN):
        last = count_batch(institution, after=after, at=at)
        if last == after == 0:
            return
        after = 0 if last == after else last
    outbox.put("count_retention", at=at, institution=institution.pk, after=after)


@transaction.atomic
def count_batch(institution: Institution, *, at: dt.datetime, after: int = 0) -> int:
    """Count up to 500 cases behind a key; returns the last one's key, or the same when there is none.

    The lock keeps a rule from changing between reading it and keeping the days.
    """
    lock_plan(institution)
    some = to_be_counted(institution).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CASES_AT_ONCE]
    ids = list(some)
    count_cases(ids, at=at)
    return ids[-1] if ids else after


def lock_plan(institution: Institution) -> None:
    """Changes of the plan and countings wait for each other; registering does not wait."""
    Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)


def keep_up(*, at: dt.datetime) -> None:
    """Versions whose day has come take effect, and what was never counted is. Run every hour."""
    for institution in Institution.objects.all():
        begun = _let_begin(institution, at=at)
        if not begun and to_be_counted(institution).exists() and not countings_of(institution).exists():
            outbox.put("count_retention", at=at, institution=institution.pk)


def countings_of(institution: Institution) -> QuerySet[OutboxRow]:
    """Countings that are still to be done, those that were given up included; the newest first."""
    return outbox.left_to_do("count_retention", institution=institution.pk)


def trouble_of_counting(institution: Institution, *, at: dt.datetime) -> Trouble | None:
    """What keeps cases from being counted; None while they are, or wait for the hour."""
    job = countings_of(institution).first()
    return outbox.trouble_with(job, at=at) if job else None


def count_again(institution: Institution, *, at: dt.datetime) -> None:
    """Somebody asks for another try at once of all that failed. Raises NotWaiting."""
    failed = list(countings_of(institution).exclude(last_error=""))
    if not failed:
        raise outbox.NotWaiting
    for job in failed:
        outbox.retry(job, at=at)


@transaction.atomic
def _let_begin(institution: Institution, *, at: dt.datetime) -> bool:
    today = at.astimezone(zone_of(institution.time_zone)).date()
    begun = RecordClass.objects.filter(institution=institution, counted_at__isnull=True, valid_from__lte=today)
    codes = set(begun.values_list("code", flat=True))
    if codes:
        lock_plan(institution)
        rule_changed(institution, codes, at=at)
        begun.update(counted_at=at)
    return bool(codes)


# -- Appraisal


@transaction.atomic
def appraise(case: Case, *, action: str, reason: str, actor: Actor, at: dt.datetime) -> Appraisal:
    """Decide what becomes of a case: by a class that says "review", or against its class, with the reason.

    Destroying and transferring are possible from today on; keeping is for ever. ``keep_until`` keeps for some time.
    """
    locked, person, reason = _to_be_appraised(case, reason=reason, actor=actor)
    today = local_date(locked, at)
    if action == DisposalAction.DESTROY and not _years_are_over(case, on=today):
        raise AppraisalRefused(
            _("The years of case {number} are not over: it can't be given up before.").format(number=locked)
        )
    due_date = None if action == DisposalAction.KEEP else today
    history.record(
        case,
        "APPRAISED",
        actor=actor,
        at=at,
        payload={"action": str(action), "day": due_date.isoformat() if due_date else ""},
        personal={"reason": reason},
    )
    return _decide(locked, action, due_date, reason=reason, person=person, at=at)


@transaction.atomic
def keep_until(case: Case, *, last_day: dt.date, reason: str, actor: Actor, at: dt.datetime) -> Appraisal:
    """Keep a case up to and including a day, with the reason; then it is to be reviewed again."""
    locked, person, reason = _to_be_appraised(case, reason=reason, actor=actor)
    today = local_date(locked, at)
    if last_day <= today:
        raise AppraisalRefused(_("Choose a day or a year that is still to come."))
    if last_day.year > today.year + LONGEST_YEARS:
        raise AppraisalRefused(_("That is too far away. Keep it for ever instead."))
    by_class = _by_class(case)
    if by_class and by_class.due_date and by_class.due_date > last_day + dt.timedelta(days=1):
        raise AppraisalRefused(
            _("Its class keeps case {number} longer than that: until {day}.").format(
                number=locked, day=date_format(by_class.due_date - dt.timedelta(days=1), "SHORT_DATE_FORMAT")
            )
        )
    history.record(
        case,
        "KEPT_LONGER",
        actor=actor,
        at=at,
        payload={"until": last_day.isoformat()},
        personal={"reason": reason},
    )
    from_then_on = last_day + dt.timedelta(days=1)
    return _decide(locked, DisposalAction.REVIEW, from_then_on, reason=reason, person=person, at=at)


def _to_be_appraised(case: Case, *, reason: str, actor: Actor) -> tuple[Case, User, str]:
    """The case, locked, who decides, and the reason as it is kept."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("institution").get(pk=case.pk)
    reason = " ".join(reason.split())
    if actor.user is None:
        raise AppraisalRefused(_("Only a person appraises a case."))
    if not reason:
        raise AppraisalRefused(_("Write the reason: who agreed, and by which paper."))
    if locked.state != CaseState.CLOSED:
        raise AppraisalRefused(_("Case {number} is not closed, or gone already.").format(number=locked))
    if locked.disposal_items.filter(is_open=True).exists() or locked.transfer_items.filter(is_open=True).exists():
        raise AppraisalRefused(_("Case {number} stands on a list. Finish the list first.").format(number=locked))
    return locked, actor.user, reason


def _by_class(case: Case) -> Outlook | None:
    """What the class alone says, whatever was decided of the case."""
    fresh = Case.objects.select_related("institution", "record_class").get(pk=case.pk)
    decided = Document.objects.filter(case=fresh, kind=DECISION).aggregate(at=_decided_at())["at"]
    return _outlook(fresh, rule_of(fresh), decided, None) if fresh.closed_at else None


def _years_are_over(case: Case, *, on: dt.date) -> bool:
    """Neither the class nor what was decided before keeps the case any longer."""
    fresh = Case.objects.select_related("institution", "record_class").get(pk=case.pk)
    said = (_by_class(fresh), outlook_of(fresh))
    return all(outlook is not None and outlook.is_due(on) for outlook in said)


def _decide(
    case: Case, action: str, due_date: dt.date | None, *, reason: str, person: User, at: dt.datetime
) -> Appraisal:
    appraisal = Appraisal.objects.create(
        case=case, action=action, due_date=due_date, reason=reason[:300], decided_by=person, decided_at=at
    )
    count_case(case, at=at)
    case_changed.send(sender=Case, case=case, at=at)
    return appraisal


history.register_words("APPRAISED", _("Appraised: {action}. {reason}"))
history.register_choices("action", dict(DisposalAction.choices))
history.register_words("KEPT_LONGER", _("To be kept until {until}, then reviewed again. {reason}"))
