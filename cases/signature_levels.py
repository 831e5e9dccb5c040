"""How strong an electronic signature is: what rules of record ask for, and what a certificate reaches."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class SignatureLevel(models.TextChoices):
    """How the answer is signed (Regulation 910/2014 art. 3, points 10 to 12), the weakest first."""

    SIMPLE = "SIMPLE", _("Simple electronic signature")
    ADVANCED = "ADVANCED", _("Advanced electronic signature")
    QUALIFIED = "QUALIFIED", _("Qualified electronic signature")

    def reaches(self, needed: "SignatureLevel") -> bool:
        """Whether it is at least as strong as what is asked for."""
        strengths = list(SignatureLevel)
        return strengths.index(self) >= strengths.index(needed)


_OF_SEALS: Mapping[str, Promise] = {
    SignatureLevel.SIMPLE: _("Simple electronic seal"),
    SignatureLevel.ADVANCED: _("Advanced electronic seal"),
    SignatureLevel.QUALIFIED: _("Qualified electronic seal"),
}


def reached_in_words(signature: Mapping[str, Any]) -> str:
    """The level of one signature of a kept verdict (``signing.FoundSignature``); empty for checks made before
    levels were read.
    """
    if signature.get("strength") not in SignatureLevel.values:
        return ""
    level = SignatureLevel(signature["strength"])
    words = str(_OF_SEALS[level] if signature.get("is_seal") else level.label)
    if signature.get("is_demo"):
        return gettext("{level} (demo authority: no legal value)").format(level=words)
    return words
