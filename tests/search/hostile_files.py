"""A collection of files that mean harm, made here: name and bytes of each, and what they are after."""

import io
import itertools
import os
import struct
import sysconfig
import zipfile
import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import wagtail

from tests.search import written_documents as made
from tests.search.scans_made import paper, saved

MEGABYTE = 1024 * 1024
LARGEST_SAMPLE = 8 * MEGABYTE
MOST_OF_A_KIND = 3
SAMPLED = ("msg_*.txt", "*.zip", "*.whl", "*.xml", "*.xlsx", "*.gif", "*.tiff", "*.png", "*.webp", "*.jpg", "*.pdf")
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FETCHED = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/x.dtd">'


def shipped_samples() -> list[Path]:
    """Files with which the tests of libraries try them, some of each kind; or all below REGISTRA_TEST_SAMPLES."""
    if folder := os.environ.get("REGISTRA_TEST_SAMPLES"):
        return sorted(path for path in Path(folder).rglob("*") if _is_sample(path))
    chosen: list[Path] = []
    for pattern in SAMPLED:
        chosen += sorted(path for place in _tests_of_libraries() for path in place.rglob(pattern) if _is_sample(path))[
            :MOST_OF_A_KIND
        ]
    return chosen


def _tests_of_libraries() -> Iterator[Path]:
    for place in (Path(wagtail.__file__).parent, Path(sysconfig.get_path("stdlib"))):
        yield from (
            folder for name in ("test", "images/tests", "contrib/redirects/tests") if (folder := place / name).is_dir()
        )


def _is_sample(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and 0 < path.stat().st_size <= LARGEST_SAMPLE


def hostile_files(port: int) -> Iterator[tuple[str, bytes]]:
    """``port``: of a server on this machine that nothing may reach."""
    return itertools.chain(
        _bombs(), _laughs(port), _deep(), _pdfs(port), _pictures(), _zips(), _liars(), _markup(port), _truncated()
    )


def _zeros(size: int) -> bytes:
    return made.archive(("zeros", b"\0" * size))


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "zip of zeros", _zeros(300 * MEGABYTE)
    yield "zip of zips of zeros", made.archive(*((f"{n}.zip", _zeros(30 * MEGABYTE)) for n in range(12)))
    for name, part in (
        ("docx", "word/document.xml"),
        ("xlsx", "xl/worksheets/sheet1.xml"),
        ("ods", "content.xml"),
    ):
        markup = b'<x xmlns="y">' + b"<a>" * 1000 + b" " * 250 * MEGABYTE
        yield f"{name} of blanks", made.archive((_marker(name)), (part, markup))
    yield (
        "xlsx of shared texts",
        made.archive(
            ("xl/workbook.xml", "<x/>"), ("xl/sharedStrings.xml", b"<sst>" + b"<si><t>aaaa</t></si>" * 12_000_000)
        ),
    )
    yield "zip of many parts", made.archive(*((f"{n}.txt", "x") for n in range(20_000)))
    yield "overlapping zip", _overlapping()
    yield "pdf of a packed bomb", _pdf_of_stream(zlib.compress(b"(A) Tj " * 20_000_000), "/FlateDecode")
    packed_twice = zlib.compress(zlib.compress(b"\0" * 200 * MEGABYTE))
    yield "pdf packed twice", _pdf_of_stream(packed_twice, "[/FlateDecode /FlateDecode]")


def _marker(kind: str) -> tuple[str, str]:
    if kind == "ods":
        return "mimetype", "application/vnd.oasis.opendocument.spreadsheet"
    return ("word/a.xml", "<x/>") if kind == "docx" else ("xl/workbook.xml", "<x/>")


def _overlapping() -> bytes:
    """Many names for the same packed bytes: a hundred thousand times what it is."""
    content = made.archive(("a", b"z" * MEGABYTE))
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry = content[start:end]
    directory = entry * 2000
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2000, 2000, len(directory), start, 0)
    return content[:start] + directory + tail


def _laughs(port: int) -> Iterator[tuple[str, bytes]]:
    for what, head in (("laughs", LAUGHS), ("outside", OUTSIDE), ("fetched", FETCHED.format(port=port))):
        body = f"{head}<x>&a{'9' if what == 'laughs' else ''};</x>" if what != "fetched" else f"{head}<x>t</x>"
        yield f"xml {what}", body.encode()
        yield f"docx {what}", made.archive(("word/document.xml", body))
        yield f"xlsx {what}", made.archive(("xl/workbook.xml", "<x/>"), ("xl/sharedStrings.xml", body))
        yield f"ods {what}", made.archive(_marker("ods"), ("content.xml", body))


def _mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {"From": "a@b.example", "To": "c@d.example", "Subject": "x", "Message-ID": "<1@b>"}.items():
        message[name] = headers.get(name, value)
    message.set_content("x")
    return message


def _deep() -> Iterator[tuple[str, bytes]]:
    letter = _mail()
    for _step in range(60):
        outer = _mail()
        outer.add_attachment(letter)
        letter = outer
    yield "mail in mail", letter.as_bytes()
    inner = b"walnut"
    for _step in range(60):
        inner = made.archive(("in.zip", inner))
    yield "zip in zip", inner
    yield (
        "multipart without end",
        (
            b"From: a@b\nTo: c@d\nSubject: x\nMessage-ID: <1>\nMIME-Version: 1.0\n"
            + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(5_000))
        ),
    )
    yield "rtf of groups", b"{\\rtf1 " + b"{" * 3_000_000
    yield "json of lists", b'{"a": ' + b"[" * 2_000_000
    yield "html of boxes", b"<!doctype html>" + b"<div>" * 1_000_000
    yield "xml of boxes", b"<?xml version='1.0'?>" + b"<a>" * 1_000_000


def _pdf(*objects: bytes) -> bytes:
    content, places = b"%PDF-1.4\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj %s endobj\n" % (number, value)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        content
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (
            len(objects) + 1,
            len(content),
        )
    )


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def _pdf_of_stream(packed: bytes, how: str) -> bytes:
    return _pdf(
        CATALOG,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
        b"<</Length %d/Filter %s>>stream\n%s\nendstream" % (len(packed), how.encode(), packed),
    )


def _pdfs(port: int) -> Iterator[tuple[str, bytes]]:
    yield "pdf whose pages hold themselves", _pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>")
    yield "pdf that says a billion pages", _pdf(CATALOG, b"<</Type/Pages/Kids[]/Count 1000000000>>")
    yield (
        "pdf whose table leads to itself",
        (b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF"),
    )
    calls = b"app.launchURL('http://127.0.0.1:%d/');" % port
    yield (
        "pdf that calls home",
        _pdf(
            b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(%s)>>>>" % calls,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/AA<</O<</S/URI/URI(http://127.0.0.1:%d/)>>>>>>" % port,
        ),
    )
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 4 0 R>>>>/Length 5>>"
        b"stream\n/F Do\nendstream"
    )
    yield (
        "pdf whose picture draws itself",
        _pdf(
            CATALOG,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<</XObject<</F 4 0 R>>>>/Contents 5 0 R>>",
            form,
            b"<</Length 5>>stream\n/F Do\nendstream",
        ),
    )
    picture = (
        b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length 8>>stream\n" + zlib.compress(b"") + b"\nendstream"
    )
    yield (
        "pdf of a giant picture",
        _pdf(
            CATALOG,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 14000 14000]/Resources<</XObject<</F 4 0 R>>>>/Contents 5 0 R>>",
            picture,
            b"<</Length 31>>stream\n14000 0 0 14000 0 0 cm /F Do   \nendstream",
        ),
    )


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * min((width + 1) * height, 100 * MEGABYTE))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _tiff(*, next_page: int, width: int = 1) -> bytes:
    tags = [(256, 4, 1, width), (257, 4, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 0)]
    tags += [(277, 3, 1, 1), (278, 4, 1, 1), (279, 4, 1, 1)]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + struct.pack("<I", next_page)


def _pictures() -> Iterator[tuple[str, bytes]]:
    yield "png of two billion points", _png(50_000, 50_000)
    yield "png of a line", _png(100_000_000, 1)
    yield "png below the limit", _png(10_000, 11_000)
    yield "tiff whose pages lead to the first", _tiff(next_page=8)
    yield "tiff that says it is wide", _tiff(next_page=0, width=2**31)
    yield "gif of a giant", b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0xF7, 0, 0) + b"\0" * 768 + b","
    text = zlib.compress(b"x" * 80 * MEGABYTE)
    chunk = b"zTXt" + b"a\0\0" + text
    noted = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    yield "png with a bomb in its notes", _png(10, 10)[:33] + noted + _png(10, 10)[33:]


def _zips() -> Iterator[tuple[str, bytes]]:
    yield (
        "zip with names that lead outside",
        made.archive(
            ("../../../../../tmp/registra-hostile", "x"),
            ("/tmp/registra-hostile", "x"),
            ("..\\..\\registra-hostile", "x"),
        ),
    )
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr(link, "/etc/passwd")
    yield "zip with a link", out.getvalue()
    odd = bytearray(made.archive(("a.txt", "walnut")))
    odd[odd.index(b"PK\x01\x02") + 8] |= 1
    yield "zip that says it is locked", bytes(odd)
    yield "zip with names without end", made.archive(("n" * 60_000, "x"))
    yield "zip that holds itself", _quine()


def _quine() -> bytes:
    """Not the true one, which unpacks to itself: one that goes as deep as anybody follows."""
    content = made.archive(("r/r.zip", b"end"))
    for _step in range(200):
        content = made.archive(("r/r.zip", content))
    return content


def _liars() -> Iterator[tuple[str, bytes]]:
    picture = saved(paper("walnut"), kind="PNG")
    yield "pdf that is a picture", b"%PDF-1.7\n" + picture
    yield "picture with a page behind it", picture + b"<html><script>alert(1)</script>"
    yield "zip behind a pdf", made.pdf("walnut") + made.archive(("a.txt", "oak"))
    yield "program", b"\x7fELF" + b"\0" * 5_000
    yield "script", b"#!/bin/sh\ntouch /tmp/registra-hostile\n"
    yield "postscript", b"%!PS\n(/tmp/registra-hostile) (w) file closefile\n" + b"a " * 3_000
    yield "nothing", b""
    yield "one byte", b"\0"
    yield "letters of one kind", b"A" * 4 * MEGABYTE
    yield "lines without end", ("Ж" * 2 * MEGABYTE).encode()
    yield "marks upon marks", ("a" + "\u0301" * 200_000).encode()


def _markup(port: int) -> Iterator[tuple[str, bytes]]:
    address = f"http://127.0.0.1:{port}/"
    yield (
        "html that calls home",
        (
            f'<!doctype html><img src="{address}a"><link rel="stylesheet" href="{address}b"><iframe src="{address}c">'
        ).encode(),
    )
    yield "svg that calls home", f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}d"/></svg>'.encode()
    yield (
        "rtf that calls home",
        ('{\\rtf1{\\field{\\*\\fldinst INCLUDEPICTURE "' + address + 'e"}{\\fldrslt walnut}}}').encode(),
    )
    body = f'<w:p xmlns:w="x"><w:r><w:pict src="{address}f"/></w:r></w:p>'
    yield "docx that calls home", made.docx("walnut", body=body)


# A ZIP has its list of contents at its end, and pictures have what they are at their beginning.
CUT_OFF_AT = {
    "pdf": (0.1, 0.5, 0.97),
    "docx": (0.5,),
    "odt": (0.97,),
    "png": (0.1, 0.97),
    "jpeg": (0.1, 0.97),
    "tiff": (0.1, 0.97),
    "mail": (0.1, 0.5),
    "rtf": (0.1, 0.97),
}


def _truncated() -> Iterator[tuple[str, bytes]]:
    whole = {
        "pdf": made.pdf("walnut"),
        "docx": made.docx("walnut"),
        "odt": made.odt("walnut"),
        "png": saved(paper("walnut"), kind="PNG"),
        "jpeg": saved(paper("walnut"), kind="JPEG"),
        "tiff": saved(paper("walnut"), kind="TIFF"),
        "mail": _mail().as_bytes(),
        "rtf": b"{\\rtf1\\ansi walnut \\u1078? \\'e6}",
    }
    for kind, content in whole.items():
        for share in CUT_OFF_AT[kind]:
            yield f"{kind} cut off at {share}", made.truncated(content, share=share)
