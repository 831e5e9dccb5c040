"""Disposal lists: proposed by the rules, reviewed by the unit, approved by the archivist, carried out by another.

Each case is destroyed in a transaction of its own, so that a list that was stopped anywhere goes on from there. What
is held, was reopened or got something new meanwhile is left out and named.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import outbox, retaining
from cases.acting import Actor
from cases.clock import local_date
from cases.disposing import NotDisposable, destroy_case, remove_unused_bytes
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
    Retention,
    StoredFile,
    TransferItem,
    Unit,
)
from cases.ruling import today_at

MOST_CASES = 2_000
CASES_A_TURN = 100
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
    """Without cases that are held, stand on an open list, or have work waiting."""
    holds = DisposalHold.objects.in_force().filter(case=OuterRef("case"))
    listed = DisposalItem.objects.filter(case=OuterRef("case"), is_open=True)
    leaving = TransferItem.objects.filter(case=OuterRef("case"), is_open=True)
    return rows.filter(~Exists(holds), ~Exists(listed), ~Exists(leaving))


def last_day(year: int, today: dt.date) -> dt.date:
    """A list of a year takes what is due by its end, and nothing whose day has not come."""
    return min(dt.date(year, 12, 31), today)


@transaction.atomic
def propose(unit: Unit, *, year: int, actor: Actor, at: dt.datetime) -> DisposalList:
    """Put what the rules give up onto a new list of the unit, oldest first, at most 2,000 cases."""
    institution = unit.institution
    person = _person(actor)
    today = today_at(institution, at)
    if not 1900 <= year <= today.year:
        raise ListRefused(_("Choose this year or an earlier one: the cases of later years are not due."))
    Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    due = due_for_destruction(institution, until=last_day(year, today)).filter(case__unit=unit)
    rows = due.order_by("due_date", "case").values_list("case_id", "due_date", "case__closed_at")
    found = list(rows[:MOST_CASES])
    if not found:
        raise NothingDue
    counts = _documents_of([case_id for case_id, _due, _closed in found])
    new = DisposalList.objects.create(institution=institution, unit=unit, year=year, proposed_by=person, proposed_at=at)
    DisposalItem.objects.bulk_create(
        DisposalItem(
            disposal_list=new,
            case_id=case_id,
            due_date=due_date,
            closed_at=closed_at,
            documents=counts.get(case_id, 0),
        )
        for case_id, due_date, closed_at in found
        if due_date and closed_at
    )
    return new


def _documents_of(cases: list[int]) -> dict[int, int]:
    counted = Case.objects.filter(pk__in=cases).annotate(count=Count("documents"))
    return dict(counted.values_list("pk", "count"))


# -- Review and approval


@transaction.atomic
def exclude(item: DisposalItem, *, reason: str, actor: Actor, at: dt.datetime) -> DisposalItem:
    """The unit keeps a case back, with the reason; its next list proposes it again."""
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
    item.refresh_from_db()
    item.state, item.reason, item.decided_by, item.decided_at = state, reason[:300], person, at
    item.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return item


@transaction.atomic
def finish_review(disposal_list: DisposalList, *, actor: Actor, at: dt.datetime) -> DisposalList:
    """The unit's head has looked at every line; the archivist goes on."""
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
    return locked


@transaction.atomic
def approve(disposal_list: DisposalList, *, consent: str = "", actor: Actor, at: dt.datetime) -> DisposalList:
    """The archivist approves what is left on the list. Another person carries it out."""
    person = _person(actor)
    locked = _in_state(disposal_list, STATE.REVIEWED, _("The unit has not finished its review of this list."))
    if not locked.items.filter(state=ITEM.PROPOSED).exists():
        raise ListRefused(_("Every case was excluded: take the list back."))
    locked.state, locked.approved_by, locked.approved_at = STATE.APPROVED, person, at
    locked.consent = " ".join(consent.split())[:200]
    locked.save(update_fields=["state", "approved_by", "approved_at", "consent"])
    return locked


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


@outbox.handler("execute_disposal")
def execute_disposal(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Destroy some cases of the list; at its end the protocol is made. Can run twice, and two at once."""
    disposal_list = DisposalList.objects.select_related("institution", "executed_by", "approved_by").get(
        pk=payload["disposal_list"]
    )
    if disposal_list.state != STATE.EXECUTING:
        return
    waiting = disposal_list.items.filter(state=ITEM.PROPOSED).order_by("pk")
    for item_id in list(waiting.values_list("pk", flat=True)[:CASES_A_TURN]):
        execute_item(item_id, at=at)
    kind = "execute_disposal" if waiting.exists() else "make_disposal_protocol"
    outbox.put(kind, at=at, disposal_list=disposal_list.pk)


def execute_item(item_id: int, *, at: dt.datetime) -> str:
    """Destroy one case, or say why not. Returns what became of the line."""
    try:
        state, stored_files = _execute_item(item_id, at=at)
    except Exception as error:
        _note_failure(item_id, error, at=at)
        return ITEM.FAILED
    for sha256 in stored_files:
        remove_unused_bytes(StoredFile.objects.get(pk=sha256), at=at)
    return state


@transaction.atomic
def _execute_item(item_id: int, *, at: dt.datetime) -> tuple[str, list[str]]:
    items = DisposalItem.objects.select_related("disposal_list__executed_by", "disposal_list__approved_by")
    case_id = items.values_list("case_id", flat=True).get(pk=item_id)
    case = Case.objects.select_for_update(of=("self",)).select_related("institution", "record_class").get(pk=case_id)
    item = items.select_for_update(of=("self",)).get(pk=item_id)
    if item.state != ITEM.PROPOSED:
        return item.state, []
    if words := why_left_out(item, case, at=at):
        return _leave(item, words, at=at), []
    try:
        with transaction.atomic():
            stored_files = _destroy(item, case, at=at)
    except NotDisposable as refusal:
        return _leave(item, str(refusal), at=at), []
    item.state, item.decided_at = ITEM.DESTROYED, at
    item.save(update_fields=["state", "decided_at"])
    return ITEM.DESTROYED, stored_files


def _destroy(item: DisposalItem, case: Case, *, at: dt.datetime) -> list[str]:
    list_ = item.disposal_list
    executor, approver, closed_at = list_.executed_by, list_.approved_by, case.closed_at
    if executor is None or approver is None or closed_at is None:
        raise NotDisposable(_("The list was not approved, or nobody carries it out."))
    rule = rule_in_words(case, item)
    number = case.number or case.public_id
    gone = destroy_case(case, rule=rule, actor=Actor.of(executor, on=local_date(case, at)), at=at)
    CaseTombstone.objects.create(
        case=case,
        disposal_list=list_,
        number=number,
        record_class=retaining.rule_of(case, on=local_date(case, at)),
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
    """By which rule: class, category, and list, in a line that names nobody."""
    rule = retaining.rule_of(case, on=item.due_date) or case.record_class
    named = " ".join(filter(None, [rule.code, rule.category])) if rule else "—"
    return _("class {named}, list {number} of {year}").format(
        named=named, number=item.disposal_list_id, year=item.disposal_list.year
    )[:300]


def why_left_out(item: DisposalItem, case: Case, *, at: dt.datetime) -> str:
    """What happened to the case since it was put onto the list; "" when nothing stands in the way."""
    if case.state == CaseState.DESTROYED:
        return _("It was destroyed already.")
    if case.state != CaseState.CLOSED or case.closed_at != item.closed_at:
        return _("It was reopened meanwhile.")
    if case.holds.in_force().exists():
        return _("It is on hold.")
    if case.documents.count() != item.documents:
        return _("Documents came or went meanwhile.")
    if case.has_open_tasks():
        return _("Somebody has a task on it.")
    outlook = retaining.outlook_of(case, on=local_date(case, at))
    if outlook is None or outlook.action != DisposalAction.DESTROY or not outlook.is_due(local_date(case, at)):
        return _("Its class or rule changed: it is to be kept.")
    return ""


def _leave(item: DisposalItem, words: str, *, at: dt.datetime) -> str:
    item.state, item.reason, item.decided_at = ITEM.LEFT_OUT, words[:300], at
    item.save(update_fields=["state", "reason", "decided_at"])
    return ITEM.LEFT_OUT


def _note_failure(item_id: int, error: Exception, *, at: dt.datetime) -> None:
    """Named in the list and the protocol; a case that failed stands whole, and the next list proposes it again."""
    retaining_words = f"{type(error).__name__}: {error}"
    DisposalItem.objects.filter(pk=item_id, state=ITEM.PROPOSED).update(
        state=ITEM.FAILED, reason=retaining_words[:300], decided_at=at
    )


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
