"""The forms of services: the draft that editors work on, and the published versions that never change."""

import logging
from contextlib import nullcontext
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, Revision, RevisionMixin, WorkflowMixin

from cases.desk.blocks.field import BuiltField
from cases.desk.refused_plans import BY_THE_CLOCK, give_up_plan
from cases.models import Institution, Service, User
from cases.publication import StaysPublished
from portal_pages.designer.blocks import FormPagesBlock
from portal_pages.designer.calculation_blocks import RatesBlock
from portal_pages.designer.keys import settle_keys, settle_table_keys
from portal_pages.designer.stream import tables_of, to_definition

logger = logging.getLogger(__name__)


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    """Versions are only ever added."""

    def newest_of(self, service: Service) -> "FormVersion | None":
        return self.filter(service=service).order_by("-number").first()


class FormVersion(models.Model):
    """What a service asks, from the moment of publishing on; cases keep the version that they were filed with."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="form_versions")
    number = models.PositiveIntegerField(_("Version"))
    definition = models.JSONField(help_text="The form as JSON, with its common pages in full.")
    sha256 = models.CharField(max_length=64, db_index=True, help_text="Of the definition's canonical form (RFC 8785).")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Nobody: it came with a package."
    )

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a form")
        verbose_name_plural = _("versions of forms")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="form_version_once_per_service"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="form_version_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.definition['key']}/{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise VersionIsPublished(self)
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise VersionIsPublished(self)


class VersionIsPublished(Exception):
    """A published version was to be changed or deleted; the database refuses it too."""

    def __init__(self, version: FormVersion) -> None:
        super().__init__(_("Version {version} is published and never changes.").format(version=version))


class ServiceForm(
    StaysPublished, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """The form of a service as editors build it; what citizens fill in is the newest `FormVersion`."""

    service = models.OneToOneField(Service, models.PROTECT, related_name="designed_form", verbose_name=_("Service"))
    pages = BuiltField(FormPagesBlock(), blank=True, verbose_name=_("Pages"))
    tables = BuiltField(RatesBlock(), blank=True, verbose_name=_("Tables of rates"))
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="service_form",
        for_concrete_model=False,
    )
    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="service_form",
        for_concrete_model=False,
    )

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")

    def __str__(self) -> str:
        return str(self.service)

    @property
    def revisions(self) -> models.QuerySet[Revision]:
        return self._revisions

    @property
    def institution(self) -> Institution:
        return self.service.institution

    @property
    def definition(self) -> dict[str, Any]:
        """The form as it stands in the editor, as JSON; version 0 until it is published."""
        said = {"key": self.service.code, "version": 0, "pages": to_definition(self.pages)}
        tables = tables_of(self.tables)
        return {**said, "tables": tables} if tables else said

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        super().full_clean(*args, **kwargs)
        self.settle_keys()

    def settle_keys(self) -> None:
        """Give a key to every question that has none yet, and another one to the copy of a question."""
        kinds = dict(self.service.questions.values_list("key", "kind")) if self.service_id else {}
        latest = self.latest_revision.as_object() if self.pk and self.latest_revision else None
        settle_keys(self.pages, kinds=kinds, before=latest.pages if latest else ())
        settle_table_keys(self.tables, before=latest.tables if latest else ())

    # -- publishing: by an editor, by the last moderator, or by the clock

    def publish(self, revision: Revision, user: User | None = None, **kwargs: Any) -> Any:
        """Make the draft live; a version is written when what is asked has changed. Raises FormNotReady.

        The clock has nobody to tell: what it can't publish stays a draft, and the list of services shows why.
        """
        from portal_pages.publishing import FormNotReady, publish_form, refuse_if_wrong  # noqa: PLC0415 (they need it)

        draft = revision.as_object()
        draft.service = self.service
        is_by_the_clock = kwargs.get("log_action") == BY_THE_CLOCK
        try:
            with translation.override(self.institution.main_language) if is_by_the_clock else nullcontext():
                refuse_if_wrong(draft)
        except FormNotReady as refusal:
            if not is_by_the_clock:
                raise
            logger.warning("The form of %s was not published at its time: %s", self.service.code, refusal)
            give_up_plan(self, revision, reasons=refusal.reasons)
            return None
        with transaction.atomic():
            was_live = self.live
            done = super().publish(revision, user=user, **kwargs)
            self.refresh_from_db()
            if self.live and self.live_revision_id == revision.pk:
                publish_form(self.service, draft.definition, by=user, at=timezone.now(), offered=not was_live)
        return done

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        """Take the form off the portal: nobody begins it any more; whoever is in the middle may finish."""
        done = super().unpublish(*args, **kwargs)
        Service.objects.filter(pk=self.service_id).update(is_offered=False)
        return done

    # -- seen before it is published

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """One for each language of the institution, the main one first."""
        from portal_pages.designer.preview import modes_of  # noqa: PLC0415 (views import models)

        return modes_of(self.institution)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from portal_pages.designer.preview import preview  # noqa: PLC0415 (views import models)

        return preview(self, request, language=mode_name)
