"""Handing cases over to the state archive: a list, a package that a job makes, the archive's acceptance.

Nothing is given up before the archive has accepted it; then our copies may go, by the hand of another person.
"""

import datetime as dt
import hashlib
import os
import tempfile
from io import BufferedRandom
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import history, outbox
from cases.acting import Actor
from cases.bags import PayloadChanged
from cases.disposal_lists import last_day, not_taken
from cases.disposing import NotDisposable, destroy_file
from cases.joined import taken_in
from cases.models import (
    AccessKind,
    AccessLog,
    Case,
    CaseState,
    ComponentFile,
    DisposalAction,
    Institution,
    OutboxRow,
    Retention,
    TransferItem,
    TransferList,
    TransferState,
    Unit,
    User,
)
from cases.outbox import Trouble
from cases.packages import pack
from cases.ruling import today_at
from cases.signals import case_changed

MOST_CASES = 500
MOST_BYTES = 10 * 1024**3
FILES_A_TURN = 200
FOLDER = "transfers"
STATE = TransferState


class TransferRefused(Exception):
    """The list can't be changed like this; the message says what to do."""


def due_for_transfer(institution: Institution, *, until: dt.date) -> QuerySet[Retention]:
    """Closed cases that are to be handed over by then, without those on hold or on a list already."""
    return not_taken(
        Retention.objects.filter(
            institution=institution,
            action=DisposalAction.TRANSFER,
            due_date__lte=until,
            is_stale=False,
            case__state=CaseState.CLOSED,
        )
    )


@transaction.atomic
def propose_transfer(unit: Unit, *, year: int, archive: str, actor: Actor, at: dt.datetime) -> TransferList:
    """Put what is to be handed over onto a new list, oldest first: at most 500 cases and 10 GB in one package.

    What was joined into a case goes with it, on the lines after its own.
    """
    institution, person, today = unit.institution, _person(actor), today_at(unit.institution, at)
    archive = " ".join(archive.split())
    if not archive:
        raise TransferRefused(_("Name the archive that takes the records."))
    if not 1900 <= year <= today.year:
        raise TransferRefused(_("Choose this year or an earlier one: the cases of later years are not due."))
    Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    due = due_for_transfer(institution, until=last_day(year, today)).filter(case__unit=unit)
    matters = taken_in(list(due.order_by("due_date", "case").values_list("case_id", flat=True)[:MOST_CASES]))
    sizes = _sizes_of([case_id for lead, joined in matters.items() for case_id in (lead, *joined)])
    chosen: dict[int, list[int]] = {}
    bytes_left = MOST_BYTES
    for lead, joined in matters.items():
        bytes_left -= sum(sizes[case_id] for case_id in (lead, *joined))
        if chosen and bytes_left < 0:
            break
        chosen[lead] = joined
    if not chosen:
        raise NothingToTransfer
    new = TransferList.objects.create(
        institution=institution, unit=unit, year=year, archive=archive[:200], proposed_by=person, proposed_at=at
    )
    _add_lines(new, chosen)
    return new


def _sizes_of(cases: list[int]) -> dict[int, int]:
    """Bytes of each."""
    summed = Case.objects.filter(pk__in=cases).annotate(size=Sum("documents__components__files__stored_file__size"))
    return {case_id: size or 0 for case_id, size in summed.values_list("pk", "size")}


def _add_lines(transfer_list: TransferList, matters: dict[int, list[int]]) -> None:
    positions = count(1)
    leads, along = [], []
    for lead, joined in matters.items():
        line = TransferItem(transfer_list=transfer_list, case_id=lead, position=next(positions))
        leads.append(line)
        along += [
            TransferItem(transfer_list=transfer_list, case_id=case_id, position=next(positions), goes_with=line)
            for case_id in joined
        ]
    TransferItem.objects.bulk_create(leads)
    TransferItem.objects.bulk_create(along)


class NothingToTransfer(TransferRefused):
    def __init__(self) -> None:
        super().__init__(_("No case of this unit is to be handed over in that year. What is on hold is left out."))


@transaction.atomic
def take_off(item: TransferItem, *, actor: Actor, at: dt.datetime) -> None:
    """Leave a case out of the list, with what was joined into it; a package that was made is made again."""
    _person(actor)
    locked = _locked(item.transfer_list_id)
    if locked.state not in (STATE.PREPARED, STATE.PACKED):
        raise TransferRefused(_("The list can't be changed now."))
    lead = item.goes_with_id or item.pk
    locked.items.filter(goes_with=lead).delete()
    locked.items.filter(pk=lead).delete()
    _forget_package(locked)


@transaction.atomic
def withdraw_transfer(transfer_list: TransferList, *, reason: str, actor: Actor, at: dt.datetime) -> TransferList:
    """Take the list back; its cases are free for another."""
    _person(actor)
    locked = _locked(transfer_list.pk)
    if not locked.is_open:
        raise TransferRefused(_("A list that the archive has accepted can't be taken back."))
    if not reason.strip():
        raise TransferRefused(_("Write why the list is taken back."))
    _forget_package(locked)
    locked.state, locked.ended_reason = STATE.WITHDRAWN, " ".join(reason.split())[:300]
    locked.save(update_fields=["state", "ended_reason"])
    locked.items.update(is_open=False)
    return locked


def _forget_package(transfer_list: TransferList) -> None:
    if name := transfer_list.package:
        transaction.on_commit(lambda: derived().delete(name))
    transfer_list.state = STATE.PREPARED
    transfer_list.package = transfer_list.package_sha256 = ""
    transfer_list.package_size = transfer_list.packed_items = 0
    transfer_list.packed_at = None
    transfer_list.save()


# -- The package


@transaction.atomic
def make_package(transfer_list: TransferList, *, actor: Actor, at: dt.datetime) -> TransferList:
    """Ask for the package; a job makes it."""
    _person(actor)
    locked = _locked(transfer_list.pk)
    if locked.state not in (STATE.PREPARED, STATE.PACKED):
        raise TransferRefused(_("The package is being made, or was handed over."))
    if not locked.items.exists():
        raise TransferRefused(_("The list is empty: take it back."))
    _forget_package(locked)
    locked.state, locked.failure = STATE.PACKING, ""
    locked.save(update_fields=["state", "failure"])
    outbox.put("pack_transfer", at=at, transfer_list=locked.pk)
    return locked


@outbox.handler("pack_transfer")
def pack_transfer(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Make the package from the beginning; killed in the middle it leaves nothing, and is made again."""
    transfer_list = TransferList.objects.select_related("institution", "unit").get(pk=payload["transfer_list"])
    if transfer_list.state != STATE.PACKING:
        return
    folder = Path(settings.STAGING_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    # Without a name, so that nothing stays behind a worker that is killed.
    with tempfile.TemporaryFile(dir=folder) as package:
        _pack(transfer_list, package, at=at)


def _pack(transfer_list: TransferList, package: BufferedRandom, *, at: dt.datetime) -> None:
    try:
        ends = pack(transfer_list, package, at=at, progress=lambda done: _note_progress(transfer_list, done))
    except (FileNotFoundError, PayloadChanged) as error:
        words = _("The bytes of a file are missing or changed: {name}. Run check_integrity.").format(name=error)
        TransferList.objects.filter(pk=transfer_list.pk, state=STATE.PACKING).update(
            state=STATE.PREPARED, failure=words[:300]
        )
        return
    size = package.seek(0, os.SEEK_END)
    package.seek(0)
    sha256 = hashlib.file_digest(package, "sha256").hexdigest()
    package.seek(0)
    kept = derived().save(f"{FOLDER}/{_prefix(transfer_list)}{sha256[:12]}.zip", File(package))
    with transaction.atomic():
        locked = _locked(transfer_list.pk)
        if locked.state != STATE.PACKING:
            derived().delete(kept)
            return
        _clear_away(locked, but=kept)
        for item_id, event_hash in ends.items():
            TransferItem.objects.filter(pk=item_id).update(event_hash=event_hash)
        locked.state, locked.package, locked.package_sha256 = STATE.PACKED, kept, sha256
        locked.package_size, locked.packed_at, locked.packed_items = size, at, len(ends)
        locked.save()


def _prefix(transfer_list: TransferList) -> str:
    return f"transfer-{transfer_list.pk}-"


def _clear_away(transfer_list: TransferList, *, but: str) -> None:
    """Packages that a worker kept, and was killed before it could say so."""
    _folders, names = derived().listdir(FOLDER)
    for name in names:
        if name.startswith(_prefix(transfer_list)) and f"{FOLDER}/{name}" != but:
            derived().delete(f"{FOLDER}/{name}")


def _note_progress(transfer_list: TransferList, done: int) -> None:
    TransferList.objects.filter(pk=transfer_list.pk, state=STATE.PACKING).update(packed_items=done)


def derived() -> Storage:
    return storages["derived"]


def open_package(transfer_list: TransferList, *, user: User, at: dt.datetime) -> File:
    """The zip, for its archivist; each case's access log says who took it along."""
    if transfer_list.state not in (STATE.PACKED, STATE.ACCEPTED) or not transfer_list.package:
        raise TransferRefused(_("There is no package yet."))
    try:
        package = derived().open(transfer_list.package)
    except FileNotFoundError:
        raise TransferRefused(_("The package was cleared away. Make it again.")) from None
    reason = f"transfer list {transfer_list.pk}"
    AccessLog.objects.bulk_create(
        AccessLog(user=user, case_id=case_id, kind=AccessKind.DOWNLOADED, reason=reason, at=at)
        for case_id in transfer_list.items.order_by("position").values_list("case_id", flat=True)
    )
    return package


# -- When it stands still


def trouble_of(transfer_list: TransferList, *, at: dt.datetime) -> Trouble | None:
    """What keeps the package, or the removal of our copies, from going on; None while it goes on, or needs no job."""
    if transfer_list.state == STATE.PACKING:
        return outbox.trouble_with(jobs_of(transfer_list).first(), at=at)
    if transfer_list.removed_at and (job := jobs_of(transfer_list).first()):
        return outbox.trouble_with(job, at=at)
    return None


def jobs_of(transfer_list: TransferList) -> QuerySet[OutboxRow]:
    """What is still to be done for the list, the newest first."""
    kind = "pack_transfer" if transfer_list.state == STATE.PACKING else "remove_transferred"
    return outbox.left_to_do(kind, transfer_list=transfer_list.pk)


@transaction.atomic
def try_again(transfer_list: TransferList, *, actor: Actor, at: dt.datetime) -> TransferList:
    """Somebody asks for another try at once, of what failed or of what nobody carries on."""
    _person(actor)
    locked = _locked(transfer_list.pk)
    if trouble_of(locked, at=at) is None:
        raise TransferRefused(_("Nothing of this list stands still."))
    job = jobs_of(locked).first()
    if job and job.last_error:
        outbox.retry(job, at=at)
    elif job is None or job.claimed_until:
        kind = "pack_transfer" if locked.state == STATE.PACKING else "remove_transferred"
        outbox.put(kind, at=at, transfer_list=locked.pk)
    return locked


# -- Acceptance


@transaction.atomic
def accept(
    transfer_list: TransferList, *, acceptance: str, acceptance_date: dt.date, actor: Actor, at: dt.datetime
) -> TransferList:
    """The archive has confirmed that it took the package over: the cases are transferred."""
    person, acceptance = _person(actor), " ".join(acceptance.split())
    locked = _locked(transfer_list.pk)
    if locked.state != STATE.PACKED:
        raise TransferRefused(_("Make the package and hand it over first."))
    if not acceptance:
        raise TransferRefused(_("Write the number of the archive's acceptance."))
    if acceptance_date > today_at(locked.institution, at):
        raise TransferRefused(_("The acceptance can't lie in the future."))
    items = list(locked.items.select_related("goes_with").order_by("case_id"))
    cases = Case.objects.select_for_update().filter(pk__in=[item.case_id for item in items]).order_by("pk")
    by_id = {case.pk: case for case in cases}
    changed = [str(by_id[item.case_id]) for item in items if by_id[item.case_id].last_event_hash != item.event_hash]
    if changed:
        raise TransferRefused(
            _("Changed since the package was made: {numbers}. Take them off, or make the package again.").format(
                numbers=", ".join(changed[:10])
            )
        )
    for item in items:
        case = by_id[item.case_id]
        # A joined case ended with the one that leads it.
        case.closed_at = by_id[item.goes_with.case_id if item.goes_with else item.case_id].closed_at
        case.state = CaseState.TRANSFERRED
        Case.objects.filter(pk=case.pk).update(state=case.state, closed_at=case.closed_at)
        payload = {"archive": locked.archive, "acceptance": acceptance, "day": acceptance_date.isoformat()}
        history.record(case, "TRANSFERRED", actor=actor, at=at, payload=payload)
        case_changed.send(sender=Case, case=case, at=at)
    locked.state, locked.accepted_by, locked.accepted_at = STATE.ACCEPTED, person, at
    locked.acceptance, locked.acceptance_date = acceptance[:200], acceptance_date
    locked.save(update_fields=["state", "accepted_by", "accepted_at", "acceptance", "acceptance_date"])
    locked.items.update(is_open=False)
    return locked


# -- Our copies


@transaction.atomic
def remove_copies(transfer_list: TransferList, *, actor: Actor, at: dt.datetime) -> TransferList:
    """After the acceptance, and by another person than recorded it: a job removes our copies of the files."""
    person = _person(actor)
    locked = _locked(transfer_list.pk)
    if locked.state != STATE.ACCEPTED:
        raise TransferRefused(_("Our copies stay until the archive has accepted the package."))
    if locked.accepted_by_id == person.pk:
        raise TransferRefused(_("You recorded the acceptance: somebody else removes our copies (four eyes)."))
    if locked.removed_at is None:
        locked.removed_by, locked.removed_at = person, at
        locked.save(update_fields=["removed_by", "removed_at"])
    outbox.put("remove_transferred", at=at, transfer_list=locked.pk)
    return locked


@outbox.handler("remove_transferred")
def remove_transferred(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Remove some files, each in its own transaction; those on hold stay. Can run twice, and go on where it stopped."""
    transfer_list = TransferList.objects.select_related("removed_by", "institution").get(pk=payload["transfer_list"])
    if transfer_list.removed_by is None:
        return
    actor = Actor.of(transfer_list.removed_by, on=today_at(transfer_list.institution, at))
    rule = _("transferred to {archive}, acceptance {number}").format(
        archive=transfer_list.archive, number=transfer_list.acceptance
    )
    removable = removable_copies(transfer_list)
    for file in removable.select_related("component__document", "stored_file").order_by("pk")[:FILES_A_TURN]:
        try:
            destroy_file(file, rule=rule, actor=actor, at=at)
        except NotDisposable:
            continue
    if removable.exists():
        outbox.put("remove_transferred", at=at, transfer_list=transfer_list.pk)


def copies_of(transfer_list: TransferList) -> QuerySet[ComponentFile]:
    """Files of the list's cases that we still have."""
    return ComponentFile.objects.filter(
        component__document__case__transfer_items__transfer_list=transfer_list, destruction__isnull=True
    )


def removable_copies(transfer_list: TransferList) -> QuerySet[ComponentFile]:
    """Those of them that no hold keeps."""
    held = Case.objects.filter(
        pk=OuterRef("component__document__case"), holds__lifted_at__isnull=True, holds__isnull=False
    )
    return copies_of(transfer_list).filter(~Exists(held))


def _person(actor: Actor) -> Any:
    if actor.user is None:
        raise TransferRefused(_("Only a person does this."))
    return actor.user


def _locked(pk: int) -> TransferList:
    return TransferList.objects.select_for_update(of=("self",)).select_related("institution").get(pk=pk)


history.register_words("TRANSFERRED", gettext_lazy("Transferred to {archive}, accepted as {acceptance} on {day}"))
