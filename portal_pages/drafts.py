"""What may be done with an unfinished form: begin, keep, stage and drop files, find again, forget.

What was typed and uploaded survives every error, a closed laptop and an expired session, for thirty days.
"""

import base64
import datetime as dt
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db import connection, transaction
from django.db.models import Q

from cases import outbox
from cases.file_names import cleaned
from cases.identifiers import keyed_hash
from cases.known_queries import KnownQuery
from cases.models import RegisterEntry, Service, User
from cases.rows import insert_one, update
from portal_pages.models import Draft, StagedFile
from portal_pages.offered import service_shown
from portal_pages.uploads import keep_in_staging, sha256_of

KEPT = dt.timedelta(days=30)
FILED_KEPT = dt.timedelta(days=1)  # how long the confirmation page can be opened again from the same browser
IN_THE_MIDDLE = dt.timedelta(hours=12)  # who comes back sooner finishes on the version begun
TOKEN_BYTES = 16


def token_of(draft: Draft) -> str:
    """The 128 bits in the link that opens the form again; made again by a worker that mails them."""
    return _token_from(draft.seed)


def link_of(draft: Draft) -> str:
    """The address to copy or mail; short, without language, on the host of printed addresses."""
    return f"{settings.SHORT_ADDRESS}/r/{token_of(draft)}"


def _token_from(seed: str) -> str:
    secret = bytes.fromhex(keyed_hash("form of", seed))[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def _hash_of(token: str) -> str:
    return keyed_hash("form", token)


def begin(service: Service, *, form_version: str, language: str, at: dt.datetime, clerk: User | None = None) -> Draft:
    """A new unfinished form; nothing is known yet about who fills it in."""
    seed = secrets.token_hex(16)
    return Draft.objects.create(
        seed=seed,
        token_hash=_hash_of(_token_from(seed)),
        service=service,
        form_version=form_version,
        language=language,
        clerk=clerk,
        started_at=at,
        touched_at=at,
    )


_by_token = KnownQuery(lambda token_hash: Draft.objects.filter(token_hash=token_hash), str)
_of_clerk = KnownQuery(lambda clerk, draft: Draft.objects.filter(clerk=clerk, pk=draft), int, int)
_files = KnownQuery(lambda draft: StagedFile.objects.filter(draft=draft).order_by("pk"), int)


def find(token: str) -> Draft | None:
    """The unfinished (or just filed) form that the token opens, in one query."""
    return _with_service(_by_token.first(_hash_of(token)))


def find_of_clerk(clerk: User, draft_id: int) -> Draft | None:
    """The form that an official fills in for the person at the counter."""
    return _with_service(_of_clerk.first(clerk.pk, draft_id))


def _with_service(draft: Draft | None) -> Draft | None:
    """The form with its service as it is shown, which may be a minute old; filing reads it anew."""
    if draft is not None:
        draft.service = service_shown(draft.service_id)
    return draft


def files_of(draft: Draft) -> list[StagedFile]:
    """What was uploaded so far, in the order of arrival."""
    return _files(draft.pk)


def keep_typed(draft: Draft, typed: Mapping[str, list[str]], *, language: str, at: dt.datetime) -> None:
    """Remember what was typed, right or wrong."""
    draft.typed = {**draft.typed, **typed}
    draft.language = language
    draft.touched_at = at
    update(draft, "typed", "language", "touched_at")


def move_to(draft: Draft, *, form_version: str, typed: Mapping[str, list[str]], at: dt.datetime) -> None:
    """Open an old draft in a newer version of its form, with what was typed as far as it is still asked for."""
    draft.form_version, draft.typed, draft.touched_at = form_version, dict(typed), at
    update(draft, "form_version", "typed", "touched_at")


def stage(draft: Draft, question_key: str, upload: UploadedFile, *, media_type: str, at: dt.datetime) -> StagedFile:
    """Take an accepted upload into the staging area."""
    return insert_one(
        StagedFile(
            draft=draft,
            question_key=question_key,
            name=cleaned(upload.name or ""),
            size=upload.size or 0,
            media_type=media_type,
            sha256=sha256_of(upload),
            stored_as=keep_in_staging(upload),
            received_at=at,
        )
    )


def passing(question_key: str, upload: TemporaryUploadedFile, *, media_type: str, at: dt.datetime) -> StagedFile:
    """An upload that is filed in the same request, under its temporary name in the staging area; no row is written."""
    upload.flush()
    return StagedFile(
        question_key=question_key,
        name=cleaned(upload.name or ""),
        size=upload.size or 0,
        media_type=media_type,
        sha256=sha256_of(upload),
        stored_as=Path(upload.temporary_file_path()).name,
        received_at=at,
    )


def drop_file(draft: Draft, file_id: int) -> None:
    """The person took a file away again."""
    file = StagedFile.objects.filter(draft=draft, pk=file_id).first()
    if file:
        file.delete()
        file.path.unlink(missing_ok=True)


def mark_filed(draft: Draft, entry: RegisterEntry, *, at: dt.datetime) -> None:
    """The form became an entry: its values now live in the original, the draft only leads there.

    The staged names of its files stay until the next forgetting: a second press that was on its way still finds them.
    """
    draft.typed = {}
    draft.entry = entry
    draft.touched_at = at
    update(draft, "typed", "entry", "touched_at")


def forget_expired(*, at: dt.datetime) -> int:
    """Forget forms that nobody touched for thirty days, and filed ones after a day: rows and staged bytes."""
    expired = Draft.objects.filter(Q(touched_at__lt=at - KEPT) | Q(entry__isnull=False, touched_at__lt=at - FILED_KEPT))
    for file in StagedFile.objects.filter(draft__in=expired).iterator():
        file.path.unlink(missing_ok=True)
    return expired.delete()[1].get("portal_pages.Draft", 0)


@transaction.atomic
def mail_link(draft: Draft, address: str, *, at: dt.datetime) -> bool:
    """Have the link mailed, once for each address: the form is no machine for writing to strangers."""
    if draft.link_mailed_to:
        return draft.link_mailed_to == address
    draft.link_mailed_to = address
    draft.save(update_fields=["link_mailed_to"])
    outbox.put("mail_form_link", at=at, draft=draft.pk)
    return True


@contextmanager
def saved_without_waiting() -> Iterator[None]:
    """A transaction that answers before the disk does.

    Losing the last half second of an unfinished form in a power cut costs its author one page; waiting for the
    disk would cost everybody else. Never used for anything that was acknowledged as filed.
    """
    # On SQLite the next commit that waits brings this one to disk too (registra.sqlite).
    may_relax = connection.vendor == "sqlite" and not connection.in_atomic_block
    try:
        if may_relax:
            connection.waits_for_disk = False  # type: ignore[attr-defined]
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL synchronous_commit = off")
            yield
    finally:
        if may_relax:
            connection.waits_for_disk = True  # type: ignore[attr-defined]
