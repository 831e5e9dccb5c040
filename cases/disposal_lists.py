"""Disposal lists: proposed by the rules, reviewed by the unit, approved by the archivist, carried out by another.

Each case is destroyed in a transaction of its own, together with the cases that were joined into it, so that a list
that was stopped anywhere goes on from there. What is held, was reopened or got something new meanwhile is left out and
named. What failed is tried again, later each time; somebody may ask for it sooner, or end the list without it. A case
at which worker after worker dies is left alone after three tries, and the others go on.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases import outbox, retaining
from cases.acting import Actor
from cases.clock import local_date
from cases.disposing import NotDisposable, destroy_case, remove_unused_bytes
from cases.joined import lead_of, leading, taken_in
from cases.models import (
    Case,
    CaseState,
    CaseTombstone,
    DisposalAction,
    DisposalHold,
    DisposalItem,
    DisposalItemState,
    DisposalList,
    DisposalListState,
    Institution,
    OutboxRow,
    Retention,
    StoredFile,
    TransferItem,
    Unit,
    User,
)
from cases.outbox import Trouble
from cases.review_notices import reviewers_of, tell_reviewers
from cases.ruling import today_at

logger = logging.getLogger(__name__)

MOST_CASES = 2_000
CASES_A_TURN = 100
MOST_BEGUN = 3
STATE = DisposalListState
ITEM = DisposalItemState


class ListRefused(Exception):
    """The list can't be changed like this; the message says what to do."""


class NothingDue(ListRefused):
    def __init__(self) -> None:
        super().__init__(_("No case of this unit may be destroyed in that year. What is on hold is left out."))


def due_for_destruction(institution: Institution, *, until: dt.date) -> QuerySet[Retention]:
    """Closed cases whose day has come by then, without those on hold or on a list already."""
    return not_taken(
        Retention.objects.filter(
            institution=institution,
            action=DisposalAction.DESTROY,
            due_date__lte=until,
            is_stale=False,
            case__state=CaseState.CLOSED,
        )
    )


def not_taken(rows: QuerySet[Retention]) -> QuerySet[Retention]:
    """Without cases that are held, or took in one that is, and those that stand on an open list."""
    holds = DisposalHold.objects.in_force().filter(case=OuterRef("case"))
    listed = DisposalItem.objects.filter(case=OuterRef("case"), is_open=True)
    leaving = TransferItem.objects.filter(case=OuterRef("case"), is_open=True)
    held = DisposalHold.objects.in_force().filter(case__state=CaseState.JOINED).values_list("case", flat=True)
    return rows.filter(~Exists(holds), ~Exists(listed), ~Exists(leaving)).exclude(case__in=leading(list(held)))


def last_day(year: int, today: dt.date) -> dt.date:
    """A list of a year takes what is due by its end, and nothing whose day has not come."""
    return min(dt.date(year, 12, 31), today)


@transaction.atomic
def propose(unit: Unit, *, year: int, actor: Actor, at: dt.datetime) -> DisposalList:
    """Put what the rules give up onto a new list of the unit, oldest first, at most 2,000 cases.

    What was joined into a case goes with it. Its head is told. ``actor`` may be the yearly job, which tells of all
    its lists together.
    """
    institution = unit.institution
    today = today_at(institution, at)
    if not 1900 <= year <= today.year:
        raise ListRefused(_("Choose this year or an earlier one: the cases of later years are not due."))
    Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    due = due_for_destruction(institution, until=last_day(year, today)).filter(case__unit=unit)
    rows = due.order_by("due_date", "case").values_list("case_id", "due_date", "case__closed_at")
    found = [
        (case_id, due_date, closed_at) for case_id, due_date, closed_at in rows[:MOST_CASES] if due_date and closed_at
    ]
    if not found:
        raise NothingDue
    joined = taken_in([case_id for case_id, _due, _closed in found])
    counts = _documents_of([*joined, *(case_id for led in joined.values() for case_id in led)])
    new = DisposalList.objects.create(
        institution=institution, unit=unit, year=year, proposed_by=actor.user, proposed_at=at
    )

    def line(case_id: int, due_date: dt.date, closed_at: dt.datetime, lead: DisposalItem | None = None) -> DisposalItem:
        return DisposalItem(
            disposal_list=new,
            case_id=case_id,
            goes_with=lead,
            due_date=due_date,
            closed_at=closed_at,
            documents=counts.get(case_id, 0),
        )

    leads = DisposalItem.objects.bulk_create(line(*row) for row in found)
    DisposalItem.objects.bulk_create(
        line(case_id, lead.due_date, lead.closed_at, lead) for lead in leads for case_id in joined[lead.case_id]
    )
    if actor.user:
        tell_reviewers(unit, about=f"list-{new.pk}", at=at)
    return new


def proposer_of(disposal_list: DisposalList) -> str:
    """Who asked for the list: a person, or the yearly job."""
    return str(disposal_list.proposed_by) if disposal_list.proposed_by else _("the yearly job")


def in_order(items: QuerySet[DisposalItem]) -> QuerySet[DisposalItem]:
    """As the list reads: each joined case below the one that it goes with."""
    return items.order_by(Coalesce("goes_with", "pk"), "pk")


def _together(item: DisposalItem) -> QuerySet[DisposalItem]:
    """The line with all that go with it: the one that leads, and what was joined into it."""
    lead = item.goes_with_id or item.pk
    return in_order(DisposalItem.objects.filter(Q(pk=lead) | Q(goes_with=lead)))


def _documents_of(cases: list[int]) -> dict[int, int]:
    counted = Case.objects.filter(pk__in=cases).annotate(count=Count("documents"))
    return dict(counted.values_list("pk", "count"))


# -- Review and approval


@transaction.atomic
def exclude(item: DisposalItem, *, reason: str, actor: Actor, at: dt.datetime) -> DisposalItem:
    """The unit keeps a case back with what was joined into it, with the reason; its next list proposes it again."""
    person, reason = _person(actor), " ".join(reason.split())
    locked = _locked(item.disposal_list_id)
    if locked.state not in (STATE.REVIEW, STATE.REVIEWED):
        raise ListRefused(_("The list was approved: nothing can be excluded any more. Take the list back."))
    if not reason:
        raise ListRefused(_("Write why the case is kept back."))
    return _decide(item, ITEM.EXCLUDED, reason=reason, person=person, at=at)


@transaction.atomic
def put_back(item: DisposalItem, *, actor: Actor, at: dt.datetime) -> DisposalItem:
    """Undo an exclusion."""
    person = _person(actor)
    if _locked(item.disposal_list_id).state not in (STATE.REVIEW, STATE.REVIEWED):
        raise ListRefused(_("The list was approved: it can't be changed any more."))
    return _decide(item, ITEM.PROPOSED, reason="", person=person, at=at)


def _decide(item: DisposalItem, state: str, *, reason: str, person: Any, at: dt.datetime) -> DisposalItem:
    _together(item).update(state=state, reason=reason[:300], decided_by=person, decided_at=at)
    item.refresh_from_db()
    return item


@transaction.atomic
def finish_review(disposal_list: DisposalList, *, actor: Actor, at: dt.datetime) -> DisposalList:
    """The unit's head, or whoever reviews in their stead, has looked at every line; the archivist goes on."""
    locked = _in_state(disposal_list, STATE.REVIEW, _("This list is not with the unit any more."))
    locked.state, locked.reviewed_by, locked.reviewed_at = STATE.REVIEWED, _person(actor), at
    locked.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    return locked


@transaction.atomic
def send_back(disposal_list: DisposalList, *, actor: Actor, at: dt.datetime) -> DisposalList:
    """The archivist asks the unit to look again; an approval that was not carried out ends."""
    locked = _locked(disposal_list.pk)
    if locked.state not in (STATE.REVIEWED, STATE.APPROVED):
        raise ListRefused(_("Only a list that was reviewed, and is not being carried out, goes back to the unit."))
    _person(actor)
    locked.state, locked.consent = STATE.REVIEW, ""
    locked.reviewed_by = locked.approved_by = None
    locked.reviewed_at = locked.approved_at = None
    locked.save(update_fields=["state", "consent", "reviewed_by", "reviewed_at", "approved_by", "approved_at"])
    tell_reviewers(locked.unit, about=f"list-{locked.pk}-back-{int(at.timestamp())}", at=at)
    return locked


@transaction.atomic
def approve(disposal_list: DisposalList, *, consent: str = "", actor: Actor, at: dt.datetime) -> DisposalList:
    """The archivist approves what is left on the list. Another person carries it out.

    Whoever reviewed it without being the unit's head doesn't approve it too: nobody but them would have looked.
    """
    person = _person(actor)
    locked = _in_state(disposal_list, STATE.REVIEWED, _("The unit has not finished its review of this list."))
    if reviewed_in_stead(locked, by=person, at=at):
        raise ListRefused(
            _("You reviewed this list in the head’s stead: another archivist approves it, or somebody else reviews it.")
        )
    if not locked.items.filter(state=ITEM.PROPOSED).exists():
        raise ListRefused(_("Every case was excluded: take the list back."))
    locked.state, locked.approved_by, locked.approved_at = STATE.APPROVED, person, at
    locked.consent = " ".join(consent.split())[:200]
    locked.save(update_fields=["state", "approved_by", "approved_at", "consent"])
    return locked


def reviewed_in_stead(disposal_list: DisposalList, *, by: User, at: dt.datetime) -> bool:
    """Whether this person reviewed the list and leads neither the unit nor one above it."""
    if disposal_list.reviewed_by_id != by.pk:
        return False
    return not reviewers_of(disposal_list.unit, on=today_at(disposal_list.institution, at)).filter(pk=by.pk).exists()


@transaction.atomic
def withdraw(disposal_list: DisposalList, *, reason: str, actor: Actor, at: dt.datetime) -> DisposalList:
    """Take a list back that is not being carried out; its cases are free for another."""
    _person(actor)
    locked = _locked(disposal_list.pk)
    if locked.state not in (STATE.REVIEW, STATE.REVIEWED, STATE.APPROVED):
        raise ListRefused(_("A list that is being carried out, or was, can't be taken back."))
    if not reason.strip():
        raise ListRefused(_("Write why the list is taken back."))
    locked.state, locked.ended_reason, locked.finished_at = STATE.WITHDRAWN, " ".join(reason.split())[:300], at
    locked.save(update_fields=["state", "ended_reason", "finished_at"])
    locked.items.update(is_open=False)
    return locked


# -- Carrying out


@transaction.atomic
def execute(disposal_list: DisposalList, *, actor: Actor, at: dt.datetime) -> DisposalList:
    """A second person begins to carry the list out; a job destroys case after case."""
    person = _person(actor)
    locked = _in_state(disposal_list, STATE.APPROVED, _("Only an approved list is carried out."))
    if locked.approved_by_id == person.pk:
        raise ListRefused(_("You approved this list: somebody else carries it out (four eyes)."))
    locked.state, locked.executed_by, locked.executed_at = STATE.EXECUTING, person, at
    locked.save(update_fields=["state", "executed_by", "executed_at"])
    outbox.put("execute_disposal", at=at, disposal_list=locked.pk)
    return locked


@outbox.handler("execute_disposal", limits_itself=True)
def execute_disposal(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Destroy some cases of the list; at its end the protocol is made. Can run twice, and two at once."""
    disposal_list = DisposalList.objects.select_related("institution", "executed_by", "approved_by").get(
        pk=payload["disposal_list"]
    )
    if disposal_list.state != STATE.EXECUTING:
        return
    _leave_alone_what_kills(disposal_list, at=at)
    matters = disposal_list.items.filter(goes_with__isnull=True)
    waiting, failed = matters.filter(state=ITEM.PROPOSED), matters.filter(state=ITEM.FAILED)
    to_try = failed.filter(begun__lt=MOST_BEGUN)
    # What a worker died at comes last, so that the others are done.
    turn = waiting.order_by("begun", "pk") if waiting.exists() else to_try.order_by("begun", "decided_at", "pk")
    outcomes = [execute_item(pk, at=at) for pk in list(turn.values_list("pk", flat=True)[:CASES_A_TURN])]
    if waiting.exists() or (to_try.exists() and ITEM.DESTROYED in outcomes):
        outbox.put("execute_disposal", at=at, disposal_list=disposal_list.pk)
    elif to_try.exists():
        raise outbox.Unfinished(failed_in_words(disposal_list))
    elif failed.exists():
        raise outbox.GivenUp(failed_in_words(disposal_list))
    else:
        outbox.put("make_disposal_protocol", at=at, disposal_list=disposal_list.pk)


def _leave_alone_what_kills(disposal_list: DisposalList, *, at: dt.datetime) -> None:
    """Cases whose destruction was begun three times, and whose worker died each time, fail."""
    words = _("Three workers were stopped in the middle of destroying it, one after the other.")
    tried = (ITEM.PROPOSED, ITEM.FAILED)
    for pk in disposal_list.items.filter(state__in=tried, begun__gte=MOST_BEGUN).values_list("pk", flat=True):
        DisposalItem.objects.filter(Q(pk=pk) | Q(goes_with=pk)).update(state=ITEM.FAILED, reason=words, decided_at=at)


def failed_in_words(disposal_list: DisposalList) -> str:
    """How many cases of the list could not be destroyed, and why the first; it names none of them."""
    failed = disposal_list.items.filter(state=ITEM.FAILED)
    count, first = failed.count(), failed.order_by("pk").first()
    words = ngettext("{n} case could not be destroyed.", "{n} cases could not be destroyed.", count).format(n=count)
    return f"{words} {first.reason}" if first else words


def execute_item(item_id: int, *, at: dt.datetime) -> str:
    """Destroy one case with those joined into it, or say why not. Returns what became of the line."""
    DisposalItem.objects.filter(pk=item_id).update(begun=F("begun") + 1)
    try:
        state, stored_files = _execute_item(item_id, at=at)
    except Exception as error:
        _note_failure(item_id, error, at=at)
        return ITEM.FAILED
    for sha256 in stored_files:
        try:
            remove_unused_bytes(StoredFile.objects.get(pk=sha256), at=at)
        except Exception:
            logger.warning("The bytes of %s could not be removed; their own job tries again.", sha256, exc_info=True)
    return state


@transaction.atomic
def _execute_item(item_id: int, *, at: dt.datetime) -> tuple[str, list[str]]:
    items = DisposalItem.objects.select_related("disposal_list__executed_by", "disposal_list__approved_by")
    together = items.filter(Q(pk=item_id) | Q(goes_with=item_id))
    ids = list(together.values_list("case", flat=True))
    locked = Case.objects.select_for_update(of=("self",)).select_related("institution", "record_class").order_by("pk")
    cases = {case.pk: case for case in locked.filter(pk__in=ids)}
    lines = list(together.select_for_update(of=("self",)).order_by("pk"))
    item = next(line for line in lines if line.pk == item_id)
    if item.state not in (ITEM.PROPOSED, ITEM.FAILED):
        return item.state, []
    if words := _why_none_of_them(lines, cases, at=at):
        return _leave(lines, words, at=at), []
    lead = cases[item.case_id]
    stored_files: list[str] = []
    try:
        with transaction.atomic():
            # What was joined goes first: it is kept by the class and the days of the case that leads.
            for line in sorted(lines, key=lambda one: one.pk == item.pk):
                stored_files += _destroy(line, cases[line.case_id], lead=lead, at=at)
    except NotDisposable as refusal:
        return _leave(lines, str(refusal), at=at), []
    together.update(state=ITEM.DESTROYED, reason="", decided_at=at, begun=0)
    return ITEM.DESTROYED, sorted(set(stored_files))


def _destroy(item: DisposalItem, case: Case, *, lead: Case, at: dt.datetime) -> list[str]:
    list_ = item.disposal_list
    executor, approver, closed_at = list_.executed_by, list_.approved_by, lead.closed_at
    if executor is None or approver is None or closed_at is None:
        raise NotDisposable(_("The list was not approved, or nobody carries it out."))
    rule = rule_in_words(lead, item)
    number = case.number or case.public_id
    gone = destroy_case(case, rule=rule, actor=Actor.of(executor, on=local_date(case, at)), at=at)
    CaseTombstone.objects.create(
        case=case,
        disposal_list=list_,
        number=number,
        record_class=retaining.rule_of(lead, on=local_date(case, at)),
        opened_date=local_date(case, case.opened_at),
        closed_date=local_date(case, closed_at),
        due_date=item.due_date,
        rule=rule,
        documents=item.documents,
        files=gone.files,
        approved_by=approver,
        destroyed_by=executor,
        destroyed_at=at,
        event_hash=Case.objects.values_list("last_event_hash", flat=True).get(pk=case.pk),
    )
    return gone.stored_files


def rule_in_words(case: Case, item: DisposalItem) -> str:
    """By which rule: class, category, and list, in a line that names nobody. ``case``: the one that leads."""
    rule = retaining.rule_of(case, on=item.due_date) or case.record_class
    named = " ".join(filter(None, [rule.code, rule.category])) if rule else "—"
    words = _("class {named}, list {number} of {year}")
    if item.goes_with_id:
        words = _("class {named}, list {number} of {year}, together with {case}")
    facts = {"named": named, "number": item.disposal_list_id, "year": item.disposal_list.year, "case": case}
    return words.format(**facts)[:300]


def _why_none_of_them(lines: list[DisposalItem], cases: dict[int, Case], *, at: dt.datetime) -> str:
    """What stands in the way of one keeps the case that leads, and all that it took in."""
    lead = next(line.case_id for line in lines if line.goes_with_id is None)
    for line in lines:
        case = cases[line.case_id]
        if case.pk == lead:
            if words := why_left_out(line, case, at=at):
                return words
        elif words := _why_not_along(line, case, lead=lead):
            return _("{number}, which was joined into it: {why}").format(number=case, why=words)
    return ""


def _why_not_along(item: DisposalItem, case: Case, *, lead: int) -> str:
    if case.state != CaseState.JOINED or lead_of(case).pk != lead:
        return _("It is not joined any more.")
    return _why_any_is_left_out(item, case)


def why_left_out(item: DisposalItem, case: Case, *, at: dt.datetime) -> str:
    """What happened to a case that leads since it was put onto the list; "" when nothing stands in the way."""
    if case.state == CaseState.DESTROYED:
        return _("It was destroyed already.")
    if case.state != CaseState.CLOSED or case.closed_at != item.closed_at:
        return _("It was reopened meanwhile.")
    if words := _why_any_is_left_out(item, case):
        return words
    outlook = retaining.outlook_of(case, on=local_date(case, at))
    if outlook is None or outlook.action != DisposalAction.DESTROY or not outlook.is_due(local_date(case, at)):
        return _("Its class or rule changed: it is to be kept.")
    return ""


def _why_any_is_left_out(item: DisposalItem, case: Case) -> str:
    if case.holds.in_force().exists():
        return _("It is on hold.")
    if case.documents.count() != item.documents:
        return _("Documents came or went meanwhile.")
    if case.has_open_tasks():
        return _("Somebody has a task on it.")
    return ""


def _leave(lines: list[DisposalItem], words: str, *, at: dt.datetime) -> str:
    left = DisposalItem.objects.filter(pk__in=[line.pk for line in lines])
    left.update(state=ITEM.LEFT_OUT, reason=words[:300], decided_at=at, begun=0)
    return ITEM.LEFT_OUT


def _note_failure(item_id: int, error: Exception, *, at: dt.datetime) -> None:
    """Named in the list; a case that failed stands whole, and is tried again."""
    logger.warning("Line %s of a disposal list failed.", item_id, exc_info=error)
    together = DisposalItem.objects.filter(Q(pk=item_id) | Q(goes_with=item_id))
    together.filter(state__in=(ITEM.PROPOSED, ITEM.FAILED)).update(
        state=ITEM.FAILED, reason=f"{type(error).__name__}: {error}"[:300], decided_at=at, begun=0
    )


# -- When it stands still


def trouble_of(disposal_list: DisposalList, *, at: dt.datetime) -> Trouble | None:
    """What keeps the list from going on; None while it goes on, or needs no job."""
    if disposal_list.state != STATE.EXECUTING:
        return None
    return outbox.trouble_with(jobs_of(disposal_list).first(), at=at)


def jobs_of(disposal_list: DisposalList) -> QuerySet[OutboxRow]:
    """What is still to be done for the list, the newest first."""
    return outbox.left_to_do("execute_disposal", "make_disposal_protocol", disposal_list=disposal_list.pk)


@transaction.atomic
def try_again(disposal_list: DisposalList, *, actor: Actor, at: dt.datetime) -> DisposalList:
    """Somebody asks for another try at once, of what failed or of what nobody carries on."""
    _person(actor)
    locked = _in_state(disposal_list, STATE.EXECUTING, _("This list is not being carried out."))
    _go_on(locked, at=at)
    return locked


@transaction.atomic
def end_without_failed(disposal_list: DisposalList, *, actor: Actor, at: dt.datetime) -> DisposalList:
    """The protocol is made without the cases that failed; it names them, and the next list proposes them again."""
    person = _person(actor)
    locked = _in_state(disposal_list, STATE.EXECUTING, _("This list is not being carried out."))
    failed = list(locked.items.select_for_update().filter(state=ITEM.FAILED).order_by("pk"))
    if not failed:
        raise ListRefused(_("No case of this list failed."))
    for item in failed:
        item.state, item.decided_by, item.decided_at = ITEM.LEFT_OUT, person, at
        item.reason = _("It failed: {reason}").format(reason=item.reason)[:300]
    DisposalItem.objects.bulk_update(failed, ["state", "reason", "decided_by", "decided_at"], batch_size=200)
    _go_on(locked, at=at)
    return locked


def _go_on(disposal_list: DisposalList, *, at: dt.datetime) -> None:
    disposal_list.items.filter(begun__gt=0).update(begun=0)
    job = jobs_of(disposal_list).first()
    if job and job.last_error:
        outbox.retry(job, at=at)
    elif job is None or job.claimed_until:
        outbox.put("execute_disposal", at=at, disposal_list=disposal_list.pk)


def bytes_not_removed(disposal_list: DisposalList) -> QuerySet[OutboxRow]:
    """Jobs that could not remove the bytes of the list's destroyed cases; each is tried again by itself eight times."""
    jobs = OutboxRow.objects.filter(kind="remove_unused_bytes", done_at__isnull=True).exclude(last_error="")
    return jobs.filter(case__in=disposal_list.items.filter(state=ITEM.DESTROYED).values("case")).order_by("pk")


def remove_bytes_again(disposal_list: DisposalList, *, actor: Actor, at: dt.datetime) -> int:
    """Somebody asks for another try at once. Returns how many files are tried."""
    _person(actor)
    jobs = list(bytes_not_removed(disposal_list))
    for job in jobs:
        outbox.retry(job, at=at)
    return len(jobs)


# -- Helpers


def _person(actor: Actor) -> Any:
    if actor.user is None:
        raise ListRefused(_("Only a person does this."))
    return actor.user


def _locked(pk: int) -> DisposalList:
    return DisposalList.objects.select_for_update().get(pk=pk)


def _in_state(disposal_list: DisposalList, state: str, refusal: str) -> DisposalList:
    locked = _locked(disposal_list.pk)
    if locked.state != state:
        raise ListRefused(refusal)
    return locked


def counts_of(disposal_list: DisposalList) -> dict[str, int]:
    """How many lines are in which state."""
    counted = disposal_list.items.order_by().values_list("state").annotate(count=Count("pk"))
    return {state: 0 for state in ITEM.values} | dict(counted)


def exclude_many(
    items: Iterable[DisposalItem], *, reason: str, actor: Actor, at: dt.datetime
) -> tuple[int, list[tuple[DisposalItem, str]]]:
    """Each in its own transaction; what failed is named."""
    done, failed = 0, []
    for item in items:
        try:
            exclude(item, reason=reason, actor=actor, at=at)
            done += 1
        except (ListRefused, IntegrityError) as refusal:
            failed.append((item, str(refusal)))
    return done, failed


NOT_DESTROYED: dict[str, str | Promise] = {
    ITEM.EXCLUDED: gettext_lazy("Excluded by the unit"),
    ITEM.LEFT_OUT: gettext_lazy("Left out"),
    ITEM.FAILED: gettext_lazy("Failed"),
}
