"""The institution: a legal person with registers, units and languages of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.lean import LeanModel
from cases.texts import Text, TextsField, in_language


class Institution(LeanModel):
    """One town hall. Every register, case, unit and page belongs to exactly one."""

    slug = models.SlugField(
        _("Short name"), unique=True, help_text=_("Used in addresses and file names; never changed.")
    )
    names = TextsField(_("Names"), help_text=_("The official name in each language."))
    code = models.CharField(_("Code"), max_length=20, blank=True, help_text=_("National code of the institution."))
    country = models.CharField(_("Country"), max_length=2, help_text=_("ISO 3166 code; chooses the holidays."))
    main_language = models.CharField(_("Main language"), max_length=8)
    languages = models.JSONField(_("Languages"), default=list, help_text=_("Language codes the institution offers."))
    obligatory_languages = models.JSONField(_("Obligatory languages"), default=list)
    time_zone = models.CharField(_("Time zone"), max_length=40, default="Europe/Sofia")
    address = TextsField(_("Address"))
    opening_hours = TextsField(_("Opening hours"))
    phone = models.CharField(_("Telephone"), max_length=40, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    own_days_off = models.JSONField(
        _("Own days off"), default=list, blank=True, help_text="Copied from OwnDay, to be counted with."
    )
    own_working_days = models.JSONField(_("Own working days"), default=list, blank=True)
    signature_words = TextsField(_("Words above the signature"), blank=True)
    letter_note = TextsField(_("Note at the foot of letters"), blank=True)
    theme = models.JSONField(_("Look"), default=dict, blank=True, help_text=_("CSS custom properties: colours."))
    crest = models.ForeignKey(
        "cases.Crest", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Crest")
    )
    tile_source = models.CharField(_("Map tiles"), max_length=200, blank=True)
    tile_attribution = models.CharField(_("Whose map tiles"), max_length=200, blank=True)
    area = models.JSONField(
        _("Area"),
        null=True,
        blank=True,
        help_text=_("West, south, east and north in degrees, or a GeoJSON polygon; drawn generously."),
    )
    disposal_proposed_year = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="The last year whose disposal lists the yearly job proposed."
    )

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        permissions = [("set_up_institution", _("Can set up the institution"))]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> Text:
        return in_language(self.names, main=self.main_language)
