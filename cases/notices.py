"""What we tell people: the words of each notice, as mail and as letter, in the party's own language."""

import datetime as dt
from email.utils import formataddr, parseaddr
from smtplib import SMTPRecipientsRefused
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cases import outbox
from cases.acting import Actor
from cases.dispatching import mark_sent, write_instead
from cases.models import ComponentFile, Dispatch, DispatchKind, DispatchState, FileRole
from cases.originals import store
from cases.outside_access import secrets_of

PERMANENTLY = 500


class Notice(NamedTuple):
    subject: str | Promise
    body: str | Promise


NOTICES: dict[str, Notice] = {
    "RECEIPT": Notice(
        _("Receipt: {number}"),
        _("We received what you filed: {subject}.\nYour number is {number}.\nThe receipt is attached. Please keep it."),
    ),
    "COMPLETION_REQUEST": Notice(
        _("Something is missing: {number}"),
        _(
            "We cannot go on with your case {number} ({subject}) yet. We are missing:\n\n{words}\n\n"
            "Until it arrives the deadline does not run. You can add it on the case's page, send it by post or "
            "bring it to the counter."
        ),
    ),
    "MESSAGE": Notice(
        _("A message about your case {number}"),
        _("There is a message about your case {number} ({subject}):\n\n{words}"),
    ),
    "RESULT": Notice(
        _("The answer is ready: {number}"),
        _("The answer in your case {number} ({subject}) is ready. You can read it on the case's page."),
    ),
    "COLLECT": Notice(
        _("The answer is ready: {number}"),
        _(
            "The answer in your case {number} ({subject}) is ready. You can collect it at the counter; please bring "
            "your receipt or an identity document."
        ),
    ),
    "RESULT_ATTACHED": Notice(
        _("The answer in your case {number}"),
        _("The answer in your case {number} ({subject}) is attached. It is signed electronically."),
    ),
    "EXTENDED": Notice(
        _("We need more time: {number}"),
        _("We need until {due} to answer in your case {number} ({subject}). The reason: {words}"),
    ),
}


class WordsOfNotice(NamedTuple):
    """A notice in the party's language: subject line and paragraphs."""

    subject: str
    body: str
    language: str


def words_of(dispatch: Dispatch) -> WordsOfNotice:
    """What a notice says to its party."""
    party, case = dispatch.party, dispatch.case
    with override(party.language or case.language):
        notice = NOTICES[_notice_of(dispatch)]
        facts = {"number": case.number, "subject": case.subject, **_readable(dispatch.notice_data)}
        return WordsOfNotice(
            str(notice.subject).format(**facts), str(notice.body).format(**facts), party.language or case.language
        )


def _notice_of(dispatch: Dispatch) -> str:
    return dispatch.notice or ("RESULT_ATTACHED" if dispatch.kind == DispatchKind.RESULT else "MESSAGE")


def _readable(data: dict[str, Any]) -> dict[str, str]:
    read = {name: str(value) for name, value in data.items()}
    if due := read.get("due"):
        read["due"] = date_format(dt.date.fromisoformat(due), "DATE_FORMAT")
    return read


def file_to_send(dispatch: Dispatch) -> ComponentFile | None:
    """The file of the document that goes out: the signed one before the original, that before a scan of the paper."""
    if dispatch.document is None:
        return None
    files = ComponentFile.objects.filter(component__document=dispatch.document, superseded_by__isnull=True)
    files = files.select_related("stored_file").order_by("component__position", "pk")
    by_worth = (files.filter(role=role).first() for role in (FileRole.SIGNED, FileRole.ORIGINAL, FileRole.SCAN))
    return next(filter(None, by_worth), None)


def mail_of(dispatch: Dispatch) -> EmailMessage:
    """The e-mail of a sending. Its Message-ID follows from the row: sent twice it is the same message."""
    words = words_of(dispatch)
    case = dispatch.case
    access = secrets_of(dispatch.party)
    with override(words.language):
        body = render_to_string(
            "mail/notice.txt",
            {
                "words": words,
                "institution": case.institution,
                "link": f"{settings.SHORT_ADDRESS}/c/{access.token}" if access else "",
                "track": f"{settings.SHORT_ADDRESS}/t/",
            },
        )
        institution = str(case.institution.name)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    host = sender.rpartition("@")[2]
    message = EmailMessage(
        subject=" ".join(words.subject.split()),
        body=body,
        from_email=formataddr((institution, sender)),
        to=[dispatch.party.email],
        headers={
            "Message-ID": f"<registra-{case.public_id}-{dispatch.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": words.language,
        },
    )
    if file := file_to_send(dispatch):
        with store().open(file.stored_file_id) as source:
            message.attach(file.name, source.read(), file.stored_file.media_type)
    return message


@outbox.handler("send_mail")
def send_mail(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Send one e-mail and note it. A row that left already is left alone."""
    dispatch = Dispatch.objects.select_related("case__institution", "party", "document").get(pk=payload["dispatch"])
    if dispatch.state != DispatchState.PREPARED:
        return
    message, actor = mail_of(dispatch), Actor.job("send_mail")
    try:
        message.send()
    except SMTPRecipientsRefused as refusal:
        if not _is_final(refusal):
            raise
        write_instead(dispatch, reason=str(refusal), actor=actor, at=at)
        return
    mark_sent(dispatch, actor=actor, at=at, evidence={"message_id": message.extra_headers["Message-ID"]})


def _is_final(refusal: SMTPRecipientsRefused) -> bool:
    """Whether the mail server refuses the address for ever (RFC 5321: 5yz) and not only for now."""
    return all(code >= PERMANENTLY for code, _words in refusal.recipients.values())
