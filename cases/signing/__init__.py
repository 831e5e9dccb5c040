"""Signatures on PDF documents in two steps: prepare, then put in what comes back. The only place with pyHanko.

prepared = prepare(pdf, at=at, name="Dora Ivanova")
signed = sign_with_server_key(prepared, SignerIdentity(...), at=at)     # at once, or:
signed = complete(PreparedSignature.resumed(document, digest, session), cms)  # days later
verdict = verify(signed, at=at, original=pdf)

pyHanko takes half a second to load: what needs it is fetched when it is first asked for, as ``signing.verify``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cases.signing.authority import (
    DemoAuthority,
    SignerIdentity,
    ensure_demo_authority,
    trusted_certificates,
)
from cases.signing.prepared import (
    ROOM_FOR_ANY_SIGNATURE,
    ROOM_FOR_SERVER_KEY,
    CannotBePrepared,
    PreparedSignature,
)
from cases.signing.refusals import (
    NotASignature,
    PreparedDocumentChanged,
    SignatureByAnotherPerson,
    SignatureForAnotherDocument,
    SignatureRefused,
    SignatureTooLarge,
)
from cases.signing.verdicts import FoundSignature, Verdict, VerdictState

if TYPE_CHECKING:
    from cases.signing.completing import Signer, complete, sign
    from cases.signing.preparing import prepare
    from cases.signing.server_key import ServerKey, server_key_of, sign_with_server_key
    from cases.signing.verifying import verify

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

_WITH_PYHANKO = {
    "prepare": "preparing",
    "Signer": "completing",
    "complete": "completing",
    "sign": "completing",
    "ServerKey": "server_key",
    "server_key_of": "server_key",
    "sign_with_server_key": "server_key",
    "verify": "verifying",
}


def __getattr__(name: str) -> Any:
    if name not in _WITH_PYHANKO:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WITH_PYHANKO[name]}"), name)
