"""Old registers that are taken over: each run over a table, how far it got, and what was refused."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.institutions import Institution
from cases.models.lean import LeanModel
from cases.models.people import Unit, User
from cases.models.registers import Register


class ImportState(models.TextChoices):
    CHECKED = "CHECKED", _("Checked, not taken over yet")
    WAITING = "WAITING", _("Begins in a moment")
    RUNNING = "RUNNING", _("Under way")
    STOPPED = "STOPPED", _("Stopped")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Broke off")
    EXPIRED = "EXPIRED", _("Expired: it was never begun")


class BackfileImport(LeanModel):
    """One table of an old register, with its scanned files, and how far it was taken over."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="imports")
    register = models.ForeignKey(Register, models.PROTECT, null=True, blank=True, related_name="imports")
    table_name = models.CharField(_("Table"), max_length=200)
    table_path = models.CharField(max_length=500, blank=True, help_text="Where the table lies while it is needed.")
    folder = models.CharField(_("Folder"), max_length=500, blank=True)
    is_uploaded = models.BooleanField(default=False, help_text="Table and folder are ours, and go when it is done.")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Unit of rows without one")
    )
    state = models.CharField(_("State"), max_length=8, choices=ImportState, default=ImportState.CHECKED)
    rows = models.PositiveIntegerField(_("Rows"), default=0)
    taken_over = models.PositiveIntegerField(_("Taken over"), default=0)
    known = models.PositiveIntegerField(_("There already"), default=0)
    refused = models.PositiveIntegerField(_("Refused"), default=0)
    trouble = models.CharField(_("Why it broke off"), max_length=500, blank=True)
    killed = models.PositiveSmallIntegerField(default=0, help_text="Workers that died since it last got further.")
    row_alone = models.PositiveIntegerField(null=True, blank=True, help_text="The row that is entered by itself.")
    started_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(_("Begun"))
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="Whoever runs it says so until then.")
    finished_at = models.DateTimeField(_("Ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of an old register")
        verbose_name_plural = _("imports of old registers")
        permissions = [("import_backfile", _("Can take over old registers"))]
        constraints = [models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known")]
        indexes = [models.Index(fields=["institution", "-started_at"], name="import_by_age")]

    def __str__(self) -> str:
        return self.table_name

    @property
    def done_percent(self) -> int:
        seen = self.taken_over + self.known + self.refused
        return min(100, seen * 100 // self.rows) if self.rows else 100


class RefusedRow(LeanModel):
    """A row that was not taken over, and why. ``reason`` is a code of cases.backfile.refusals."""

    of_import = models.ForeignKey(BackfileImport, models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField(_("Row"))
    column = models.CharField(_("Column"), max_length=20, blank=True)
    value = models.CharField(_("What stands there"), max_length=200, blank=True)
    reason = models.CharField(_("Why"), max_length=20)

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        indexes = [models.Index(fields=["of_import", "row"], name="refused_row_of_import")]

    def __str__(self) -> str:
        return f"{self.row} {self.column} {self.reason}"
