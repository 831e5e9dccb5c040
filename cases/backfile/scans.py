"""The scanned files that rows name: found inside one folder and nowhere else, whatever a table says."""

import errno
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from cases.backfile.refusals import Why

MOST_FILES = 2_000
MOST_IN_ZIP = 20_000
LARGEST_UNPACKED = 4 * 1024 * 1024 * 1024
CHUNK = 1024 * 1024


class FileRefused(Exception):
    def __init__(self, why: Why, value: str) -> None:
        super().__init__(value)
        self.why, self.value = why, value


class ScanFolder:
    """One folder with scanned files. Names are matched whatever system wrote them: \\ for /, letters composed or not,
    and, where nothing fits exactly, without regard to case."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, str] | None = None

    def named(self, cell: str) -> list[str]:
        """The files that a cell names, apart by ``;``; a folder stands for the files in it. Raises FileRefused."""
        found: dict[str, None] = {}
        for name in (part.strip().strip('"').strip() for part in cell.split(";")):
            if name:
                found.update(dict.fromkeys(self._files_of(name)))
        if len(found) > MOST_FILES:
            raise FileRefused(Why.TOO_MANY_FILES, str(MOST_FILES))
        return list(found)

    def open(self, name: str) -> IO[bytes]:
        """The file, reached step by step without following a link. Raises FileRefused."""
        try:
            return self._open(name)
        except OSError as error:
            raise FileRefused(_why(error), name) from error

    def _open(self, name: str) -> IO[bytes]:
        *folders, last = PurePosixPath(name).parts
        here = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for folder in folders:
                inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
                os.close(here)
                here = inner
            # Without O_NONBLOCK a pipe in the folder would hold the import up for ever.
            descriptor = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
        finally:
            os.close(here)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileRefused(Why.NOT_A_FILE, name)
        return os.fdopen(descriptor, "rb")

    def _files_of(self, name: str) -> list[str]:
        found = self._found(_inside(name), name)
        status = os.lstat(self.root / found)
        if stat.S_ISDIR(status.st_mode):
            return self._files_in(found, name)
        if not stat.S_ISREG(status.st_mode):
            raise FileRefused(Why.NOT_A_FILE, name)
        if status.st_size == 0:
            raise FileRefused(Why.FILE_EMPTY, name)
        if not os.access(self.root / found, os.R_OK):
            raise FileRefused(Why.FILE_UNREADABLE, name)
        return [found]

    def _files_in(self, folder: str, name: str) -> list[str]:
        """The files of a folder, page 2 before page 10; what the system hides there is left out."""
        with os.scandir(self.root / folder) as entries:
            files = [
                entry.name
                for entry in entries
                if entry.is_file(follow_symlinks=False)
                and not entry.name.startswith(".")
                and entry.name.casefold() not in {"thumbs.db", "desktop.ini"}
                and entry.stat(follow_symlinks=False).st_size
            ]
        if not files:
            raise FileRefused(Why.EMPTY_FOLDER, name)
        return [f"{folder}/{file}" for file in sorted(files, key=_as_counted)]

    def _found(self, path: str, name: str) -> str:
        """The path as it is written on the disk. Raises FileRefused where a link is met, or nothing."""
        try:
            if self._is_there(path, name):
                return path
        except (OSError, ValueError) as error:  # a name that no disk can have
            raise FileRefused(Why.FILE_MISSING, name) from error
        if (written := self._by_key().get(_key(path))) is None:
            raise FileRefused(Why.FILE_MISSING, name)
        return written

    def _is_there(self, path: str, name: str) -> bool:
        here = self.root
        for part in PurePosixPath(path).parts:
            here = here / part
            try:
                status = os.lstat(here)
            except (FileNotFoundError, NotADirectoryError):
                return False
            if stat.S_ISLNK(status.st_mode):
                raise FileRefused(Why.FILE_LINKED, name)
        return True

    def _by_key(self) -> dict[str, str]:
        if self._known is None:
            self._known = {_key(path): path for path in self._everything("")}
        return self._known

    def _everything(self, folder: str) -> Iterator[str]:
        """Every file and folder below, links aside."""
        waiting = [folder]
        while waiting:
            inside = waiting.pop()
            with os.scandir(self.root / inside) as entries:
                for entry in entries:
                    path = f"{inside}/{entry.name}" if inside else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path)
                    if not entry.is_symlink():
                        yield path


def unpack_uploaded(folder: Path) -> None:
    """Put what is in ZIP files of the folder in their place, inside it and nowhere else. Raises FileRefused."""
    left = LARGEST_UNPACKED
    for packed in sorted(folder.iterdir()):
        if packed.suffix.casefold() == ".zip" and zipfile.is_zipfile(packed):
            left = _unpack(packed, folder, left)
            packed.unlink()


def _unpack(packed: Path, folder: Path, left: int) -> int:
    try:
        with zipfile.ZipFile(packed) as parts:
            members = [part for part in parts.infolist() if not part.is_dir()]
            if len(members) > MOST_IN_ZIP:
                raise FileRefused(Why.ZIP_TOO_LARGE, packed.name)
            for member in members:
                target = folder / _inside(member.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                # A link in a ZIP is written as a small file with its aim in it, and leads nowhere.
                with parts.open(member) as source, target.open("xb") as kept:
                    while piece := source.read(CHUNK):
                        left -= len(piece)
                        if left < 0:
                            raise FileRefused(Why.ZIP_TOO_LARGE, packed.name)
                        kept.write(piece)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error, OSError) as error:
        raise FileRefused(Why.BAD_ZIP, packed.name) from error
    return left


def _inside(name: str) -> str:
    """The path from the folder on. Raises FileRefused where it would lead elsewhere."""
    path = name.replace("\\", "/")
    is_elsewhere = path.startswith("/") or PureWindowsPath(name).drive or "\x00" in path
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if is_elsewhere or ".." in parts or not parts:
        raise FileRefused(Why.FILE_OUTSIDE, name)
    return "/".join(parts)


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _as_counted(name: str) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def _why(error: OSError) -> Why:
    if error.errno == errno.ELOOP:
        return Why.FILE_LINKED
    return Why.FILE_MISSING if error.errno in (errno.ENOENT, errno.ENOTDIR) else Why.FILE_UNREADABLE
