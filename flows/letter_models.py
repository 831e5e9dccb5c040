"""Letters that an institution writes: the one under work, and its published versions, which never change."""

from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, RevisionMixin

from cases.desk.blocks.field import BuiltField
from cases.models import Institution, User
from cases.publication import StaysPublished
from cases.texts import Text, TextsField, in_language
from flows.letters.designer.blocks import LetterBodyBlock


class LetterTemplate(StaysPublished, DraftStateMixin, RevisionMixin, models.Model):
    """A letter that people edit. What is printed is always a published version of it."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="letter_templates")
    key = models.SlugField(
        _("Key"), max_length=60, help_text=_("Small Latin letters; procedures name the letter by it. Never changed.")
    )
    titles = TextsField(_("Name for the office"))
    subject = TextsField(_("Subject"), blank=True, help_text=_("Stands above the text, in large letters."))
    salutation = TextsField(_("Salutation"), blank=True, help_text=_("Left out when the case has no name for it."))
    closing = TextsField(_("Closing words"), blank=True)
    signature_block = models.BooleanField(
        _("Place for the signature"), default=True, help_text=_("Name and office of whoever signs, and the stamp.")
    )
    body = BuiltField(LetterBodyBlock(), blank=True, verbose_name=_("Text of the letter"))

    _revisions = GenericRelation("wagtailcore.Revision", content_type_field="base_content_type")

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        permissions = [("publish_lettertemplate", _("Can publish a letter"))]
        constraints = [models.UniqueConstraint(fields=["institution", "key"], name="letter_key_once_per_institution")]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> Text:
        return in_language(self.titles, main=self.institution.main_language)

    @property
    def revisions(self) -> Any:
        return self._revisions


class LetterNeverChanges(Exception):
    """A published letter is what cases pinned: it is neither changed nor deleted."""


class LetterVersionQuerySet(models.QuerySet):
    def update(self, **values: Any) -> int:
        raise LetterNeverChanges

    def delete(self) -> tuple[int, dict[str, int]]:
        raise LetterNeverChanges


class LetterVersion(models.Model):
    """A published letter: JSON, its number and its hash. Rows are only ever added."""

    template = models.ForeignKey(LetterTemplate, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField()

    objects = LetterVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a letter")
        verbose_name_plural = _("versions of letters")
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="letter_version_number_once")]

    def __str__(self) -> str:
        return f"{self.template.key}/{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise LetterNeverChanges
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise LetterNeverChanges
