"""What may be done with an unfinished form: begin, keep, stage and drop files, find again, forget.

What was typed and uploaded survives every error, a closed laptop and an expired session, for thirty days.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from cases.models import RegisterEntry, Service, User
from portal_pages.models import Draft, StagedFile
from portal_pages.uploads import clean_name, keep_in_staging, sha256_of

KEPT = dt.timedelta(days=30)
TOKEN_BYTES = 16


def new_token() -> str:
    """128 bits for the link that opens an unfinished form again."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    service: Service, *, token: str, form_version: str, language: str, at: dt.datetime, clerk: User | None = None
) -> Draft:
    """A new unfinished form; nothing is known yet about who fills it in."""
    return Draft.objects.create(
        token_hash=hash_of(token),
        service=service,
        form_version=form_version,
        language=language,
        clerk=clerk,
        started_at=at,
        touched_at=at,
    )


def find(token: str) -> Draft | None:
    """The unfinished (or just filed) form that the token opens, in one query."""
    return (
        Draft.objects.filter(token_hash=hash_of(token)).select_related("service__institution", "service__unit").first()
    )


def keep_typed(draft: Draft, typed: Mapping[str, list[str]], *, language: str, at: dt.datetime) -> None:
    """Remember what was typed, right or wrong."""
    draft.typed = {**draft.typed, **typed}
    draft.language = language
    draft.touched_at = at
    draft.save(update_fields=["typed", "language", "touched_at"])


def stage(draft: Draft, question_key: str, upload: UploadedFile, *, media_type: str, at: dt.datetime) -> StagedFile:
    """Take an accepted upload into the staging area."""
    return StagedFile.objects.create(
        draft=draft,
        question_key=question_key,
        name=clean_name(upload.name or ""),
        size=upload.size or 0,
        media_type=media_type,
        sha256=sha256_of(upload),
        stored_as=keep_in_staging(upload),
        received_at=at,
    )


def drop_file(draft: Draft, file_id: int) -> None:
    """The person took a file away again."""
    file = StagedFile.objects.filter(draft=draft, pk=file_id).first()
    if file:
        file.delete()
        file.path.unlink(missing_ok=True)


def mark_filed(draft: Draft, entry: RegisterEntry, *, at: dt.datetime) -> None:
    """The form became an entry: its values now live in the original, the draft only leads there."""
    for file in StagedFile.objects.filter(draft=draft):
        file.path.unlink(missing_ok=True)
    StagedFile.objects.filter(draft=draft).delete()
    draft.typed = {}
    draft.entry = entry
    draft.touched_at = at
    draft.save(update_fields=["typed", "entry", "touched_at"])


def forget_expired(*, at: dt.datetime) -> int:
    """Forget what nobody touched for thirty days: rows and staged bytes. Returns how many forms."""
    expired = Draft.objects.filter(touched_at__lt=at - KEPT)
    for file in StagedFile.objects.filter(draft__in=expired).iterator():
        file.path.unlink(missing_ok=True)
    drafts = expired.count()
    expired.delete()
    return drafts


@contextmanager
def saved_without_waiting() -> Iterator[None]:
    """A transaction that answers before the disk does.

    Losing the last half second of an unfinished form in a power cut costs its author one page; waiting for the
    disk would cost everybody else. Never used for anything that was acknowledged as filed.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
        yield
