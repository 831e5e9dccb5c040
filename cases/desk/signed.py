"""How the signatures on a file read on the case page: who signed, when, and whether it holds."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.models import ComponentFile, FileRole, Signature
from cases.signature_levels import reached_in_words
from cases.signing import VerdictState

SHADES = {VerdictState.VALID: "fine", VerdictState.INVALID: "late", VerdictState.CANNOT_BE_VERIFIED: "soon"}


@dataclass(frozen=True)
class Signer:
    """A person or seal as the certificate names it; ``at`` is the signer's own clock.

    ``level`` only where the signature holds: anybody can write a certificate.
    """

    name: str
    at: dt.datetime | None
    level: str = ""


@dataclass(frozen=True)
class Signed:
    """The verdict as it was kept: words for people, a shade for the eye."""

    words: str | Promise
    shade: str
    reason: str
    signers: list[Signer]
    checked_at: dt.datetime | None


def signed_of(files: Iterable[ComponentFile]) -> dict[str, Signed]:
    """By hash: our own signatures as they were checked when made, those of others as checked when they came in."""
    files = list(files)
    ours = [file.stored_file_id for file in files if file.role == FileRole.SIGNED]
    verdicts = {
        file.stored_file_id: file.stored_file.signature_check.verdict
        for file in files
        if hasattr(file.stored_file, "signature_check")
    }
    if ours:
        signatures = Signature.objects.filter(signed_file__in=ours).order_by("pk")
        verdicts |= dict(signatures.values_list("signed_file_id", "verdict"))
    return {sha256: in_words(verdict) for sha256, verdict in verdicts.items()}


def in_words(verdict: dict[str, Any]) -> Signed:
    """A kept verdict (the shape of signing.Verdict.as_record) for the reader; a good one needs no reason."""
    state = VerdictState(verdict["state"])
    holds = state == VerdictState.VALID
    return Signed(
        words=state.label,
        shade=SHADES.get(state, "soon"),
        reason="" if holds or not verdict["reason"] else _(verdict["reason"]),
        signers=[
            Signer(_name(one), _moment(one.get("claimed_at")), reached_in_words(one) if holds else "")
            for one in verdict["signatures"]
        ],
        checked_at=_moment(verdict.get("checked_at")),
    )


def _name(signature: dict[str, Any]) -> str:
    return ", ".join(filter(None, (signature.get("name"), signature.get("office"), signature.get("institution"))))


def _moment(text: str | None) -> dt.datetime | None:
    return parse_datetime(text) if text else None
