"""Sending: each document to each party by the way they asked for. Being told is not being served.

Whoever can't be reached electronically gets a letter in the print list, never nothing.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import history, outbox
from cases.acting import Actor
from cases.clock import local_date
from cases.joined import taken_in
from cases.models import (
    Case,
    DeliveryChannel,
    Dispatch,
    DispatchKind,
    DispatchState,
    Document,
    Party,
    PartyRole,
)

TOLD_ROLES = {PartyRole.APPLICANT, PartyRole.REPRESENTATIVE, PartyRole.SENDER, PartyRole.ADDRESSEE}
ELECTRONIC = {DeliveryChannel.PORTAL, DeliveryChannel.EMAIL}


class DispatchRefused(Exception):
    """The sending can't be marked so; the message says why."""


def addressees(case: Case, *, on: dt.date | None = None) -> list[Party]:
    """Who is told and served on a day (today): a represented party through its representative.

    The parties of a case that was joined into this one are told with it: there is one answer.
    """
    mandated = Q(mandate_until__isnull=True) | Q(mandate_until__gte=on or timezone.localdate())
    told = Party.objects.filter(mandated, case__in=[case.pk, *taken_in([case.pk])[case.pk]], ended_at__isnull=True)
    parties = list(told.filter(role__in=TOLD_ROLES).order_by("pk"))
    represented = {party.represents_id for party in parties if party.represents_id}
    return [party for party in parties if party.pk not in represented]


def channel_for(party: Party) -> str:
    """The way the party asked for; by post where that way does not reach them."""
    wanted = party.result_channel
    if wanted == DeliveryChannel.EMAIL and not party.email:
        return DeliveryChannel.POST
    if wanted == DeliveryChannel.E_DELIVERY:
        return DeliveryChannel.EMAIL if party.email else DeliveryChannel.POST
    return wanted


@transaction.atomic
def send_result(document: Document, *, actor: Actor, at: dt.datetime) -> list[Dispatch]:
    """Serve a document to every party, each by the way they asked for (R41: binding), and tell them."""
    case = document.case
    Case.objects.select_for_update().get(pk=case.pk)
    if not document.is_for_applicant:
        document.is_for_applicant = True
        Document.objects.filter(pk=document.pk).update(is_for_applicant=True)
    return [_serve(document, party, actor=actor, at=at) for party in addressees(case, on=local_date(case, at))]


def _serve(document: Document, party: Party, *, actor: Actor, at: dt.datetime) -> Dispatch:
    channel = channel_for(party)
    dispatch, is_new = Dispatch.objects.get_or_create(
        case=document.case,
        document=document,
        party=party,
        kind=DispatchKind.RESULT,
        channel=channel,
        defaults={"prepared_at": at},
    )
    if not is_new:
        return dispatch
    if channel == DeliveryChannel.PORTAL:
        mark_sent(dispatch, actor=actor, at=at, evidence={"place": "tracking page"})
        _prepare_notice(document.case, party, "RESULT", {}, at=at)
    elif channel == DeliveryChannel.COUNTER:
        _prepare_notice(document.case, party, "COLLECT", {}, at=at)
    elif channel == DeliveryChannel.EMAIL:
        outbox.put("send_mail", at=at, case=document.case, dispatch=dispatch.pk)
    return dispatch


@transaction.atomic
def send_receipt(document: Document, party: Party, *, at: dt.datetime) -> Dispatch | None:
    """The receipt goes by e-mail to whoever gave an address; everybody else has it on paper or on the page."""
    if not party.email:
        return None
    dispatch, is_new = Dispatch.objects.get_or_create(
        case=document.case,
        document=document,
        party=party,
        kind=DispatchKind.RECEIPT,
        channel=DeliveryChannel.EMAIL,
        defaults={"prepared_at": at, "notice": "RECEIPT"},
    )
    if is_new:
        outbox.put("send_mail", at=at, case=document.case, dispatch=dispatch.pk)
    return dispatch


@transaction.atomic
def tell(case: Case, notice: str, *, at: dt.datetime, **data: Any) -> list[Dispatch]:
    """Tell every party something (cases.notices has the words), by e-mail or by letter."""
    return [_prepare_notice(case, party, notice, data, at=at) for party in addressees(case, on=local_date(case, at))]


def _prepare_notice(case: Case, party: Party, notice: str, data: dict[str, Any], *, at: dt.datetime) -> Dispatch:
    """By e-mail, else as a letter in the print list."""
    channel = DeliveryChannel.EMAIL if party.email else DeliveryChannel.POST
    dispatch = Dispatch.objects.create(
        case=case,
        party=party,
        kind=DispatchKind.NOTICE,
        notice=notice,
        notice_data=data,
        channel=channel,
        prepared_at=at,
    )
    if channel == DeliveryChannel.EMAIL:
        outbox.put("send_mail", at=at, case=case, dispatch=dispatch.pk)
    return dispatch


@transaction.atomic
def mark_sent(dispatch: Dispatch, *, actor: Actor, at: dt.datetime, evidence: dict[str, Any] | None = None) -> Dispatch:
    """It left the house: mailed, put into the post, or laid on the tracking page."""
    locked = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if locked.state != DispatchState.PREPARED:
        raise DispatchRefused(_("This letter was sent already."))
    dispatch.state, dispatch.sent_at = DispatchState.SENT, at
    dispatch.evidence = {**locked.evidence, **(evidence or {})}
    dispatch.save(update_fields=["state", "sent_at", "evidence"])
    _write(dispatch, "SENT", actor=actor, at=at)
    return dispatch


@transaction.atomic
def mark_delivered(
    dispatch: Dispatch, *, actor: Actor, at: dt.datetime, evidence: dict[str, Any] | None = None
) -> Dispatch:
    """The addressee has it: collected at the counter, delivery slip came back, opened on the page."""
    locked = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if locked.state not in {DispatchState.PREPARED, DispatchState.SENT}:
        raise DispatchRefused(_("This letter has its end already: {state}.").format(state=locked.get_state_display()))
    dispatch.state, dispatch.delivered_at = DispatchState.DELIVERED, at
    dispatch.sent_at = locked.sent_at or at
    dispatch.evidence = {**locked.evidence, **(evidence or {})}
    dispatch.save(update_fields=["state", "delivered_at", "sent_at", "evidence"])
    _write(dispatch, "DELIVERED", actor=actor, at=at)
    return dispatch


@transaction.atomic
def mark_returned(
    dispatch: Dispatch, *, reason: str, is_refused: bool = False, actor: Actor, at: dt.datetime
) -> Dispatch:
    """It came back, or was refused at the door."""
    locked = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if locked.state != DispatchState.SENT:
        raise DispatchRefused(_("Only a letter that was sent can come back."))
    dispatch.state = DispatchState.REFUSED if is_refused else DispatchState.RETURNED
    dispatch.returned_at = at
    dispatch.evidence = {**locked.evidence, "reason": reason}
    dispatch.save(update_fields=["state", "returned_at", "evidence"])
    _write(dispatch, "CAME_BACK", actor=actor, at=at, reason=reason)
    return dispatch


@transaction.atomic
def write_instead(dispatch: Dispatch, *, reason: str, actor: Actor, at: dt.datetime) -> Dispatch:
    """The address takes no mail: the mail is noted as refused and a letter goes into the print list."""
    locked = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if locked.state != DispatchState.PREPARED:
        raise DispatchRefused(_("This letter was sent already."))
    dispatch.state, dispatch.sent_at, dispatch.returned_at = DispatchState.REFUSED, at, at
    dispatch.evidence = {**locked.evidence, "reason": reason}
    dispatch.save(update_fields=["state", "sent_at", "returned_at", "evidence"])
    _write(dispatch, "CAME_BACK", actor=actor, at=at, reason=reason)
    return Dispatch.objects.create(
        case=dispatch.case,
        document=dispatch.document,
        party=dispatch.party,
        kind=dispatch.kind,
        notice=dispatch.notice,
        notice_data=dispatch.notice_data,
        channel=DeliveryChannel.POST,
        prepared_at=at,
    )


def _write(dispatch: Dispatch, kind: str, *, actor: Actor, at: dt.datetime, **facts: str) -> None:
    if dispatch.kind != DispatchKind.RESULT and kind == "SENT":
        return  # a notice or a receipt by mail is no news of the case; its row has the evidence
    title = dispatch.document.title if dispatch.document else ""
    history.record(
        dispatch.case,
        kind,
        actor=actor,
        at=at,
        is_public=kind != "CAME_BACK",
        payload={"channel": dispatch.channel},
        personal={"title": title, **facts},
        document=dispatch.document,
    )
