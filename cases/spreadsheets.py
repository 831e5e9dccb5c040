"""Tables that leave the house for people's spreadsheets: CSV, written line by line, with harmless cells."""

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import IO, Any, Protocol

from django.utils import formats

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"
LONGEST_CELL = 32_767  # of XLSX
WIDTHS = {"short": 12, "usual": 22, "long": 48}

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula is written with an apostrophe before it; numbers stay."""
    text = str(cell)
    is_number = text.removeprefix("-").replace(",", "", 1).replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text


def separator() -> str:
    """What parts the columns of a CSV file, as spreadsheets of the reader's language expect it."""
    return ";" if formats.get_format("DECIMAL_SEPARATOR") == "," else ","


class Sheet(Protocol):
    """Takes lines one by one; ``end`` finishes the file."""

    def add(self, cells: Sequence[Any]) -> None: ...

    def end(self) -> None: ...


class CsvSheet:
    """CSV in UTF-8 with a mark at its beginning, by which Excel knows it; days as the reader's language writes them."""

    def __init__(self, file: IO[bytes], titles: Sequence[str]) -> None:
        self._words = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
        self._words.write(BYTE_ORDER_MARK)
        self._writer = csv.writer(self._words, delimiter=separator())
        self.add(titles)

    def add(self, cells: Sequence[Any]) -> None:
        self._writer.writerow([self._written(cell) for cell in cells])

    def end(self) -> None:
        self._words.flush()
        self._words.detach()

    def _written(self, cell: Any) -> Any:
        if isinstance(cell, int):
            return cell
        return formats.date_format(cell, "SHORT_DATE_FORMAT") if isinstance(cell, dt.date) else plain(cell)


def plain(cell: Any) -> str:
    """Text on one line, without what no spreadsheet can hold."""
    text = " ".join(_CONTROL.sub(" ", str(cell or "")).split())
    return str(harmless(text))[:LONGEST_CELL]
