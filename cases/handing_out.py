"""The one way that bytes of a stored file leave the house, to officials and applicants alike.

Always as an attachment, never sniffed, in a sandbox of its own: whatever somebody uploaded can't act as a page of
ours. Each time is written into the append-only access log. Who may have it was asked before.
"""

import datetime as dt

from django.core.files.base import File
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from cases.file_names import cleaned
from cases.models import AccessKind, AccessLog, ComponentFile, Party, User
from cases.originals import store

SANDBOX = "sandbox; default-src 'none'"


class BytesGone(Exception):
    """The row is there, its bytes were destroyed by rule or are missing."""

    def __init__(self) -> None:
        super().__init__(_("This file is no longer kept; its name and hash are."))


def hand_out(
    file: ComponentFile, *, at: dt.datetime, user: User | None = None, party: Party | None = None, name: str = ""
) -> FileResponse:
    """The file's bytes as a download, under its own name or a better one. Else as for ``take_out``."""
    content = take_out(file, at=at, user=user, party=party)
    response = FileResponse(
        content, as_attachment=True, filename=cleaned(name or file.name), content_type=file.stored_file.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response


def take_out(file: ComponentFile, *, at: dt.datetime, user: User | None = None, party: Party | None = None) -> File:
    """The file's bytes, logged as taken by an official (``user``) or an applicant (``party``). Close it after use.

    Needs ``file.stored_file`` and ``file.component.document`` (select them with the file). Raises BytesGone.
    """
    document = file.component.document
    try:
        content: File = store().open(file.stored_file_id)
    except FileNotFoundError:
        raise BytesGone from None
    AccessLog.objects.create(
        user=user,
        party=party,
        case_id=document.case_id,
        document=document,
        stored_file=file.stored_file,
        kind=AccessKind.DOWNLOADED,
        at=at,
    )
    return content
