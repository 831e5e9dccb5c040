"""Registering out: a letter that leaves the house gets its line and number in the outgoing register."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import history
from cases.acting import Actor
from cases.dispatching import addressees, channel_for
from cases.models import (
    Case,
    Channel,
    DeliveryChannel,
    Direction,
    Document,
    EntryKind,
    Register,
    RegisterEntry,
    RegisterKind,
)
from cases.numbering import give_number

# How a letter leaves, in the words of the register's column.
LEAVES_BY: dict[str, str] = {
    DeliveryChannel.PORTAL: Channel.WEB,
    DeliveryChannel.E_DELIVERY: Channel.E_DELIVERY,
    DeliveryChannel.EMAIL: Channel.EMAIL,
    DeliveryChannel.POST: Channel.POST,
    DeliveryChannel.COUNTER: Channel.COUNTER,
}


class NotToBeRegisteredOut(Exception):
    """The document can't leave like this; the message says why and what to do."""


@transaction.atomic
def register_out(document: Document, *, actor: Actor, at: dt.datetime) -> RegisterEntry:
    """Give an outgoing letter its number; one that has it keeps it."""
    cases = Case.objects.select_for_update(of=("self",)).select_related("institution", "unit", "record_class")
    case = cases.get(pk=document.case_id)
    document = Document.objects.select_related("entry").get(pk=document.pk)
    if document.entry:
        return document.entry
    if document.direction != Direction.OUT:
        raise NotToBeRegisteredOut(_("“{title}” is not an outgoing letter.").format(title=document.title))
    register = _register_of(case)
    parties = addressees(case)
    number = give_number(register, at=at, unit=case.unit, record_class=case.record_class)
    event = history.record(
        case,
        "REGISTERED_OUT",
        actor=actor,
        at=number.given_at,
        is_public=True,
        payload={"number": number.text, "register": register.code},
        personal={"title": document.title},
        document=document,
    )
    entry = RegisterEntry.objects.create(
        register=register,
        case=case,
        scope_key=number.scope_key,
        year=number.year,
        seq=number.seq,
        number=number.text,
        kind=EntryKind.GIVEN,
        channel=LEAVES_BY[channel_for(parties[0])] if parties else Channel.OFFICE,
        subject=document.title,
        received_at=at,
        registered_at=number.given_at,
        entered_at=at,
        registered_by=actor.user,
        submission_key=f"out-{document.public_id}",
        event_hash=event.hash,
    )
    Document.objects.filter(pk=document.pk).update(entry=entry)
    return entry


def _register_of(case: Case) -> Register:
    outgoing = Register.objects.filter(institution_id=case.institution_id, kind=RegisterKind.OUTGOING, is_closed=False)
    register = outgoing.select_related("institution").order_by("pk").first()
    if register is None:
        raise NotToBeRegisteredOut(_("There is no open register of outgoing letters. An administrator adds one."))
    return register


history.register_words(
    "REGISTERED_OUT", _("“{title}” was registered out as {number}"), _("The answer leaves as {number}")
)
