"""Parties: people and organisations as they were at filing, each with a role in one case."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.lean import LeanModel, where_given


class PartyRole(models.TextChoices):
    APPLICANT = "APPLICANT", _("Applicant")
    REPRESENTATIVE = "REPRESENTATIVE", _("Representative")
    CO_OWNER = "CO_OWNER", _("Co-owner")
    ADDRESSEE = "ADDRESSEE", _("Addressee")
    CONTACT = "CONTACT", _("Contact")
    SENDER = "SENDER", _("Sender")


class PartyKind(models.TextChoices):
    PERSON = "PERSON", _("Person")
    ORGANISATION = "ORGANISATION", _("Organisation")


class DeliveryChannel(models.TextChoices):
    """How somebody wants to get the result; binding for the outgoing step."""

    PORTAL = "PORTAL", _("On the case's page")
    E_DELIVERY = "E_DELIVERY", _("Registered e-delivery")
    EMAIL = "EMAIL", _("By e-mail")
    POST = "POST", _("By post")
    COUNTER = "COUNTER", _("At the counter")


class Party(LeanModel):
    """A person or organisation as it was at filing. Recognised elsewhere by a keyed hash, never merged silently."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    role = models.CharField(_("Role"), max_length=16, choices=PartyRole)
    kind = models.CharField(_("Kind"), max_length=12, choices=PartyKind, default=PartyKind.PERSON)
    name = models.CharField(_("Name"), max_length=200, blank=True)
    identifier_kind = models.CharField(
        max_length=20, blank=True, help_text="CNP, PESEL, EGN, LNCH, CUI, NIP, DOCUMENT …"
    )
    identifier_hash = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="Keyed hash; see identifiers."
    )
    identifier_hint = models.CharField(_("Identifier"), max_length=20, blank=True, help_text=_("The last digits only."))
    address = models.TextField(_("Address"), blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    phone = models.CharField(_("Telephone"), max_length=40, blank=True)
    language = models.CharField(_("Language"), max_length=8)
    result_channel = models.CharField(
        _("Way to get the result"), max_length=12, choices=DeliveryChannel, default=DeliveryChannel.PORTAL
    )
    represents = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="representatives", db_index=False
    )
    mandate_document = models.ForeignKey(
        "cases.Document", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    mandate_until = models.DateField(_("Represents until"), null=True, blank=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=PartyRole.values), name="party_role_known"),
            models.CheckConstraint(condition=Q(kind__in=PartyKind.values), name="party_kind_known"),
            models.CheckConstraint(condition=Q(result_channel__in=DeliveryChannel.values), name="party_channel_known"),
        ]
        indexes = [
            models.Index(fields=["name"], name="party_by_name"),
            where_given("represents", name="party_represents"),
            where_given("mandate_document", name="party_mandate"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Unnamed"))


class Answer(LeanModel):
    """One answer to one question: it may be missing or transcribed later; each knows who gave it and when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="answers")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="answers")
    transcribed_by = models.ForeignKey(
        "cases.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    replaced_at = models.DateTimeField(null=True, blank=True, help_text="An answer that came later took its place.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"], condition=Q(replaced_at__isnull=True), name="answer_one_that_counts"
            )
        ]
        indexes = [where_given("transcribed_by", name="answer_transcribed_by")]

    def __str__(self) -> str:
        return self.key
