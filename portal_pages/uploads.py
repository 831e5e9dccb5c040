"""Uploads on their way in: streamed to the staging area, hashed while they pass.

Uploads of an unfinished form are not originals: nothing is synced to disk here, and they expire.
"""

import contextlib
import hashlib
import io
import os
import secrets
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from cases.file_names import cleaned
from cases.media_types import detect

if TYPE_CHECKING:
    from portal_pages.forms.kinds import Files


TOO_LARGE = "TOO_LARGE"
NOT_STORED = "NOT_STORED"


class HashingUploadHandler(TemporaryFileUploadHandler):
    """Writes each upload to a temporary file in the staging area and knows its SHA-256 at the end."""

    # As much as the web server hands over at once: in pieces of 64 KB it copied what was left of them again and again.
    chunk_size = 256 * 1024

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        """Make sure that the staging area exists: it may have been wiped while nobody filed."""
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self._digest = hashlib.sha256()
        self._received = 0
        self._refusal = ""
        try:
            super().new_file(*args, **kwargs)
        except OSError:
            self._refusal = NOT_STORED

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a chunk. Past the largest size, or with a full disk, the rest of the form is still read."""
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_MAX_BYTES:
            self._refusal = self._refusal or TOO_LARGE
        if self._refusal:
            return
        try:
            self.file.write(raw_data)
        except OSError:
            self._refusal = NOT_STORED
        self._digest.update(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The upload with its hash; one that was cut is handed on as empty, so that nobody takes it for whole."""
        if not self._refusal:
            self._flush()
        if self._refusal:
            return self._empty()
        file = super().file_complete(file_size)
        if file is not None:
            file.__dict__["sha256"] = self._digest.hexdigest()
        return file

    def _flush(self) -> None:
        try:
            self.file.flush()
        except OSError:
            self._refusal = NOT_STORED

    def _empty(self) -> UploadedFile:
        with contextlib.suppress(OSError, AttributeError):  # there may be no file at all
            self.file.close()
        empty = InMemoryUploadedFile(
            io.BytesIO(), self.field_name, self.file_name or "", self.content_type, 0, self.charset
        )
        empty.__dict__["refusal"] = self._refusal
        return empty


def content_of(upload: UploadedFile) -> IO[bytes]:
    """The uploaded bytes as a binary file."""
    if upload.file is None:
        raise ValueError("An upload without content.")
    return upload.file


def sha256_of(upload: UploadedFile) -> str:
    """The hash taken while the bytes passed; read again only for files that came another way."""
    known = getattr(upload, "sha256", None)
    if known:
        return str(known)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def keep_in_staging(upload: UploadedFile) -> str:
    """Give the uploaded bytes a place of their own in the staging area, without copying; returns its name."""
    folder = Path(settings.STAGING_DIR)
    stored_as = secrets.token_hex(16)
    if isinstance(upload, TemporaryUploadedFile):
        upload.flush()
        os.link(upload.temporary_file_path(), folder / stored_as)
        return stored_as
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / stored_as).open("wb") as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
    return stored_as


def why_refused(kind: "Files", upload: UploadedFile) -> str:
    """Why an upload can't be taken, in words for who sent it; empty when it can. Judged by content, not by name."""
    name, size, refusal = cleaned(upload.name or ""), upload.size or 0, getattr(upload, "refusal", "")
    if refusal == NOT_STORED:
        words = _("“{name}” could not be stored: the fault is ours. Choose it again in a few minutes")
        return words.format(name=name)
    if refusal == TOO_LARGE or size > kind.most_bytes:
        words = _("“{name}” is larger than {limit}. Make it smaller or bring it on paper")
        return words.format(name=name, limit=filesizeformat(kind.most_bytes))
    if size == 0:
        return _("“{name}” is empty. Choose the file again").format(name=name)
    if detect(content_of(upload)) not in kind.media_types:
        return _("“{name}” can't be taken. {limits}").format(name=name, limits=kind.limits_in_words())
    return ""
