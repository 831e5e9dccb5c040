"""The demo authority: one root, one certificate for each official, keys that only their owner may read."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from cases.signing import DemoAuthority, SignerIdentity, ensure_demo_authority, trusted_certificates
from cases.signing.statements import DEMO_NOTICE, QC_STATEMENTS, is_for_seals, level_of
from tests.cases.papers import NOON

DORA = SignerIdentity(name="Дора Иванова", institution="Община Бела река", office="Кмет", country="bg")


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> DemoAuthority:
    return ensure_demo_authority(tmp_path_factory.mktemp("authority") / "signing", at=NOON)


def named(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    return str(certificate.subject.get_attributes_for_oid(oid)[0].value)


def test_the_authority_is_made_once(authority):
    again = ensure_demo_authority(authority.directory, at=NOON + timedelta(days=400))

    assert again.root == authority.root


def test_two_processes_that_start_at_once_share_one_authority(tmp_path):
    with ThreadPoolExecutor(4) as starters:
        roots = list(starters.map(lambda _turn: ensure_demo_authority(tmp_path, at=NOON).root, range(4)))

    assert roots == [roots[0]] * 4
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["demo-authority.pem"]


def test_only_the_owner_may_read_keys(authority):
    authority.certificate_for(DORA, at=NOON)

    files = [path for path in authority.directory.rglob("*.pem")]
    folders = [authority.directory, *(path for path in authority.directory.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_a_certificate_names_the_person_the_office_and_the_institution(authority):
    certificate = authority.certificate_for(DORA, at=NOON).certificate

    assert named(certificate, NameOID.COMMON_NAME) == "Дора Иванова"
    assert named(certificate, NameOID.TITLE) == "Кмет"
    assert named(certificate, NameOID.ORGANIZATION_NAME) == "Община Бела река"
    assert named(certificate, NameOID.COUNTRY_NAME) == "BG"


def test_a_certificate_is_for_signing_and_nothing_else(authority):
    certificate = authority.certificate_for(DORA, at=NOON).certificate

    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.content_commitment, usage.digital_signature, usage.key_cert_sign) == (True, True, False)
    certificate.verify_directly_issued_by(authority.root)


def test_a_certificate_says_what_a_qualified_one_says_and_that_it_is_none(authority):
    person = authority.certificate_for(DORA, at=NOON).certificate
    seal = authority.certificate_for(replace(DORA, name=DORA.institution, office=""), at=NOON).certificate

    assert [(level_of(one), is_for_seals(one)) for one in (person, seal)] == [("QUALIFIED", False), ("QUALIFIED", True)]
    [notice, _rule] = person.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [one.explicit_text for one in notice.policy_qualifiers] == [DEMO_NOTICE]


def test_a_certificate_from_before_levels_were_said_is_replaced(tmp_path, monkeypatch):
    authority = ensure_demo_authority(tmp_path, at=NOON)
    nothing_said = (x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), None)]),
                    x509.UnrecognizedExtension(QC_STATEMENTS, b"0\x00"))  # fmt: skip
    with monkeypatch.context() as earlier:
        earlier.setattr("cases.signing.authority.demo_statements", lambda *, is_seal: nothing_said)
        old = authority.certificate_for(DORA, at=NOON - timedelta(days=1)).certificate

    new = authority.certificate_for(DORA, at=NOON).certificate

    assert (level_of(old), level_of(new)) == ("SIMPLE", "QUALIFIED")


def test_a_person_keeps_one_certificate(authority):
    first = authority.certificate_for(DORA, at=NOON)

    assert authority.certificate_for(DORA, at=NOON + timedelta(days=300)).certificate == first.certificate


def test_who_changes_office_gets_a_new_certificate(authority):
    before = authority.certificate_for(DORA, at=NOON).certificate
    after = authority.certificate_for(replace(DORA, office="Deputy mayor"), at=NOON).certificate

    assert before != after
    assert authority.certificate_for(DORA, at=NOON).certificate == before


def test_a_certificate_is_renewed_before_it_ends(authority):
    old = authority.certificate_for(DORA, at=NOON).certificate
    near_its_end = old.not_valid_after_utc - timedelta(days=29)

    new = authority.certificate_for(DORA, at=near_its_end).certificate

    assert new != old
    assert new.not_valid_after_utc > old.not_valid_after_utc
    assert authority.certificate_for(DORA, at=near_its_end).certificate == new


def test_a_certificate_that_begins_later_is_not_signed_with(authority):
    """A clock that was set back, or papers entered late after an outage."""
    helena = replace(DORA, name="Елена Стоева")
    later = authority.certificate_for(helena, at=NOON + timedelta(days=30))

    now = authority.certificate_for(helena, at=NOON)

    assert now.certificate != later.certificate
    assert now.certificate.not_valid_before_utc <= NOON


def test_a_name_longer_than_a_certificate_allows_is_cut_there_and_whole_beside(authority):
    certificate = authority.certificate_for(replace(DORA, name="Ж" * 40), at=NOON).certificate

    assert named(certificate, NameOID.COMMON_NAME) == "Ж" * 32
    assert named(certificate, x509.ObjectIdentifier("2.5.4.41")) == "Ж" * 40


def test_a_real_authority_is_trusted_once_its_certificate_lies_in_the_folder(authority, tmp_path):
    other = ensure_demo_authority(tmp_path / "other", at=NOON)
    public = other.root.public_bytes(serialization.Encoding.PEM)
    before = trusted_certificates(authority.directory)

    (authority.directory / "trusted" / "national.pem").write_bytes(public)

    assert before == [authority.root]
    assert trusted_certificates(authority.directory) == [authority.root, other.root]
    (authority.directory / "trusted" / "national.pem").unlink()


def test_without_an_authority_nobody_is_trusted(tmp_path: Path):
    assert trusted_certificates(tmp_path) == []
