"""Sending: one row for each document, party and channel. Being told is not being served."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.documents import Document
from cases.models.lean import LeanModel
from cases.models.parties import DeliveryChannel, Party


class DispatchState(models.TextChoices):
    PREPARED = "PREPARED", _("Prepared")
    SENT = "SENT", _("Sent")
    DELIVERED = "DELIVERED", _("Delivered")
    REFUSED = "REFUSED", _("Refused")
    RETURNED = "RETURNED", _("Returned")


class DispatchKind(models.TextChoices):
    RESULT = "RESULT", _("Service of the result")
    NOTICE = "NOTICE", _("Notice")
    RECEIPT = "RECEIPT", _("Receipt")


class Dispatch(LeanModel):
    """A document on its way to a party by one channel, with moments and evidence."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="dispatches")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="dispatches")
    party = models.ForeignKey(Party, models.PROTECT, related_name="dispatches")
    kind = models.CharField(max_length=8, choices=DispatchKind)
    notice = models.CharField(max_length=40, blank=True, help_text="Which notice, when it is one.")
    notice_data = models.JSONField(default=dict, blank=True)
    channel = models.CharField(_("Channel"), max_length=12, choices=DeliveryChannel)
    state = models.CharField(_("State"), max_length=10, choices=DispatchState, default=DispatchState.PREPARED)
    prepared_at = models.DateTimeField(_("Prepared"))
    sent_at = models.DateTimeField(_("Sent"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("Delivered"), null=True, blank=True)
    returned_at = models.DateTimeField(_("Came back"), null=True, blank=True)
    evidence = models.JSONField(default=dict, blank=True, help_text="Message id, tracking number, who collected it.")
    evidence_document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DispatchState.values), name="dispatch_state_known"),
            models.CheckConstraint(condition=Q(kind__in=DispatchKind.values), name="dispatch_kind_known"),
            models.CheckConstraint(condition=Q(channel__in=DeliveryChannel.values), name="dispatch_channel_known"),
            models.CheckConstraint(
                condition=Q(state=DispatchState.PREPARED) | Q(sent_at__isnull=False), name="dispatch_sent_has_a_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "prepared_at"], name="dispatch_waiting", condition=Q(state="PREPARED"))
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.channel}"
