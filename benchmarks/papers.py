"""PDF files of 1 MB, each different from every other."""

import random
import secrets

SIZE = 1_000_000
_HEAD = b"""%%PDF-1.7
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>> endobj
4 0 obj <</Length %d>> stream
"""
_TAIL = b"\nendstream endobj\nxref\n0 1\n0000000000 65535 f \ntrailer <</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF\n"


class Paper:
    """One drawing of random bytes (nothing packs it any smaller), of which each copy has a number of its own."""

    def __init__(self) -> None:
        noise = random.Random(1).randbytes(SIZE - 400)
        self._head = _HEAD % len(noise)
        self._noise = noise[32:]
        self._tail = _TAIL % (len(self._head) + len(noise) + 18)

    def copy(self) -> bytes:
        return b"".join([self._head, secrets.token_hex(16).encode(), self._noise, self._tail])
