"""A document that waits for its signature: all of it is plain data."""

import hashlib
from dataclasses import dataclass
from typing import Any, Self

ALGORITHM = "sha256"
# Bytes kept free for the signature. A key on the server needs 2 KiB; a card's or a provider's signature brings its
# whole chain of certificates and perhaps a time stamp.
ROOM_FOR_SERVER_KEY = 4 * 1024
ROOM_FOR_ANY_SIGNATURE = 16 * 1024


class CannotBePrepared(Exception):
    """The document can't be given a place for a signature."""


@dataclass(frozen=True)
class PreparedSignature:
    """A document that waits for a signature, for seconds or days.

    `document` has an invisible field with an empty place from byte `start` to byte `end`; `digest` is the SHA-256
    (hexadecimal) of everything around that place, the only thing a signature can be made for. `original_size` and
    `original_sha256` tell which bytes were locked: the document begins with them, unchanged.
    """

    document: bytes
    digest: str
    start: int
    end: int
    original_size: int
    original_sha256: str

    @property
    def session(self) -> dict[str, Any]:
        """What has to be kept besides the document and its digest to finish later; plain JSON."""
        return {
            "algorithm": ALGORITHM,
            "start": self.start,
            "end": self.end,
            "original_size": self.original_size,
            "original_sha256": self.original_sha256,
        }

    @classmethod
    def resumed(cls, document: bytes, digest: str, session: dict[str, Any]) -> Self:
        """The same again from what was kept."""
        return cls(
            document=document,
            digest=digest,
            start=session["start"],
            end=session["end"],
            original_size=session["original_size"],
            original_sha256=session["original_sha256"],
        )

    def actual_digest(self) -> str:
        """The digest of the document as it is now."""
        around = hashlib.sha256(self.document[: self.start])
        around.update(self.document[self.end :])
        return around.hexdigest()
