"""The portal's one mail: the link to an unfinished form. Whatever belongs to a case is mailed by `cases`."""

import datetime as dt
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases import outbox
from cases.texts import in_language
from portal_pages.drafts import KEPT, link_of
from portal_pages.models import Draft


@outbox.handler("mail_form_link")
def mail_form_link(payload: dict[str, Any], *, at: dt.datetime) -> None:
    """Mail the link; a form that was filed or forgotten meanwhile needs none. Sent twice it is the same message."""
    draft = Draft.objects.select_related("service__institution").filter(pk=payload["draft"], entry=None).first()
    if draft is None or not draft.link_mailed_to:
        return
    institution = draft.service.institution
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    with override(draft.language):
        service = in_language(draft.service.names, main=institution.main_language).words
        name = in_language(institution.names, main=institution.main_language).words
        context = {"service": service, "institution": name, "link": link_of(draft), "days": KEPT.days}
        message = EmailMessage(
            subject=" ".join(_("Your unfinished form: {service}").format(service=service).split()),
            body=render_to_string("mail/form_link.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[draft.link_mailed_to],
            headers={"Message-ID": f"<registra-form-{draft.pk}@{host}>", "Auto-Submitted": "auto-generated"},
        )
    message.send()
