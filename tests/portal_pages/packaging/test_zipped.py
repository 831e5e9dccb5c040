"""A package as a file: the same bytes each time, and nothing of a stranger's zip is trusted."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest

from portal_pages.packaging.package import Package, PackageRefused
from portal_pages.packaging.shipped import shipped
from portal_pages.packaging.zipped import LARGEST_FILE, MOST_MEMBERS, package_of_zip, zip_of

GOOD = {"service.json": b'{"code": "petition"}', "letters/answer.json": b'{"key": "answer"}'}


def zipped(members: dict[str, bytes] | list[tuple[str, bytes]], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, raw in members.items() if isinstance(members, dict) else members:
            archive.writestr(zipfile.ZipInfo(name), raw, compress_type=method)
    return out.getvalue()


def manifest(files: dict[str, bytes], **changed: object) -> bytes:
    listed = {name: {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()} for name, raw in files.items()}
    said = {"format": "registra-service", "format_version": 1, "code": "petition", "versions": {}, "members": listed}
    return json.dumps(said | changed).encode()


def with_manifest(files: dict[str, bytes], **changed: object) -> dict[str, bytes]:
    return {"manifest.json": manifest(files, **changed), **files}


def refusal(raw: bytes) -> str:
    with pytest.raises(PackageRefused) as refused:
        package_of_zip(raw)
    return str(refused.value)


def test_what_goes_out_comes_in_again_and_gives_the_same_bytes():
    package = shipped("petition")
    with_paper = Package(
        service=package.service, form=package.form, procedure=package.procedure, letters=package.letters,
        page=package.page, walks=package.walks, attachments={"example.pdf": b"%PDF-1.7 example"},
    )  # fmt: skip

    raw = zip_of(with_paper)

    assert package_of_zip(raw) == with_paper
    assert zip_of(package_of_zip(raw)) == raw


def test_the_manifest_names_every_member_with_its_hash():
    with zipfile.ZipFile(io.BytesIO(zip_of(shipped("petition")))) as archive:
        said = json.loads(archive.read("manifest.json"))
        others = [name for name in archive.namelist() if name != "manifest.json"]

        assert [*said["members"]] == others
        for name in others:
            assert said["members"][name]["sha256"] == hashlib.sha256(archive.read(name)).hexdigest()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (lambda: b"", "can't be opened as a zip"),
        (lambda: b"PK\x03\x04 half a file", "can't be opened as a zip"),
        (lambda: zip_of(shipped("petition"))[:-400], "can't be opened as a zip"),
        (lambda: b"x" * (LARGEST_FILE + 1), "The file is larger than 20 MB"),
        (lambda: zipped({"readme.txt": b"hello"}), "manifest.json is missing"),
        (lambda: zipped(with_manifest(GOOD, format="something-else")), "This is no package of a service"),
        (lambda: zipped(with_manifest(GOOD, format_version=2)), "made by a newer Registra (format 2)"),
        (lambda: zipped(with_manifest(GOOD, format_version=True)), "This is no package of a service"),
        (lambda: zipped(with_manifest(GOOD, code="another")), "of another service"),
        (lambda: zipped(with_manifest(GOOD, members=["service.json"])), "does not list the files"),
        (lambda: zipped({"manifest.json": manifest(GOOD), "service.json": GOOD["service.json"]}),
         "letters/answer.json: The manifest names this file, but the package does not hold it"),
        (lambda: zipped({**with_manifest(GOOD), "letters/other.json": b"{}"}), "the manifest does not name it"),
        (lambda: zipped({**with_manifest(GOOD), "letters/answer.json": b'{"key": "answer", "x": 1}'}),
         "letters/answer.json: This file was changed after the package was made: its hash is wrong"),
        (lambda: zipped({f"letters/a{number}.json": b"" for number in range(MOST_MEMBERS + 1)}), "more than 400 files"),
        (lambda: zipped(with_manifest(GOOD), method=zipfile.ZIP_BZIP2), "packed in a way that packages don't use"),
        (lambda: zipped(with_manifest(GOOD | {"note.txt": b"hello"})), "note.txt: A package has no file of this name"),
        (lambda: zipped(with_manifest({"form.json": b"{}"})), "service.json is missing"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_sound_package_is_named_in_words(raw: Callable[[], bytes], words: str):
    assert words in refusal(raw())


@pytest.mark.parametrize(
    "name",
    ["../service.json", "/etc/passwd", "letters/../../x.json", "a\\..\\b.json", "C:x.json", "letters/", "./form.json",
     "letters/a.json/b.json", "..", "letters/й.json"],
)  # fmt: skip
def test_a_name_that_leads_out_of_the_package_is_refused(name: str):
    assert "leads out of the package" in refusal(zipped({**with_manifest(GOOD), name: b"{}"}))


def test_a_name_with_a_zero_byte_is_refused():
    raw = zipped({**with_manifest(GOOD), "letters/aXjson": b"{}"}).replace(b"letters/aXjson", b"letters/a\x00json")

    assert "leads out of the package" in refusal(raw)


def test_two_members_of_one_name_are_refused():
    raw = zipped({**with_manifest(GOOD), "letters/bnswer.json": b"{}"})

    said = refusal(raw.replace(b"letters/bnswer.json", b"letters/answer.json"))

    assert said == "letters/answer.json: Two files in the package have this name."


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    assert "unpack to far more" in refusal(zipped({**with_manifest(GOOD), "form.json": b" " * 3_900_000}))


def test_a_member_that_lies_about_its_size_is_refused():
    raw = bytearray(zipped({"manifest.json": b" " * 1000}))
    at = raw.index(b"PK\x01\x02") + 24
    raw[at : at + 4] = (10).to_bytes(4, "little")

    assert "damaged" in refusal(bytes(raw)) or "longer or shorter" in refusal(bytes(raw))


def test_a_locked_member_is_refused():
    raw = bytearray(zipped(with_manifest(GOOD)))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1

    assert "locked with a password" in refusal(bytes(raw))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (b"[" * 2_000_000, "nested deeper than 40 levels"),
        (b'{"a":' * 400_000, "nested deeper than 40 levels"),
        (b"[1]", "not one JSON object"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": 1, "a": 2}', "One name stands twice"),
        (b"\xff\xfe{}", "not written in UTF-8"),
        (b'{"a": "' + b"\\" * 100_001 + b'"', "not JSON"),
    ],
)  # fmt: skip
def test_a_member_that_is_no_sound_json_is_refused(form: bytes, words: str):
    members = {"service.json": GOOD["service.json"], "form.json": form}

    said = refusal(zipped(with_manifest(members), method=zipfile.ZIP_STORED))

    assert words in said


def test_ten_megabytes_of_nesting_are_refused():
    members = {"service.json": GOOD["service.json"], "form.json": b"[" * 10_000_000}

    assert "unpack to far more" in refusal(zipped(with_manifest(members), method=zipfile.ZIP_STORED))


def test_brackets_inside_texts_are_no_nesting():
    form = json.dumps({"key": "[" * 500 + "{" * 500, "more": '\\"' + "[" * 200}).encode()

    package = package_of_zip(zipped(with_manifest({"service.json": GOOD["service.json"], "form.json": form})))

    assert package.form == json.loads(form)
