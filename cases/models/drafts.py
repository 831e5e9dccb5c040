"""Drafts of outgoing letters. They belong to the case, not to whoever types."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.documents import Document
from cases.models.lean import LeanModel
from cases.models.people import User


class LetterDraft(LeanModel):
    """A letter under work; ``revision`` grows with each save so that two editors notice each other."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="drafts")
    kind = models.CharField(_("Kind"), max_length=30, default="DECISION")
    template = models.CharField(_("Template"), max_length=80)
    language = models.CharField(_("Language"), max_length=8)
    title = models.CharField(_("Title"), max_length=300)
    body = models.TextField(_("Text"), blank=True, help_text=_("Paragraphs; a line that begins with - is a list item."))
    outcome = models.CharField(_("Result"), max_length=40, blank=True)
    revision = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    document = models.OneToOneField(
        Document, models.PROTECT, null=True, blank=True, related_name="draft", help_text="What it became when locked."
    )

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return self.title
