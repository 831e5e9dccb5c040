"""Originals: durable before the rows, kept once, never changed."""

import hashlib
import io
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import connection

from cases.capturing import FileToKeep, keep_files
from cases.models import StoredFile
from cases.originals import BytesChanged, ContentAddressedStorage, Kept, hash_of
from cases.registration import RegistrationRefused
from tests.cases.town import Town, a_file

MEGABYTE = 1024 * 1024


@pytest.fixture
def shelf(tmp_path: Path) -> ContentAddressedStorage:
    return ContentAddressedStorage(tmp_path / "originals")


@pytest.fixture
def staged(tmp_path: Path):
    """Writes a staged upload and says what was noted of it while it was received."""

    def write(content: bytes) -> tuple[Path, Kept]:
        path = tmp_path / hashlib.sha256(content).hexdigest()[:8]
        path.write_bytes(content)
        return path, hash_of(io.BytesIO(content))

    return write


def read(shelf: ContentAddressedStorage, sha256: str) -> bytes:
    with shelf.open(sha256) as source:
        return source.read()


def test_the_address_of_bytes_is_their_sha256(shelf):
    kept = shelf.keep_bytes(b"The oak leans.")

    assert kept == Kept(hashlib.sha256(b"The oak leans.").hexdigest(), 14)
    assert read(shelf, kept.sha256) == b"The oak leans."


def test_originals_are_read_only(shelf):
    kept = shelf.keep_bytes(b"The oak leans.")

    assert stat.S_IMODE(os.stat(shelf.path(kept.sha256)).st_mode) == 0o444


def test_an_adopted_upload_becomes_read_only_too(shelf, staged):
    path, kept = staged(b"photo")

    shelf.adopt([(path, kept)])

    assert stat.S_IMODE(os.stat(shelf.path(kept.sha256)).st_mode) == 0o444
    assert os.stat(shelf.path(kept.sha256)).st_ino == path.stat().st_ino


def test_an_address_that_has_bytes_never_gets_others(shelf):
    kept = shelf.keep_bytes(b"first")
    inode = os.stat(shelf.path(kept.sha256)).st_ino

    shelf.keep_bytes(b"first")

    assert os.stat(shelf.path(kept.sha256)).st_ino == inode


def test_nothing_temporary_is_left_behind(shelf):
    shelf.keep_bytes(b"first")
    shelf.keep_bytes(b"first")

    assert list((shelf.location / "incoming").iterdir()) == []


def test_a_stream_that_breaks_off_leaves_nothing(shelf):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("The line broke.")

    with pytest.raises(OSError, match="The line broke"):
        shelf.keep(Broken())

    assert list((shelf.location / "incoming").iterdir()) == []
    assert list(shelf.addresses()) == []


def test_an_upload_cut_short_after_it_was_received_is_not_adopted(shelf, staged):
    path, kept = staged(b"photo")
    path.write_bytes(b"pho")

    with pytest.raises(BytesChanged):
        shelf.adopt([(path, kept)])

    assert list(shelf.addresses()) == []


def test_an_upload_from_before_a_power_cut_is_read_again(shelf, staged):
    path, kept = staged(b"photo")
    path.write_bytes(b"\0\0\0\0\0")
    os.utime(path, (0, 0))

    with pytest.raises(BytesChanged):
        shelf.adopt([(path, kept)])


def test_an_upload_from_before_a_restart_that_is_whole_is_adopted(shelf, staged):
    path, kept = staged(b"photo")
    os.utime(path, (0, 0))

    shelf.adopt([(path, kept)])

    assert read(shelf, kept.sha256) == b"photo"


def test_a_damaged_upload_is_refused_in_words(town: Town, tmp_path):
    path = tmp_path / "staged"
    path.write_bytes(b"pho")
    file = FileToKeep("photo.jpg", path=path, kept=hash_of(io.BytesIO(b"photo")))

    with pytest.raises(RegistrationRefused, match="got damaged on our side"):
        town.file(files=[file])


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63, "a" * 64 + "/.."])
def test_only_an_address_opens_an_original(shelf, name):
    with pytest.raises(SuspiciousFileOperation):
        shelf.open(name)


def test_originals_are_neither_deleted_nor_opened_for_writing(shelf):
    kept = shelf.keep_bytes(b"first")

    with pytest.raises(SuspiciousFileOperation):
        shelf.delete(kept.sha256)
    with pytest.raises(SuspiciousFileOperation):
        shelf.open(kept.sha256, "wb")
    assert read(shelf, kept.sha256) == b"first"


# -- order


@pytest.fixture
def syncs(monkeypatch) -> list[str]:
    """What was forced to disk or given its address, in order."""
    done: list[str] = []
    fsync, link = os.fsync, os.link

    def watched_fsync(descriptor: int) -> None:
        done.append(f"sync {'folder' if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 'file'}")
        fsync(descriptor)

    def watched_link(source, target) -> None:
        done.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "link", watched_link)
    return done


def test_a_file_is_synced_then_linked_then_its_folder_is_synced(shelf, syncs):
    shelf.keep_bytes(b"first use makes the folders")
    syncs.clear()

    shelf.keep_bytes(b"The oak leans.")

    assert syncs == ["sync file", "link", "sync folder"]


def test_uploads_are_synced_before_any_gets_its_address(shelf, staged, syncs):
    shelf.keep_bytes(b"first use makes the folders")
    uploads = [staged(b"one"), staged(b"two")]
    syncs.clear()

    shelf.adopt(uploads)

    assert syncs == ["sync file", "sync file", "link", "link", "sync folder", "sync folder"]


@pytest.mark.both_databases
def test_bytes_are_durable_before_the_first_row_is_written(town: Town, syncs):
    town.file(files=[a_file(b"first use makes the folders")])
    syncs.clear()

    def watch(execute, sql, params, many, context):
        if "INSERT INTO" in sql:
            syncs.append("insert")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        town.file(files=[a_file(b"The oak leans.")])

    assert syncs[:4] == ["sync file", "link", "sync folder", "insert"]
    assert set(syncs[4:]) == {"insert"}


# -- size


def test_a_hundred_megabytes_take_no_more_memory_than_one(tmp_path):
    upload = tmp_path / "upload"
    with upload.open("wb") as target:
        for number in range(100):
            target.write(bytes([number]) * MEGABYTE)
    program = textwrap.dedent(f"""
        import resource
        from pathlib import Path
        from cases.originals import ContentAddressedStorage, hash_of
        shelf = ContentAddressedStorage({str(tmp_path / "shelf")!r})
        shelf.keep_bytes(bytes({MEGABYTE}))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with open({str(upload)!r}, "rb") as source:
            kept = shelf.keep(source)
        shelf.adopt([(Path({str(upload)!r}), kept)])
        print(kept.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """)

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=settings.BASE_DIR)

    size, kilobytes_more = map(int, done.stdout.split())
    assert size == 100 * MEGABYTE
    assert kilobytes_more < 8 * 1024


@pytest.mark.django_db
def test_the_type_of_an_upload_is_found_from_its_content(tmp_path):
    path = tmp_path / "staged"
    path.write_bytes(b"%PDF-1.7\n")

    [kept] = keep_files([FileToKeep("photo.jpg", path=path, kept=hash_of(io.BytesIO(b"%PDF-1.7\n")))])

    assert kept.media_type == "application/pdf"
    assert StoredFile.objects.count() == 0
