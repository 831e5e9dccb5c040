"""Files: judged by what is inside, not by their names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.media_types import (
    ASICE,
    DOCX,
    EML,
    EXTENSIONS,
    HEIC,
    JPEG,
    ODT,
    P7M,
    PDF,
    PNG,
    TEXT,
    TIFF,
    WEBP,
    XLSX,
)
from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Part
from portal_pages.forms.kinds.contact import record_schema

MEGABYTE = 1024 * 1024
PICTURES = (JPEG, PNG, WEBP, HEIC, TIFF)
PAPERS = (PDF, *PICTURES, DOCX, ODT, XLSX, ASICE, P7M, EML, TEXT)
OTHER_ENDINGS = {JPEG: ".jpeg", HEIC: ".heif", TIFF: ".tif"}


@dataclass(frozen=True)
class Files(Kind):
    """One or more files. The answer lists name, size, type and SHA-256 of each."""

    code: ClassVar[str] = "FILES"
    gives: ClassVar[Gives] = Gives.MORE
    fits_in_rows: ClassVar[bool] = False
    missing = gettext_lazy("Add a file: {label}")
    media_types: tuple[str, ...] = PAPERS
    most: int = 5
    most_bytes: int = 20 * MEGABYTE

    def parts(self, asking: Asking) -> Sequence[Part]:
        return [Part("", forms.Field(required=False), control="files", width=self.endings)]

    @property
    def endings(self) -> str:
        """For the browser's file dialogue; the server looks inside."""
        endings = [f".{EXTENSIONS[media_type]}" for media_type in self.media_types]
        return ",".join([*endings, *(OTHER_ENDINGS[kind] for kind in self.media_types if kind in OTHER_ENDINGS)])

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        kept = ("name", "size", "media_type", "sha256")
        return [{name: file[name] for name in kept} for file in values[""] or ()] or ABSENT

    def in_words(self, answer: Any, asking: Asking) -> str:
        return "\n".join(f"{file['name']} ({filesizeformat(file['size'])})" for file in answer)

    def flaws(self) -> Iterator[str]:
        if unknown := sorted(set(self.media_types) - set(EXTENSIONS)):
            yield _("Files of this kind can't be taken: {names}").format(names=", ".join(unknown))
        if not self.media_types or self.most < 1 or self.most_bytes < 1:
            yield _("No file could be added: choose kinds of files, a number and a size")

    def schema(self) -> dict[str, Any]:
        file = {name: {"type": "string"} for name in ("name", "media_type", "sha256")} | {"size": {"type": "integer"}}
        one = record_schema(file, needed=("name", "size", "media_type", "sha256"))
        return {"type": "array", "items": one, "minItems": 1, "maxItems": self.most}

    def limits_in_words(self) -> str:
        """What may be added, under the question."""
        kinds = _("photos") if self.media_types == PICTURES else _("PDF, photos, DOCX, ODT, signed files")
        size = filesizeformat(self.most_bytes)
        return _("Up to {number} files, each up to {size}: {kinds}.").format(number=self.most, size=size, kinds=kinds)
