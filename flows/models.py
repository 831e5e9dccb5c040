"""The engine's row of one running procedure, seen as what it is here: the process of a case."""

from typing import Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process

from cases.models import Case


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
