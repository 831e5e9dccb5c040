"""Services (what the town offers), and the classes of the records schedule that they fall under."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.institutions import Institution
from cases.models.people import Dated, Unit
from cases.texts import Text, TextsField, in_language

if TYPE_CHECKING:
    from cases.models.rules import ServiceRules


class AccessLevel(models.TextChoices):
    """How widely a case or document may be opened inside the institution."""

    INTERNAL = "INTERNAL", _("Internal")
    RESTRICTED = "RESTRICTED", _("Restricted: opening needs a reason")


class Channel(models.TextChoices):
    """The way something arrives or leaves. The list is open: the column takes other words too."""

    WEB = "WEB", _("Web")
    COUNTER = "COUNTER", _("Counter")
    TELEPHONE = "TELEPHONE", _("Telephone")
    POST = "POST", _("Post")
    EMAIL = "EMAIL", _("E-mail")
    FAX = "FAX", _("Fax")
    E_DELIVERY = "E_DELIVERY", _("Registered e-delivery")
    OFFICE = "OFFICE", _("Another office")
    API = "API", _("Connected system")


class DisposalAction(models.TextChoices):
    DESTROY = "DESTROY", _("Destroy")
    TRANSFER = "TRANSFER", _("Transfer to the state archive")
    REVIEW = "REVIEW", _("Review")


class RecordClass(Dated):
    """A class of the records schedule (MoReq2010: class determines destiny)."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="record_classes")
    code = models.CharField(_("Code"), max_length=20)
    titles = TextsField(_("Titles"))
    retention_years = models.PositiveSmallIntegerField(
        _("Years kept"), null=True, blank=True, help_text=_("From 1 January after closing; empty means for ever.")
    )
    disposal_action = models.CharField(_("Afterwards"), max_length=10, choices=DisposalAction)
    legal_basis = models.CharField(_("Legal basis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("record class")
        verbose_name_plural = _("record classes")
        constraints = [
            models.UniqueConstraint(fields=["institution", "code", "valid_from"], name="record_class_once_per_day"),
            models.CheckConstraint(
                condition=Q(disposal_action__in=DisposalAction.values), name="disposal_action_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {in_language(self.titles)}"


class DeadlineUnit(models.TextChoices):
    CALENDAR_DAYS = "CALENDAR_DAYS", _("calendar days")
    WORKING_DAYS = "WORKING_DAYS", _("working days")
    MONTHS = "MONTHS", _("months")


class CountingMode(models.TextChoices):
    """How days are counted: Regulation 1182/71 art. 3, or Romania's Civil Code art. 2553."""

    FIRST_DAY_EXCLUDED = "FIRST_DAY_EXCLUDED", _("the first day is not counted")
    CLEAR_DAYS = "CLEAR_DAYS", _("neither the first nor the last day is counted")


class Service(models.Model):
    """What the town offers. The rules of record that its cases follow stand in ``ServiceRules``, from day to day."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="services")
    code = models.SlugField(_("Code"), max_length=40, help_text=_("Printed in addresses; never changed."))
    names = TextsField(_("Names"))
    summaries = TextsField(_("In one sentence"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="services", verbose_name=_("Owning unit"))
    form = models.CharField(_("Form"), max_length=80, blank=True, help_text=_("Key of the form that citizens fill in."))
    procedure = models.CharField(_("Procedure"), max_length=80, default="general")
    is_offered = models.BooleanField(_("Offered"), default=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="service_code_once_per_institution"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> Text:
        return in_language(self.names, main=self.institution.main_language)

    def rules_on(self, day: dt.date) -> "ServiceRules | None":
        """The rules of record in force on that day; the first ones for a day before them, None where there are none.

        Asked once for a day: what was read, or given by ``knows_rules``, is kept with the object.
        """
        kept = self.__dict__.setdefault("_rules_on", {})
        if day not in kept:
            every = self.rules.select_related("register", "record_class")
            kept[day] = every.in_force(day).first() or every.order_by("valid_from").first()
        return kept[day]

    def knows_rules(self, rules: "ServiceRules", day: dt.date) -> None:
        """These rules were read with the service: they need no query of their own."""
        self.__dict__.setdefault("_rules_on", {})[day] = rules


class Question(models.Model):
    """A question's key, given once: never reused for another meaning or kind (design: row 17)."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="questions")
    key = models.SlugField(_("Key"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=30)
    first_asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "key"], name="question_key_once_per_service")]

    def __str__(self) -> str:
        return f"{self.service_id}.{self.key}"
