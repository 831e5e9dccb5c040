"""The rules of record of a service: how its cases are registered, kept, counted, paid for and answered."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.lean import LeanModel
from cases.models.people import Role, User
from cases.models.services import AccessLevel, CountingMode, DeadlineUnit, RecordClass, Service
from cases.signature_levels import SignatureLevel
from cases.texts import TextsField


class ClockStart(models.TextChoices):
    """From which day a term is counted."""

    FILING = "FILING", _("the day of filing")
    NEXT_WORKING_DAY = (
        "NEXT_WORKING_DAY",
        _("the first working day: what arrives on a day off counts from the next one"),
    )
    COMPLETENESS = "COMPLETENESS", _("the day on which everything is there")


class Silence(models.TextChoices):
    """What the law makes of a term that ends without an answer."""

    NOTHING = "NOTHING", _("Nothing: the request stays open")
    TACIT_APPROVAL = "TACIT_APPROVAL", _("It counts as granted")
    REFUSAL = "REFUSAL", _("It counts as refused, and can be challenged")


class Extender(models.TextChoices):
    """Who may prolong a term: the handling officer too, or the head, or only the executive."""

    OFFICER = Role.OFFICER.value, _("The officer who handles the case")
    HEAD = Role.HEAD.value, _("The head of the unit")
    EXECUTIVE = Role.EXECUTIVE.value, _("The executive only")


class RulesQuerySet(models.QuerySet["ServiceRules"]):
    def in_force(self, day: dt.date) -> "RulesQuerySet":
        """The version of that day first, then the older ones."""
        return self.filter(valid_from__lte=day).order_by("-valid_from")


class ServiceRules(LeanModel):
    """One version, in force from its day until the day of the next. A version that has begun is never changed."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="rules")
    valid_from = models.DateField(_("In force from"))
    legal_basis = models.CharField(
        _("Legal basis"), max_length=300, blank=True, help_text=_("Law and article; printed on receipts and letters.")
    )
    register = models.ForeignKey("cases.Register", models.PROTECT, related_name="+", verbose_name=_("Register"))
    record_class = models.ForeignKey(RecordClass, models.PROTECT, related_name="+", verbose_name=_("Record class"))
    access_level = models.CharField(_("Access"), max_length=12, choices=AccessLevel, default=AccessLevel.INTERNAL)
    signature_level = models.CharField(
        _("Signature of the answer"), max_length=10, choices=SignatureLevel, default=SignatureLevel.ADVANCED
    )
    delivery_channels = models.JSONField(
        _("Ways to receive the result"),
        default=list,
        blank=True,
        help_text=_("The applicant chooses one of them. None marked: every way is offered."),
    )

    deadline_amount = models.PositiveSmallIntegerField(_("Deadline"), default=30)
    deadline_unit = models.CharField(max_length=14, choices=DeadlineUnit, default=DeadlineUnit.CALENDAR_DAYS)
    counting_mode = models.CharField(
        _("How days are counted"), max_length=20, choices=CountingMode, default=CountingMode.FIRST_DAY_EXCLUDED
    )
    clock_start = models.CharField(_("Counted from"), max_length=16, choices=ClockStart, default=ClockStart.FILING)
    tiers = models.JSONField(
        _("Speeds"),
        default=list,
        blank=True,
        help_text=_("Chosen in the form by the question with the key “tier”."),
    )
    may_suspend = models.BooleanField(
        _("The clock may be stopped"), default=True, help_text=_("While the applicant is asked for what is missing.")
    )
    extension_times = models.PositiveSmallIntegerField(
        _("May be prolonged"), default=0, help_text=_("Times; 0: never.")
    )
    extension_amount = models.PositiveSmallIntegerField(_("Each time by at most"), default=0)
    extension_unit = models.CharField(max_length=14, choices=DeadlineUnit, default=DeadlineUnit.CALENDAR_DAYS)
    extended_by = models.CharField(_("Prolonged by"), max_length=10, choices=Extender, default=Extender.HEAD)
    silence = models.CharField(
        _("When no answer comes in time"), max_length=14, choices=Silence, default=Silence.NOTHING
    )

    fees = TextsField(_("Fee in words"), blank=True)
    fee_table = models.JSONField(_("Fee table"), default=list, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, default="EUR")

    note = models.CharField(_("What changed"), max_length=300, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField()

    objects = RulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("record rules")
        verbose_name_plural = _("record rules")
        constraints = [
            models.UniqueConstraint(fields=["service", "valid_from"], name="service_rules_once_per_day"),
            models.CheckConstraint(condition=Q(access_level__in=AccessLevel.values), name="rules_access_known"),
            models.CheckConstraint(condition=Q(deadline_unit__in=DeadlineUnit.values), name="rules_unit_known"),
            models.CheckConstraint(condition=Q(counting_mode__in=CountingMode.values), name="rules_mode_known"),
            models.CheckConstraint(condition=Q(clock_start__in=ClockStart.values), name="rules_start_known"),
            models.CheckConstraint(condition=Q(silence__in=Silence.values), name="rules_silence_known"),
            models.CheckConstraint(
                condition=Q(signature_level__in=SignatureLevel.values), name="rules_signature_known"
            ),
            models.CheckConstraint(condition=Q(extended_by__in=Extender.values), name="rules_extender_known"),
            models.CheckConstraint(condition=Q(extension_unit__in=DeadlineUnit.values), name="rules_longer_unit_known"),
            models.CheckConstraint(condition=Q(deadline_amount__gte=1), name="rules_have_a_term"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.valid_from}"

    @property
    def version(self) -> str:
        """How a case names the rules that it was filed under."""
        return self.valid_from.isoformat()

    def tier(self, code: Any) -> dict[str, Any] | None:
        """The speed of that code; None for one that these rules do not offer."""
        return next((tier for tier in self.tiers if tier["code"] == code), None)

    def term_for(self, tier: Any = None) -> tuple[int, str]:
        """Amount and unit of the term: the chosen speed's, else the ordinary one."""
        chosen = self.tier(tier)
        return (chosen["amount"], chosen["unit"]) if chosen else (self.deadline_amount, self.deadline_unit)
