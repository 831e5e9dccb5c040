"""Signing with a key that the server keeps: one personal key per official, one seal per institution."""

import hashlib
import secrets
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from django.conf import settings
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cases.signing.authority import DemoAuthority, KeyAndCertificate, SignerIdentity, ensure_demo_authority
from cases.signing.completing import sign
from cases.signing.event_loop import result_of
from cases.signing.prepared import ALGORITHM, PreparedSignature


class _SampleSigner(Signer):
    """Lets pyHanko build one signature and keeps what it asked to have signed."""

    def __init__(self, held: KeyAndCertificate) -> None:
        certificate, issuer = (
            x509.Certificate.load(part.public_bytes(serialization.Encoding.DER))
            for part in (held.certificate, held.issuer)
        )
        super().__init__(
            signing_cert=certificate, cert_registry=SimpleCertificateStore.from_certs([issuer]), embed_roots=False
        )
        self._length = held.key.key_size // 8
        self.attributes = b""
        self.signature = b""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        self.attributes, self.signature = data, secrets.token_bytes(self._length)
        return self.signature


class ServerKey:
    """A signer whose key is held in this process.

    All signatures of one key in the profile PAdES B-B are alike but for the digest and the signed value, both of
    fixed length. So pyHanko builds one, and each signature is that one with the two put in: pyHanko's own way
    encodes the certificates some sixty times over for each.
    """

    def __init__(self, held: KeyAndCertificate) -> None:
        self.certificate = held.certificate
        self.certificate_sha256 = hashlib.sha256(held.certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
        self._key = held.key
        self._digest = secrets.token_bytes(hashlib.sha256().digest_size)
        sample = _SampleSigner(held)
        self._sample: bytes = result_of(sample.async_sign(self._digest, ALGORITHM, use_pades=True)).dump()
        self._attributes, self._value = sample.attributes, sample.signature
        if [self._sample.count(part) for part in (self._digest, self._value)] != [1, 1]:
            raise ValueError("The sample signature is not built as expected.")

    def sign_digest(self, digest: bytes) -> bytes:
        if len(digest) != len(self._digest):
            raise ValueError("Only SHA-256 digests are signed.")
        attributes = self._attributes.replace(self._digest, digest)
        value = self._key.sign(attributes, PKCS1v15(), hashes.SHA256())
        return self._sample.replace(self._digest, digest).replace(self._value, value)


def server_key_of(identity: SignerIdentity, *, at: datetime) -> ServerKey:
    """The signer of this person or seal; the demo authority and the certificate are made when missing."""
    directory = Path(settings.SIGNING_DIR)
    authority = DemoAuthority(directory)
    if not authority.root_file.exists():
        authority = ensure_demo_authority(directory, at=at)
    held = authority.certificate_for(identity, at=at)
    return _server_key(held)


@lru_cache(maxsize=256)
def _server_key(held: KeyAndCertificate) -> ServerKey:
    return ServerKey(held)


def sign_with_server_key(prepared: PreparedSignature, identity: SignerIdentity, *, at: datetime) -> bytes:
    """Sign at once with the key of `identity` and return the signed document (PAdES B-B)."""
    return sign(prepared, server_key_of(identity, at=at))
