"""Services (what the town offers), and the classes of the records schedule that they fall under."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.institutions import Institution
from cases.models.people import Dated, Unit
from cases.texts import Text, TextsField, in_language


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
    """What the town offers, with the rules of record that every case of it follows."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="services")
    code = models.SlugField(_("Code"), max_length=40, help_text=_("Printed in addresses; never changed."))
    names = TextsField(_("Names"))
    summaries = TextsField(_("In one sentence"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="services", verbose_name=_("Owning unit"))
    register = models.ForeignKey("cases.Register", models.PROTECT, related_name="services")
    record_class = models.ForeignKey(RecordClass, models.PROTECT, related_name="services")
    access_level = models.CharField(_("Access"), max_length=12, choices=AccessLevel, default=AccessLevel.INTERNAL)
    form = models.CharField(_("Form"), max_length=80, blank=True, help_text=_("Key of the form that citizens fill in."))
    procedure = models.CharField(_("Procedure"), max_length=80, default="general")
    deadline_amount = models.PositiveSmallIntegerField(_("Deadline"), default=30)
    deadline_unit = models.CharField(max_length=14, choices=DeadlineUnit, default=DeadlineUnit.CALENDAR_DAYS)
    counting_mode = models.CharField(max_length=20, choices=CountingMode, default=CountingMode.FIRST_DAY_EXCLUDED)
    legal_basis = models.CharField(_("Legal basis"), max_length=300, blank=True)
    delivery_channels = models.JSONField(_("Ways to receive the result"), default=list)
    fees = TextsField(_("Fee"))
    is_offered = models.BooleanField(_("Offered"), default=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="service_code_once_per_institution"),
            models.CheckConstraint(condition=Q(access_level__in=AccessLevel.values), name="service_access_known"),
            models.CheckConstraint(condition=Q(deadline_unit__in=DeadlineUnit.values), name="service_unit_known"),
            models.CheckConstraint(condition=Q(counting_mode__in=CountingMode.values), name="service_mode_known"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> Text:
        return in_language(self.names, main=self.institution.main_language)


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
