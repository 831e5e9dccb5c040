"""The words of an RTF file, page by page, in one pass over the bytes; groups may lie deep in each other.

After Microsoft's RTF 1.9.1: a word of control, its number, a blank that belongs to it; other letters as ``\\uN``
with stand-ins behind, or as ``\\'hh`` in the code page of the font.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# Code pages by \fcharset, as far as letters of the region are in them.
_PAGES = {0: "cp1252", 204: "cp1251", 238: "cp1250", 161: "cp1253", 162: "cp1254"}
_SILENT = {
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "colorschememapping", "latentstyles",
    "datastore", "listtable", "listoverridetable", "rsidtbl", "generator", "filetbl", "revtbl", "xmlnstbl", "fldinst",
}  # fmt: skip
_SAID = {
    "par": "\n", "line": "\n", "sect": "\n", "row": "\n", "tab": "\t", "cell": "\t", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—",
}  # fmt: skip
_PIECE = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\(.)|([{}])|([^\\{}\r\n]{1,65536})|[\r\n]+|\\", re.DOTALL
)
PAGE = "\f"
DEEPEST_GROUP = 100_000


class TooDeep(Exception):
    """Groups inside groups without end: no writer makes such a file."""


@dataclass
class _Group:
    """What holds until the group ends."""

    is_silent: bool = False
    font: int = 0
    stand_ins: int = 1
    is_hidden: bool = False


@dataclass
class _Reader:
    page: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    in_fonts: int = 0
    skipped: int = 0
    is_first: bool = False

    def said(self, found: re.Match[bytes]) -> str:
        byte, word, number, sign, brace, plain = found.groups()
        if brace:
            return self._brace(brace)
        is_first, self.is_first = self.is_first, False
        if word:
            return self._word(word.decode("ascii"), int(number) if number else None, is_first=is_first)
        if sign:
            return self._sign(sign)
        return self._bytes(bytes.fromhex(byte.decode()) if byte else plain or b"", is_one=bool(byte))

    def _brace(self, brace: bytes) -> str:
        self.skipped = 0
        if brace == b"{":
            if len(self.groups) >= DEEPEST_GROUP:
                raise TooDeep
            last = self.groups[-1]
            self.groups.append(_Group(last.is_silent, last.font, last.stand_ins, last.is_hidden))
            self.is_first = True
        elif len(self.groups) > 1:
            self.groups.pop()
            self.in_fonts = self.in_fonts if len(self.groups) >= self.in_fonts else 0
        return ""

    def _word(self, word: str, number: int | None, *, is_first: bool) -> str:
        group = self.groups[-1]
        if word == "fonttbl":
            self.in_fonts = len(self.groups)
        if word in _SILENT:
            group.is_silent = True
        elif word == "f" and number is not None:
            group.font = number
        elif word == "fcharset" and self.in_fonts:
            self.fonts[group.font] = _PAGES.get(number or 0, self.page)
        elif word == "ansicpg" and number:
            self.page = f"cp{number}"
        elif word == "uc":
            group.stand_ins = min(number or 0, 16)
        elif word == "v":
            group.is_hidden = number != 0
        elif word == "u" and number is not None:
            self.skipped = group.stand_ins
            return self._heard(_letter(number))
        elif word == "page":
            return self._heard(PAGE)
        return self._heard(_SAID.get(word, ""))

    def _sign(self, sign: bytes) -> str:
        if sign == b"*":
            self.groups[-1].is_silent = True
            return ""
        return self._heard(
            {b"~": " ", b"_": "-", b"-": ""}.get(sign, sign.decode("latin-1") if sign in b"\\{}" else "")
        )

    def _bytes(self, content: bytes, *, is_one: bool) -> str:
        if self.skipped:
            left_out = min(self.skipped, len(content))
            self.skipped -= left_out
            content = content[left_out:]
        if not content or self.groups[-1].is_silent:
            return ""
        return self._heard(self._decoded(content))

    def _decoded(self, content: bytes) -> str:
        try:
            return content.decode(self.fonts.get(self.groups[-1].font, self.page), "replace")
        except LookupError:
            return content.decode("cp1252", "replace")

    def _heard(self, text: str) -> str:
        group = self.groups[-1]
        return "" if group.is_silent or group.is_hidden else text


def _letter(number: int) -> str:
    """A number below nought is one of 16 bits; halves of a letter outside the plane are joined by the caller."""
    return chr(number & 0xFFFF) if -0x8000 <= number <= 0x10FFFF else ""


def pages_of_rtf(content: bytes) -> Iterator[str]:
    """The texts of the pages that the file marks itself. Raises TooDeep."""
    reader = _Reader()
    parts: list[str] = []
    for found in _PIECE.finditer(content):
        said = reader.said(found)
        if said == PAGE:
            yield _joined(parts)
            parts.clear()
        elif said:
            parts.append(said)
    yield _joined(parts)


def _joined(parts: list[str]) -> str:
    return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
