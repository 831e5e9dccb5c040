"""A mail to an official, in their language. What residents are told is in ``cases.notices``."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.functional import Promise
from django.utils.translation import override

from cases.models import Institution, User


def may_be_mailed(user: User | None) -> bool:
    """Whether there is somebody to write to, who still works here."""
    return bool(user and user.is_active and user.email)


def language_of(user: User, institution: Institution) -> str:
    return user.language or institution.main_language


def mail_to(
    user: User,
    institution: Institution,
    *,
    key: str,
    subject: str | Promise,
    body: str | Promise,
    facts: dict[str, Any],
) -> EmailMessage:
    """The same message however often its job runs: its Message-ID follows from ``key``."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    with override(language_of(user, institution)):
        return EmailMessage(
            subject=" ".join(str(subject).format(**facts).split()),
            body=str(body).format(**facts),
            to=[user.email],
            headers={"Message-ID": f"<registra-{key}@{host}>", "Auto-Submitted": "auto-generated"},
        )
