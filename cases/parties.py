"""Parties and answers that come later than the filing."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.models import Answer, Case, Document, Party, Question, Service
from cases.registration import PartyAsFiled, party_row
from cases.signals import case_changed


class QuestionKeyTaken(Exception):
    """A question's key was given to another kind of question before (it is never reused)."""

    def __init__(self, key: str, kind: str) -> None:
        super().__init__(
            _("The key {key} belongs to a question of kind {kind} for ever; choose another key.").format(
                key=key, kind=kind
            )
        )


@transaction.atomic
def add_party(
    case: Case,
    filed: PartyAsFiled,
    *,
    actor: Actor,
    at: dt.datetime,
    represents: Party | None = None,
    mandate_document: Document | None = None,
    mandate_until: dt.date | None = None,
) -> Party:
    """Add a party: a co-owner, or a representative of somebody by a document until a day."""
    party = party_row(case, filed, language=case.language, at=at)
    party.represents, party.mandate_document, party.mandate_until = represents, mandate_document, mandate_until
    party.save(force_insert=True)
    history.record(
        case, "PARTY_ADDED", actor=actor, at=at, payload={"role": str(party.role)}, personal={"name": party.name}
    )
    case_changed.send(sender=Case, case=case, at=at)
    return party


def known_parties(party: Party) -> list[Party]:
    """The same person or organisation in other cases, recognised by the keyed hash; never merged."""
    if not party.identifier_hash:
        return []
    same = Party.objects.filter(identifier_hash=party.identifier_hash, case__institution=party.case.institution)
    return list(same.exclude(case=party.case).select_related("case").order_by("-added_at"))


@transaction.atomic
def transcribe_answer(
    case: Case, *, key: str, value: Any, actor: Actor, at: dt.datetime, given_by: Party | None = None
) -> Answer:
    """Note an answer that was told or written later; the one before stays, marked as replaced."""
    Case.objects.select_for_update().get(pk=case.pk)
    Answer.objects.filter(case=case, key=key, replaced_at__isnull=True).update(replaced_at=at)
    answer = Answer.objects.create(
        case=case, key=key, value=value, given_at=at, given_by=given_by, transcribed_by=actor.user
    )
    history.record(case, "ANSWER_TRANSCRIBED", actor=actor, at=at, payload={"key": key})
    return answer


@transaction.atomic
def claim_question_keys(service: Service, kinds: dict[str, str], *, at: dt.datetime) -> None:
    """Give keys to questions, once and for ever; the same key with another kind is refused."""
    known = dict(Question.objects.filter(service=service, key__in=kinds).values_list("key", "kind"))
    for key, kind in kinds.items():
        if known.get(key, kind) != kind:
            raise QuestionKeyTaken(key, known[key])
    Question.objects.bulk_create(
        Question(service=service, key=key, kind=kind, first_asked_at=at)
        for key, kind in kinds.items()
        if key not in known
    )
