"""Reads the text of one file, page by page. Runs in a process of its own: ``python -m search.page_texts FILE LIMITS``.

What it reads was sent by strangers. So it asks the system for limits before it opens the file, counts what it
unpacks, believes no name, and has neither settings nor a database. It writes one JSON line per page and a last one
that says how it went.
"""

import io
import json
import re
import resource
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from email.message import MIMEPart
from email.parser import BytesParser
from email.policy import default as email_policy
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, Any

import pypdfium2
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from cases import media_types

PIECE = 64 * 1024
DEEPEST_ENCLOSURE = 3
PDF_NEEDS_PASSWORD = 4
ENCRYPTED_PART = 0x1

_DAMAGE = (KeyError, ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error, NotImplementedError)
_JOINED_LETTERS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " ", "\u00ad": None}
)
# PDFium marks a hyphen at the end of a line with U+FFFE (or U+0002); other writers leave the hyphen itself.
_SPLIT_WORD = re.compile(r"(?<=\w)(?:[\ufffe\x02]\s*|[-‐]\r?\n\s*(?=[^\W\d_A-ZА-Я]))")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost: CPU seconds, bytes of memory, pages, letters, and bytes unpacked from inside it."""

    seconds: int = 60
    memory: int = 1024 * 1024 * 1024
    pages: int = 2_000
    letters: int = 5_000_000
    unpacked: int = 200 * 1024 * 1024

    def as_json(self) -> str:
        return json.dumps(asdict(self))


class Unreadable(Exception):
    """The file gives no text; ``reason`` is one of search.models.TextProblem."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CutShort(Exception):
    """There is more text than the limits allow; what was read so far counts."""


class Pages:
    """Takes pages until the limits are reached."""

    def __init__(self, limits: Limits, write: Callable[[int, str], None]) -> None:
        self.limits = limits
        self.unpacked = 0
        self.number = 0
        self.letters = 0
        self.written = 0
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

    def count_unpacked(self, size: int) -> None:
        """A few bytes can unpack to millions: whoever unpacks says how much, while it does."""
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise Unreadable("TOO_LARGE")


def cleaned_text(text: str) -> str:
    """Text as people read it: words split at the end of a line joined again, no marks that only printers need."""
    joined = _SPLIT_WORD.sub("", unicodedata.normalize("NFC", text))
    return _CONTROL.sub("", joined.translate(_JOINED_LETTERS)).replace("\r\n", "\n").strip()


def read(source: IO[bytes], pages: Pages, *, depth: int = 0) -> None:
    """Read a file of whatever kind its content shows. Raises Unreadable or CutShort."""
    reader = _READERS.get(media_types.detect(source))
    if reader is None:
        raise Unreadable("NO_TEXT_KIND")
    reader(source, pages, depth)


def _read_pdf(source: IO[bytes], pages: Pages, depth: int) -> None:
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("LOCKED" if getattr(error, "err_code", None) == PDF_NEEDS_PASSWORD else "DAMAGED") from error
    with document:
        for page in document:
            text_page = page.get_textpage()
            pages.add(text_page.get_text_range())
            text_page.close()
            page.close()


def _read_docx(source: IO[bytes], pages: Pages, depth: int) -> None:
    with _archive(source) as archive:
        names = archive.namelist()
        for part in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"):
            if part in names:
                _read_xml(archive, part, _WordText(pages), pages)


def _read_odt(source: IO[bytes], pages: Pages, depth: int) -> None:
    with _archive(source) as archive:
        _read_xml(archive, "content.xml", _OpenDocumentText(pages), pages)


def _archive(source: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except zipfile.BadZipFile as error:
        raise Unreadable("DAMAGED") from error


def _read_xml(archive: zipfile.ZipFile, name: str, target: "_XmlText", pages: Pages) -> None:
    """Feed a part to the parser piece by piece; entities and document types are refused."""
    try:
        info = archive.getinfo(name)
        if info.flag_bits & ENCRYPTED_PART:
            raise Unreadable("LOCKED")
        parser = XMLParser(target=target, forbid_dtd=True)
        with archive.open(info) as part:
            while piece := part.read(PIECE):
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


def _read_mail(source: IO[bytes], pages: Pages, depth: int) -> None:
    message = BytesParser(policy=email_policy).parse(source)
    headers = [f"{name}: {message[name]}" for name in ("Subject", "From", "To", "Date") if message[name]]
    body = message.get_body(("plain", "html"))
    pages.add("\n".join([*headers, "", _text_of_part(body) if body else ""]))
    if depth < DEEPEST_ENCLOSURE:
        for enclosure in message.iter_attachments():
            _read_enclosure(enclosure, pages, depth + 1)


def _text_of_part(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    text = _decoded(content, part.get_content_charset()) if isinstance(content, bytes) else ""
    return html_text(text) if part.get_content_subtype() == "html" else text


def _read_enclosure(enclosure: MIMEPart, pages: Pages, depth: int) -> None:
    """An enclosure that gives no text takes nothing away from the letter; one that is a trap ends the reading."""
    content = enclosure.get_payload(decode=True)
    if not isinstance(content, bytes):
        content = b"".join(bytes(part) for part in enclosure.iter_parts())
    pages.count_unpacked(len(content))
    try:
        read(io.BytesIO(content), pages, depth=depth)
    except Unreadable as trouble:
        if trouble.reason == "TOO_LARGE":
            raise


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
    media_types.EML: _read_mail,
    media_types.HTML: _read_html,
    media_types.JSON: _read_json,
    media_types.TEXT: _read_text,
}


def _ask_for_limits(limits: Limits) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(kind, (most, most))
    # The second more lets the system say SIGXCPU first, by which the caller knows that time ran out.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))


def _say(**line: Any) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def main(path: str, limits_as_json: str) -> None:
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    limits = Limits(**json.loads(limits_as_json))
    pages = Pages(limits, lambda number, text: _say(page=number, text=text))
    _ask_for_limits(limits)
    try:
        with Path(path).open("rb") as source:
            read(source, pages)
        _say(end="READ" if pages.written else "NO_TEXT")
    except CutShort:
        _say(end="CUT_SHORT")
    except Unreadable as trouble:
        _say(end=trouble.reason)
    except MemoryError:
        _say(end="TOO_LARGE")


if __name__ == "__main__":
    main(*sys.argv[1:])
