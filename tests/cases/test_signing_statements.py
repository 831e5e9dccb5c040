"""What a certificate says of its own level, and what is not assumed where it says nothing."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.sign.ades.qualified_asn1 import QcStatements

from cases.signature_levels import SignatureLevel, reached_in_words
from cases.signing.statements import QC_STATEMENTS, is_for_seals, level_of
from tests.cases.papers import NOON

NCP = "0.4.0.2042.1.1"
OF_OUR_OWN = "1.3.6.1.4.1.99999.1"
QUALIFIED = [("qc_compliance", None), ("qc_sscd", None)]


def for_a(*purposes: str) -> tuple[str, list[str]]:
    return "qc_type", [f"qct_{purpose}" for purpose in purposes]


def certificate(statements=(), policies=(), raw: bytes = b"") -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dora")])
    builder = x509.CertificateBuilder(
        issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=1,
        not_valid_before=NOON, not_valid_after=NOON + dt.timedelta(days=1),
    )  # fmt: skip
    if policies:
        named = [x509.PolicyInformation(x509.ObjectIdentifier(policy), None) for policy in policies]
        builder = builder.add_extension(x509.CertificatePolicies(named), critical=False)
    if statements or raw:
        rows = [{"statement_id": name} | ({"statement_info": said} if said else {}) for name, said in statements]
        content = raw or QcStatements(rows).dump()
        builder = builder.add_extension(x509.UnrecognizedExtension(QC_STATEMENTS, content), critical=False)
    return builder.sign(key, hashes.SHA256())


@pytest.mark.parametrize(
    ("statements", "policies", "level"),
    [
        ([], [], "SIMPLE"),
        ([], [OF_OUR_OWN], "SIMPLE"),
        ([], [OF_OUR_OWN, NCP], "ADVANCED"),
        ([("qc_compliance", None)], [], "ADVANCED"),
        ([("qc_sscd", None)], [], "SIMPLE"),
        (QUALIFIED, [], "QUALIFIED"),
        ([*QUALIFIED, for_a("esign")], [], "QUALIFIED"),
        ([*QUALIFIED, for_a("eseal")], [], "QUALIFIED"),
        ([*QUALIFIED, for_a("web")], [], "ADVANCED"),
        ([*QUALIFIED, ("qc_cc_legislation", ["CH"])], [], "ADVANCED"),
    ],
)
def test_the_level_is_what_policies_and_statements_say(statements, policies, level):
    assert level_of(certificate(statements, policies)) == level


def test_statements_that_cannot_be_read_prove_nothing():
    assert level_of(certificate(raw=b"\x30\x05broken")) == SignatureLevel.SIMPLE


@pytest.mark.parametrize(("purposes", "is_seal"), [([], False), (["eseal"], True), (["eseal", "esign"], False)])
def test_a_certificate_of_an_organisation_makes_seals(purposes, is_seal):
    assert is_for_seals(certificate([*QUALIFIED, for_a(*purposes)] if purposes else QUALIFIED)) == is_seal


@pytest.mark.parametrize(
    ("reached", "needed", "is_enough"),
    [
        ("QUALIFIED", "ADVANCED", True),
        ("ADVANCED", "ADVANCED", True),
        ("SIMPLE", "ADVANCED", False),
        ("ADVANCED", "QUALIFIED", False),
    ],
)
def test_a_stronger_signature_is_enough_and_a_weaker_is_not(reached, needed, is_enough):
    assert SignatureLevel(reached).reaches(SignatureLevel(needed)) == is_enough


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        ({}, ""),
        ({"strength": "ADVANCED"}, "Advanced electronic signature"),
        ({"strength": "QUALIFIED", "is_seal": True}, "Qualified electronic seal"),
        (
            {"strength": "QUALIFIED", "is_demo": True},
            "Qualified electronic signature (demo authority: no legal value)",
        ),
    ],
)
def test_the_level_reached_is_said_in_words(signature, words):
    assert reached_in_words(signature) == words
