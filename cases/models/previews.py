"""Page images that we made of a file: what officials and applicants look at instead of the file itself."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.documents import StoredFile
from cases.models.lean import LeanModel


class PreviewState(models.TextChoices):
    READY = "READY", _("Ready")
    NONE = "NONE", _("No preview")


class NoPreviewReason(models.TextChoices):
    """Why a file has no page images, or not of all its pages."""

    KIND = "KIND", _("There is no preview for this kind of file. Download it to open it.")
    PASSWORD = "PASSWORD", _("The file is protected with a password.")
    DAMAGED = "DAMAGED", _("The file is damaged or empty.")
    TOO_LARGE = "TOO_LARGE", _("The file is too large to be shown here. Download it to open it.")
    TOO_MANY_PAGES = "TOO_MANY_PAGES", _("Only the first pages are shown here. Download the file to see all.")
    TOO_SLOW = "TOO_SLOW", _("Showing the file takes too long. Download it to open it.")
    GONE = "GONE", _("The file is no longer kept.")


class Preview(LeanModel):
    """How the page images of a file came out. The images can be wiped at any moment and are made again."""

    stored_file = models.OneToOneField(StoredFile, models.PROTECT, primary_key=True, related_name="preview")
    state = models.CharField(max_length=8, choices=PreviewState)
    pages = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=20, choices=NoPreviewReason, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("preview")
        verbose_name_plural = _("previews")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PreviewState.values), name="preview_state_known"),
            models.CheckConstraint(
                condition=Q(reason="") | Q(reason__in=NoPreviewReason.values), name="preview_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(state=PreviewState.READY, pages__gt=0) | Q(state=PreviewState.NONE, pages=0),
                name="preview_ready_has_pages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stored_file_id[:12]} {self.state}"
