"""The clock of a case: when it started, how it is counted, its pauses and extensions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.lean import LeanModel
from cases.models.people import User
from cases.models.services import CountingMode, DeadlineUnit


class Clock(LeanModel):
    """The statutory term of a case. ``calendar_version`` says by which holidays it was computed."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="clock")
    started_date = models.DateField(_("From"))
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=14, choices=DeadlineUnit)
    counting_mode = models.CharField(max_length=20, choices=CountingMode)
    raw_end_date = models.DateField(help_text="Before it rolls to a working day.")
    due_date = models.DateField(_("Due"))
    calendar_version = models.CharField(max_length=60)
    legal_basis = models.CharField(max_length=300, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True, help_text=_("When the case was decided."))

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.due_date}"


class Suspension(LeanModel):
    """The clock stands still: the applicant was asked for something (OpenZaak: opschorting)."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="suspensions")
    reason = models.CharField(_("Reason"), max_length=300)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(to_date__isnull=True), name="one_open_suspension"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name="suspension_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_date}–{self.to_date or ''}"


class Extension(LeanModel):
    """The term was prolonged, with the reason that the applicant was told (OpenZaak: verlenging)."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="extensions")
    reason = models.CharField(_("Reason"), max_length=300)
    old_due_date = models.DateField()
    new_due_date = models.DateField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.CheckConstraint(condition=Q(new_due_date__gt=F("old_due_date")), name="extension_is_later")
        ]

    def __str__(self) -> str:
        return f"{self.old_due_date} → {self.new_due_date}"
