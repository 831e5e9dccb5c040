"""Signing in two steps: the locked document with its digest, then a signature that comes back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.documents import ComponentFile, Document, StoredFile
from cases.models.lean import LeanModel
from cases.models.people import Post, User


class SigningState(models.TextChoices):
    WAITING = "WAITING", _("Waiting for the signature")
    SIGNED = "SIGNED", _("Signed")
    CALLED_BACK = "CALLED_BACK", _("Called back")


class SigningMethod(models.TextChoices):
    SERVER_KEY = "SERVER_KEY", _("Key on the server")
    CARD = "CARD", _("Card at the desk")
    PHONE = "PHONE", _("Telephone")
    UPLOAD = "UPLOAD", _("Signed file uploaded")


class SigningRequest(LeanModel):
    """A locked document waits for one signature, for seconds or for days; it counts only over that document."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="signing_requests")
    prepared_file = models.ForeignKey(ComponentFile, models.PROTECT, related_name="signing_requests")
    digest = models.CharField(max_length=128, help_text="SHA-256 over the byte ranges to be signed, in hex.")
    session = models.JSONField(default=dict, help_text="What signing keeps to finish: offsets, attributes.")
    method = models.CharField(max_length=10, choices=SigningMethod, default=SigningMethod.SERVER_KEY)
    state = models.CharField(max_length=12, choices=SigningState, default=SigningState.WAITING)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request for a signature")
        verbose_name_plural = _("requests for signatures")
        constraints = [
            models.UniqueConstraint(fields=["document"], condition=Q(state="WAITING"), name="one_signature_at_a_time"),
            models.CheckConstraint(condition=Q(state__in=SigningState.values), name="signing_state_known"),
            models.CheckConstraint(condition=Q(method__in=SigningMethod.values), name="signing_method_known"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.state}"


class Signature(LeanModel):
    """A signature that came back and held when it was checked."""

    request = models.OneToOneField(SigningRequest, models.PROTECT, related_name="signature")
    signer = models.ForeignKey(User, models.PROTECT, related_name="signatures")
    signed_file = models.ForeignKey(StoredFile, models.PROTECT, related_name="signatures")
    level = models.CharField(max_length=20, help_text="PAdES B-B, B-T …")
    certificate = models.JSONField(default=dict, help_text="Subject, issuer, serial number, validity.")
    verdict = models.JSONField(default=dict, help_text="What the check found, with its moment.")
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")

    def __str__(self) -> str:
        return f"{self.signer} {self.signed_at:%Y-%m-%d}"


class SignatureCheck(LeanModel):
    """What was found about the signatures on a file that came in, when it came in. It goes when the bytes go."""

    stored_file = models.OneToOneField(StoredFile, models.PROTECT, primary_key=True, related_name="signature_check")
    verdict = models.JSONField(help_text="What the check found, with its moment.")
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("check of signatures")
        verbose_name_plural = _("checks of signatures")

    def __str__(self) -> str:
        return f"{self.stored_file} {self.verdict.get('state', '')}"
