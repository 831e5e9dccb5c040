"""Mistakes are corrected by events, not by editing: the old value stays readable, old numbers lead on."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.assigning import open_to
from cases.models import (
    Case,
    CaseReader,
    CaseRelation,
    CaseState,
    Clock,
    Document,
    OutsideAccess,
    Party,
    RegisterEntry,
    RelationKind,
)
from cases.outside_access import accesses_for
from cases.signals import case_changed, documents_captured

RECEIPT = "RECEIPT"


class CorrectionRefused(Exception):
    """The correction can't be made like this; the message says what to do."""


@transaction.atomic
def move_document(document: Document, *, to: Case, reason: str, actor: Actor, at: dt.datetime) -> Document:
    """Move a document that was put into the wrong case; both histories say so."""
    _same_institution(document.case, to)
    _lock(document.case, to)
    origin = Document.objects.select_related("case").get(pk=document.pk).case
    if origin.pk == to.pk:
        raise CorrectionRefused(_("The document is in case {number} already.").format(number=to))
    document.case = to
    Document.objects.filter(pk=document.pk).update(case=to)
    if document.entry_id and document.kind != RECEIPT:
        _move_entry(document.entry_id, origin=origin, to=to)
    personal = {"title": document.title, "reason": reason}
    for case, kind, other in ((origin, "DOCUMENT_MOVED_OUT", to), (to, "DOCUMENT_MOVED_IN", origin)):
        news = history.News(kind, payload={"other": str(other)}, personal=personal, document=document)
        history.append(case, [news], actor=actor, at=at)
    documents_captured.send(sender=Case, case=to, documents=[document], at=at)
    for case in (origin, to):
        case_changed.send(sender=Case, case=case, at=at)
    return document


def _move_entry(entry_id: int, *, origin: Case, to: Case) -> None:
    """The number goes along when nothing else that came under it stays; the receipt proves it wherever it is."""
    under_it = Document.objects.filter(entry_id=entry_id, case=origin)
    if not under_it.exclude(kind=RECEIPT).exists():
        under_it.update(case=to)
        RegisterEntry.objects.filter(pk=entry_id).update(case=to)


def retitle_document(document: Document, *, title: str, reason: str, actor: Actor, at: dt.datetime) -> Document:
    """Correct what a document is called."""
    return _correct(document, document.case, "title", title, what="TITLE", reason=reason, actor=actor, at=at)


def correct_subject(case: Case, *, subject: str, reason: str, actor: Actor, at: dt.datetime) -> Case:
    """Correct what a case is about."""
    return _correct(case, case, "subject", subject, what="SUBJECT", reason=reason, actor=actor, at=at)


def correct_name(party: Party, *, name: str, reason: str, actor: Actor, at: dt.datetime) -> Party:
    """Correct how a party is written."""
    return _correct(party, party.case, "name", name, what="NAME", reason=reason, actor=actor, at=at)


@transaction.atomic
def _correct[Row: Case | Document | Party](
    row: Row, case: Case, field: str, new: str, *, what: str, reason: str, actor: Actor, at: dt.datetime
) -> Row:
    old, new = getattr(row, field), new.strip()
    if not new:
        raise CorrectionRefused(_("Write what it should read."))
    if new == old:
        raise CorrectionRefused(_("That is what it reads already."))
    setattr(row, field, new)
    row.save(update_fields=[field])
    history.record(
        case,
        "DESCRIPTION_CORRECTED",
        actor=actor,
        at=at,
        payload={"what": what},
        personal={"old": old, "new": new, "reason": reason},
        document=row if isinstance(row, Document) else None,
    )
    case_changed.send(sender=Case, case=case, at=at)
    return row


@transaction.atomic
def relate(case: Case, other: Case, *, kind: str, actor: Actor, at: dt.datetime) -> CaseRelation:
    """Note that two cases belong together: same matter, follow-up, appeal."""
    _same_institution(case, other)
    if case.pk == other.pk:
        raise CorrectionRefused(_("A case can't be related to itself."))
    if kind not in {RelationKind.SAME_MATTER, RelationKind.FOLLOW_UP, RelationKind.APPEAL}:
        raise CorrectionRefused(_("Cases are joined or split by their own acts, not by relating them."))
    relation, is_new = CaseRelation.objects.get_or_create(case=case, other=other, kind=kind, defaults={"made_at": at})
    if is_new:
        _lock(case, other)
        for one, two in ((case, other), (other, case)):
            history.record(one, "CASE_RELATED", actor=actor, at=at, payload={"other": str(two), "relation": str(kind)})
    return relation


@transaction.atomic
def join_cases(case: Case, *, into: Case, actor: Actor, at: dt.datetime) -> Case:
    """Handle a case together with another: one answer. Its number, link and digits lead there."""
    _same_institution(case, into)
    _lock(case, into)
    for one in (case, into):
        one.refresh_from_db(fields=["state", "closed_at"])
    if case.pk == into.pk or case.state == CaseState.JOINED or case.is_closed:
        raise CorrectionRefused(_("Case {number} can't be joined: it is closed or joined already.").format(number=case))
    if into.state == CaseState.JOINED:
        raise CorrectionRefused(_("Case {number} was joined itself; choose the case it leads to.").format(number=into))
    if into.is_closed:
        raise CorrectionRefused(_("Case {number} is closed: no answer would follow. Relate them.").format(number=into))
    if case.has_open_tasks():
        raise CorrectionRefused(_("Case {number} still has open tasks. Finish them first.").format(number=case))
    CaseRelation.objects.create(case=case, other=into, kind=RelationKind.JOINED_INTO, made_at=at)
    for reader in CaseReader.objects.filter(case=case):
        open_to(into, unit=reader.unit, user=reader.user)
    Clock.objects.filter(case=case).update(stopped_at=at)
    case.state, case.stage = CaseState.JOINED, "joined"
    Case.objects.filter(pk=case.pk).update(state=case.state, stage=case.stage)
    history.record(case, "CASE_JOINED_INTO", actor=actor, at=at, is_public=True, payload={"other": str(into)})
    history.record(into, "CASE_TOOK_IN", actor=actor, at=at, payload={"other": str(case)})
    for changed in (case, into):
        case_changed.send(sender=Case, case=changed, at=at)
    return into


@transaction.atomic
def split_case(
    case: Case, *, documents: list[Document], subject: str, reason: str, actor: Actor, at: dt.datetime
) -> Case:
    """Take a second matter out of a case into a case of its own, with its documents."""
    if not documents or any(document.case_id != case.pk for document in documents):
        raise CorrectionRefused(_("Choose the documents of this case that belong to the other matter."))
    _lock(case)
    split = Case.objects.create(
        institution=case.institution,
        service=case.service,
        record_class=case.record_class,
        subject=subject,
        language=case.language,
        unit=case.unit,
        holder=case.holder,
        access_level=case.access_level,
        opened_at=at,
        due_date=case.due_date,
        versions=case.versions,
        number=f"{case.number}/{case.related_from.filter(kind=RelationKind.SPLIT_FROM).count() + 2}",
    )
    open_to(split, unit=case.unit, user=case.holder)
    CaseRelation.objects.create(case=split, other=case, kind=RelationKind.SPLIT_FROM, made_at=at)
    if clock := Clock.objects.filter(case=case, stopped_at__isnull=True).first():
        clock.pk, clock.case, clock.raw_end_date = None, split, clock.due_date
        clock.save(force_insert=True)
    _copy_parties(case, split, at=at)
    history.record(case, "CASE_SPLIT_OFF", actor=actor, at=at, payload={"other": str(split)})
    history.record(
        split,
        "CASE_RELATED",
        actor=actor,
        at=at,
        payload={"other": str(case), "relation": str(RelationKind.SPLIT_FROM)},
    )
    for document in documents:
        move_document(document, to=split, reason=reason, actor=actor, at=at)
    return split


def _copy_parties(case: Case, split: Case, *, at: dt.datetime) -> None:
    """The same people in the new case, with who represents whom, each with a way in of their own."""
    copies = {}
    for party in case.parties.filter(ended_at__isnull=True).order_by("pk"):
        original, has_access = party.pk, party.accesses.filter(ended_at__isnull=True).exists()
        party.pk, party.case, party.added_at = None, split, at
        copies[original] = party
        party.save(force_insert=True)
        if has_access:
            OutsideAccess.objects.bulk_create(accesses_for(party, at=at))
    for party in copies.values():
        party.represents = copies.get(party.represents_id or 0)
    Party.objects.bulk_update(copies.values(), ["represents"])


def _same_institution(one: Case, other: Case) -> None:
    if one.institution_id != other.institution_id:
        raise CorrectionRefused(_("The other case belongs to another institution. Refer the matter there instead."))


def _lock(*cases: Case) -> None:
    """Always in the order of their ids, so that two corrections never wait for each other."""
    list(Case.objects.select_for_update().filter(pk__in=[case.pk for case in cases]).order_by("pk"))
