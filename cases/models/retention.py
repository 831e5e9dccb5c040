"""From when on what may happen to a closed case: the kept day, and what an appraisal made of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.institutions import Institution
from cases.models.lean import LeanModel
from cases.models.people import User
from cases.models.services import DisposalAction, RecordClass


class Retention(LeanModel):
    """The day that a closed case's rule leads to. Derived: ``cases.retaining`` counts it again at any time."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="retention")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+")
    record_class = models.ForeignKey(RecordClass, models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(
        _("What then"), max_length=10, choices=DisposalAction, blank=True, help_text="Empty: the case has no class."
    )
    started_date = models.DateField(_("Counted from"))
    due_date = models.DateField(_("From"), null=True, blank=True, help_text="Empty: never.")
    is_stale = models.BooleanField(default=False, help_text="Its rule changed; a job counts it again.")
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("retention of a case")
        verbose_name_plural = _("retention of cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(action="") | Q(action__in=DisposalAction.values), name="retention_action_known"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "action", "due_date", "case"], name="retention_due"),
            models.Index(fields=["institution", "case"], name="retention_stale", condition=Q(is_stale=True)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.action} {self.due_date}"


class Appraisal(LeanModel):
    """What somebody decided of a case whose rule says "review", or of one that is kept longer. The newest counts."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="appraisals")
    action = models.CharField(_("Decision"), max_length=10, choices=DisposalAction)
    due_date = models.DateField(_("From"), null=True, blank=True, help_text="Empty: never.")
    reason = models.CharField(_("Reason"), max_length=300)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("appraisal")
        verbose_name_plural = _("appraisals")
        constraints = [
            models.CheckConstraint(condition=Q(action__in=DisposalAction.values), name="appraisal_action_known"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.action}"
