"""Is a signed document what it seems to be? Stricter than pyHanko's own answer, and than many a viewer's.

pyHanko calls a document valid to which an update was appended without an end mark, and one whose form field was
replaced after signing, while viewers show the forged text. Here every signature must hold, only further signatures
and validation data may follow one, the last revision must end the file, and whatever is unclear is never valid.
"""

import hashlib
import logging
import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, FormUpdatingRule, ModificationLevel, StandardDiffPolicy
from pyhanko.sign.diff_analysis.rules.file_structure_rules import (
    CatalogModificationRule,
    ObjectStreamRule,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules.form_field_rules import (
    DSSCompareRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
)
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from cases.signing.authority import trusted_certificates
from cases.signing.event_loop import result_of
from cases.signing.statements import is_for_seals, is_of_demo_authority, level_of
from cases.signing.verdicts import FoundSignature, Verdict, VerdictState

log = logging.getLogger(__name__)

_END_OF_FILE = re.compile(rb"startxref\s+\d+\s+%%EOF[\r\n]{0,2}\Z")
_END_OF_REVISION = re.compile(rb"startxref\s+\d+\s+%%EOF")
_FORM_SETTINGS = ("/DR", "/DA", "/Q", "/NeedAppearances", "/XFA")
PADES = "/ETSI.CAdES.detached"


class _Doubt(Exception):
    """Why a document can't be called valid."""

    def __init__(self, reason: str | Promise, state: VerdictState = VerdictState.CANNOT_BE_VERIFIED) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.state = state


# After a signature: further signature fields and validation data, and what the file format needs for them. Not in it,
# though in pyHanko's default: filling in form fields, changed metadata, objects that nothing refers to.
_ONLY_SIGNATURES_MAY_FOLLOW = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
    ],
    form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]),
    ignore_orphaned_objects=False,
)


def verify(
    pdf: bytes,
    *,
    at: datetime,
    trusted: Sequence[x509.Certificate] | None = None,
    original: bytes | None = None,
    expected_sha256: str | None = None,
) -> Verdict:
    """Check all signatures of a PDF as of the moment `at`, without asking any other machine.

    `trusted` are the authorities that count (default: those of this installation). With `original` the document
    must be those bytes with signatures added; with `expected_sha256` it must be exactly the file of that hash.
    """
    try:
        _check_bytes(pdf, original=original, expected_sha256=expected_sha256)
        reader = _read(pdf)
        signatures = _signatures_of(reader)
        if not signatures:
            return Verdict(VerdictState.NOT_SIGNED, _("The document has no signature."))
    except _Doubt as doubt:
        return Verdict(doubt.state, doubt.reason)
    found: list[FoundSignature] = []
    try:
        found = [_describe(signature) for signature in signatures]
        _check_structure(pdf, reader, signatures)
        roots = trusted_certificates() if trusted is None else trusted
        for signature in signatures:
            _check_signature(signature, roots, at=at)
    except _Doubt as doubt:
        return Verdict(doubt.state, doubt.reason, found)
    except Exception:
        log.exception("A signed document could not be checked.")
        return Verdict(
            VerdictState.CANNOT_BE_VERIFIED, _("The signature is built in a way that can't be checked."), found
        )
    return Verdict(
        VerdictState.VALID, _("Nothing was changed since signing, and the signatures are from whom they say."), found
    )


def _check_bytes(pdf: bytes, *, original: bytes | None, expected_sha256: str | None) -> None:
    if expected_sha256 is not None and hashlib.sha256(pdf).hexdigest() != expected_sha256:
        raise _Doubt(_("The file is not the one that was stored."), VerdictState.INVALID)
    if original is not None and not pdf.startswith(original):
        raise _Doubt(_("What was signed is another document than the one that was waiting."), VerdictState.INVALID)


def _read(pdf: bytes) -> PdfFileReader:
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=True)
        _form_of(reader.root)
    except Exception as error:
        raise _Doubt(_("The file is no sound PDF.")) from error
    if reader.encrypted:
        raise _Doubt(_("The document is protected with a password."))
    if not pdf.startswith(b"%PDF-"):
        raise _Doubt(_("The file is no sound PDF."))
    return reader


def _signatures_of(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    try:
        signatures = [
            EmbeddedPdfSignature(reader, signature_field, name)
            for name, _value, signature_field in enumerate_sig_fields(reader, filled_status=True)
        ]
    except Exception as error:
        raise _Doubt(_("The document has a signature that can't be read.")) from error
    return sorted(signatures, key=lambda signature: signature.signed_revision)


def _describe(signature: EmbeddedPdfSignature) -> FoundSignature:
    certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
    words = signature.signer_cert.subject.native

    def word(name: str) -> str:
        value = words.get(name, "")
        return value if isinstance(value, str) else ", ".join(value)

    return FoundSignature(
        field_name=str(signature.field_name),
        name=word("name") or word("common_name") or word("pseudonym"),
        office=word("title"),
        institution=word("organization_name"),
        issuer=signature.signer_cert.issuer.human_friendly,
        serial_number=f"{certificate.serial_number:x}",
        certificate_sha256=hashlib.sha256(signature.signer_cert.dump()).hexdigest(),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        claimed_at=signature.self_reported_timestamp,
        level="PAdES B-B" if signature.sig_object.get("/SubFilter") == PADES else "PKCS#7",
        strength=level_of(certificate).value,
        is_seal=is_for_seals(certificate),
        is_demo=is_of_demo_authority(certificate),
    )


def _check_structure(pdf: bytes, reader: PdfFileReader, signatures: list[EmbeddedPdfSignature]) -> None:
    """The file consists of whole revisions, each signature covers all up to its own end, and the last ends the file."""
    if not _END_OF_FILE.search(pdf[-64:]):
        raise _Doubt(_("Something was added to the file after its end."))
    for signature in signatures:
        end = _end_of(signature, pdf)
        if not _END_OF_FILE.search(pdf[max(0, end - 64) : end]):
            raise _Doubt(_("A signature does not cover a whole version of the document."))
        later = reader.xrefs.total_revisions - 1 - signature.signed_revision
        if len(_END_OF_REVISION.findall(pdf, end)) != later:
            raise _Doubt(_("Something was added to the file that is no proper version of it."))
    _check_form(reader, signatures[0])


def _end_of(signature: EmbeddedPdfSignature, pdf: bytes) -> int:
    """Where the signed bytes end; they are everything from the start but the signature's own place."""
    byte_range = [int(number) for number in signature.byte_range]
    if len(byte_range) != 4 or byte_range[0] != 0 or min(byte_range) < 0:
        raise _Doubt(_("A signature does not cover the document from its start."))
    _start, place_start, place_end, rest = byte_range
    place = pdf[place_start:place_end]
    end = place_end + rest
    if end > len(pdf) or not re.fullmatch(rb"<[0-9A-Fa-f]+>", place):
        raise _Doubt(_("A signature leaves a part of the document out."))
    if bytes.fromhex(place[1:-1].decode()) != signature.pkcs7_content:
        raise _Doubt(_("A signature leaves a part of the document out."))
    return end


def _check_form(reader: PdfFileReader, first: EmbeddedPdfSignature) -> None:
    """Settings of the form that change what viewers show of its fields must be as they were signed."""
    signed = _form_of(reader.get_historical_root(first.signed_revision))
    current = _form_of(reader.root)
    if any(signed.get(setting) != current.get(setting) for setting in _FORM_SETTINGS):
        raise _Doubt(_("The document's form was changed after signing."))


def _form_of(root: DictionaryObject) -> dict[str, str]:
    if "/AcroForm" not in root:
        return {}
    form = root["/AcroForm"]
    return {name: repr(form.raw_get(name)) for name in _FORM_SETTINGS if name in form}


def _check_signature(signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], *, at: datetime) -> None:
    if signature.sig_object_type != "/Sig":
        raise _Doubt(_("The document has a time stamp that can't be checked here."))
    status = result_of(
        async_validate_pdf_signature(
            signature,
            signer_validation_context=ValidationContext(
                trust_roots=[
                    asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER)) for root in roots
                ],
                moment=at,
                allow_fetching=False,
                revocation_mode="soft-fail",
            ),
            diff_policy=_ONLY_SIGNATURES_MAY_FOLLOW,
        )
    )
    _check_status(status)


def _check_status(status: PdfSignatureStatus) -> None:
    if not status.intact:
        raise _Doubt(_("The document was changed after signing."), VerdictState.INVALID)
    if not status.valid:
        raise _Doubt(_("A signature does not match its certificate."), VerdictState.INVALID)
    if status.coverage not in {SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION}:
        raise _Doubt(_("A signature does not cover a whole version of the document."))
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE and not isinstance(status.diff_result, DiffResult):
        raise _Doubt(_("After signing, something else than a further signature was added to the document."))
    if not status.trusted:
        raise _Doubt(_("It can't be established that the certificate is genuine and in force."))
    if not status.bottom_line:
        raise _Doubt(_("The signature does not meet the rules for signatures on documents."))
