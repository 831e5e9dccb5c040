"""The second step: a signature comes back and is put into its place, if it was made for this very document."""

import hashlib
from typing import Protocol

from asn1crypto import cms, x509
from django.utils.translation import gettext as _
from pyhanko.sign.general import CMSExtractionError, extract_signer_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

from cases.signing.prepared import ALGORITHM, PreparedSignature
from cases.signing.refusals import (
    NotASignature,
    PreparedDocumentChanged,
    SignatureByAnotherPerson,
    SignatureForAnotherDocument,
    SignatureTooLarge,
)


class Signer(Protocol):
    """Whatever can put one person's signature under a digest: a key on the server, a card, a provider."""

    def sign_digest(self, digest: bytes) -> bytes:
        """Return a detached CMS signature (DER) in the PAdES profile over a SHA-256 digest."""


def sign(prepared: PreparedSignature, signer: Signer) -> bytes:
    """Both halves of the second step at once, for signers that answer at once."""
    return complete(prepared, signer.sign_digest(bytes.fromhex(prepared.digest)))


def complete(prepared: PreparedSignature, signature: bytes, *, certificate_sha256: str | None = None) -> bytes:
    """Put a signature that came back (CMS, DER) into the prepared document and return the signed document.

    It counts only over this document: another document's signature, a damaged one and, where
    `certificate_sha256` says whose was asked for, another person's are refused.
    """
    if prepared.actual_digest() != prepared.digest:
        raise PreparedDocumentChanged(
            _("The document is no longer the one that was prepared for signing. Prepare it again.")
        )
    signer_info, certificate = _read(signature)
    _check_it_is_for(prepared, signer_info, certificate)
    if certificate_sha256 and hashlib.sha256(certificate.dump()).hexdigest() != certificate_sha256:
        raise SignatureByAnotherPerson(_("This signature was made with another person's certificate."))
    return _put_in(prepared, signature)


def _read(signature: bytes) -> tuple[cms.SignerInfo, x509.Certificate]:
    try:
        content = cms.ContentInfo.load(signature, strict=True)
        if content["content_type"].native != "signed_data":
            raise ValueError("no signed data")
        signed_data = content["content"]
        if signed_data["encap_content_info"]["content"].native is not None:
            raise ValueError("not detached")
        return extract_signer_info(signed_data), extract_certs_for_validation(signed_data).signer_cert
    except (ValueError, TypeError, KeyError, CMSExtractionError, SignatureValidationError) as error:
        raise NotASignature(_("What came back is not a signature that can be read.")) from error


def _check_it_is_for(prepared: PreparedSignature, signer_info: cms.SignerInfo, certificate: x509.Certificate) -> None:
    if signer_info["digest_algorithm"]["algorithm"].native != ALGORITHM:
        raise NotASignature(_("The signature must be made with SHA-256."))
    try:
        intact, valid = validate_sig_integrity(
            signer_info, certificate, expected_content_type="data", actual_digest=bytes.fromhex(prepared.digest)
        )
    except (SignatureValidationError, ValueError) as error:
        raise NotASignature(_("The signature lacks what it needs to be checked.")) from error
    if not intact:
        raise SignatureForAnotherDocument(
            _("This signature was made for another document. Sign the document that is waiting.")
        )
    if not valid:
        raise NotASignature(_("The signature is damaged: it does not match its certificate."))


def _put_in(prepared: PreparedSignature, signature: bytes) -> bytes:
    # The place holds hexadecimal digits between angle brackets.
    room = prepared.end - prepared.start - 2
    digits = signature.hex().upper().encode()
    if len(digits) > room:
        raise SignatureTooLarge(
            _(
                "The signature has {size} bytes; {room} are kept free. Prepare the document again with more room."
            ).format(size=len(signature), room=room // 2)
        )
    filled = b"<" + digits.ljust(room, b"0") + b">"
    return prepared.document[: prepared.start] + filled + prepared.document[prepared.end :]
