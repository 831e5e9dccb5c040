"""Procedures with their published versions, and the engine's row of one running procedure: the process of a case."""

from typing import Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process

from cases.models import Case, Institution, User
from cases.texts import Text, TextsField, in_language


class Procedure(models.Model):
    """How cases of some services move. ``draft`` is its JSON under work; what runs are its versions."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="procedures")
    key = models.SlugField(_("Key"), max_length=40, help_text=_("Stands in every version; never changed."))
    titles = TextsField(_("Titles"))
    draft = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        constraints = [
            models.UniqueConstraint(fields=["institution", "key"], name="procedure_key_once_per_institution")
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Text:
        return in_language(self.titles, main=self.institution.main_language)


class VersionNeverChanges(Exception):
    """A published version is what running cases stand on: it is neither changed nor deleted."""


class ProcedureVersionQuerySet(models.QuerySet):
    def update(self, **values: Any) -> int:
        raise VersionNeverChanges

    def delete(self) -> tuple[int, dict[str, int]]:
        raise VersionNeverChanges


class ProcedureVersion(models.Model):
    """A published procedure, compiled into the flow class ``flows.compiled.<class_name>``."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("Version"))
    definition = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text="Of the definition's canonical JSON (RFC 8785).")
    # Equal definitions share a class, whichever institution they belong to; so it is not unique.
    class_name = models.CharField(max_length=120, db_index=True)
    published_at = models.DateTimeField(_("Published"))
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a procedure")
        verbose_name_plural = _("versions of procedures")
        constraints = [models.UniqueConstraint(fields=["procedure", "number"], name="procedure_version_once")]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise VersionNeverChanges
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise VersionNeverChanges

    @property
    def reference(self) -> str:
        """As cases pin it: ``general/3``."""
        return f"{self.procedure.key}/{self.number}"


class CaseProcessQuerySet(models.QuerySet):
    def of(self, case: Case) -> Self:
        """The procedures that the case went or goes through; the engine's index finds them."""
        content_type = ContentType.objects.get_for_model(Case)
        return self.filter(artifact_content_type=content_type, artifact_object_id=case.pk)

    def running(self) -> Self:
        return self.filter(finished__isnull=True)


class CaseProcess(Process):
    """A procedure that a case goes through. The case is the process's artifact: no table of our own."""

    objects = CaseProcessQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("procedure of a case")
        verbose_name_plural = _("procedures of cases")

    @property
    def case_id(self) -> int:
        return self.artifact_object_id
