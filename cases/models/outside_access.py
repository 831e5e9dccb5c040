"""Access to a case from outside: a row that says to whom, what it permits, when given and ended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.lean import LeanModel
from cases.models.parties import Party


class OutsideAccessKind(models.TextChoices):
    LINK = "LINK", _("Link")
    DIGITS = "DIGITS", _("Number and 12 digits")


class OutsideAccess(LeanModel):
    """A link with 128 bits, or 12 digits for paper and the telephone. Only keyed hashes are kept."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="outside_accesses")
    party = models.ForeignKey(Party, models.PROTECT, related_name="accesses")
    kind = models.CharField(max_length=8, choices=OutsideAccessKind)
    seed = models.CharField(max_length=32, help_text="The secret is derived from it under the records key.")
    secret_hash = models.CharField(max_length=64, db_index=True)
    may_read = models.BooleanField(default=True)
    may_answer = models.BooleanField(default=True)
    may_write = models.BooleanField(default=True)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("access from outside")
        verbose_name_plural = _("accesses from outside")
        constraints = [
            models.UniqueConstraint(
                fields=["secret_hash"], condition=Q(kind=OutsideAccessKind.LINK), name="access_link_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=OutsideAccessKind.values), name="access_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class WrongTry(LeanModel):
    """A wrong set of digits: counted per number (shut for an hour after ten) and per sender."""

    number = models.CharField(max_length=80)
    sender_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["number", "at"], name="wrong_try_by_number"),
            models.Index(fields=["sender_hash", "at"], name="wrong_try_by_sender"),
        ]

    def __str__(self) -> str:
        return self.number
