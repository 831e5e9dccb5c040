"""The crests of institutions, as pictures that we wrote ourselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.lean import LeanModel


class Crest(LeanModel):
    """A PNG made anew from what was uploaded; kept by its hash, so that two of the same are one."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    png = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey("cases.User", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("crest")
        verbose_name_plural = _("crests")
        default_permissions = ()

    def __str__(self) -> str:
        return self.sha256[:12]
