"""Reads the table of an old register, as offices have them: CSV in any of their encodings, or XLSX.

Nothing is judged here but whether it is a table at all. Cells are text; a day in a spreadsheet becomes 1998-03-12.
"""

import csv
import datetime as dt
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS = ("number", "date", "title", "sender", "unit", "class", "language", "files")
# What offices call the columns. The first row names them, in any order.
NAMES = {
    "number": "number no nr numar număr номер № numer",
    "date": "date day data дата",
    "title": "title subject content titlu subiect continut conținut заглавие съдържание относно tytul tytuł temat"
    " treść",
    "sender": "sender from issuer expeditor emitent подател изпращач nadawca",
    "unit": "unit department directie direcție compartiment serviciu звено отдел дирекция komorka komórka wydzial"
    " wydział referat",
    "class": "class clasa clasă indicativ клас индекс klasa jrwa",
    "language": "language limba limbă език jezyk język",
    "files": "files file scans fisiere fișiere файлове файл pliki plik",
}
LARGEST = 200 * 1024 * 1024
LARGEST_UNPACKED = 1024 * 1024 * 1024
MOST_ROWS = 1_000_000
LONGEST_CELL = 20_000
HEADING_ROWS = 20

_COLUMN_OF = {name: column for column, names in NAMES.items() for name in names.split()}
_SEPARATORS = ",;\t|"
_UNWANTED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_BESIDE_HIGH = re.compile(rb"(?<=[\xc0-\xff])[\xc0-\xff]")


class TableUnusable(Exception):
    """This is no table of a register; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` counts as spreadsheets do: the names of the columns are row 1. ``surplus``: cells behind the last."""

    number: int
    cells: dict[str, str]
    surplus: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    rows: Sequence[Row]
    columns: Sequence[str]
    unknown_columns: Sequence[str]


def read_table(path: Path, *, encoding: str = "") -> Table:
    """The table in a file. ``encoding``: what its CSV is written in; found out when not given.

    Raises TableUnusable, and OSError where the file can't be read.
    """
    if path.stat().st_size > LARGEST:
        raise TableUnusable(_("The table is larger than 200 MB. Split it by year."))
    content = path.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        return _as_table(_spreadsheet(content))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableUnusable(_("This is a spreadsheet of the old kind (XLS). Save it as XLSX or CSV."))
    return _as_table(_lines(_decoded(content, encoding)))


def _as_table(lines: Iterator[tuple[int, list[str]]]) -> Table:
    """Lines with their numbers; those before the names of the columns are a heading and are left aside."""
    columns: list[str] = []
    for number, cells in lines:
        columns = [_column(cell) for cell in cells]
        if _names_columns(columns) or number >= HEADING_ROWS:
            break
    known = [column for column in columns if column in COLUMNS]
    if not _names_columns(columns):
        raise TableUnusable(
            _("No row names the columns. The first row must read: {columns}.").format(columns=",".join(COLUMNS))
        )
    if twice := sorted({column for column in known if known.count(column) > 1}):
        raise TableUnusable(_("There are two columns for: {columns}.").format(columns=", ".join(twice)))
    rows = [row for row in (_row(number, cells, columns) for number, cells in lines) if row]
    return Table(rows, known, [column for column in columns if column and column not in COLUMNS])


def _names_columns(columns: Sequence[str]) -> bool:
    """A number or a title must be there; a stray "No" in a heading is not enough."""
    known = {column for column in columns if column in COLUMNS}
    return len(known) > 1 and bool(known & {"number", "title"})


def _column(heading: str) -> str:
    return _COLUMN_OF.get(heading.casefold().rstrip(".:"), heading)


def _row(number: int, cells: Sequence[str], columns: Sequence[str]) -> Row | None:
    """The row, or None where it is empty. Cells that are missing at its end are empty ones."""
    if not any(cells):
        return None
    named = {column: "" for column in COLUMNS}
    named |= {column: cell for column, cell in zip(columns, cells, strict=False) if column in COLUMNS}
    surplus = " ".join(cell for cell in cells[len(columns) :] if cell)
    return Row(number, named, surplus)


def cleaned(cell: str) -> str:
    """On one line, without control and direction marks; letters composed, as our own texts are."""
    if cell.isascii() and cell.isprintable():
        return " ".join(cell.split())
    words = " ".join(unicodedata.normalize("NFC", cell).split())
    return "".join(letter for letter in words if unicodedata.category(letter) not in _UNWANTED)


# -- CSV


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding or _encoding_of(content))
    except LookupError as error:
        raise TableUnusable(_("There is no encoding {name}.").format(name=encoding)) from error
    except UnicodeError as error:
        raise TableUnusable(
            _("The letters of the table can't be read. Save it as CSV in UTF-8, or say its encoding.")
        ) from error


def _encoding_of(content: bytes) -> str:
    """UTF-8 or 16 where it is one; else Windows' own for Cyrillic or for Polish and Romanian, by how letters stand.

    In a Cyrillic text the letters beyond ASCII stand side by side; in a Polish or Romanian one, between others.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        high = len(_HIGH.findall(content))
        beside = len(_HIGH_BESIDE_HIGH.findall(content))
        return "cp1251" if beside * 2 > high else "cp1250"
    return "utf-8-sig"


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    if "\x00" in text:
        raise TableUnusable(_("This is not a table: it is neither CSV nor XLSX."))
    csv.field_size_limit(LARGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator_of(text))
    try:
        for number, cells in enumerate(reader, start=1):
            _not_too_many(number)
            yield number, [_within(cleaned(cell), number) for cell in cells]
    except csv.Error as error:
        raise TableUnusable(
            _("The table breaks off at line {line}: {trouble}.").format(line=reader.line_num, trouble=error)
        ) from error


def _separator_of(text: str) -> str:
    """The sign that cuts the names of the columns apart."""
    for line in text.splitlines()[:HEADING_ROWS]:
        for separator in sorted(_SEPARATORS, key=line.count, reverse=True):
            cells = next(csv.reader([line], delimiter=separator), [])
            if _names_columns([_column(cleaned(cell)) for cell in cells]):
                return separator
    return ","


# -- XLSX


def _spreadsheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The first sheet."""
    from openpyxl import load_workbook  # noqa: PLC0415 (a tenth of a second that every start would take)

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise TableUnusable(_("Unpacked, the table is larger than we allow. Split it by year."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            _not_too_many(number)
            yield number, [_within(cleaned(_as_text(cell)), number) for cell in cells]
    except TableUnusable:
        raise
    except Exception as error:  # openpyxl lets through whatever a damaged part makes it stumble over
        raise TableUnusable(_("The spreadsheet is damaged and can't be read. Save it as CSV.")) from error


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _within(cell: str, number: int) -> str:
    if len(cell) > LONGEST_CELL:
        raise TableUnusable(
            _("A cell of row {row} has more than {count} letters: a quotation mark is left open there.").format(
                row=number, count=LONGEST_CELL
            )
        )
    return cell


def _not_too_many(number: int) -> None:
    if number > MOST_ROWS:
        raise TableUnusable(_("The table has more than a million rows. Split it by year."))
