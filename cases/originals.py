"""The originals: bytes kept once under their SHA-256, durable before the database commits.

A file is written to a temporary name, synced to disk, given its address by a hard link, and then the
folder is synced (Django's stock storage never calls fsync: after a power cut a file may have 0 bytes).
An address never gets other bytes; files are read-only.
"""

import contextlib
import hashlib
import io
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.utils.deconstruct import deconstructible
from django.utils.functional import cached_property

CHUNK = 1024 * 1024
ADDRESS_LENGTH = 64
FOLDERS = [f"{number:02x}" for number in range(256)]


@dataclass(frozen=True)
class Kept:
    """What the store says of bytes it keeps: address and size in bytes."""

    sha256: str
    size: int


def fsync_path(path: str | Path, *, is_read_soon: bool = True) -> None:
    """Force a file's bytes, or a folder's names, to the disk.

    Bytes that nobody ``is_read_soon`` need not stay in memory as well. What is freed there serves the next upload:
    taking a fresh megabyte from the system costs 0.5 ms of processor, and five times that where a host gives it first.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        if not is_read_soon and hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def hash_of(source: IO[bytes]) -> Kept:
    """Read once, in pieces, so that 100 MB take no more memory than 1 MB."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    return Kept(digest.hexdigest(), size)


class BytesChanged(SuspiciousFileOperation):
    """A staged file no longer holds the bytes whose hash was noted while it was received."""


def _refuse_other_bytes(path: str, kept: Kept) -> None:
    """A staged file is not synced: after a power cut its name may be there with other bytes or none."""
    stat = os.stat(path)
    machine_started_at = time.time() - time.monotonic()
    is_suspect = stat.st_size != kept.size or stat.st_mtime <= machine_started_at
    if is_suspect:
        with open(path, "rb") as source:
            if hash_of(source) != kept:
                raise BytesChanged(f"{os.path.basename(path)} holds other bytes than were received.")


def _remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


@deconstructible
class ContentAddressedStorage(Storage):
    """Django's storage API over one folder; a file's name is the SHA-256 of its bytes.

    Inside, paths are plain strings: taking ``Path`` objects together and apart was a fortieth of a filing.
    """

    def __init__(self, location: str | Path) -> None:
        self.location = Path(location)

    @cached_property
    def _root(self) -> str:
        """The folder with its 256 subfolders, made and synced once so that filing never has to."""
        if not (self.location / "ff").is_dir():
            for name in ("incoming", *FOLDERS):
                (self.location / name).mkdir(parents=True, exist_ok=True)
            fsync_path(self.location)
            fsync_path(self.location.parent)
        return str(self.location)

    # -- keeping

    def keep(self, source: IO[bytes]) -> Kept:
        """Keep a stream's bytes; durable when this returns."""
        written, temporary = self._write(source)
        try:
            self._give_addresses([(temporary, written)])
        finally:
            _remove(temporary)
        return written

    def keep_bytes(self, content: bytes) -> Kept:
        return self.keep(io.BytesIO(content))

    def adopt(self, files: Iterable[tuple[Path, Kept]], contents: Iterable[bytes] = ()) -> list[Kept]:
        """Keep files that lie on the same disk already, without copying. Their old names stay valid.

        ``files``: path and what was computed while it was received. The caller removes the old
        names after its transaction has committed. ``contents`` are kept with them, and what became of each is
        returned: all bytes are synced first and named then, so that one write of the disk's journal does for all names.
        """
        given = [(os.fspath(path), kept) for path, kept in files]
        written: list[tuple[Kept, str]] = []
        try:
            written.extend(self._write(io.BytesIO(content)) for content in contents)
            for path, kept in given:
                os.chmod(path, 0o444)
                _refuse_other_bytes(path, kept)
                fsync_path(path, is_read_soon=False)
            self._give_addresses([*((temporary, kept) for kept, temporary in written), *given])
        finally:
            for _kept, temporary in written:
                _remove(temporary)
        return [kept for kept, _temporary in written]

    def _write(self, source: IO[bytes]) -> tuple[Kept, str]:
        temporary = f"{self._root}/incoming/{secrets.token_hex(16)}"
        digest, size = hashlib.sha256(), 0
        try:
            with open(temporary, "xb") as target:
                while piece := source.read(CHUNK):
                    digest.update(piece)
                    size += len(piece)
                    target.write(piece)
                target.flush()
                os.fchmod(target.fileno(), 0o444)
                os.fsync(target.fileno())
        except BaseException:
            _remove(temporary)
            raise
        return Kept(digest.hexdigest(), size), temporary

    def _give_addresses(self, files: list[tuple[str, Kept]]) -> None:
        folders = set()
        for path, kept in files:
            target = self._path_of(kept.sha256)
            # FileExistsError: the same bytes are kept already, and stay as they are.
            with contextlib.suppress(FileExistsError):
                os.link(path, target)
            folders.add(os.path.dirname(target))
        for folder in folders:
            fsync_path(folder)

    def _path_of(self, sha256: str) -> str:
        if len(sha256) != ADDRESS_LENGTH or not set(sha256) <= set("0123456789abcdef"):
            raise SuspiciousFileOperation(f"Not an address of an original: {sha256!r}")
        return f"{self._root}/{sha256[:2]}/{sha256}"

    # -- Django's storage API

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise SuspiciousFileOperation("Originals are opened for reading only.")
        return File(open(self._path_of(name), "rb"), name=name)

    def _save(self, name: str, content: File) -> str:
        """The name given is ignored: the address follows from the bytes."""
        content.seek(0)
        return self.keep(content).sha256

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def generate_filename(self, filename: str | os.PathLike[str]) -> str:
        return os.fspath(filename)

    def path(self, name: str) -> str:
        return self._path_of(name)

    def exists(self, name: str) -> bool:
        return os.path.exists(self._path_of(name))

    def size(self, name: str) -> int:
        return os.path.getsize(self._path_of(name))

    def delete(self, name: str) -> None:
        raise SuspiciousFileOperation("Originals are never deleted; see cases.disposing.")

    def remove_bytes(self, sha256: str) -> None:
        """Remove the bytes of a destroyed record; only ``cases.disposing`` calls this."""
        path = self._path_of(sha256)
        _remove(path)
        fsync_path(os.path.dirname(path))

    def addresses(self) -> Iterable[str]:
        """Every address that holds bytes, folder by folder."""
        for name in FOLDERS:
            with os.scandir(f"{self._root}/{name}") as folder:
                yield from sorted(entry.name for entry in folder)


def store() -> Any:
    """The configured store of originals."""
    return storages["originals"]
