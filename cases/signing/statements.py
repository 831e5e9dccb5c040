"""What a certificate says about its own level: its policies and the statements of qualified certificates.

A statement is worth as much as the authority that signed it: only certificates of trusted authorities count.
"""

from typing import Any

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from cases.signature_levels import SignatureLevel

QC_STATEMENTS = ObjectIdentifier("1.3.6.1.5.5.7.1.3")  # RFC 3739
# ETSI EN 319 412-5: qualified, key in a qualified device, what it is for, a law outside the Union.
COMPLIANCE, DEVICE, TYPE, OTHER_LAW = "qc_compliance", "qc_sscd", "qc_type", "qc_cc_legislation"
FOR_SIGNATURES, FOR_SEALS = "qct_esign", "qct_eseal"
QUALIFIED_PERSON = ObjectIdentifier("0.4.0.194112.1.2")  # ETSI EN 319 411-2, QCP-n-qscd
QUALIFIED_SEAL = ObjectIdentifier("0.4.0.194112.1.3")  # QCP-l-qscd
# Rules of issuing that tie a key to a person under that person's control: ETSI EN 319 411-1 (NCP, NCP+, LCP) and
# 411-2 (the qualified ones).
_ADVANCED = frozenset(
    {f"0.4.0.2042.1.{number}" for number in (1, 2, 3)} | {f"0.4.0.194112.1.{number}" for number in range(4)}
)
_UNREADABLE = (
    x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError
)  # fmt: skip
# Under 2.25 anybody may take a number of their own (ITU-T X.667).
DEMO = ObjectIdentifier("2.25.26657102587114482418805829757237579290")
DEMO_NOTICE = "Registra demonstration: not a qualified certificate, no legal value."


def level_of(certificate: x509.Certificate) -> SignatureLevel:
    """How strong a signature with this certificate is (Regulation 910/2014 art. 3, 26 and 28).

    Qualified: a qualified certificate under the Union's law, with its key in a qualified device. Advanced: issued by
    rules that tie the key to the person. Where a certificate says nothing of the kind, nothing is assumed.
    """
    said = _statements(certificate)
    is_qualified = {COMPLIANCE, DEVICE} <= said.keys() and OTHER_LAW not in said
    if is_qualified and _purposes(said) & {FOR_SIGNATURES, FOR_SEALS}:
        return SignatureLevel.QUALIFIED
    if COMPLIANCE in said or _policies(certificate) & _ADVANCED:
        return SignatureLevel.ADVANCED
    return SignatureLevel.SIMPLE


def is_for_seals(certificate: x509.Certificate) -> bool:
    """Whether it names an organisation and makes seals, not a person's signatures."""
    purposes = _purposes(_statements(certificate))
    return FOR_SEALS in purposes and FOR_SIGNATURES not in purposes


def is_of_demo_authority(certificate: x509.Certificate) -> bool:
    return DEMO.dotted_string in _policies(certificate)


def demo_statements(*, is_seal: bool) -> tuple[x509.CertificatePolicies, x509.UnrecognizedExtension]:
    """The policies and statements of a demo certificate: a qualified one's, and the mark that it is none."""
    from pyhanko.sign.ades.qualified_asn1 import (  # noqa: PLC0415 (half a second: signing/__init__.py)
        QcCertificateType,
        QcStatement,
        QcStatements,
    )

    policies = x509.CertificatePolicies(
        [
            x509.PolicyInformation(DEMO, [x509.UserNotice(None, DEMO_NOTICE)]),
            x509.PolicyInformation(QUALIFIED_SEAL if is_seal else QUALIFIED_PERSON, None),
        ]
    )
    purpose = QcCertificateType([FOR_SEALS if is_seal else FOR_SIGNATURES])
    statements = QcStatements(
        [
            QcStatement({"statement_id": COMPLIANCE}),
            QcStatement({"statement_id": DEVICE}),
            QcStatement({"statement_id": TYPE, "statement_info": purpose}),
        ]
    )
    return policies, x509.UnrecognizedExtension(QC_STATEMENTS, statements.dump())


def _statements(certificate: x509.Certificate) -> dict[str, Any]:
    """What each statement says, by its name; nothing where they can't be read."""
    from pyhanko.sign.ades.qualified_asn1 import QcStatements  # noqa: PLC0415 (half a second: signing/__init__.py)

    try:
        extension = certificate.extensions.get_extension_for_oid(QC_STATEMENTS).value
        said = QcStatements.load(extension.public_bytes(), strict=True)
        return {one["statement_id"].native: one["statement_info"].native for one in said}
    except _UNREADABLE:
        return {}


def _purposes(said: dict[str, Any]) -> set[str]:
    """A certificate that does not say is for signatures: before 2016 there was nothing else."""
    return set(said[TYPE] or []) if TYPE in said else {FOR_SIGNATURES}


def _policies(certificate: x509.Certificate) -> set[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except _UNREADABLE:
        return set()
    return {policy.policy_identifier.dotted_string for policy in extension}
