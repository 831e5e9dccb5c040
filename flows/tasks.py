"""What people do with their tasks: one operation for each verb.

Each takes the task as the person saw it, checks it again under the case's lock (``flows.taking``),
writes one event of its own, and moves the procedure on. A refusal is a sentence for the person.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import assigning, clock, dispatching, history
from cases.acting import Actor
from cases.capturing import FileToKeep, capture, keep_files
from cases.clock import local_date
from cases.models import (
    Case,
    ComponentRole,
    Direction,
    LetterDraft,
    Resolution,
    Signature,
    Task,
    Unit,
    User,
)
from cases.registering_out import register_out
from cases.signals import case_changed
from flows import waiting
from flows.addressing import (
    Address,
    address_for,
    end_of_day,
    head_of,
    least_loaded,
    officer_of,
    officers_of,
    registry_of,
    units_that_may,
    whoever_did,
)
from flows.letters import drafting, locking
from flows.nodes import PersonTask
from flows.procedures.plan import SENT_BACK
from flows.procedures.tree import WhoKind
from flows.steps import LOOK_AT_NEW, outcome_words, task_title, titles_in_all_languages
from flows.taking import (
    REFUSALS,
    MayNotEndWait,
    NotAllowed,
    NotYours,
    OtherStep,
    RemarksMissing,
    TaskDone,
    TaskRefused,
    end_row,
    finish,
    lock_case,
    node_of,
    shows_standard,
    take_up,
)
from flows.words import BEING_SIGNED, WAITING_FOR_OPINION, WAITING_FOR_YOU, WITH_UNIT, in_all_languages, names_of

ASKING_STEPS = ("check_completeness", "handle", "draft")
WORKING_STEPS = ("handle", "draft", "choose_units")


# -- Completeness


@transaction.atomic
def complete(task: Task, *, actor: Actor, at: dt.datetime, unit: Unit | None = None) -> Task:
    """The filing is complete; the head decides who handles it. The registry names the unit."""
    task = take_up(task, "check_completeness", actor=actor, at=at)
    case = task.case
    if unit and unit.pk != case.unit_id:
        assigning.assign(case, unit=unit, actor=actor, at=at)
    facts = {"unit": dict(case.unit.names), "milestone": WITH_UNIT}
    history.record(case, "FOUND_COMPLETE", actor=actor, at=at, is_public=shows_standard(task), payload=facts)
    clock.start_when_complete(case, actor=actor, at=at)
    finish(task, "COMPLETE", actor=actor, at=at)
    return task


@transaction.atomic
def ask_applicant(task: Task, *, message: str, until: dt.date, actor: Actor, at: dt.datetime) -> Task:
    """Ask the applicant for what is missing: the clock stands still until something arrives or ``until``."""
    task = take_up(task, *ASKING_STEPS, actor=actor, at=at)
    case, message = task.case, message.strip()
    if not message:
        raise TaskRefused(_("Write what is missing: the applicant reads exactly these words."))
    if until <= local_date(case, at):
        raise TaskRefused(_("Give the applicant at least until tomorrow."))
    facts = {"until": until.isoformat(), "milestone": WAITING_FOR_YOU}
    history.record(
        case, "ASKED_APPLICANT", actor=actor, at=at, is_public=True, payload=facts, personal={"message": message}
    )
    back = Address(task.unit_id, task.post_id, task.holder_id)
    leave = {"back_to": node_of(task).name, "address": back.as_data(), "due_at": end_of_day(case, until).isoformat()}
    finish(task, "ASKED_APPLICANT", actor=actor, at=at, remarks=message, leave=leave)
    clock.suspend(case, reason=message, actor=actor, at=at)
    dispatching.tell(case, "COMPLETION_REQUEST", at=at, words=message)
    return task


@transaction.atomic
def go_on_without_answer(case: Case, *, reason: str, actor: Actor, at: dt.datetime) -> Task | None:
    """An official ends the wait: it came by telephone, or it is not needed any more. Returns the task that opened."""
    case = lock_case(case.pk)
    wait = waiting.open_wait(case)
    if wait is None:
        raise TaskRefused(_("Case {number} is not waiting for the applicant any more.").format(number=case))
    asked = case.tasks.filter(outcome="ASKED_APPLICANT").order_by("-ended_at").first()
    permission = waiting.permission_to_end(wait, asked)
    if actor.user is None or not actor.user.has_perm(permission):
        raise MayNotEndWait
    if not reason.strip():
        raise RemarksMissing
    waiting.end_wait(case, reason=reason.strip(), actor=actor, at=at)
    return case.tasks.open().order_by("-pk").first()


# -- Resolution


@transaction.atomic
def resolve(
    task: Task,
    *,
    unit: Unit,
    officer: User | None,
    instruction: str,
    due_date: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> Resolution:
    """A head's resolution: which unit, which officer (None: the least loaded), what to do, by when."""
    task = take_up(task, "resolve", actor=actor, at=at)
    case, day = task.case, local_date(task.case, at)
    chosen = officer or least_loaded(unit, day)
    if not officers_of(unit, day).filter(pk=chosen.pk).exists():
        raise TaskRefused(
            _("{officer} does not work in {unit}. Choose the unit's officer, or send the case to its head.").format(
                officer=chosen, unit=unit
            )
        )
    if not _is_below(unit, task.unit):
        raise TaskRefused(_("{unit} has its own head: send the case there instead.").format(unit=unit))
    resolution = assigning.resolve(
        case, unit=unit, officer=chosen, instruction=instruction.strip(), due_date=due_date, actor=actor, at=at
    )
    address = officer_of(unit, chosen, day).told(due_at=end_of_day(case, due_date), instruction=instruction.strip())
    finish(task, "RESOLVED", actor=actor, at=at, remarks=instruction, leave=address.as_data())
    return resolution


def _is_below(unit: Unit, leading: Unit) -> bool:
    """A head resolves within the own unit and those below it; the executive's unit stands above all."""
    return unit.path.startswith(leading.path) or leading.posts.filter(role="EXECUTIVE").exists()


@dataclass(frozen=True)
class Result:
    """What became of one task among many: ``refusal`` says why nothing was done."""

    task: Task
    refusal: str = ""


def resolve_many(
    tasks: Sequence[Task],
    *,
    unit: Unit | None,
    officer: User | None,
    instruction: str,
    due_date: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> list[Result]:
    """The same resolution on many tasks, each in its own transaction; ``unit`` None: each case's own."""
    results = []
    for task in tasks:
        try:
            resolve(
                task,
                unit=unit or task.case.unit,
                officer=officer,
                instruction=instruction,
                due_date=due_date,
                actor=actor,
                at=at,
            )
        except REFUSALS as refusal:
            results.append(Result(task, str(refusal)))
        else:
            results.append(Result(task))
    return results


@transaction.atomic
def send_to_unit(task: Task, *, unit: Unit, remarks: str, actor: Actor, at: dt.datetime) -> Task:
    """Not for us: another unit's head decides who handles it."""
    task = take_up(task, "resolve", actor=actor, at=at)
    case = task.case
    if unit.pk == task.unit_id:
        raise TaskRefused(_("The case is in {unit} already.").format(unit=unit))
    assigning.assign(case, unit=unit, actor=actor, at=at, is_public=False)
    facts = {"unit": dict(unit.names), "milestone": WITH_UNIT}
    history.record(
        case, "SENT_TO_UNIT", actor=actor, at=at, is_public=True, payload=facts, personal={"remarks": remarks.strip()}
    )
    address = head_of(unit, local_date(case, at)).told(instruction=remarks.strip())
    finish(task, "TO_UNIT", actor=actor, at=at, remarks=remarks, leave=address.as_data())
    return task


@transaction.atomic
def send_to_registry(task: Task, *, remarks: str, actor: Actor, at: dt.datetime) -> Task:
    """Not for us: the registry finds whose it is."""
    task = take_up(task, "resolve", actor=actor, at=at)
    if not remarks.strip():
        raise RemarksMissing
    case = task.case
    registry = registry_of(case.institution, local_date(case, at))
    assigning.assign(case, unit=registry, actor=actor, at=at, is_public=False)
    history.record(
        case,
        "SENT_TO_REGISTRY",
        actor=actor,
        at=at,
        is_public=True,
        payload={"unit": dict(registry.names), "milestone": WITH_UNIT},
        personal={"remarks": remarks.strip()},
    )
    address = Address(registry.pk, instruction=remarks.strip())
    finish(task, "TO_REGISTRY", actor=actor, at=at, remarks=remarks, leave=address.as_data())
    return task


# -- Handling and opinions


@dataclass(frozen=True)
class OpinionRequest:
    """One unit that is asked, what it is asked, and by when."""

    unit: Unit
    due_date: dt.date
    question: str = ""


@transaction.atomic
def ask_opinions(task: Task, *, requests: Sequence[OpinionRequest], actor: Actor, at: dt.datetime) -> list[Task]:
    """Ask units for their opinion, all at once, each with its own deadline."""
    task = take_up(task, *WORKING_STEPS, actor=actor, at=at)
    case, day = task.case, local_date(task.case, at)
    if not requests:
        raise TaskRefused(_("Choose at least one unit."))
    _check_requests(requests, "cases.give_opinion", case, day)
    history.record(
        case,
        "OPINIONS_ASKED",
        actor=actor,
        at=at,
        is_public=shows_standard(task),
        payload={"units": names_of([request.unit for request in requests]), "milestone": WAITING_FOR_OPINION},
    )
    return finish(task, "ASKED_OPINIONS", actor=actor, at=at, leave={"branches": _branches(case, requests)})


def _check_requests(requests: Sequence[OpinionRequest], permission: str, case: Case, day: dt.date) -> None:
    asked = {request.unit.pk for request in requests}
    if len(asked) < len(requests):
        raise TaskRefused(_("Each unit is asked once."))
    if any(request.due_date < day for request in requests):
        raise TaskRefused(_("Choose a day that is not in the past."))
    able = set(units_that_may(permission, case.institution, day).filter(pk__in=asked).values_list("pk", flat=True))
    for request in requests:
        if request.unit.pk not in able:
            raise TaskRefused(_("Nobody in {unit} may do that today. Choose another unit.").format(unit=request.unit))


def _branches(case: Case, requests: Sequence[OpinionRequest]) -> list[dict[str, Any]]:
    return [
        Address(
            request.unit.pk, due_at=end_of_day(case, request.due_date), instruction=request.question.strip()
        ).as_data()
        for request in requests
    ]


VERDICTS = ("IN_FAVOUR", "WITH_CONDITIONS", "AGAINST")


@transaction.atomic
def give_opinion(task: Task, *, verdict: str, words: str, actor: Actor, at: dt.datetime) -> Task:
    """A unit's opinion: in favour, with conditions or against, and why. Its words become a record."""
    task = take_up(task, "give_opinion", actor=actor, at=at)
    case, words = task.case, words.strip()
    if verdict not in VERDICTS:
        raise TaskRefused(_("Choose whether the unit is in favour, in favour with conditions, or against."))
    if not words:
        raise TaskRefused(_("Write the reasons for the opinion."))
    file = FileToKeep("opinion.txt", role=ComponentRole.LETTER, stream=BytesIO(words.encode()), media_type="text/plain")
    document = capture(
        case,
        title=_("Opinion of {unit}").format(unit=task.unit),
        kind="OPINION",
        direction=Direction.INTERNAL,
        files=keep_files([file]),
        actor=actor,
        at=at,
    )
    facts = {"unit": dict(task.unit.names), "verdict": in_all_languages(outcome_words(verdict))}
    is_public = shows_standard(task)
    history.record(case, "OPINION_GIVEN", actor=actor, at=at, is_public=is_public, payload=facts, document=document)
    finish(task, verdict, actor=actor, at=at, remarks=words, way="GIVEN")
    return task


@transaction.atomic
def withdraw_opinion(task: Task, *, actor: Actor, at: dt.datetime) -> Task:
    """The one who asked no longer needs the unit's opinion; without any left the case goes on."""
    case = lock_case(task.case_id)
    task = Task.objects.select_related("unit", "ended_by").get(pk=task.pk)
    task.case = case
    if task.ended_at is not None:
        raise TaskDone(task)
    if task.step != "give_opinion" or actor.user is None or actor.user.pk not in {task.sent_by_id, case.holder_id}:
        raise NotYours(task)
    history.record(case, "OPINION_WITHDRAWN", actor=actor, at=at, payload={"unit": dict(task.unit.names)})
    finish(task, "WITHDRAWN", actor=actor, at=at)
    return task


@transaction.atomic
def ask_nobody(task: Task, *, remarks: str, actor: Actor, at: dt.datetime) -> Task:
    """No opinion is needed in this case."""
    task = take_up(task, "choose_units", actor=actor, at=at)
    history.record(task.case, "OPINIONS_NOT_ASKED", actor=actor, at=at, personal={"remarks": remarks.strip()})
    finish(task, "NOT_NEEDED", actor=actor, at=at, remarks=remarks)
    return task


@transaction.atomic
def finish_handling(task: Task, *, actor: Actor, at: dt.datetime) -> Task | None:
    """The matter is ready to be decided; returns the first task that follows, if a person has one."""
    task = take_up(task, "handle", actor=actor, at=at)
    history.record(task.case, "HANDLED", actor=actor, at=at)
    opened = finish(task, "HANDLED", actor=actor, at=at)
    return opened[0] if opened else None


# -- Visits, decisions, payments, publishing


@dataclass(frozen=True)
class Noted:
    """One question of a visit's form with its answer in words."""

    question: str
    answer: str


@transaction.atomic
def visit(task: Task, *, noted: Sequence[Noted], remarks: str, actor: Actor, at: dt.datetime) -> Task:
    """Somebody went to see; what was found becomes a document of the case."""
    task = take_up(task, "visit", actor=actor, at=at)
    case, remarks = task.case, remarks.strip()
    if not remarks and not noted:
        raise TaskRefused(_("Write what you found: it becomes a document of the case."))
    lines = [f"{line.question}: {line.answer}" for line in noted] + ([remarks] if remarks else [])
    file = FileToKeep(
        "visit.txt", role=ComponentRole.LETTER, stream=BytesIO("\n".join(lines).encode()), media_type="text/plain"
    )
    document = capture(
        case,
        title=str(task_title(task)),
        kind="VISIT",
        direction=Direction.INTERNAL,
        files=keep_files([file]),
        actor=actor,
        at=at,
    )
    history.record(
        case,
        "VISITED",
        actor=actor,
        at=at,
        is_public=shows_standard(task),
        personal={"remarks": remarks},
        document=document,
    )
    finish(task, "VISITED", actor=actor, at=at, remarks=remarks)
    return task


@transaction.atomic
def decide(task: Task, *, outcome: str, remarks: str, actor: Actor, at: dt.datetime) -> Task:
    """One of the outcomes that the procedure names; what follows may hang on it."""
    task = take_up(task, "decide", actor=actor, at=at)
    chosen = next((way for way in node_of(task).drawn.outcomes if way.code == outcome), None)
    if chosen is None:
        raise TaskRefused(_("Choose one of the outcomes."))
    facts = {
        "step": titles_in_all_languages(task.titles, task.step),
        "outcome": dict(chosen.titles) or {"en": chosen.code},
        "code": chosen.code,
    }
    history.record(task.case, "DECIDED", actor=actor, at=at, payload=facts, personal={"remarks": remarks.strip()})
    finish(task, outcome, actor=actor, at=at, remarks=remarks)
    return task


@transaction.atomic
def note_payment(task: Task, *, is_paid: bool, remarks: str, actor: Actor, at: dt.datetime) -> Task:
    """Whether the fee arrived, and by what paper."""
    task = take_up(task, "note_payment", actor=actor, at=at)
    if not is_paid and not remarks.strip():
        raise RemarksMissing
    kind = "PAYMENT_NOTED" if is_paid else "PAYMENT_MISSING"
    is_public = is_paid and shows_standard(task)
    personal = {"remarks": remarks.strip()}
    history.record(task.case, kind, actor=actor, at=at, is_public=is_public, personal=personal)
    finish(task, "PAID" if is_paid else "NOT_PAID", actor=actor, at=at, remarks=remarks)
    return task


@transaction.atomic
def publish(task: Task, *, where: str, actor: Actor, at: dt.datetime) -> Task:
    """It was made public: on the notice board, on a page, in the gazette."""
    task = take_up(task, "publish", actor=actor, at=at)
    if not where.strip():
        raise TaskRefused(_("Write where it was published."))
    history.record(
        task.case,
        "PUBLISHED",
        actor=actor,
        at=at,
        is_public=shows_standard(task),
        payload={"where": where.strip()},
    )
    finish(task, "PUBLISHED", actor=actor, at=at, remarks=where)
    return task


# -- Decision, agreeing, approval, signature


@transaction.atomic
def submit_draft(
    task: Task, *, revision: int, agreeing: Sequence[OpinionRequest], actor: Actor, at: dt.datetime
) -> list[Task]:
    """Send the draft on: to the units that have to agree, or straight to approval when none has to."""
    task = take_up(task, "draft", actor=actor, at=at)
    case = task.case
    draft = drafting.draft_under_work(case)
    if draft is None:
        raise LetterMissing
    draft.case = case
    if draft.revision != revision:
        raise drafting.DraftChanged(draft)
    drafting.check_finished(draft, at=at)
    _check_requests(agreeing, "cases.agree_decision", case, local_date(case, at))
    history.record(
        case,
        "DRAFT_SENT_ON",
        actor=actor,
        at=at,
        is_public=shows_standard(task),
        payload={"revision": draft.revision, "outcome": draft.outcome},
        personal={"title": draft.title},
    )
    if not node_of(task).leads_to("DRAFTED_WITHOUT_AGREEING"):
        return finish(task, "DRAFTED", actor=actor, at=at)
    if not agreeing:
        return finish(task, "DRAFTED", actor=actor, at=at, way="DRAFTED_WITHOUT_AGREEING")
    branches = _branches(case, agreeing)
    return finish(task, "DRAFTED", actor=actor, at=at, leave={"branches": branches})


class LetterMissing(TaskRefused):
    def __init__(self) -> None:
        super().__init__(_("There is no draft yet. Write the decision first."))


def _draft_of(case: Case) -> LetterDraft:
    draft = drafting.current_draft(case)
    if draft is None:
        raise LetterMissing
    draft.case = case
    return draft


@transaction.atomic
def agree(task: Task, *, remarks: str = "", actor: Actor, at: dt.datetime) -> Task:
    """A unit agrees to the draft; when all have, it goes to approval."""
    task = take_up(task, "agree", actor=actor, at=at)
    facts = {"unit": dict(task.unit.names)}
    history.record(task.case, "AGREED", actor=actor, at=at, payload=facts, personal={"remarks": remarks.strip()})
    finish(task, "AGREED", actor=actor, at=at, remarks=remarks)
    return task


@transaction.atomic
def approve(task: Task, *, remarks: str = "", actor: Actor, at: dt.datetime) -> Task:
    """The head approves; where signing comes next, the letter is locked for it. Returns the task that opened."""
    task = take_up(task, "approve", actor=actor, at=at)
    case = task.case
    draft = _draft_of(case)
    facts = {"milestone": BEING_SIGNED}
    history.record(
        case,
        "APPROVED",
        actor=actor,
        at=at,
        is_public=shows_standard(task),
        payload=facts,
        personal={"remarks": remarks.strip()},
    )
    drafting.check_finished(draft, at=at)
    opened = finish(task, "APPROVED", actor=actor, at=at, remarks=remarks)
    return opened[-1] if opened else task


@transaction.atomic
def sign(task: Task, *, actor: Actor, at: dt.datetime) -> Signature:
    """Sign the locked letter with the key on the server; the registry sends it out."""
    task = take_up(task, "sign", actor=actor, at=at)
    if actor.user is None:
        raise NotAllowed(task)
    signature = locking.sign_letter(task.case, signer=actor.user, post=actor.post, actor=actor, at=at)
    finish(task, "SIGNED", actor=actor, at=at)
    return signature


@transaction.atomic
def send_back(task: Task, *, remarks: str, to: str = "", actor: Actor, at: dt.datetime) -> Task:
    """Back to an earlier step (``to``: its id; the first that the procedure names), with remarks.

    What runs beside it in the block that is left is taken away.
    """
    task = take_up(task, actor=actor, at=at)
    case, remarks = task.case, remarks.strip()
    targets = node_of(task).ways_back() if task.flow_task_id else []
    target = next((node for node in targets if to in ("", node.drawn.id)), None)
    if target is None:
        raise OtherStep(task)
    if not remarks:
        raise RemarksMissing
    facts = {"step": titles_in_all_languages(task.titles, task.step)}
    history.record(case, "SENT_BACK", actor=actor, at=at, payload=facts, personal={"remarks": remarks})
    if task.step == "sign":
        locking.call_back(case, actor=actor, at=at)
    leave = _back_to(target, case, remarks, at)
    finish(task, "SENT_BACK", actor=actor, at=at, remarks=remarks, way=f"{SENT_BACK}_{target.drawn.id}", leave=leave)
    return task


@transaction.atomic
def call_back(task: Task, *, remarks: str, actor: Actor, at: dt.datetime) -> Task:
    """Whoever holds the case, or approved it, takes the letter back while it waits for its signature."""
    case = lock_case(task.case_id)
    task = Task.objects.select_related("unit", "post", "holder", "ended_by").get(pk=task.pk)
    task.case = case
    if task.ended_at is not None:
        raise TaskDone(task)
    if task.step != "sign" or actor.user is None or actor.user.pk not in {task.sent_by_id, case.holder_id}:
        raise NotYours(task)
    if not remarks.strip():
        raise RemarksMissing
    history.record(case, "CALLED_BACK", actor=actor, at=at, personal={"remarks": remarks.strip()})
    locking.call_back(case, actor=actor, at=at)
    leave = _back_to(node_of(task).outcome("CALLED_BACK").node, case, remarks.strip(), at)
    finish(task, "CALLED_BACK", actor=actor, at=at, remarks=remarks, leave=leave)
    return task


def _back_to(target: PersonTask, case: Case, remarks: str, at: dt.datetime) -> dict[str, Any]:
    """Back to the case's holder where the step is the holder's, else to whoever did it."""
    day = local_date(case, at)
    address = None if target.who.kind is WhoKind.HOLDER else whoever_did(target.drawn.id, case, day)
    address = address or address_for(target.who, target.permission, case, day)
    return address.told(instruction=remarks).as_data()


# -- Dispatch


@transaction.atomic
def dispatch(task: Task, *, actor: Actor, at: dt.datetime) -> Case:
    """Register the signed letter out and send it to every party by the way they asked for."""
    task = take_up(task, "dispatch", actor=actor, at=at)
    case = task.case
    unseen = case.tasks.open().filter(step=LOOK_AT_NEW).select_related("holder", "unit").first()
    if unseen:
        raise TaskRefused(
            _("Something arrived in case {number} that {whom} has not looked at yet. It comes before sending.").format(
                number=case, whom=unseen.holder or unseen.unit
            )
        )
    draft = _draft_of(case)
    if draft.document is None:
        raise locking.NothingToSign(case)
    dispatching.send_result(draft.document, actor=actor, at=at)
    register_out(draft.document, actor=actor, at=at)
    finish(task, "DISPATCHED", actor=actor, at=at)
    return case


# -- What arrived later


@transaction.atomic
def see_new(task: Task, *, remarks: str, actor: Actor, at: dt.datetime) -> Task:
    """Whoever holds the case has looked at what arrived, with a note of what follows from it."""
    task = take_up(task, LOOK_AT_NEW, actor=actor, at=at)
    history.record(task.case, "NEW_SEEN", actor=actor, at=at, personal={"remarks": remarks.strip()})
    end_row(task, "SEEN", actor=actor, at=at, remarks=remarks)
    case_changed.send(sender=Case, case=task.case, at=at)
    return task
