"""A place is one value: words always suffice, the map is an addition."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.lean import LeanModel


class Place(LeanModel):
    """Words, an address and, if wished, a GeoJSON point, line or area with how it was got."""

    words = models.CharField(_("Place in words"), max_length=300, blank=True)
    address = models.JSONField(_("Address"), default=dict, blank=True, help_text="Parts of a postal address by name.")
    geometry = models.JSONField(_("On the map"), null=True, blank=True, help_text="GeoJSON geometry, WGS 84.")
    geometry_source = models.CharField(
        _("How it was got"), max_length=20, blank=True, help_text="TYPED, DEVICE, MAP or REGISTER."
    )
    # By these the same place is found again (cases.same_places); they follow from the values above.
    words_key = models.CharField(max_length=300, blank=True, editable=False, help_text="The words as compared.")
    latitude = models.FloatField(null=True, blank=True, editable=False, help_text="Of the middle, WGS 84.")
    longitude = models.FloatField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        indexes = [
            models.Index(fields=["words_key"], name="place_by_words", condition=~Q(words_key="")),
            models.Index(fields=["latitude", "longitude"], name="place_by_point", condition=Q(latitude__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.words
