"""Days on which one institution works or rests otherwise than its country's calendar says."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.institutions import Institution
from cases.models.lean import LeanModel
from cases.models.people import User


class OwnDayKind(models.TextChoices):
    OFF = "OFF", _("Day off")
    WORKING = "WORKING", _("Working day")


class OwnDayQuerySet(models.QuerySet["OwnDay"]):
    def in_force(self) -> Self:
        """Those that terms are counted by: not taken back."""
        return self.filter(withdrawn_at__isnull=True)


class OwnDay(LeanModel):
    """A bridge day, a local holiday, a Saturday that is worked, with the act that decided it.

    One that was taken back stays in the list with who did it and when: terms were counted by it meanwhile.

    The institution keeps the bare dates beside (``own_days_off``, ``own_working_days``), written by the same
    operation, so that counting a term asks no query.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="own_days")
    date = models.DateField(_("Day"))
    kind = models.CharField(_("What it is"), max_length=7, choices=OwnDayKind, default=OwnDayKind.OFF)
    legal_basis = models.CharField(
        _("Decided by"), max_length=300, help_text=_("The act that says so: order, decision, law.")
    )
    declared_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    declared_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OwnDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("own day")
        verbose_name_plural = _("own days")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "date"], condition=Q(withdrawn_at__isnull=True), name="own_day_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=OwnDayKind.values), name="own_day_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"
