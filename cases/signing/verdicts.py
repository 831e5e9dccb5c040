"""What a check of a document's signatures found."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class VerdictState(models.TextChoices):
    VALID = "VALID", _("The signatures hold")
    INVALID = "INVALID", _("The signatures do not hold")
    CANNOT_BE_VERIFIED = "CANNOT_BE_VERIFIED", _("Cannot be verified")
    NOT_SIGNED = "NOT_SIGNED", _("Not signed")


@dataclass(frozen=True, kw_only=True)
class FoundSignature:
    """Who signed, as the certificate says; `claimed_at` is the moment the signer's own clock gave.

    `level` is the profile of the signature in the file, `strength` its level in law (SignatureLevel): it counts only
    where the verdict is VALID, for anybody can write a certificate.
    """

    field_name: str
    name: str
    office: str
    institution: str
    issuer: str
    serial_number: str
    certificate_sha256: str
    valid_from: datetime
    valid_until: datetime
    claimed_at: datetime | None
    level: str
    strength: str
    is_seal: bool
    is_demo: bool


@dataclass(frozen=True)
class Verdict:
    state: VerdictState
    reason: str | Promise
    signatures: list[FoundSignature] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        return self.state == VerdictState.VALID

    def as_record(self, *, at: datetime) -> dict[str, Any]:
        """What is kept about a check, as plain JSON: state, reason in words, signatures, and when it was made."""
        signatures = [
            {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(one).items()}
            for one in self.signatures
        ]
        return {
            "state": str(self.state.value),
            "reason": str(self.reason),
            "checked_at": at.isoformat(),
            "signatures": signatures,
        }
