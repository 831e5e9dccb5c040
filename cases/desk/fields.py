"""Form fields of the records office's pages."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from cases.capturing import FileToKeep
from cases.file_names import cleaned
from cases.originals import Kept


class DateInput(forms.DateInput):
    """The browser's own date field: it needs no script and knows the reader's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Any number of files; each is cleaned by itself."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if refused := [words for words in map(why_not_taken, files) if words]:
            raise forms.ValidationError(refused)
        return [super(SeveralFiles, self).clean(file, initial) for file in files]


def as_brought(file: UploadedFile) -> FileToKeep:
    """An upload on its way into the originals: it lies on their disk already and is linked, not copied."""
    name, sha256 = file.name or "", getattr(file, "sha256", "")
    if isinstance(file, TemporaryUploadedFile):
        kept = Kept(sha256, file.size or 0) if sha256 else None
        return FileToKeep(name, path=Path(file.temporary_file_path()), kept=kept)
    return FileToKeep(name, stream=file.file)


class UploadLost(OSError):
    """The disk had no room for an upload, or could not be written."""


def all_arrived(files: Iterable[UploadedFile]) -> None:
    """Where a page can't show its form again, an upload that we lost is a fault like any other of the disk."""
    if any(getattr(file, "refusal", "") not in ("", "TOO_LARGE") for file in files):
        raise UploadLost


def why_not_taken(file: UploadedFile) -> str:
    """Why the file can't be taken, in words for who chose it; empty when it can.

    An upload that was cut on its way arrives empty, with the reason beside it (the upload handler's ``refusal``).
    """
    name, refusal = cleaned(file.name or ""), getattr(file, "refusal", "")
    if refusal == "TOO_LARGE" or (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        return _("“{name}” is larger than {size}.").format(name=name, size=filesizeformat(settings.UPLOAD_MAX_BYTES))
    if refusal:
        return _("“{name}” could not be stored: the fault is ours. Try again in a few minutes.").format(name=name)
    return "" if file.size else _("“{name}” is empty. Choose the file again.").format(name=name)
