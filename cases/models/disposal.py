"""Holds that stop disposal, and destructions that leave a tombstone."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.documents import ComponentFile, StoredFile
from cases.models.lean import LeanModel
from cases.models.people import User
from cases.models.services import RecordClass


class HoldQuerySet(models.QuerySet["DisposalHold"]):
    def in_force(self) -> Self:
        """Those that were not lifted."""
        return self.filter(lifted_at__isnull=True)


class DisposalHold(LeanModel):
    """Nothing of the case may be destroyed while a hold stands (MoReq: disposal hold)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    reason = models.CharField(_("Reason"), max_length=300)
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(_("Why it was lifted"), max_length=300, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("disposal hold")
        verbose_name_plural = _("disposal holds")
        indexes = [
            models.Index(fields=["case"], name="hold_in_force", condition=models.Q(lifted_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.reason


class Destruction(LeanModel):
    """The tombstone of one file's use: who, when, by which rule. Rows stay, bytes go."""

    component_file = models.OneToOneField(ComponentFile, models.PROTECT, related_name="destruction")
    stored_file = models.ForeignKey(StoredFile, models.PROTECT, related_name="destructions")
    record_class = models.ForeignKey(RecordClass, models.PROTECT, null=True, related_name="+")
    rule = models.CharField(_("Rule"), max_length=300)
    destroyed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    destroyed_at = models.DateTimeField()
    bytes_removed_at = models.DateTimeField(null=True, blank=True, help_text="Empty while another record uses them.")

    class Meta:
        verbose_name = _("destruction")
        verbose_name_plural = _("destructions")

    def __str__(self) -> str:
        return f"{self.stored_file_id}"
