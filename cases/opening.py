"""Opening a case or a document is written into the append-only access log (reading is no event of the case)."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from cases.models import AccessKind, AccessLog, Case, Document, User
from cases.rows import insert

SHORTEST_REASON = 5


class ReasonMissing(Exception):
    def __init__(self) -> None:
        super().__init__(_("Say in a few words why you need to open this case; the reason is kept."))


def give_reason(case: Case, *, reason: str, user: User, at: dt.datetime) -> AccessLog:
    """Say why a restricted case is opened; it then stays open to the person for that day (requirements R79)."""
    words = " ".join(reason.split())
    if len(words) < SHORTEST_REASON:
        raise ReasonMissing
    return AccessLog.objects.create(user=user, case=case, kind=AccessKind.GAVE_REASON, reason=words[:300], at=at)


def note_opening(case: Case, *, user: User, at: dt.datetime, document: Document | None = None) -> list[AccessLog]:
    """An official opened the case, and with it the document whose pages are shown."""
    lines = [AccessLog(user=user, case=case, kind=AccessKind.OPENED_CASE, at=at)]
    if document:
        lines.append(AccessLog(user=user, case=case, document=document, kind=AccessKind.OPENED_DOCUMENT, at=at))
    return list(insert(lines))


def note_document_opening(document: Document, *, user: User, at: dt.datetime) -> None:
    """An official looked at the pages of one document without opening its case."""
    insert([AccessLog(user=user, case_id=document.case_id, document=document, kind=AccessKind.OPENED_DOCUMENT, at=at)])
