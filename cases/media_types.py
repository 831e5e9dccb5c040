"""What a file is, found from its content. A name may lie; the first bytes and the parts inside do not."""

import io
import json
import struct
import zipfile
from email.parser import BytesParser
from email.policy import default as email_policy
from pathlib import Path
from typing import IO

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
TIFF = "image/tiff"
HEIC = "image/heic"
GIF = "image/gif"
TEXT = "text/plain"
JSON = "application/json"
HTML = "text/html"
SVG = "image/svg+xml"
XML = "application/xml"
EML = "message/rfc822"
ZIP = "application/zip"
P7M = "application/pkcs7-mime"
RTF = "application/rtf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ASICE = "application/vnd.etsi.asic-e+zip"
ASICS = "application/vnd.etsi.asic-s+zip"
PROGRAM = "application/x-executable"
UNKNOWN = "application/octet-stream"
EMPTY = "application/x-empty"

HEAD = 4096
_MAGIC = [
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"{\\rtf", RTF),
    (b"\x7fELF", PROGRAM),
    (b"MZ", PROGRAM),
    (b"#!", PROGRAM),
]
_BY_MIMETYPE_PART = {kind: kind for kind in (ODT, ODS, ASICE, ASICS)}
_BY_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_MAIL_HEADERS = {"from", "received", "return-path", "message-id", "mime-version", "delivered-to", "subject", "to"}
MIMETYPE_LIMIT = 100
DIRECTORY_LIMIT = 2 * 1024 * 1024
END_OF_ZIP = 22 + 65535  # the last record and its longest comment
PKCS7_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")


def detect_path(path: Path) -> str:
    with path.open("rb") as source:
        return detect(source)


def detect(source: IO[bytes]) -> str:
    """The media type of a seekable binary stream; it is left at its beginning."""
    source.seek(0)
    head = source.read(HEAD)
    try:
        return _from_head(head, source)
    finally:
        source.seek(0)


def _from_head(head: bytes, source: IO[bytes]) -> str:
    if not head:
        return EMPTY
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    # ISO 32000 asks readers to accept a header within the first 1,024 bytes; such a file opens as a PDF.
    if b"%PDF-" in head[:1024]:
        return HTML if _looks_like_markup(head.split(b"%PDF-")[0]) else PDF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif"}:
        return HEIC
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(source)
    if head[:1] == b"\x30" and PKCS7_SIGNED_DATA in head[:64]:
        return P7M
    return _kind_of_text(head)


def _kind_of_zip(source: IO[bytes]) -> str:
    """Look at the names inside only: nothing is unpacked; the declared kind is read as it stands, stored."""
    if size_of_directory(source) > DIRECTORY_LIMIT:
        return ZIP
    try:
        with zipfile.ZipFile(source) as archive:
            names = {info.filename: info for info in archive.infolist()}
            declared = names.get("mimetype")
            if declared and declared.compress_type == zipfile.ZIP_STORED and declared.file_size <= MIMETYPE_LIMIT:
                kind = archive.read(declared).decode("ascii", "replace").strip()
                return _BY_MIMETYPE_PART.get(kind, ZIP)
            return next((kind for part, kind in _BY_PART.items() if part in names), ZIP)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, struct.error):
        return UNKNOWN


def size_of_directory(source: IO[bytes]) -> int:
    """What the file says of its list of names: a hundred megabytes of names would fill the memory."""
    source.seek(0, io.SEEK_END)
    source.seek(max(source.tell() - END_OF_ZIP, 0))
    end = source.read()
    found = end.rfind(b"PK\x05\x06")
    if found < 0 or len(end) < found + 16:
        return 0
    return int.from_bytes(end[found + 12 : found + 16], "little")


def _kind_of_text(head: bytes) -> str:
    text = _as_text(head)
    if text is None:
        return UNKNOWN
    start = text.lstrip("\ufeff \t\r\n")
    if _looks_like_markup(start.encode()):
        return _kind_of_markup(start.lower())
    if start[:1] in "{[" and _is_json_start(start):
        return JSON
    if _looks_like_mail(head):
        return EML
    return TEXT


def _as_text(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if b"\x00" in head or sum(byte < 9 or 13 < byte < 27 for byte in head) > 0:
        return None
    for encoding in ("utf-8", "cp1251", "cp1250"):
        try:
            # A piece may end inside a character.
            return head.decode(encoding) if len(head) < HEAD else head[:-4].decode(encoding, "ignore")
        except UnicodeDecodeError:
            continue
    return None


def _looks_like_markup(start: bytes) -> bool:
    stripped = start.lstrip()
    return stripped[:1] == b"<" and stripped[1:2] not in {b" ", b"", b"="}


def _kind_of_markup(start: str) -> str:
    if "<svg" in start:
        return SVG
    if start.startswith("<?xml") and "<html" not in start:
        return XML
    return HTML


def _is_json_start(start: str) -> bool:
    try:
        json.JSONDecoder().raw_decode(start)
    except json.JSONDecodeError as error:
        return error.pos > HEAD // 2
    except RecursionError:
        return True
    return True


def _looks_like_mail(head: bytes) -> bool:
    headers = BytesParser(policy=email_policy).parsebytes(head, headersonly=True)
    return len(_MAIL_HEADERS & {name.lower() for name in headers}) >= 3


EXTENSIONS = {
    PDF: "pdf", JPEG: "jpg", PNG: "png", WEBP: "webp", TIFF: "tiff", HEIC: "heic", GIF: "gif", TEXT: "txt",
    JSON: "json", HTML: "html", SVG: "svg", XML: "xml", EML: "eml", ZIP: "zip", P7M: "p7m", DOCX: "docx",
    XLSX: "xlsx", ODT: "odt", ODS: "ods", ASICE: "asice", ASICS: "asics", RTF: "rtf",
}  # fmt: skip
