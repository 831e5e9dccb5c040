"""Signing with a key that the server keeps: one personal key per official, one seal per institution."""

import asyncio
import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from django.conf import settings
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cases.signing.authority import DemoAuthority, KeyAndCertificate, SignerIdentity, ensure_demo_authority
from cases.signing.completing import sign
from cases.signing.preparing import ALGORITHM, PreparedSignature


class _HeldKey(SimpleSigner):
    """pyHanko's signer reads its private key anew for each signature (9 a second); this one holds it read."""

    def __init__(self, held: KeyAndCertificate) -> None:
        certificate, issuer = (
            asn1_x509.Certificate.load(part.public_bytes(serialization.Encoding.DER))
            for part in (held.certificate, held.issuer)
        )
        super().__init__(
            signing_cert=certificate,
            signing_key=keys.PrivateKeyInfo.wrap(b"", "rsa") if False else None,  # type: ignore[arg-type]
            cert_registry=SimpleCertificateStore.from_certs([issuer]),
            embed_roots=False,
        )
        self._held = held.key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        return self._held.sign(data, PKCS1v15(), hashes.SHA256())


class ServerKey:
    """A signer whose key is held in this process."""

    def __init__(self, held: KeyAndCertificate) -> None:
        self._signer = _HeldKey(held)
        self.certificate = held.certificate
        self.certificate_sha256 = hashlib.sha256(
            held.certificate.public_bytes(serialization.Encoding.DER)
        ).hexdigest()

    def sign_digest(self, digest: bytes) -> bytes:
        signature = asyncio.run(self._signer.async_sign(digest, ALGORITHM, use_pades=True))
        content: bytes = signature.dump()
        return content


def server_key_of(identity: SignerIdentity, *, at: datetime) -> ServerKey:
    """The signer of this person or seal; the demo authority and the certificate are made when missing."""
    directory = Path(settings.SIGNING_DIR)
    authority = DemoAuthority(directory)
    if not authority.root_file.exists():
        authority = ensure_demo_authority(directory, at=at)
    held = authority.certificate_for(identity, at=at)
    return _signer_for(directory, held.certificate.serial_number, held)


def sign_with_server_key(prepared: PreparedSignature, identity: SignerIdentity, *, at: datetime) -> bytes:
    """Sign at once with the key of `identity` and return the signed document (PAdES B-B)."""
    return sign(prepared, server_key_of(identity, at=at))
