"""Services (what the town offers), and the classes of the records schedule that they fall under."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.institutions import Institution
from cases.models.lean import LeanModel
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
    """What becomes of a case when its years are over (MoReq2010: disposal action)."""

    DESTROY = "DESTROY", _("Destroy")
    TRANSFER = "TRANSFER", _("Transfer to the state archive")
    REVIEW = "REVIEW", _("Review")
    KEEP = "KEEP", _("Keep for ever")


class RetentionStart(models.TextChoices):
    """What the years are counted from (MoReq2010: retention start trigger)."""

    END_OF_YEAR = "END_OF_YEAR", _("1 January after closing")
    CLOSING = "CLOSING", _("the day of closing")
    DECISION = "DECISION", _("the day of the decision; without one, the day of closing")


class RecordClass(Dated):
    """One version of a class of the classification plan (MoReq2010: class determines destiny).

    A class is its code: versions follow each other by their days, and the tree joins codes, so that a new version of
    a group needs none of its classes touched.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="record_classes")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("Belongs to")
    )
    code = models.CharField(_("Code"), max_length=20)
    titles = TextsField(_("Titles"))
    is_selectable = models.BooleanField(
        _("Cases are filed here"), default=True, help_text=_("Unmarked for a group that only holds other classes.")
    )
    category = models.CharField(
        _("Category"), max_length=20, blank=True, help_text=_("As the plan writes it: A, B5, BE10, P, 10 C.S., ЕК.")
    )
    retention_years = models.PositiveSmallIntegerField(
        _("Years kept"), null=True, blank=True, help_text=_("Empty means for ever.")
    )
    retention_start = models.CharField(
        _("Counted from"), max_length=12, choices=RetentionStart, default=RetentionStart.END_OF_YEAR
    )
    disposal_action = models.CharField(_("Afterwards"), max_length=10, choices=DisposalAction)
    legal_basis = models.CharField(_("Legal basis"), max_length=300, blank=True)
    holds_for_closed = models.BooleanField(
        _("Also for cases closed before"),
        default=True,
        help_text=_("Unmarked, cases that were closed before the first day keep the rule that they had."),
    )
    published_by = models.ForeignKey(
        "cases.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    counted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its cases were told to be counted by it."
    )

    class Meta:
        verbose_name = _("record class")
        verbose_name_plural = _("record classes")
        constraints = [
            models.UniqueConstraint(fields=["institution", "code", "valid_from"], name="record_class_once_per_day"),
            models.CheckConstraint(
                condition=Q(disposal_action__in=DisposalAction.values), name="disposal_action_known"
            ),
            models.CheckConstraint(
                condition=Q(retention_start__in=RetentionStart.values), name="retention_start_known"
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


class Service(LeanModel):
    """What the town offers. The rules of record that its cases follow stand in ``ServiceRules``, from day to day."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="services")
    code = models.SlugField(_("Code"), max_length=40, help_text=_("Printed in addresses; never changed."))
    names = TextsField(_("Names"))
    summaries = TextsField(_("In one sentence"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="services", verbose_name=_("Owning unit"))
    form = models.CharField(_("Form"), max_length=80, blank=True, help_text=_("Key of the form that citizens fill in."))
    procedure = models.CharField(_("Procedure"), max_length=80, default="general")
    is_offered = models.BooleanField(_("Offered"), default=True)
    scan_language = models.CharField(
        _("Language of scans"),
        max_length=12,
        blank=True,
        help_text=_("Of the papers and photos that people send in; empty: the language of each document."),
    )

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


class Question(LeanModel):
    """A question's key, given once: never reused for another meaning or kind (design: row 17)."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="questions")
    key = models.SlugField(_("Key"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=30)
    first_asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "key"], name="question_key_once_per_service")]

    def __str__(self) -> str:
        return f"{self.service_id}.{self.key}"
