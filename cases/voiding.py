"""Voiding: a wrong entry keeps its number, with the reason, for everybody to see."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.models import Case, EntryKind, RegisterEntry


class EntryNotVoidable(Exception):
    """The entry can't be voided; the message says why."""


@transaction.atomic
def void_entry(entry: RegisterEntry, *, reason: str, actor: Actor, at: dt.datetime) -> RegisterEntry:
    """Void an entry. The line stays in the register; the case and its documents stay where they are."""
    reason = reason.strip()
    if not reason:
        raise EntryNotVoidable(_("Say why the entry is wrong: the reason stands in the register."))
    if entry.case_id:
        # The case before its lines, as everywhere, so that two operations never wait for each other.
        Case.objects.select_for_update().get(pk=entry.case_id)
    locked = RegisterEntry.objects.select_for_update(of=("self",)).select_related("case").get(pk=entry.pk)
    if locked.kind == EntryKind.VOID:
        raise EntryNotVoidable(_("Entry {number} is void already.").format(number=locked.number))
    if locked.kind != EntryKind.GIVEN:
        raise EntryNotVoidable(_("Only a number that was given can be voided."))
    entry.kind, entry.void_reason = EntryKind.VOID, reason[:300]
    entry.save(update_fields=["kind", "void_reason"])
    if locked.case:
        history.record(
            locked.case,
            "ENTRY_VOIDED",
            actor=actor,
            at=at,
            is_public=True,
            payload={"number": entry.number},
            personal={"reason": reason},
        )
    return entry
