"""What the archive keeps in the database: the text of originals by page, and which cases wait for the index.

All of it is a reading of the originals and can be made again.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, StoredFile


class TextState(models.TextChoices):
    """How far we got with the text of a file, in words for the person who wonders why it isn't found."""

    WAITING = "WAITING", _("The text will be read shortly.")
    READ = "READ", _("The text was read.")
    CUT_SHORT = "CUT_SHORT", _("Only the first part of the text was read; the file is very long.")
    NO_TEXT = "NO_TEXT", _("There is no text in it, only pictures, as in a scan.")
    NO_TEXT_KIND = "NO_TEXT_KIND", _("Files of this kind have no text.")
    LOCKED = "LOCKED", _("The text can't be read: the file is locked with a password.")
    DAMAGED = "DAMAGED", _("The text can't be read: the file is damaged.")
    TOO_LARGE = "TOO_LARGE", _("The text was not read: unpacked, the file is larger than we allow.")
    TOO_SLOW = "TOO_SLOW", _("The text was not read: it took longer than we allow.")
    MISSING = "MISSING", _("The text can't be read: the file is not in the store.")


class FileText(models.Model):
    """What is known of the text of one original."""

    stored_file = models.OneToOneField(StoredFile, models.CASCADE, primary_key=True, related_name="text")
    state = models.CharField(_("Text"), max_length=12, choices=TextState, default=TextState.WAITING)
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker reads it until then.")
    read_at = models.DateTimeField(_("Read"), null=True, blank=True)

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")
        constraints = [models.CheckConstraint(condition=Q(state__in=TextState.values), name="text_state_known")]
        indexes = [models.Index(fields=["stored_file"], name="text_waiting", condition=Q(state=TextState.WAITING))]

    def __str__(self) -> str:
        return f"{self.stored_file_id[:12]} {self.state}"


class PageText(models.Model):
    """The text of one page of an original, as people read it."""

    stored_file = models.ForeignKey(StoredFile, models.CASCADE, related_name="pages", db_index=False)
    page = models.PositiveIntegerField(_("Page"))
    text = models.TextField(_("Text"))

    class Meta:
        verbose_name = _("text of a page")
        verbose_name_plural = _("texts of pages")
        constraints = [models.UniqueConstraint(fields=["stored_file", "page"], name="page_text_once")]

    def __str__(self) -> str:
        return f"{self.stored_file_id[:12]} {self.page}"


class WaitReason(models.TextChoices):
    CHANGE = "CHANGE", _("The case changed")
    REBUILD = "REBUILD", _("The index is built again")


class WaitingCase(models.Model):
    """A case whose documents the index doesn't know in their present state yet.

    Written in the transaction of the change, always as a row of its own: two transactions never wait for each other.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    reason = models.CharField(max_length=8, choices=WaitReason, default=WaitReason.CHANGE)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("case that waits for the index")
        verbose_name_plural = _("cases that wait for the index")
        constraints = [models.CheckConstraint(condition=Q(reason__in=WaitReason.values), name="wait_reason_known")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.reason}"
