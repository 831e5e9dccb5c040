"""Form fields of the records office's pages."""

from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from cases.capturing import FileToKeep


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

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(SeveralFiles, self).clean(file, initial) for file in files]


def as_brought(file: UploadedFile) -> FileToKeep:
    """An upload on its way into the originals: it lies on their disk already and is linked, not copied."""
    name = file.name or ""
    if isinstance(file, TemporaryUploadedFile):
        return FileToKeep(name, path=Path(file.temporary_file_path()))
    return FileToKeep(name, stream=file.file)
