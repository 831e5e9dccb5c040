"""Disposal: holds, and destruction by rule. Bytes and personal values go, rows stay as a tombstone."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.models import Case, ComponentFile, Destruction, DisposalAction, DisposalHold, StoredFile
from cases.originals import store
from cases.signals import case_changed


class NotDisposable(Exception):
    """The record must be kept; the message says by what."""


@transaction.atomic
def place_hold(case: Case, *, reason: str, actor: Actor, at: dt.datetime) -> DisposalHold:
    """Nothing of the case may be destroyed until the hold is lifted (MoReq: disposal hold)."""
    if actor.user is None:
        raise NotDisposable(_("Only a person places a hold."))
    hold = DisposalHold.objects.create(case=case, reason=reason[:300], placed_by=actor.user, placed_at=at)
    history.record(case, "HELD", actor=actor, at=at, personal={"reason": reason})
    return hold


@transaction.atomic
def lift_hold(hold: DisposalHold, *, actor: Actor, at: dt.datetime) -> DisposalHold:
    if hold.lifted_at is not None:
        raise NotDisposable(_("The hold was lifted already."))
    hold.lifted_by, hold.lifted_at = actor.user, at
    hold.save(update_fields=["lifted_by", "lifted_at"])
    history.record(hold.case, "HOLD_LIFTED", actor=actor, at=at)
    return hold


def may_be_destroyed_from(case: Case) -> dt.date | None:
    """The first day on which the class allows destruction; None when it never does.

    Years count from 1 January after closing (Dz.U. 2011 nr 14 poz. 67; ПМС 67/2024; Legea 16/1996).
    """
    schedule = case.record_class
    if case.closed_at is None or schedule is None or schedule.retention_years is None:
        return None
    if schedule.disposal_action != DisposalAction.DESTROY:
        return None
    return dt.date(case.closed_at.year + 1 + schedule.retention_years, 1, 1)


def destroy_file(file: ComponentFile, *, rule: str, actor: Actor, at: dt.datetime) -> Destruction:
    """Destroy one file of a closed case by rule. The bytes go when no other living record uses them."""
    with transaction.atomic():
        destruction = _write_tombstone(file, rule=rule, actor=actor, at=at)
    remove_unused_bytes(file.stored_file, at=at)
    destruction.refresh_from_db()
    return destruction


def _write_tombstone(file: ComponentFile, *, rule: str, actor: Actor, at: dt.datetime) -> Destruction:
    case = file.component.document.case
    Case.objects.select_for_update().get(pk=case.pk)
    if actor.user is None:
        raise NotDisposable(_("Only a person destroys records."))
    if Destruction.objects.filter(component_file=file).exists():
        raise NotDisposable(_("This file was destroyed already."))
    if case.holds.filter(lifted_at__isnull=True).exists():
        raise NotDisposable(_("Case {number} is on hold: nothing of it may be destroyed.").format(number=case))
    allowed_from = may_be_destroyed_from(case)
    if allowed_from is None or at.date() < allowed_from:
        raise NotDisposable(_("The records class of case {number} does not allow it yet.").format(number=case))
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
    case_changed.send(sender=Case, case=case, at=at)
    return destruction


@transaction.atomic
def remove_unused_bytes(stored_file: StoredFile, *, at: dt.datetime) -> bool:
    """Remove bytes whose every use was destroyed. Can run again after a crash; True when they are gone."""
    uses = ComponentFile.objects.filter(stored_file=stored_file)
    if uses.filter(destruction__isnull=True).exists() or not uses.exists():
        return False
    store().remove_bytes(stored_file.sha256)
    Destruction.objects.filter(stored_file=stored_file, bytes_removed_at__isnull=True).update(bytes_removed_at=at)
    return True


@transaction.atomic
def erase_people(case: Case, *, actor: Actor, at: dt.datetime) -> int:
    """Erase the personal values of a case whose files are all destroyed; its events stay and still verify."""
    living = ComponentFile.objects.filter(component__document__case=case, destruction__isnull=True)
    if living.exists():
        raise NotDisposable(_("Case {number} still has files. Destroy them first.").format(number=case))
    case.parties.update(name="", identifier_hash="", identifier_hint="", address="", email="", phone="")
    case.answers.all().delete()
    case.entries.update(subject="")
    case.documents.update(title="")
    case.subject = ""
    Case.objects.filter(pk=case.pk).update(subject="")
    case_changed.send(sender=Case, case=case, at=at)
    return history.erase_personal_values(case)
