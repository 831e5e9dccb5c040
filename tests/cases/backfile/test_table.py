"""Tables come from many programs and many years: what is one is read, what is none is refused in words."""

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook

from cases.backfile.table import TableUnusable, read_table

BULGARIAN = "number,date,title,sender\n12а,1998,Павилион до училището,Община Бела река\n"
POLISH = "number;date;title;sender\n12;1998;Zezwolenie na wycięcie dębu przy ścieżce;Gmina Łódź, Żółkiewskiego\n"


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "register.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        BULGARIAN.encode(),
        BULGARIAN.encode("utf-8-sig"),
        BULGARIAN.encode("utf-16"),
        BULGARIAN.encode("cp1251"),
        BULGARIAN.replace(",", ";").encode("cp1251"),
        BULGARIAN.replace(",", "\t").encode(),
        BULGARIAN.replace("\n", "\r\n").encode(),
    ],
)
def test_a_table_is_read_in_whatever_letters_and_with_whatever_separator(tmp_path: Path, content: bytes):
    (row,) = read_table(written(tmp_path, content)).rows

    assert row.number == 2
    assert row.cells == {
        "number": "12а",
        "date": "1998",
        "title": "Павилион до училището",
        "sender": "Община Бела река",
        "unit": "",
        "class": "",
        "language": "",
        "files": "",
    }


@pytest.mark.parametrize("encoding", ["cp1250", "utf-8"])
def test_polish_letters_are_told_from_cyrillic_ones(tmp_path: Path, encoding: str):
    (row,) = read_table(written(tmp_path, POLISH.encode(encoding))).rows

    assert row.cells["title"] == "Zezwolenie na wycięcie dębu przy ścieżce"
    assert row.cells["sender"] == "Gmina Łódź, Żółkiewskiego"


def test_an_encoding_that_is_said_counts(tmp_path: Path):
    path = written(tmp_path, "number,title\n1,Павилион\n".encode("cp866"))

    assert read_table(path, encoding="cp866").rows[0].cells["title"] == "Павилион"
    with pytest.raises(TableUnusable, match="There is no encoding klingon"):
        read_table(path, encoding="klingon")


def test_rows_may_end_early_and_empty_ones_are_nothing(tmp_path: Path):
    table = read_table(written(tmp_path, b"number,date,title\n1\n,,\n\n2,1998,Fence\n"))

    found = [(row.number, row.cells["number"], row.cells["title"]) for row in table.rows]
    assert found == [(2, "1", ""), (5, "2", "Fence")]


def test_cells_behind_the_last_column_are_kept_apart(tmp_path: Path):
    (row,) = read_table(written(tmp_path, b"number,title\n1,Fence,tall,\n")).rows

    assert row.surplus == "tall"


def test_columns_may_be_called_in_four_languages_stand_in_any_order_and_below_a_heading(tmp_path: Path):
    text = "Входящ дневник 1998,,\nЗаглавие,Номер,Бележка\nОграда,7,спешно\n"

    table = read_table(written(tmp_path, text.encode()))

    assert table.unknown_columns == ["Бележка"]
    assert (table.rows[0].cells["number"], table.rows[0].cells["title"], table.rows[0].number) == ("7", "Ограда", 3)


def test_a_quoted_cell_may_hold_the_separator_and_several_lines(tmp_path: Path):
    (row,) = read_table(written(tmp_path, b'number;title;files\n1;"Fence;\nat the mill";"a.pdf;b.pdf"\n')).rows

    assert (row.cells["title"], row.cells["files"]) == ("Fence; at the mill", "a.pdf;b.pdf")


def test_marks_that_hide_or_turn_letters_are_left_out(tmp_path: Path):
    (row,) = read_table(written(tmp_path, "number,title\n1,Fen\u202ece\u200b\u0007\n".encode())).rows

    assert row.cells["title"] == "Fence"


def test_a_spreadsheet_is_read_with_its_days_and_numbers(tmp_path: Path):
    book = Workbook()
    book.active.append(["number", "date", "title", "files"])
    book.active.append([12, dt.datetime(1998, 3, 12), "Ограда", None])
    book.active.append(["12a", 1998, "=1+1", "a.pdf"])
    book.save(tmp_path / "register.xlsx")

    first, second = read_table(tmp_path / "register.xlsx").rows

    assert (first.cells["number"], first.cells["date"], first.cells["files"]) == ("12", "1998-03-12", "")
    assert (second.number, second.cells["number"], second.cells["date"]) == (3, "12a", "1998")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "No row names the columns"),
        (b"1,1998,Fence\n2,1998,Oak\n", "number,date,title,sender,unit,class,language,files"),
        (b"number,title,number\n1,a,2\n", "two columns for: number"),
        (b"\xd0\xcf\x11\xe0 old spreadsheet", "XLSX or CSV"),
        (b"PK\x03\x04 torn", "damaged"),
        (b"number,title\n\x00\x01\x02", "neither CSV nor XLSX"),
        (b'number,title\n1,"' + b"x" * 30_000, "a quotation mark is left open"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, why: str):
    with pytest.raises(TableUnusable, match=why):
        read_table(written(tmp_path, content))
