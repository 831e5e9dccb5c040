"""A place is one value: words always suffice, the map is an addition."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Place(models.Model):
    """Words, an address and, if wished, a GeoJSON point, line or area with how it was got."""

    words = models.CharField(_("Place in words"), max_length=300, blank=True)
    address = models.JSONField(_("Address"), default=dict, blank=True, help_text="Parts of a postal address by name.")
    geometry = models.JSONField(_("On the map"), null=True, blank=True, help_text="GeoJSON geometry, WGS 84.")
    geometry_source = models.CharField(
        _("How it was got"), max_length=20, blank=True, help_text="TYPED, DEVICE, MAP or REGISTER."
    )

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")

    def __str__(self) -> str:
        return self.words
