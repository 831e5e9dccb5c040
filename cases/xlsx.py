"""XLSX for people's spreadsheets, written line by line, with harmless cells; apart from CSV, which starts at once."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.utils import formats
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from cases.spreadsheets import plain


class XlsxSheet:
    """XLSX with a frozen line of titles; days and numbers are values, so that one can sort and count by them."""

    def __init__(self, file: IO[bytes], titles: Sequence[str], widths: Iterable[int] = ()) -> None:
        self._file = file
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet()
        for number, width in enumerate(widths):
            self._sheet.column_dimensions[chr(ord("A") + number)].width = width
        self._sheet.freeze_panes = "A2"
        self._day_format = _day_format()
        self._sheet.append([self._bold(title) for title in titles])

    def add(self, cells: Sequence[Any]) -> None:
        self._sheet.append([self._cell(cell) for cell in cells])

    def end(self) -> None:
        self._book.save(self._file)

    def _bold(self, title: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, plain(title))
        cell.font = Font(bold=True)
        return cell

    def _cell(self, value: Any) -> Any:
        if isinstance(value, int):
            return value
        if not isinstance(value, dt.date):
            return plain(value)
        if value.year < 1900:  # before the first day that a spreadsheet knows
            return formats.date_format(value, "SHORT_DATE_FORMAT")
        cell = WriteOnlyCell(self._sheet, value)
        cell.number_format = self._day_format
        return cell


def _day_format() -> str:
    """The short date of the reader's language in a spreadsheet's own letters."""
    letters = {"d": "dd", "j": "d", "m": "mm", "n": "m", "Y": "yyyy", "y": "yy"}
    return "".join(letters.get(letter, letter) for letter in str(formats.get_format("SHORT_DATE_FORMAT")))
