"""Unfinished forms: what was typed and uploaded, until it is filed or forgotten. Never originals."""

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import RegisterEntry, Service, User
from cases.models.lean import LeanModel


def new_submission_key() -> str:
    return uuid.uuid4().hex


class Draft(LeanModel):
    """A form on its way. Its link's token follows from the seed under the records key: a stolen row opens nothing."""

    seed = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True, help_text="Keyed hash of the token that opens it.")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    form_version = models.CharField(max_length=80, help_text="Key and version of the form that it was begun on.")
    language = models.CharField(max_length=8)
    typed = models.JSONField(default=dict, help_text="Field name to the list of values as sent, right or wrong.")
    submission_key = models.CharField(max_length=64, unique=True, default=new_submission_key)
    clerk = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="+", help_text="Who fills it in at the counter."
    )
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True, help_text="Forgotten thirty days later.")
    link_mailed_to = models.EmailField(blank=True)
    entry = models.ForeignKey(
        RegisterEntry, models.PROTECT, null=True, blank=True, related_name="+", help_text="Set once it was filed."
    )

    class Meta:
        verbose_name = _("unfinished form")
        verbose_name_plural = _("unfinished forms")

    def __str__(self) -> str:
        return f"{self.form_version} {self.pk}"


class StagedFile(LeanModel):
    """An uploaded file waiting for its form to be filed; registration moves it into the originals."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    question_key = models.CharField(max_length=60)
    name = models.CharField(max_length=255, help_text="Cleaned; see cases.file_names.")
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=120, help_text="Found from the content.")
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=64, unique=True, help_text="Name inside the staging area.")
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("staged file")
        verbose_name_plural = _("staged files")

    def __str__(self) -> str:
        return self.name

    @property
    def as_answer(self) -> dict[str, Any]:
        """The file as an answer names it; ``id`` is for the button that takes it away."""
        return {
            "id": self.pk,
            "name": self.name,
            "size": self.size,
            "media_type": self.media_type,
            "sha256": self.sha256,
        }

    @property
    def path(self) -> Path:
        return Path(settings.STAGING_DIR) / self.stored_as
