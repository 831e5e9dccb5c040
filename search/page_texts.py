"""Reads the text of one file, page by page. Runs in a process of its own: see ``cases.prepared``.

What it reads was sent by strangers. So it shuts itself in before it opens the file (``cases.confinement``), counts
what it unpacks, believes no name, and has neither settings nor a database. It writes one JSON line per page and a last
one that says how it went. Pages that are pictures are counted here; ``search.recognition`` reads them.
"""

import io
import json
import re
import stat
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass
from email.message import MIMEPart
from email.parser import BytesParser
from email.policy import default as email_policy
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, Any, Protocol

import pillow_heif
import pypdfium2
import pypdfium2.raw as pdfium
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser
from PIL import Image, UnidentifiedImageError

from cases import media_types
from cases.confinement import NotConfined, Shares, confine
from cases.page_images import PICTURES
from search.rtf import TooDeep, pages_of_rtf

# What the searchable copy is called in the folder that is given for it.
SEARCHABLE = "searchable.pdf"
# The file as it was given to be recognised, and its pages as pictures with their text where it could not be taken.
GIVEN, PICTURES_READ = "given-1.pdf", "pictures.pdf"
# Which pages have no text because recognising them took too long: a list of their numbers.
TOO_SLOW = "too-slow.json"
PIECE = 64 * 1024
PDF_NEEDS_PASSWORD = 4
ENCRYPTED_PART = 0x1
# A share of the page; points.
SMALLEST_SCAN = 0.1
SMALLEST_PICTURE = 120_000

_DAMAGE = (KeyError, ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error, NotImplementedError)
_JOINED_LETTERS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " ", "\u00ad": None}
)
# PDFium marks a hyphen at the end of a line with U+FFFE (or U+0002); other writers leave the hyphen itself.
_SHEET = re.compile(r"xl/worksheets/sheet(\d{1,5})\.xml")
_SPLIT_WORD = re.compile(r"(?<=\w)(?:[\ufffe\x02]\s*|[-‐]\r?\n\s*(?=[^\W\d_A-ZА-Я]))")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost: CPU seconds, bytes of memory, pages, letters, bytes unpacked from inside it, parts
    inside it, how deep one may lie in another, and points of a picture.
    """

    seconds: int = 60
    memory: int = 1024 * 1024 * 1024
    pages: int = 2_000
    letters: int = 5_000_000
    unpacked: int = 200 * 1024 * 1024
    parts: int = 2_000
    depth: int = 5
    points: int = 120_000_000

    def as_json(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Order:
    """What to recognise: tesseract's languages; the first page alone, as a trial; whether pages may lie on their side
    or upside down; how many pages of a file at most; CPU seconds of this process, and how many pages at once; seconds
    by the clock for one page.
    """

    limits: Limits
    languages: tuple[str, ...]
    is_trial: bool = False
    may_be_turned: bool = False
    scans: int = 300
    seconds: int = 1_800
    at_once: int = 1
    patience: int = 60

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> "Order":
        values = json.loads(text)
        return cls(**{**values, "limits": Limits(**values["limits"]), "languages": tuple(values["languages"])})


class Unreadable(Exception):
    """The file gives no text; ``reason`` is one of search.models.TextProblem."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CutShort(Exception):
    """There is more text than the limits allow; what was read so far counts."""


class Recogniser(Protocol):
    """Gives pages that are pictures a layer of text. ``too_slow``: which pages of the last one took too long."""

    too_slow: set[int]

    def recognised(self, source: IO[bytes], media_type: str, *, is_whole: bool) -> AbstractContextManager[IO[bytes]]:
        """A PDF with the same pages and their text. ``is_whole``: not a part of something. Raises Unreadable."""


class Pages:
    """Takes pages until the limits are reached."""

    def __init__(
        self, limits: Limits, write: Callable[[int, str], None], *, recogniser: Recogniser | None = None
    ) -> None:
        self.limits = limits
        self.recogniser = recogniser
        self.unpacked = 0
        self.parts = 0
        self.number = 0
        self.letters = 0
        self.written = 0
        self.scans = 0
        self.is_signed = False
        self.is_too_deep = False
        self.too_slow: set[int] = set()
        self._write = write

    def add(self, text: str) -> None:
        if self.number >= self.limits.pages:
            raise CutShort
        self.number += 1
        cleaned = cleaned_text(text)[: self.limits.letters - self.letters]
        if cleaned:
            self._write(self.number, cleaned)
            self.written += 1
            self.letters += len(cleaned)
        if self.letters >= self.limits.letters:
            raise CutShort

    def add_scan(self) -> None:
        """A page that is a picture, whose text is not read here."""
        self.add("")
        self.scans += 1

    def note_too_slow(self, places: Iterable[int]) -> None:
        """These of the pages that come next, counted from 1, have no text because it took too long."""
        self.too_slow |= {self.number + place for place in places}

    def count_unpacked(self, size: int) -> None:
        """A few bytes can unpack to millions: whoever unpacks says how much, while it does."""
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise Unreadable("TOO_LARGE")

    def count_part(self) -> None:
        self.parts += 1
        if self.parts > self.limits.parts:
            raise CutShort

    @property
    def end(self) -> str:
        """How it went, when nothing broke it off."""
        if self.scans:
            return "SCAN"
        if self.is_too_deep:
            return "TOO_DEEP"
        return "READ" if self.written else "NO_TEXT"


def cleaned_text(text: str) -> str:
    """Text as people read it: words split at the end of a line joined again, no marks that only printers need."""
    joined = _SPLIT_WORD.sub("", unicodedata.normalize("NFC", text))
    return _CONTROL.sub("", joined.translate(_JOINED_LETTERS)).replace("\r\n", "\n").strip()


def read(source: IO[bytes], pages: Pages, *, depth: int = 0, kind: str = "") -> None:
    """Read a file of the kind that its content shows, if it isn't known. Raises Unreadable or CutShort."""
    reader = _READERS.get(kind or media_types.detect(source))
    if reader is None:
        raise Unreadable("NO_TEXT_KIND")
    reader(source, pages, depth)


def _read_pdf(source: IO[bytes], pages: Pages, depth: int) -> None:
    with _opened_pdf(source) as document:
        pages.is_signed |= not depth and pdfium.FPDF_GetSignatureCount(document) > 0
        if not pages.recogniser:
            _add_pdf(document, pages, add_picture=pages.add_scan)
            return
        is_scan = any(_is_picture(page) for page in document)
    if is_scan:
        with pages.recogniser.recognised(source, media_types.PDF, is_whole=not depth) as searchable:
            pages.note_too_slow(pages.recogniser.too_slow)
            _read_layer(searchable, pages)
    else:
        source.seek(0)
        _read_layer(source, pages)


def _opened_pdf(source: IO[bytes]) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("LOCKED" if getattr(error, "err_code", None) == PDF_NEEDS_PASSWORD else "DAMAGED") from error


def _add_pdf(document: pypdfium2.PdfDocument, pages: Pages, *, add_picture: Callable[[], None]) -> None:
    for place in range(len(document)):
        try:
            page = document[place]
        except pypdfium2.PdfiumError:
            pages.add("")
            continue
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        text_page.close()
        if text.strip() or not _has_picture(page):
            pages.add(text)
        else:
            add_picture()
        page.close()


def _read_layer(source: IO[bytes], pages: Pages) -> None:
    with _opened_pdf(source) as document:
        _add_pdf(document, pages, add_picture=lambda: pages.add(""))


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    text_page = page.get_textpage()
    has_text = bool(text_page.get_text_range().strip())
    text_page.close()
    return not has_text and _has_picture(page)


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether a picture covers a good part of the page; a crest or a rule is no scan."""
    width, height = page.get_size()
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = thing.get_bounds()
        if (right - left) * (top - bottom) >= SMALLEST_SCAN * width * height:
            return True
    return False


def _read_picture(source: IO[bytes], pages: Pages, depth: int) -> None:
    frames = _frames(source, pages.limits)
    if depth and frames == 1 and _is_ornament(source):
        raise Unreadable("NO_TEXT")
    if pages.recogniser:
        with pages.recogniser.recognised(source, media_types.detect(source), is_whole=not depth) as searchable:
            pages.note_too_slow(pages.recogniser.too_slow)
            _read_layer(searchable, pages)
        return
    for _frame in range(frames):
        pages.add_scan()


def _frames(source: IO[bytes], limits: Limits) -> int:
    """How many pages a picture has: only a TIFF, as faxes are, has more than one."""
    source.seek(0)
    try:
        with Image.open(source) as picture:
            if picture.width * picture.height > limits.points:
                raise Unreadable("TOO_LARGE")
            return _pages_of_tiff(picture, limits) if picture.format == "TIFF" else 1
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unreadable("DAMAGED") from error
    finally:
        source.seek(0)


def _pages_of_tiff(picture: Image.Image, limits: Limits) -> int:
    frames = 1
    with suppress(EOFError, ValueError, OSError):
        while frames < limits.pages:
            picture.seek(frames)
            frames += 1
    return frames


def _is_ornament(source: IO[bytes]) -> bool:
    """Crests and signatures under mails."""
    with Image.open(source) as picture:
        size = picture.width * picture.height
    source.seek(0)
    return size < SMALLEST_PICTURE


def _read_docx(source: IO[bytes], pages: Pages, depth: int) -> None:
    with _archive(source) as archive:
        names = archive.namelist()
        for part in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"):
            if part in names:
                _read_xml(archive, part, _WordText(pages), pages)


def _read_odt(source: IO[bytes], pages: Pages, depth: int) -> None:
    with _archive(source) as archive:
        _read_xml(archive, "content.xml", _OpenDocumentText(pages), pages)


def _read_ods(source: IO[bytes], pages: Pages, depth: int) -> None:
    with _archive(source) as archive:
        _read_xml(archive, "content.xml", _OpenSheetText(pages), pages)


def _read_xlsx(source: IO[bytes], pages: Pages, depth: int) -> None:
    """A page for each sheet, in their order."""
    with _archive(source) as archive:
        names = archive.namelist()
        shared = _SharedTexts(pages)
        if "xl/sharedStrings.xml" in names:
            _read_xml(archive, "xl/sharedStrings.xml", shared, pages)
        sheets = sorted((int(found[1]), found[0]) for name in set(names) if (found := _SHEET.fullmatch(name)))
        if not sheets:
            raise Unreadable("DAMAGED")
        for _number, name in sheets:
            _read_xml(archive, name, _SheetText(pages, shared.texts), pages)


def _read_xml_alone(source: IO[bytes], pages: Pages, depth: int) -> None:
    """A form sent by another system: the texts of its elements, one a line."""
    _feed(source, _ElementText(pages), pages)


def _read_zip(source: IO[bytes], pages: Pages, depth: int) -> None:
    """The names of the members on the first page, then what is in them. Nothing is written anywhere."""
    with _archive(source) as archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        pages.add("\n".join(info.filename for info in members[: pages.limits.parts]))
        for info in members:
            if not stat.S_ISLNK(info.external_attr >> 16) and not info.flag_bits & ENCRYPTED_PART:
                _read_member(archive, info, pages, depth + 1)


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, pages: Pages, depth: int) -> None:
    if depth > pages.limits.depth:
        pages.is_too_deep = True
        return
    content = io.BytesIO()
    with suppress(*_DAMAGE, RuntimeError, OSError, EOFError, ValueError), archive.open(info) as member:
        while piece := member.read(PIECE):
            pages.count_unpacked(len(piece))
            content.write(piece)
    _read_part(content, pages, depth)


def _read_part(content: IO[bytes], pages: Pages, depth: int, *, kind: str = "") -> None:
    """A part that gives no text takes nothing away from the whole; one that is a trap ends the reading."""
    pages.count_part()
    content.seek(0)
    try:
        read(content, pages, depth=depth, kind=kind)
    except Unreadable as trouble:
        if trouble.reason == "TOO_LARGE":
            raise


def _archive(source: IO[bytes]) -> zipfile.ZipFile:
    if media_types.size_of_directory(source) > media_types.DIRECTORY_LIMIT:
        raise Unreadable("TOO_LARGE")
    try:
        return zipfile.ZipFile(source)
    except (*_DAMAGE, OSError, ValueError, RuntimeError, struct.error) as error:
        raise Unreadable("DAMAGED") from error


def _read_xml(archive: zipfile.ZipFile, name: str, target: "_XmlText", pages: Pages) -> None:
    try:
        info = archive.getinfo(name)
        if info.flag_bits & ENCRYPTED_PART:
            raise Unreadable("LOCKED")
        with archive.open(info) as part:
            _feed(part, target, pages)
    except (*_DAMAGE, RuntimeError, EOFError) as error:
        raise Unreadable("DAMAGED") from error


def _feed(source: IO[bytes], target: "_XmlText", pages: Pages) -> None:
    """Feed markup to the parser piece by piece; entities and document types are refused."""
    parser = XMLParser(target=target, forbid_dtd=True)
    try:
        while piece := source.read(PIECE):
            pages.count_unpacked(len(piece))
            parser.feed(piece)
        parser.close()
    except _DAMAGE as error:
        raise Unreadable("DAMAGED") from error


class _XmlText:
    """Collects the text of a written document; a page ends where the document says so, or at its end."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._parts: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, tag: str) -> None:
        raise NotImplementedError

    def data(self, text: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.end_page()

    def end_page(self) -> None:
        text = "".join(self._parts)
        self._parts.clear()
        self._pages.add(text)


class _WordText(_XmlText):
    """WordprocessingML: text stands in w:t only; deleted text has an element of its own and is left out."""

    _inside_text = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "t":
            self._inside_text = True
        elif name == "tab":
            self._parts.append("\t")
        elif name == "lastRenderedPageBreak" or (name == "br" and "page" in attributes.values()):
            self.end_page()
        elif name in {"br", "cr"}:
            self._parts.append("\n")

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "t":
            self._inside_text = False
        elif name == "p":
            self._parts.append("\n")

    def data(self, text: str) -> None:
        if self._inside_text:
            self._parts.append(text)


class _SharedTexts(_XmlText):
    """The texts that a workbook's cells refer to by number."""

    def __init__(self, pages: Pages) -> None:
        super().__init__(pages)
        self.texts: list[str] = []
        self._letters = 0
        self._inside = False
        self._phonetic = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        self._inside = name == "t" and not self._phonetic
        self._phonetic += name == "rPh"

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        self._inside = False
        self._phonetic -= name == "rPh"
        if name == "si":
            self.texts.append("".join(self._parts))
            self._parts.clear()
            self._letters += len(self.texts[-1]) + 1
            if self._letters > self._pages.limits.letters:
                raise Unreadable("TOO_LARGE")

    def data(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)

    def close(self) -> None:
        """They are no page."""


class _SheetText(_XmlText):
    """A sheet of a workbook: a line for each row, values between tabs."""

    def __init__(self, pages: Pages, shared: list[str]) -> None:
        super().__init__(pages)
        self._shared = shared
        self._value: list[str] = []
        self._kind = ""
        self._inside = False
        self._room = pages.limits.letters

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "c":
            self._kind = attributes.get("t", "")
        self._inside = name in {"v", "t"}

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        self._inside = False
        if name == "c":
            value = self._said("".join(self._value))
            self._value.clear()
            if value and self._room > 0:
                self._room -= len(value)
                self._parts += [value, "\t"]
        elif name == "row":
            self._parts.append("\n")

    def _said(self, value: str) -> str:
        if self._kind != "s":
            return value
        is_known = value.isdecimal() and len(value) < 10 and int(value) < len(self._shared)
        return self._shared[int(value)] if is_known else ""

    def data(self, text: str) -> None:
        if self._inside:
            self._value.append(text)


class _ElementText(_XmlText):
    """Markup of whatever vocabulary: each text on a line of its own."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._parts.append("\n")

    def end(self, tag: str) -> None:
        self._parts.append("\n")

    def data(self, text: str) -> None:
        self._parts.append(text)

    def end_page(self) -> None:
        lines = (line.strip() for line in "".join(self._parts).splitlines())
        self._parts = ["\n".join(line for line in lines if line)]
        super().end_page()


class _OpenDocumentText(_XmlText):
    """OpenDocument: text stands in paragraphs and headings; what was deleted under tracking is left out."""

    _paragraphs = 0
    _deleted = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "tracked-changes":
            self._deleted += 1
        elif name in {"p", "h"}:
            self._paragraphs += 1
        elif name in {"s", "tab"}:
            self._parts.append(" ")
        elif name == "line-break":
            self._parts.append("\n")
        elif name == "soft-page-break":
            self.end_page()

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "tracked-changes":
            self._deleted -= 1
        elif name in {"p", "h"}:
            self._paragraphs -= 1
            if not self._deleted:
                self._parts.append("\n")

    def data(self, text: str) -> None:
        if self._paragraphs and not self._deleted:
            self._parts.append(text)


class _OpenSheetText(_OpenDocumentText):
    """An OpenDocument spreadsheet: a page for each sheet, a line for each row, values between tabs."""

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        super().end(tag)
        if name == "p":
            self._parts[-1:] = ["\t"]
        elif name == "table-row" and self._parts and self._parts[-1] != "\n":
            self._parts.append("\n")
        elif name == "table":
            self.end_page()

    def close(self) -> None:
        """The last sheet was the last page."""


def _read_mail(source: IO[bytes], pages: Pages, depth: int) -> None:
    message = BytesParser(policy=email_policy).parse(source)
    headers = [f"{name}: {message[name]}" for name in ("Subject", "From", "To", "Date") if message[name]]
    body = message.get_body(("plain", "html"))
    pages.add("\n".join([*headers, "", _text_of_part(body) if body else ""]))
    for enclosure in message.iter_attachments():
        if depth >= pages.limits.depth:
            pages.is_too_deep = True
            return
        _read_enclosure(enclosure, pages, depth + 1)


def _text_of_part(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    text = _decoded(content, part.get_content_charset()) if isinstance(content, bytes) else ""
    return html_text(text) if part.get_content_subtype() == "html" else text


def _read_enclosure(enclosure: MIMEPart, pages: Pages, depth: int) -> None:
    content, kind = enclosure.get_payload(decode=True), ""
    if not isinstance(content, bytes):
        # A letter that is enclosed as such: its lines are part of this one's.
        content = b"".join(bytes(part) for part in enclosure.iter_parts())
        kind = media_types.EML if enclosure.get_content_type() == media_types.EML else ""
    pages.count_unpacked(len(content))
    _read_part(io.BytesIO(content), pages, depth, kind=kind)


def _read_html(source: IO[bytes], pages: Pages, depth: int) -> None:
    pages.add(html_text(_decoded(source.read(pages.limits.unpacked))))


class _HtmlText(HTMLParser):
    SILENT = frozenset({"script", "style", "template", "noscript", "title"})
    LINES = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "td", "th", "blockquote"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self.SILENT
        if tag in self.LINES:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def html_text(markup: str) -> str:
    reader = _HtmlText()
    reader.feed(markup)
    reader.close()
    return "".join(reader.parts)


def _read_rtf(source: IO[bytes], pages: Pages, depth: int) -> None:
    try:
        for page in pages_of_rtf(source.read(pages.limits.unpacked)):
            pages.add(page)
    except TooDeep as error:
        raise Unreadable("DAMAGED") from error


def _read_json(source: IO[bytes], pages: Pages, depth: int) -> None:
    """What was typed into a form is kept as JSON: its texts are its text, one a line."""
    try:
        value = json.loads(_decoded(source.read(pages.limits.unpacked)))
    except (ValueError, RecursionError) as error:
        raise Unreadable("DAMAGED") from error
    pages.add("\n".join(_texts_in(value)))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_in(inner)


def _read_text(source: IO[bytes], pages: Pages, depth: int) -> None:
    for page in _decoded(source.read(pages.limits.unpacked)).split("\f"):
        pages.add(page)


def _decoded(content: bytes, charset: str | None = None) -> str:
    """The text of bytes whose encoding may be unknown: as declared, UTF-8, or the Windows pages of the region."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for declared in (charset, "utf-8"):
        with suppress(ValueError, LookupError):
            if declared:
                return content.decode(declared)
    return content.decode(_windows_page(content), "replace")


def _windows_page(content: bytes) -> str:
    """Cyrillic text is made of letters above 127, Polish and Romanian text of a few among many below."""
    above = sum(byte > 0x7F for byte in content)
    below = sum(chr(byte).isalpha() for byte in content if byte <= 0x7F)
    return "cp1251" if above > below else "cp1250"


_READERS: dict[str, Callable[[IO[bytes], Pages, int], None]] = {
    media_types.PDF: _read_pdf,
    media_types.DOCX: _read_docx,
    media_types.ODT: _read_odt,
    media_types.ODS: _read_ods,
    media_types.XLSX: _read_xlsx,
    media_types.RTF: _read_rtf,
    media_types.XML: _read_xml_alone,
    media_types.ZIP: _read_zip,
    media_types.ASICE: _read_zip,
    media_types.ASICS: _read_zip,
    media_types.EML: _read_mail,
    media_types.HTML: _read_html,
    media_types.JSON: _read_json,
    media_types.TEXT: _read_text,
    **dict.fromkeys(PICTURES, _read_picture),
}


# A PDF that we wrote ourselves, the only one that the prepared process reads.
_OWN_LETTER = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>> endobj
4 0 obj <</Length 44>> stream
BT /F 12 Tf 72 720 Td (The walnut-tree) Tj ET
endstream endobj
5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj
trailer <</Root 1 0 R>>
%%EOF"""


def say(**line: Any) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_and_say(path: str, pages: Pages) -> None:
    """Read the file into ``pages`` and write the last line: how it ended, and what was seen on the way."""
    try:
        with Path(path).open("rb") as source:
            read(source, pages)
        end = pages.end
    except CutShort:
        end = "CUT_SHORT"
    except Unreadable as trouble:
        end = trouble.reason
    except (MemoryError, Image.DecompressionBombError):
        end = "TOO_LARGE"
    except RecursionError:
        end = "DAMAGED"
    say(end=end, scans=pages.scans, is_signed=pages.is_signed)


def say_not_confined(trouble: NotConfined) -> None:
    """Nothing was opened."""
    sys.stderr.write(f"{trouble}\n")
    say(end="FAILED", scans=0, is_signed=False)


def prepare() -> None:
    """Once for all files: load what a reading needs by going through one."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and it is checked before a picture is unpacked
    pillow_heif.register_heif_opener()
    read(io.BytesIO(_OWN_LETTER), Pages(Limits(), lambda number, text: None))


def main(path: str, limits_as_json: str) -> None:
    limits = Limits(**json.loads(limits_as_json))
    try:
        confine(Shares(seconds=limits.seconds, memory=limits.memory))
    except NotConfined as trouble:
        say_not_confined(trouble)
        return
    read_and_say(path, Pages(limits, lambda number, text: say(page=number, text=text)))
