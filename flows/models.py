"""Procedures with their published versions, and the engine's row of one running procedure: the process of a case."""

import logging
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, Revision, RevisionMixin, WorkflowMixin

from cases.desk.blocks.field import BuiltField
from cases.desk.refused_plans import BY_THE_CLOCK, give_up_plan
from cases.models import Case, Institution, Service, User
from cases.publication import StaysPublished
from cases.texts import Text, TextsField, in_language
from flows.designer.blocks import StepsBlock
from flows.designer.definition import rough_definition

logger = logging.getLogger(__name__)


class ProcedureQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The procedures of the person's own institution."""
        return self.filter(institution_id=user.institution_id) if user.institution_id else self.none()


class Procedure(
    StaysPublished, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """How cases of some services move, as a process owner builds it; what runs are its published versions."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="procedures")
    key = models.SlugField(_("Key"), max_length=40, help_text=_("Stands in every version; never changed."))
    titles = TextsField(_("Titles"), help_text=_("What the procedure is called in the office."))
    steps = BuiltField(StepsBlock(), blank=True, verbose_name=_("Steps"))
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="procedure",
        for_concrete_model=False,
    )
    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="procedure",
        for_concrete_model=False,
    )

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        permissions = [
            ("publish_procedure", _("Can publish procedures")),
            ("lock_procedure", _("Can lock procedures")),
            ("unlock_procedure", _("Can unlock procedures")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "key"], name="procedure_key_once_per_institution")
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Text:
        return in_language(self.titles, main=self.institution.main_language)

    @property
    def revisions(self) -> models.QuerySet[Revision]:
        return self._revisions

    @property
    def definition(self) -> dict[str, Any]:
        """The procedure as it stands in the editor; version 0 until it is published. It may have gaps."""
        return rough_definition(self.steps, key=self.key, version=0, titles=self.titles)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "desk/flows/designer/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from flows.designer.judging import judge  # noqa: PLC0415 (it needs this model)

        judgement = judge(self.definition, institution=self.institution, today=timezone.localdate())
        return {**super().get_preview_context(request, mode_name), "procedure": self, "judgement": judgement}

    def publish(self, revision: Revision, user: User | None = None, **kwargs: Any) -> Any:
        """Make the draft live: the process owner, the last moderator or the clock. A change of it is a version.

        Raises `flows.designer.publishing.PublishingRefused`; then nothing is published. The clock has nobody to
        tell: what it can't publish stays a draft, and the list and the page before publishing say why.
        """
        from flows.designer.publishing import PublishingRefused  # noqa: PLC0415 (it needs this model)

        if kwargs.get("log_action") != BY_THE_CLOCK:
            return self._publish(revision, user, **kwargs)
        try:
            with translation.override(self.institution.main_language):
                return self._publish(revision, user, **kwargs)
        except PublishingRefused as refusal:
            logger.warning("The procedure %s was not published at its time: %s", self.key, refusal)
            give_up_plan(self, revision, reasons=refusal.reasons)
            return None

    def _publish(self, revision: Revision, user: User | None, **kwargs: Any) -> Any:
        from flows.designer.publishing import publish_draft  # noqa: PLC0415 (it needs this model)

        with transaction.atomic():
            done = super().publish(revision, user=user, **kwargs)
            self.refresh_from_db()
            if self.live and self.live_revision_id == revision.pk:
                publish_draft(self, by=user, at=timezone.now())
        return done


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


class KeptWalk(models.Model):
    """A walk through a service's procedure with invented answers, kept as a test: publishing runs it (R27)."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="kept_walks", verbose_name=_("Service"))
    name = models.CharField(_("Name"), max_length=120)
    walk = models.JSONField(help_text="What was invented, what was chosen, and what is expected to come of it.")
    ran_at = models.DateTimeField(_("Last run"), null=True, blank=True)
    differences = models.JSONField(default=list, blank=True, help_text="What came out otherwise at the last run.")

    class Meta:
        verbose_name = _("kept walk")
        verbose_name_plural = _("kept walks")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="kept_walk_name_once_per_service")]

    def __str__(self) -> str:
        return self.name


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


# Letters have a file of their own.
from flows.letter_models import LetterTemplate, LetterVersion  # noqa: E402, F401
