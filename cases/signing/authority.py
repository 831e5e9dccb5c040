"""The demo authority: a certificate authority of no legal value that a fresh installation makes for itself.

It lets everything about signing be real except the trust: each official has a key and a certificate of their own.
The certificates say what qualified ones say, so that services which ask for a qualified signature can be shown, and
each bears the mark of the demonstration beside it.
A real installation puts the certificates of its authorities into the folder `trusted` and signs with cards or a
signing service. Keys are readable by their owner only.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import NameOID, ObjectIdentifier
from django.conf import settings

from cases.signing.statements import demo_statements, is_of_demo_authority

ROOT_YEARS = 20
PERSON_YEARS = 3
RENEWED_BEFORE_END = timedelta(days=30)
# Clocks of other machines may be a little behind.
VALID_BEFORE_ISSUE = timedelta(hours=1)
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
WHOLE_NAME = ObjectIdentifier("2.5.4.41")  # X.520


@dataclass(frozen=True)
class SignerIdentity:
    """Whom a certificate names: a person in an office of an institution, or the institution itself (its seal)."""

    name: str
    institution: str
    office: str = ""
    country: str = ""

    @property
    def key(self) -> str:
        """The folder of this identity: who changes name or office gets a new certificate, and the old one is kept."""
        return hashlib.sha256("\n".join([self.name, self.institution, self.office, self.country]).encode()).hexdigest()

    @property
    def is_seal(self) -> bool:
        return self.name == self.institution


@dataclass(frozen=True)
class KeyAndCertificate:
    key: RSAPrivateKey
    certificate: x509.Certificate
    issuer: x509.Certificate


@dataclass(frozen=True)
class DemoAuthority:
    directory: Path

    @property
    def root_file(self) -> Path:
        return self.directory / "demo-authority.pem"

    @property
    def root(self) -> x509.Certificate:
        return _read(self.root_file)[1]

    def certificate_for(self, identity: SignerIdentity, *, at: datetime) -> KeyAndCertificate:
        """The person's key and certificate; made when there is none that lasts, and the same ever after.

        A certificate from the time before they said their level counts as none.
        """
        folder = self.directory / "people" / identity.key
        for file in sorted(folder.glob("*.pem"), reverse=True):
            key, certificate = _read(file)
            begun = certificate.not_valid_before_utc <= at
            lasts = certificate.not_valid_after_utc - at > RENEWED_BEFORE_END
            if begun and lasts and is_of_demo_authority(certificate):
                return KeyAndCertificate(key, certificate, self.root)
        folder.mkdir(mode=0o700, exist_ok=True)
        root_key, root = _read(self.root_file)
        file = folder / f"{at:%Y%m%d}-level.pem"
        _write_once(file, *_personal_certificate(identity, root_key, root, at=at))
        return KeyAndCertificate(*_read(file), root)


def ensure_demo_authority(directory: Path, *, at: datetime) -> DemoAuthority:
    """Make the demo authority in `directory` if it is not there yet. Two processes that do it at once get the same."""
    for folder in (directory, directory / "people", directory / "trusted"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    authority = DemoAuthority(directory)
    if not authority.root_file.exists():
        _write_once(authority.root_file, *_root_certificate(at=at))
    return authority


def trusted_certificates(directory: Path | None = None) -> list[x509.Certificate]:
    """The authorities whose signatures count here: the demo authority if there is one, and those in `trusted`."""
    folder = directory or Path(settings.SIGNING_DIR)
    files = [folder / "demo-authority.pem", *sorted((folder / "trusted").glob("*.pem"))]
    return [
        certificate
        for file in files
        if file.exists()
        for certificate in x509.load_pem_x509_certificates(_certificates_only(file.read_bytes()))
    ]


def _certificates_only(pem: bytes) -> bytes:
    return pem[pem.index(b"-----BEGIN CERTIFICATE-----") :]


def _root_certificate(*, at: datetime) -> tuple[RSAPrivateKey, x509.Certificate]:
    key = generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Registra"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Registra demo authority (no legal value)"),
        ]
    )
    certificate = (
        _builder(name, name, key, at=at, years=ROOT_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _personal_certificate(
    identity: SignerIdentity, root_key: RSAPrivateKey, root: x509.Certificate, *, at: datetime
) -> tuple[RSAPrivateKey, x509.Certificate]:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    policies, statements = demo_statements(is_seal=identity.is_seal)
    certificate = (
        _builder(_subject(identity), root.subject, key, at=at, years=PERSON_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(policies, critical=False)
        .add_extension(statements, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    return key, certificate


def _subject(identity: SignerIdentity) -> x509.Name:
    # The library holds a common name to 64 bytes, where X.520 counts letters: a long Cyrillic name is cut there and
    # stands whole beside it.
    common_name = identity.name.encode()[:64].decode(errors="ignore")
    parts = [
        (NameOID.COUNTRY_NAME, identity.country.upper() if len(identity.country) == 2 else ""),
        (NameOID.ORGANIZATION_NAME, identity.institution),
        (NameOID.TITLE, identity.office),
        (NameOID.COMMON_NAME, common_name),
        (WHOLE_NAME, identity.name if identity.name != common_name else ""),
    ]
    return x509.Name([x509.NameAttribute(oid, words) for oid, words in parts if words])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey, *, at: datetime, years: int
) -> x509.CertificateBuilder:
    start = at.astimezone(UTC).replace(microsecond=0) - VALID_BEFORE_ISSUE
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(**uses: bool) -> x509.KeyUsage:
    everything = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{use: uses.get(use, False) for use in everything})


def _write_once(file: Path, key: RSAPrivateKey, certificate: x509.Certificate) -> None:
    """Key and certificate in one file that appears whole, and that the first of two writers keeps."""
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{certificate.serial_number}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _read(file: Path) -> tuple[RSAPrivateKey, x509.Certificate]:
    return _parsed(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _parsed(file: Path, changed_at: int) -> tuple[RSAPrivateKey, x509.Certificate]:
    # Reading a private key checks its numbers, which takes longer than signing with it.
    content = file.read_bytes()
    key = serialization.load_pem_private_key(content, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError(f"{file.name} holds no RSA key.")
    return key, x509.load_pem_x509_certificate(_certificates_only(content))
