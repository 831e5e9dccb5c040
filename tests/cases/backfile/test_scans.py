"""Whatever a table says, only files inside the folder are read."""

import os
from pathlib import Path

import pytest

from cases.backfile.refusals import Why
from cases.backfile.scans import FileRefused, ScanFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "scans"
    (inside / "file-7").mkdir(parents=True)
    for name in ("letter.pdf", "Гараж.pdf", "file-7/page 2.png", "file-7/page 10.png"):
        (inside / name).write_bytes(name.encode())
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    (inside / "empty.pdf").touch()
    (inside / "bare").mkdir()
    (inside / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    (inside / "way").symlink_to(tmp_path)
    os.mkfifo(inside / "pipe.pdf")
    return inside


@pytest.mark.parametrize(
    ("cell", "files"),
    [
        ("", []),
        ("letter.pdf", ["letter.pdf"]),
        (" letter.pdf ; Гараж.pdf;letter.pdf;", ["letter.pdf", "Гараж.pdf"]),
        ("./LETTER.PDF", ["letter.pdf"]),
        ("гараж.pdf", ["Гараж.pdf"]),
        ("Гараж.pdf".replace("й", "й"), ["Гараж.pdf"]),
        ("file-7\\page 2.png", ["file-7/page 2.png"]),
        ("file-7", ["file-7/page 2.png", "file-7/page 10.png"]),
    ],
)
def test_files_are_found_however_they_are_written(folder: Path, cell: str, files: list[str]):
    assert ScanFolder(folder).named(cell) == files


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("../secret.pdf", Why.FILE_OUTSIDE),
        ("file-7/../../secret.pdf", Why.FILE_OUTSIDE),
        ("..\\secret.pdf", Why.FILE_OUTSIDE),
        ("/etc/passwd", Why.FILE_OUTSIDE),
        ("C:\\letter.pdf", Why.FILE_OUTSIDE),
        ("\\\\server\\share\\letter.pdf", Why.FILE_OUTSIDE),
        ("link.pdf", Why.FILE_LINKED),
        ("LINK.pdf", Why.FILE_MISSING),
        ("way/secret.pdf", Why.FILE_LINKED),
        ("pipe.pdf", Why.NOT_A_FILE),
        ("gone.pdf", Why.FILE_MISSING),
        ("letter.pdf/more", Why.FILE_MISSING),
        ("x" * 300, Why.FILE_MISSING),
        ("empty.pdf", Why.FILE_EMPTY),
        ("bare", Why.EMPTY_FOLDER),
    ],
)
def test_what_is_no_file_of_the_folder_is_refused(folder: Path, cell: str, why: Why):
    with pytest.raises(FileRefused) as refused:
        ScanFolder(folder).named(f"letter.pdf;{cell}")

    assert (refused.value.why, refused.value.value) == (why, cell)


@pytest.mark.parametrize(
    ("name", "why"),
    [("link.pdf", Why.FILE_LINKED), ("way/secret.pdf", Why.FILE_MISSING), ("pipe.pdf", Why.NOT_A_FILE)],
)
def test_a_file_that_became_a_link_after_the_check_is_not_read(folder: Path, name: str, why: Why):
    with pytest.raises(FileRefused) as refused:
        ScanFolder(folder).open(name)

    assert refused.value.why == why
