"""Disposal: holds, and destruction by rule. Bytes and personal values go, rows stay as a tombstone."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history, outbox, previews, retaining
from cases.acting import Actor
from cases.clock import local_date
from cases.joined import lead_of, matter_of
from cases.models import (
    Case,
    CaseState,
    Component,
    ComponentFile,
    Destruction,
    DisposalAction,
    DisposalHold,
    Extension,
    Place,
    SignatureCheck,
    StoredFile,
    Suspension,
)
from cases.originals import store
from cases.signals import case_changed, people_erased


class NotDisposable(Exception):
    """The record must be kept; the message says by what."""


@transaction.atomic
def place_hold(case: Case, *, reason: str, actor: Actor, at: dt.datetime) -> DisposalHold:
    """Nothing of the case may be destroyed until the hold is lifted (MoReq: disposal hold)."""
    reason = " ".join(reason.split())
    if actor.user is None:
        raise NotDisposable(_("Only a person places a hold."))
    if not reason:
        raise NotDisposable(_("Write why it is held: the court, the claim, the audit."))
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.state == CaseState.DESTROYED:
        raise NotDisposable(_("Case {number} was destroyed: there is nothing to hold.").format(number=locked))
    hold = DisposalHold.objects.create(case=case, reason=reason[:300], placed_by=actor.user, placed_at=at)
    history.record(case, "HELD", actor=actor, at=at, personal={"reason": reason})
    return hold


@transaction.atomic
def lift_hold(hold: DisposalHold, *, reason: str = "", actor: Actor, at: dt.datetime) -> DisposalHold:
    """The hold ends; other holds on the case go on."""
    locked = DisposalHold.objects.select_for_update().get(pk=hold.pk)
    if locked.lifted_at is not None:
        raise NotDisposable(_("The hold was lifted already."))
    hold.lifted_by, hold.lifted_at, hold.lift_reason = actor.user, at, " ".join(reason.split())[:300]
    hold.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    history.record(hold.case, "HOLD_LIFTED", actor=actor, at=at, personal={"reason": reason} if reason else {})
    return hold


def may_be_destroyed_from(case: Case, *, on: dt.date | None = None) -> dt.date | None:
    """The first day on which its rule, or an appraisal, allows destruction; None when it never does.

    ``on``: by the versions of its class that have begun that day; None: by all known.
    """
    outlook = retaining.outlook_of(case, on=on)
    return outlook.due_date if outlook and outlook.action == DisposalAction.DESTROY else None


@dataclass(frozen=True)
class Destroyed:
    """What went with a case."""

    files: int
    stored_files: list[str]


def destroy_case(case: Case, *, rule: str, actor: Actor, at: dt.datetime) -> Destroyed:
    """Destroy a closed case: tombstones for all its files, what it says of people erased, its state changed.

    One that was joined into another goes by the class and the days of that one, and ended with it.
    Runs in the caller's transaction: afterwards all of it is true or nothing. The bytes are removed by the outbox
    when it has committed.
    """
    with transaction.atomic():
        locked = _disposable(case.pk, at=at)
        locked.closed_at = lead_of(locked).closed_at
        files = ComponentFile.objects.filter(component__document__case=locked, destruction__isnull=True)
        used = []
        for file in files.select_related("component__document", "stored_file").order_by("pk"):
            _write_tombstone(file, rule=rule, actor=actor, at=at)
            used.append(file.stored_file_id)
        erase_people(locked, actor=actor, at=at)
        locked.state = CaseState.DESTROYED
        Case.objects.filter(pk=locked.pk).update(state=CaseState.DESTROYED, closed_at=locked.closed_at)
        history.record(locked, "DESTROYED", actor=actor, at=at, payload={"rule": rule, "files": len(used)})
        case_changed.send(sender=Case, case=locked, at=at)
    return Destroyed(len(used), sorted(set(used)))


def destroy_file(file: ComponentFile, *, rule: str, actor: Actor, at: dt.datetime) -> Destruction:
    """Destroy one file of a closed case by rule. The bytes go when no other living record uses them."""
    with transaction.atomic():
        destruction = _write_tombstone(file, rule=rule, actor=actor, at=at)
    remove_unused_bytes(file.stored_file, at=at)
    destruction.refresh_from_db()
    return destruction


def _write_tombstone(file: ComponentFile, *, rule: str, actor: Actor, at: dt.datetime) -> Destruction:
    if actor.user is None:
        raise NotDisposable(_("Only a person destroys records."))
    case = _disposable(file.component.document.case_id, at=at)
    if Destruction.objects.filter(component_file=file).exists():
        raise NotDisposable(_("This file was destroyed already."))
    destruction = Destruction.objects.create(
        component_file=file,
        stored_file=file.stored_file,
        record_class=case.record_class,
        rule=rule[:300],
        destroyed_by=actor.user,
        destroyed_at=at,
    )
    history.record(
        case,
        "FILE_DESTROYED",
        actor=actor,
        at=at,
        payload={"sha256": file.stored_file_id, "rule": rule},
        personal={"name": file.name},
        document=file.component.document,
    )
    outbox.put("remove_unused_bytes", at=at, case=case, stored_file=file.stored_file_id)
    case_changed.send(sender=Case, case=case, at=at)
    return destruction


def _disposable(case_id: int, *, at: dt.datetime) -> Case:
    """The case, locked, if no hold stands and its class allows destruction today or its archive has taken it over.

    Cases that were joined are one matter: a hold on one keeps all, and the class of the one that leads counts.
    """
    cases = Case.objects.select_for_update(of=("self",)).select_related("institution", "record_class")
    case = cases.get(pk=case_id)
    matter = [case.pk] if case.state == CaseState.TRANSFERRED else matter_of(case)
    if DisposalHold.objects.in_force().filter(case__in=matter).exists():
        raise NotDisposable(_("Case {number} is on hold: nothing of it may be destroyed.").format(number=case))
    if case.state == CaseState.TRANSFERRED:
        return case
    allowed_from = may_be_destroyed_from(lead_of(case), on=local_date(case, at))
    if allowed_from is None or local_date(case, at) < allowed_from:
        raise NotDisposable(_("The records class of case {number} does not allow it yet.").format(number=case))
    return case


@outbox.handler("remove_unused_bytes")
def finish_destruction(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Whatever interrupted ``destroy_file`` after its tombstone was written."""
    remove_unused_bytes(StoredFile.objects.get(pk=payload["stored_file"]), at=at)


@transaction.atomic
def remove_unused_bytes(stored_file: StoredFile, *, at: dt.datetime) -> bool:
    """Remove bytes whose every use was destroyed. Can run again after a crash; True when they are gone."""
    _wait_for_filings()
    uses = ComponentFile.objects.filter(stored_file=stored_file)
    if uses.filter(destruction__isnull=True).exists() or not uses.exists():
        return False
    store().remove_bytes(stored_file.sha256)
    previews.forget(stored_file.sha256)
    SignatureCheck.objects.filter(stored_file=stored_file).delete()
    Destruction.objects.filter(stored_file=stored_file, bytes_removed_at__isnull=True).update(bytes_removed_at=at)
    return True


def _wait_for_filings() -> None:
    """Let every filing that is under way write its files' rows, and hold others back for this moment.

    Else the bytes could go while somebody files the same ones. On SQLite the transaction is alone anyway.
    """
    connection = transaction.get_connection()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {ComponentFile._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


@transaction.atomic
def erase_people(case: Case, *, actor: Actor, at: dt.datetime) -> int:
    """Erase what a case whose files are all destroyed says of people; its events stay and still verify.

    Numbers, moments, classes and hashes stay. Returns how many values of events were erased.
    """
    _disposable(case.pk, at=at)
    files = ComponentFile.objects.filter(component__document__case=case)
    if files.filter(destruction__isnull=True).exists():
        raise NotDisposable(_("Case {number} still has files. Destroy them first.").format(number=case))
    files.update(name="")
    Component.objects.filter(document__case=case).update(title="")
    case.documents.update(title="", missing_reason="")
    case.entries.update(subject="", sender_reference="", written_as="")
    case.parties.update(name="", identifier_hash="", identifier_hint="", address="", email="", phone="")
    case.answers.all().delete()
    case.drafts.update(title="", body="")
    case.tasks.update(instruction="", remarks="")
    case.resolutions.update(instruction="")
    case.dispatches.update(notice_data={}, evidence={})
    Suspension.objects.filter(clock__case=case).update(reason="")
    Extension.objects.filter(clock__case=case).update(reason="")
    Place.objects.filter(cases=case).update(
        words="", address={}, geometry=None, words_key="", latitude=None, longitude=None
    )
    case.loans.update(borrower_name="", reason="")
    case.holds.update(reason="", lift_reason="")
    case.appraisals.update(reason="")
    case.subject = ""
    Case.objects.filter(pk=case.pk).update(subject="")
    erased = history.erase_personal_values(case)
    history.record(case, "PEOPLE_ERASED", actor=actor, at=at)
    people_erased.send(sender=Case, case=case, at=at)
    case_changed.send(sender=Case, case=case, at=at)
    return erased


history.register_words("DESTROYED", _("The case was destroyed by rule: {rule}"))
history.register_words("PEOPLE_ERASED", _("What the case said of people was erased by rule"))
