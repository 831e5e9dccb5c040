"""What a file is, by its content: names lie, first bytes and inner parts do not."""

import io
import struct
import time
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.media_types import EXTENSIONS, detect

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ASICE = "application/vnd.etsi.asic-e+zip"


def kind_of(content: bytes) -> str:
    return detect(io.BytesIO(content))


def a_zip(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else method)
    return target.getvalue()


MAIL = b"Received: from x\r\nFrom: ana@example.org\r\nTo: town@example.org\r\nSubject: Tree\r\n\r\nHello"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"
P7M = bytes.fromhex("308203a506092a864886f70d010702a0820396") + bytes(40)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/x-empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "application/pdf"),
        (b"\n\n%PDF-1.4 after a line or two", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"II*\x00\x08\x00", "image/tiff"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (HEIC, "image/heic"),
        (P7M, "application/pkcs7-mime"),
        ("Дървото е опасно.".encode(), "text/plain"),
        ("Дървото е опасно.".encode("cp1251"), "text/plain"),
        ("Drzewo".encode("utf-16"), "text/plain"),
        (b'{"trees": 2}', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"{not json}", "text/plain"),
        (MAIL, "message/rfc822"),
        (b"a < b and b > c", "text/plain"),
        (b"< 5 trees", "text/plain"),
        (a_zip({"word/document.xml": b"<w/>"}), DOCX),
        (a_zip({"xl/workbook.xml": b"<w/>"}), XLSX),
        (a_zip({"mimetype": ODT.encode(), "content.xml": b"<o/>"}), ODT),
        (a_zip({"mimetype": ASICE.encode(), "letter.pdf": b"%PDF-"}), ASICE),
        (a_zip({"photo.jpg": b"\xff\xd8\xff"}), "application/zip"),
        (b"\x7fELF\x02\x01", "application/x-executable"),
        (b"MZ\x90\x00", "application/x-executable"),
        (b"#!/bin/sh\nrm -rf /", "application/x-executable"),
        (bytes(range(256)), "application/octet-stream"),
    ],
)
def test_content_says_what_a_file_is(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"  \n\t<html>",
        b"\xef\xbb\xbf<script>alert(1)</script>",
        "<html>".encode("utf-16"),
        b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
        b"<!-- just a comment --><body>",
        b"<a href=javascript:alert(1)>",
        b"<html>%PDF-1.7 pretends to be a PDF",
    ],
)
def test_markup_a_browser_would_run_is_html_whatever_it_is_called(content):
    assert kind_of(content) == "text/html"


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?>\n<!-- c -->\n<SVG onload="alert(1)"/>',
        '<svg onload="alert(1)">'.encode("utf-16"),
    ],
)
def test_a_drawing_that_can_run_is_told_from_a_picture(content):
    assert kind_of(content) == "image/svg+xml"


def test_xml_that_is_no_page_is_xml():
    assert kind_of(b'<?xml version="1.0"?><pismo/>') == "application/xml"


def test_a_polyglot_is_what_a_browser_would_make_of_its_beginning():
    pdf_then_zip = b"%PDF-1.7\n" + a_zip({"evil.sh": b"#!/bin/sh"})
    picture_then_page = b"GIF89a/*" + b"<script>alert(1)</script>"

    assert (kind_of(pdf_then_zip), kind_of(picture_then_page)) == ("application/pdf", "image/gif")


def test_a_container_that_lies_about_itself_is_only_a_zip():
    assert kind_of(a_zip({"mimetype": b"text/html", "index.html": b"<script>"})) == "application/zip"


def test_looking_leaves_the_stream_at_its_beginning():
    stream = io.BytesIO(a_zip({"word/document.xml": b"<w/>"}))

    detect(stream)

    assert stream.tell() == 0


# -- hostile archives


def test_a_zip_bomb_is_not_unpacked():
    bomb = a_zip({"word/document.xml": bytes(200 * 1024 * 1024)})
    tracemalloc.start()
    began = time.monotonic()

    kind = kind_of(bomb)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (kind, peak < 2 * 1024 * 1024, time.monotonic() - began < 1) == (DOCX, True, True)


def test_an_overlong_declaration_is_not_unpacked():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", bytes(50 * 1024 * 1024))

    assert kind_of(target.getvalue()) == "application/zip"


def test_millions_of_names_are_not_read():
    names = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
        for _number in range(200_000)
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(names), 4, 0)
    stream = io.BytesIO(b"PK\x03\x04" + names + end)
    tracemalloc.start()

    kind = detect(stream)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (kind, peak < 4 * 1024 * 1024) == ("application/zip", True)


@pytest.mark.parametrize("nesting", [b"[" * 100_000, b'{"a":' * 20_000, b"[" * 4096])
def test_deep_nesting_is_json_at_most_and_never_an_error(nesting):
    assert kind_of(nesting) == "application/json"


WHOLE = [
    a_zip({"mimetype": ODT.encode(), "content.xml": b"<o/>" * 50}),
    a_zip({"word/document.xml": b"<w/>" * 50}, method=zipfile.ZIP_LZMA),
    MAIL,
    P7M,
    b"%PDF-1.7\n1 0 obj",
    b'{"trees": [2, 3]}',
]


@given(st.sampled_from(WHOLE), st.integers(0, 400), st.binary(max_size=8), st.integers(0, 400))
def test_damaged_files_are_never_an_error(whole, place, junk, cut):
    damaged = whole[:place] + junk + whole[place + len(junk) :]

    for content in (damaged, damaged[:cut], whole[:4] + junk + whole[cut:]):
        assert "/" in kind_of(content)


@given(st.binary(max_size=200))
def test_any_bytes_have_a_kind(content):
    assert "/" in kind_of(content)


def test_every_kind_that_may_be_offered_has_an_ending():
    assert EXTENSIONS["application/pdf"] == "pdf"
    assert all(ending.isalnum() for ending in EXTENSIONS.values())
