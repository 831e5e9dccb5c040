"""Uploads on their way in: streamed to the staging area, hashed while they pass, named harmlessly.

Uploads of an unfinished form are not originals: nothing is synced to disk here, and they expire.
"""

import hashlib
import os
import re
import secrets
import unicodedata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

LONGEST_NAME = 120
NAMELESS = "file"
# Slashes lead out of a folder; the others are refused by file systems or break a header.
HARMFUL = re.compile(r'[\\/:*?"<>|\r\n\t\x00]+')


class HashingUploadHandler(TemporaryFileUploadHandler):
    """Writes each upload to a temporary file in the staging area and knows its SHA-256 at the end."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: bytes, encoding: str | None = None
    ) -> None:
        """Make sure that the staging area exists: it may have been wiped while nobody filed."""
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._digest = hashlib.sha256()
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a chunk; past the largest size nothing more is written, but the rest of the form is still read."""
        self._received += len(raw_data)
        if self._received <= settings.UPLOAD_MAX_BYTES:
            self._digest.update(raw_data)
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> TemporaryUploadedFile:
        file = super().file_complete(file_size)
        file.sha256 = self._digest.hexdigest()  # type: ignore[attr-defined]
        return file


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
        upload.file.flush()
        os.link(upload.temporary_file_path(), folder / stored_as)
        return stored_as
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / stored_as).open("wb") as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
    return stored_as


def clean_name(name: str) -> str:
    """A file name that can be shown and saved anywhere: no path, no line breaks, no marks that turn text around.

    The end with the extension survives shortening; letters of any alphabet stay.
    """
    name = unicodedata.normalize("NFC", str(name)).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
    plain = re.sub(r"\s+", " ", HARMFUL.sub("_", visible)).strip(" .")
    if not plain:
        return NAMELESS
    stem, dot, extension = plain.rpartition(".")
    if not dot or len(extension) > 10:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(extension) - 1].strip()}.{extension}"
