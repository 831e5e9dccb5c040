"""An old register comes in with its numbers and dates, each line once, however often its table is brought."""

import datetime as dt
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from cases import history, integrity
from cases.backfile import importing
from cases.backfile.importing import (
    Plan,
    Progress,
    ensure_register,
    importer,
    known_register,
    plan,
    register_code,
    take_over,
)
from cases.backfile.refusals import Refusal, Why, as_csv
from cases.backfile.table import TableUnusable, read_table
from cases.models import Case, CaseState, ComponentFile, Document, EntryKind, OutboxRow, RegisterEntry
from tests.cases.town import Town, bytes_of
from tests.factories import NOON, SOFIA, RecordClassFactory, RegisterFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
HEAD = "number,date,title,sender,unit,class,language,files"


class Book:
    """The table and scans of one old register."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town, self.path, self.scans = town, folder / "1998.csv", folder / "scans"
        self.scans.mkdir()

    def write(self, *rows: str) -> "Book":
        self.path.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
        return self

    def scan(self, name: str, content: str = "") -> None:
        (self.scans / name).write_text(content or f"The scan {name}", encoding="utf-8")

    def plan(self, **options: Any) -> Plan:
        return plan(
            read_table(self.path),
            self.scans,
            institution=self.town.institution,
            register=known_register(self.town.institution, self.path.name),
            at=NOON,
            **options,
        )

    def take_over(self, *, transactions: int | None = None, **options: Any) -> list[Progress]:
        register = ensure_register(self.town.institution, self.path.name)
        actor = importer(self.town.person("victor"), self.path.name)
        steps = take_over(self.plan(**options).new, self.scans, register, actor=actor, now=lambda: NOON)
        return list(islice(steps, transactions))

    def lines(self) -> list[tuple[str, str]]:
        entries = RegisterEntry.objects.filter(kind=EntryKind.IMPORTED).order_by("pk")
        return list(entries.values_list("number", "subject"))

    def entry(self, number: str) -> RegisterEntry:
        return RegisterEntry.objects.select_related("case__unit", "register", "sender").get(number=number)


@pytest.fixture
def book(town: Town, tmp_path: Path) -> Book:
    return Book(town, tmp_path)


def whys(found: Plan) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.why) for one in found.refusals]


def test_a_line_keeps_its_number_its_date_and_its_files(town: Town, book: Book):
    trees = RecordClassFactory(institution=town.institution, code="05-01")
    book.scan("letter.txt", "Стар павилион")
    book.scan("sketch.txt")
    book.write("48-00-34/20.10.1998,about 1998,Павилион до училището,Иван Петров,PARK,05-01,bg,letter.txt;sketch.txt")

    assert book.take_over() == [Progress(1, 0, [])]

    entry = book.entry("48-00-34/20.10.1998")
    case, document = entry.case, Document.objects.get(entry=entry)
    assert (entry.kind, entry.seq, entry.year, entry.register.kind) == (EntryKind.IMPORTED, None, 1997, "IMPORTED")
    assert (entry.written_earliest, entry.written_latest, entry.written_as) == (
        dt.date(1997, 1, 1),
        dt.date(1999, 12, 31),
        "about 1998",
    )
    assert (str(entry.sender), entry.sender.role) == ("Иван Петров", "SENDER")
    assert (case.number, case.subject, case.language, case.unit, case.record_class) == (
        entry.number,
        "Павилион до училището",
        "bg",
        town.parks,
        trees,
    )
    assert (case.state, case.opened_at.astimezone(SOFIA).year, case.closed_at.astimezone(SOFIA).year) == (
        CaseState.CLOSED,
        1997,
        1999,
    )
    files = ComponentFile.objects.filter(component__document=document).order_by("component__position")
    assert [(file.name, file.component.role) for file in files] == [("letter.txt", "LETTER"), ("sketch.txt", "ANNEX")]
    assert bytes_of(files[0].stored_file_id).decode() == "Стар павилион"


def test_the_history_says_whose_import_it_was_and_from_where(book: Book):
    book.write("12a,1998,Fence,Ana Marin").take_over()

    (event,) = book.entry("12a").case.events.all()
    assert history.words_of(event) == "Taken over from the old register old-1998, row 2"
    assert (event.actor, event.capacity, event.capacity_note) == (
        book.town.person("victor"),
        "JOB",
        "import of 1998.csv by Victor",
    )
    assert book.entry("12a").event_hash == event.hash


def test_nothing_is_sent_made_or_begun_for_an_old_line(book: Book):
    book.write("12a,1998,Fence,Ana Marin").take_over()

    case = book.entry("12a").case
    assert not OutboxRow.objects.exists()
    assert (case.tasks.count(), case.due_date, hasattr(case, "clock")) == (0, None, False)
    assert list(case.documents.values_list("missing_reason", flat=True)) == ["ON_PAPER"]


def test_the_books_are_in_order_after_an_import(book: Book):
    book.scan("a.txt")
    book.write("12,1998,Fence,,,,,a.txt", "12,,Oak", ",,Without number").take_over()

    assert [found.name for found in integrity.findings() if not found.name.startswith("index")] == []


def test_the_same_number_twice_is_two_lines_and_so_are_rows_wholly_alike(book: Book):
    book.write("12,1998,Fence", "12,1998,Oak", "12,1998,Oak", ",1998,Oak").take_over()

    assert book.lines() == [("12", "Fence"), ("12", "Oak"), ("12", "Oak"), ("", "Oak")]


def test_the_same_table_again_brings_nothing(book: Book):
    book.write("12,1998,Fence", "12,1998,Oak", "12,1998,Oak").take_over()

    again = book.plan()

    assert (again.rows, list(again.new), again.known, list(again.refusals)) == (3, [], 3, [])


def test_a_row_that_was_put_right_and_one_put_in_between_come_in_later(book: Book):
    book.write("1,1998,Fence", "2,32.1998,Oak", "3,1998,Lime").take_over()

    book.write("1,1998,Fence", "1a,1998,Gate", "2,02.1998,Oak", "3,1998,Lime").take_over()

    assert book.lines() == [("1", "Fence"), ("3", "Lime"), ("1a", "Gate"), ("2", "Oak")]


def test_a_line_that_was_changed_in_the_table_is_no_second_line(book: Book):
    book.write("1,1998,Fence", "2,1998,Oak").take_over()

    found = book.write("1,1998,High fence", "2,1998,Oak", "2,1998,Lime").plan()

    assert whys(found) == [(2, "number", Why.CHANGED)]
    assert ([line.title for line in found.new], found.known) == (["Lime"], 1)


def test_what_was_broken_off_goes_on_where_it_was(book: Book, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 2)
    book.write(*(f"{number},1998,Fence" for number in range(1, 6)))

    book.take_over(transactions=1)
    assert len(book.lines()) == 2
    assert book.take_over() == [Progress(2, 0, []), Progress(1, 0, [])]
    assert [number for number, _subject in book.lines()] == ["1", "2", "3", "4", "5"]


def test_two_who_take_over_the_same_table_at_once_bring_each_line_once(book: Book):
    register = ensure_register(book.town.institution, "1998.csv")
    lines = book.write("1,1998,Fence", "2,1998,Oak").plan().new
    book.take_over()

    late = list(take_over(lines, book.scans, register, actor=importer(None, "1998.csv"), now=lambda: NOON))

    assert late == [Progress(0, 2, [])]
    assert len(book.lines()) == 2


def test_a_file_that_went_meanwhile_refuses_its_row_alone(book: Book):
    book.scan("a.txt")
    register = ensure_register(book.town.institution, "1998.csv")
    lines = book.write("1,1998,Fence,,,,,a.txt", "2,1998,Oak").plan().new
    (book.scans / "a.txt").unlink()

    done = list(take_over(lines, book.scans, register, actor=importer(None, "1998.csv"), now=lambda: NOON))

    assert done == [Progress(1, 0, [Refusal(2, "files", Why.FILE_MISSING, "a.txt")])]
    assert book.lines() == [("2", "Oak")]


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ("1,31.2.1998,Fence", "date", Why.NOT_A_DATE),
        ("1,2030,Fence", "date", Why.DATE_AHEAD),
        ("1,,Fence,,NOWHERE", "unit", Why.UNKNOWN_UNIT),
        ("1,,Fence,,,99", "class", Why.UNKNOWN_CLASS),
        ("1,,Fence,,,,klingon", "language", Why.UNKNOWN_LANGUAGE),
        ("1,,Fence,,,,,gone.pdf", "files", Why.FILE_MISSING),
        ("1,,Fence,,,,,../1998.csv", "files", Why.FILE_OUTSIDE),
        ("1,,Fence,,,,,,more", "", Why.TOO_MANY_CELLS),
        (",1998,,Ana Marin", "number", Why.NOTHING_SAID),
        (f"{'1' * 81},,Fence", "number", Why.NUMBER_TOO_LONG),
    ],
)
def test_a_row_that_can_not_come_in_is_refused_with_its_column_and_reason(book: Book, row: str, column: str, why: Why):
    found = book.write("7,1998,Oak", row).plan()

    assert whys(found) == [(3, column, why)]
    assert [line.number for line in found.new] == ["7"]
    assert found.refusals[0].words


def test_everything_that_is_wrong_with_a_row_is_said_at_once(book: Book):
    found = book.write("1,never,Fence,,NOWHERE,99,,gone.pdf").plan()

    assert [column for _row, column, _why in whys(found)] == ["date", "unit", "class", "files"]
    assert found.refused_rows == 1


@pytest.mark.parametrize(
    ("cell", "unit"), [("park", "parks"), ("Паркове", "parks"), ("roads", "roads"), ("", "registry")]
)
def test_a_unit_is_known_by_symbol_or_name_and_the_registry_takes_the_rest(town: Town, book: Book, cell, unit):
    town.parks.names = {"en": "Parks", "bg": "Паркове"}
    town.parks.save()
    book.write(f"1,1998,Fence,,{cell}").take_over()

    assert book.entry("1").case.unit == getattr(town, unit)


def test_a_unit_that_is_no_more_may_leave_its_papers_to_another(town: Town, book: Book):
    book.write("1,1998,Fence,,Old Forestry", "2,1998,Oak").take_over(unit=town.roads)

    assert {book.entry(number).case.unit for number in ("1", "2")} == {town.roads}
    assert book.entry("1").case.events.get().payload["unit"] == "Old Forestry"


@pytest.mark.parametrize(
    ("row", "first", "last", "year"),
    [
        ("123/1998,,Fence", dt.date(1998, 1, 1), dt.date(1998, 12, 31), 1998),
        ("48-00-34/20.10.1998,,Fence", dt.date(1998, 10, 20), dt.date(1998, 10, 20), 1998),
        ("17,,Fence", None, None, 0),
    ],
)
def test_a_line_without_date_takes_the_one_in_its_number_or_none(book: Book, row: str, first, last, year):
    book.write(row).take_over()

    entry = RegisterEntry.objects.get(kind=EntryKind.IMPORTED)
    assert (entry.written_earliest, entry.written_latest, entry.year) == (first, last, year)


def test_words_longer_than_the_columns_are_kept_whole_beside_the_line(book: Book):
    title = "Fence " * 80
    book.write(f"1,1998,{title}").take_over()

    (file,) = ComponentFile.objects.filter(component__document__entry=book.entry("1"))
    assert bytes_of(file.stored_file_id).decode() == title.strip()
    assert book.entry("1").subject == title[:300]


def test_a_line_with_files_only_is_called_by_them(book: Book):
    book.scan("Protocol 7.pdf")
    book.write(",1998,,,,,,Protocol 7.pdf").take_over()

    assert book.lines() == [("", "Protocol 7")]


def test_the_archivist_sees_what_came_in_and_a_stranger_does_not(town: Town, book: Book):
    book.write("1,1998,Fence,,PARK").take_over()

    seen = {
        name: Case.objects.visible_to(town.person(name)).filter(number="1").exists()
        for name in ("victor", "alice", "charlie", "adam")
    }
    assert seen == {"victor": True, "alice": True, "charlie": False, "adam": False}


def test_tables_of_other_names_are_other_registers():
    names = ["1998.csv", "Register 1998.xlsx", "Дневник 1998.csv", "Регистър 1998.csv", "register 1998.csv"]

    codes = [register_code(name) for name in names]

    assert codes[1] == codes[4] == "old-register-1998"
    assert len(set(codes)) == 4
    assert all(len(code) <= 40 for code in codes)


def test_a_register_in_use_is_never_taken_for_an_old_one(town: Town):
    RegisterFactory(institution=town.institution, code="old-1998", kind="INCOMING")

    with pytest.raises(TableUnusable, match="old-1998 is in use"):
        ensure_register(town.institution, "1998.csv")


def test_no_cell_of_the_report_makes_a_spreadsheet_calculate():
    report = as_csv([Refusal(2, "unit", Why.UNKNOWN_UNIT, "=1+1")]).decode("utf-8-sig")

    assert "2,unit,'=1+1," in report
