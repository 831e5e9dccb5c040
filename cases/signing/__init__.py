"""Signatures on PDF documents in two steps: prepare, then put in what comes back. The only place with pyHanko.

prepared = prepare(pdf, at=at, name="Dora Ivanova")
signed = sign_with_server_key(prepared, SignerIdentity(...), at=at)     # at once, or:
signed = complete(PreparedSignature.resumed(document, digest, session), cms)  # days later
verdict = verify(signed, at=at, original=pdf)
"""

from cases.signing.authority import (
    DemoAuthority,
    SignerIdentity,
    ensure_demo_authority,
    trusted_certificates,
)
from cases.signing.completing import (
    NotASignature,
    PreparedDocumentChanged,
    SignatureByAnotherPerson,
    SignatureForAnotherDocument,
    SignatureRefused,
    SignatureTooLarge,
    Signer,
    complete,
    sign,
)
from cases.signing.preparing import (
    ROOM_FOR_ANY_SIGNATURE,
    ROOM_FOR_SERVER_KEY,
    CannotBePrepared,
    PreparedSignature,
    prepare,
)
from cases.signing.server_key import ServerKey, server_key_of, sign_with_server_key
from cases.signing.verifying import FoundSignature, Verdict, VerdictState, verify

__all__ = [
    "ROOM_FOR_ANY_SIGNATURE",
    "ROOM_FOR_SERVER_KEY",
    "CannotBePrepared",
    "DemoAuthority",
    "FoundSignature",
    "NotASignature",
    "PreparedDocumentChanged",
    "PreparedSignature",
    "ServerKey",
    "SignatureByAnotherPerson",
    "SignatureForAnotherDocument",
    "SignatureRefused",
    "SignatureTooLarge",
    "Signer",
    "SignerIdentity",
    "Verdict",
    "VerdictState",
    "complete",
    "ensure_demo_authority",
    "prepare",
    "server_key_of",
    "sign",
    "sign_with_server_key",
    "trusted_certificates",
    "verify",
]
