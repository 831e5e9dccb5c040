"""A bag in a zip (BagIt, RFC 8493): files, their SHA-256 and a description, so that whoever takes it can check it.

Written in one pass: a payload file is hashed while it is copied. Unzipped, ``bagit --validate`` accepts the folder.
"""

import datetime as dt
import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

CHUNK = 1024 * 1024
VERSION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class PayloadChanged(Exception):
    """A file's bytes are not the ones that were to be packed."""


class Bag:
    """``with Bag(target, name=…, at=…) as bag: bag.add(…)``; on leaving it the manifests are written.

    ``target``: a path, or an open file that stays open. ``name``: the folder in the zip that everything lies in.
    ``info``: lines of bag-info.txt.
    """

    def __init__(
        self, target: Path | IO[bytes], *, name: str, at: dt.datetime, info: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._name, self._moment = name, at.timetuple()[:6]
        self.info = [*info]
        self.hashes: dict[str, str] = {}
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            self._zip.close()

    def add(self, path: str, content: bytes) -> str:
        """A payload file made here. Returns its SHA-256."""
        self._tag(f"data/{path}", content)
        self.size += len(content)
        return self._note(path, hashlib.sha256(content).hexdigest())

    def copy(self, path: str, source: IO[bytes], *, sha256: str) -> str:
        """A payload file whose bytes are known. Raises PayloadChanged when they are other ones."""
        digest = hashlib.sha256()
        with self._zip.open(self._entry(f"data/{path}"), "w", force_zip64=True) as target:
            while piece := source.read(CHUNK):
                digest.update(piece)
                self.size += len(piece)
                target.write(piece)
        if digest.hexdigest() != sha256:
            raise PayloadChanged(path)
        return self._note(path, sha256)

    def _note(self, path: str, sha256: str) -> str:
        if path in self.hashes:
            raise ValueError(f"Two files at {path}")
        self.hashes[path] = sha256
        return sha256

    def _finish(self) -> None:
        info = [*self.info, ("Payload-Oxum", f"{self.size}.{len(self.hashes)}")]
        tags = {
            "bagit.txt": VERSION,
            "bag-info.txt": "".join(f"{label}: {' '.join(value.split())}\n" for label, value in info if value).encode(),
            "manifest-sha256.txt": _manifest({f"data/{path}": known for path, known in self.hashes.items()}),
        }
        for name, content in tags.items():
            self._tag(name, content)
        self._tag("tagmanifest-sha256.txt", _manifest({n: hashlib.sha256(c).hexdigest() for n, c in tags.items()}))

    def _tag(self, path: str, content: bytes) -> None:
        self._zip.writestr(self._entry(path), content)

    def _entry(self, path: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(f"{self._name}/{path}", date_time=self._moment)
        entry.external_attr = 0o644 << 16
        return entry


def _manifest(hashes: dict[str, str]) -> bytes:
    """One line a file; RFC 8493 writes line ends in a path, and the sign for them, in percent."""
    return "".join(f"{known}  {_in_line(path)}\n" for path, known in sorted(hashes.items())).encode()


def _in_line(path: str) -> str:
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
