"""What a procedure does by itself: asks the applicant and waits, sets a value, writes, opens a linked case, closes."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from cases import clock, dispatching, history, notes, outbox
from cases.acting import Actor
from cases.closing import close_case
from cases.corrections import relate
from cases.models import Case, Channel, Party, RelationKind, Service, Task
from cases.registration import PartyAsFiled, Submission, register
from cases.texts import in_language
from flows.nodes import Deed, DeedActivation, note_in_process
from flows.procedures import tree
from flows.procedures.facts import facts_of
from flows.procedures.tree import Step
from flows.words import WAITING_FOR_OPINION, WAITING_FOR_YOU


def words_for_applicant(step: Step, case: Case) -> str:
    """The step's message in the language of filing, else in the institution's."""
    return in_language(step.message, case.language, main=case.institution.main_language).words


def ask_and_wait(activation: DeedActivation) -> None:
    """A step of its own asks the applicant: the clock stands still until something arrives or the term is over."""
    deed, step = activation.deed, activation.flow_task.drawn
    words = words_for_applicant(step, deed.case)
    until = dt.datetime.fromisoformat(activation.task.data["due_at"]).date().isoformat()
    facts = {"until": until, "milestone": WAITING_FOR_YOU}
    history.record(
        deed.case,
        "ASKED_APPLICANT",
        actor=deed.actor,
        at=deed.at,
        is_public=True,
        payload=facts,
        personal={"message": words},
    )
    clock.suspend(deed.case, reason=words, actor=deed.actor, at=deed.at)
    dispatching.tell(deed.case, "COMPLETION_REQUEST", at=deed.at, words=words)


def tell_asked(deed: Deed, step: Step, names: dict[str, str]) -> None:
    """The applicant sees that units were asked, unless the step's author said otherwise."""
    history.record(
        deed.case,
        "OPINIONS_ASKED",
        actor=deed.actor,
        at=deed.at,
        is_public=step.milestone.is_standard,
        payload={"units": names, "milestone": WAITING_FOR_OPINION},
    )


def do_by_itself(activation: DeedActivation) -> None:
    step: Step = activation.flow_task.drawn
    if step.kind is tree.Kind.CLOSE:
        _close(activation, step)
    elif step.does is tree.Deed.SET_VALUE:
        note_in_process(activation.process, "values", step.name, step.value)
    elif step.does is tree.Deed.SEND_MESSAGE:
        deed = activation.deed
        notes.send_message(deed.case, words=words_for_applicant(step, deed.case), actor=deed.actor, at=deed.at)
    elif step.does is tree.Deed.OPEN_CASE:
        deed = activation.deed
        key = f"linked-{deed.case.public_id}-{activation.task.pk}"
        outbox.put("open_linked_case", at=deed.at, case=deed.case, of=deed.case.pk, service=step.service, key=key)


def _close(activation: DeedActivation, step: Step) -> None:
    """The result is the step's own, else the letter's, else how the last decision was taken."""
    deed = activation.deed
    letters = facts_of(deed.case, activation.process, ["case:outcome"]).get("case:outcome")
    outcome = step.outcome or letters or _last_decision(deed.case) or "DONE"
    close_case(deed.case, outcome=outcome, actor=deed.actor, at=deed.at)


def _last_decision(case: Case) -> str | None:
    decided = Task.objects.filter(case=case, step="decide", ended_at__isnull=False).exclude(outcome="NOT_NEEDED")
    return decided.order_by("-ended_at", "-pk").values_list("outcome", flat=True).first()


@outbox.handler("open_linked_case")
def open_linked_case(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Register a case of another service for the same people and note that it follows from this one.

    The key makes a second run find the case that the first one opened.
    """
    case = Case.objects.select_related("institution").get(pk=payload["of"])
    service = Service.objects.select_related("institution", "unit").get(
        institution=case.institution, code=payload["service"]
    )
    actor = Actor.job("procedures")
    with override(case.language):
        subject = _("{service}: {subject}").format(service=service.name, subject=case.subject)
    parties = Party.objects.filter(case=case, ended_at__isnull=True, represents__isnull=True).order_by("pk")
    submission = Submission(
        institution=case.institution,
        channel=Channel.OFFICE,
        submission_key=payload["key"],
        subject=subject,
        language=case.language,
        received_at=at,
        service=service,
        parties=[_as_filed(party) for party in parties],
    )
    entry = register(submission, actor=actor, at=at)
    if entry.case is not None:
        relate(entry.case, case, kind=RelationKind.FOLLOW_UP, actor=actor, at=at)


def _as_filed(party: Party) -> PartyAsFiled:
    return PartyAsFiled(
        role=party.role,
        kind=party.kind,
        name=party.name,
        address=party.address,
        email=party.email,
        phone=party.phone,
        language=party.language,
        result_channel=party.result_channel,
        known_as=party,
    )
