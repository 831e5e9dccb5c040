"""The outbox: work that must happen after the commit, written in the same transaction."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.lean import LeanModel


class OutboxRow(LeanModel):
    """One job to run. A sweep every minute runs what was missed; running one twice is harmless."""

    kind = models.CharField(_("Work"), max_length=40)
    payload = models.JSONField(default=dict)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="outbox_rows")
    put_at = models.DateTimeField(_("Since"))
    due_at = models.DateTimeField(_("Next try"))
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    killed = models.PositiveSmallIntegerField(default=0, help_text="Workers that died in it, one after the other.")
    tries = models.PositiveSmallIntegerField(_("Tries"), default=0)
    done_at = models.DateTimeField(_("Done"), null=True, blank=True)
    failed_at = models.DateTimeField(_("Given up"), null=True, blank=True)
    last_error = models.TextField(_("Reason"), blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [models.Index(fields=["due_at"], name="outbox_waiting", condition=Q(done_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
