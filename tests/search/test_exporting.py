"""Exports of what a search finds: for one person, with their rights, harmless to open, whatever befalls the worker."""

import csv
import datetime as dt
import io
import shutil

import pytest
from django.test import Client
from openpyxl import load_workbook

from cases.models import CaseReader, User
from cases.spreadsheets import CsvSheet, harmless
from cases.xlsx import XlsxSheet
from search import exporting
from search.asking import Asked
from search.engines import IndexUnavailable
from search.exporting import NotExported, TooManyUnderWay, ask_for, forget_old, stop, write_next
from search.models import Export
from tests.search.test_indexing import drain
from tests.search.town import NOON, again

ADDRESS = "/office/archive/exports/"


def office_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked_for(user, typed="tree", *, content="LIST", format="CSV", language="en", at=NOON) -> Export:
    return ask_for(Asked(typed), content=content, format=format, owner=again(user), language=language, at=at)


def written(export: Export, *, at=NOON) -> Export:
    assert write_next(now=lambda: at)
    export.refresh_from_db()
    return export


def lines_of(user, export: Export, *, at=NOON, delimiter=",") -> list[list[str]]:
    with exporting.opened(export, user=again(user), at=at) as file:
        words = file.read().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(words), delimiter=delimiter))


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+359 88", "'+359 88"),
        ("-HYPERLINK()", "'-HYPERLINK()"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("oak = lime", "oak = lime"),
        ("-12,5", "-12,5"),
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_text(cell, kept):
    assert harmless(cell) == kept


def test_a_csv_file_says_what_it_is_and_keeps_lines_together():
    file = io.BytesIO()

    sheet = CsvSheet(file, ["Title"])
    sheet.add(["two\nlines, \x00 and a comma"])
    sheet.add([dt.date(2009, 5, 3)])
    sheet.end()

    assert file.getvalue().decode() == '\ufeffTitle\r\n"two lines, and a comma"\r\n03/05/2009\r\n'


def test_an_xlsx_file_has_days_and_numbers_as_values_and_no_formula():
    file = io.BytesIO()

    sheet = XlsxSheet(file, ["Title", "Day", "Count", "Old"])
    sheet.add(["=cmd|' /C calc'!A0", dt.date(2009, 5, 3), 12, dt.date(1887, 1, 2)])
    sheet.end()
    _titles, line = load_workbook(file).active.iter_rows()

    assert [cell.data_type for cell in line] == ["s", "d", "n", "s"]
    assert line[0].value == "'=cmd|' /C calc'!A0"
    assert line[1].value == dt.datetime(2009, 5, 3)
    assert line[3].value == "02/01/1887"


def test_the_list_has_a_line_for_each_document_that_is_found(town):
    case = town.file(subject="=cmd tree")
    town.file(subject="Noise at night")
    drain()

    export = written(asked_for(town.alice))
    titles, line = lines_of(town.alice, export)

    assert (export.state, export.rows_done, export.rows_expected) == ("READY", 1, 1)
    assert titles[:3] == ["Number", "Date", "Document"]
    assert line[:3] == [case.number, "23/11/2026", "'=cmd tree"]
    assert line[6:8] == ["Tree felling", "Parks"]
    assert "Ana Marin" in line
    assert line[-1].endswith(f"/office/case/{case.public_id}/")


def test_columns_are_parted_and_days_written_as_the_reader_expects(town):
    town.file()
    drain()

    export = written(asked_for(town.alice, language="bg"))
    _titles, line = lines_of(town.alice, export, delimiter=";")

    assert line[1] == "23.11.2026"


def test_counts_are_exported_as_the_page_shows_them(town):
    town.file()
    town.file()
    drain()

    lines = lines_of(town.alice, written(asked_for(town.alice, content="COUNTS")))

    assert lines[1] == ["All", "", "2"]
    assert ["Unit", "Parks", "2"] in lines


def test_an_xlsx_export_opens(town):
    town.file()
    drain()

    export = written(asked_for(town.alice, format="XLSX"))
    with exporting.opened(export, user=again(town.alice), at=NOON) as file:
        rows = list(load_workbook(io.BytesIO(file.read())).active.iter_rows(values_only=True))

    assert len(rows) == 2
    assert rows[1][1] == dt.datetime(2026, 11, 23)


def test_each_line_is_asked_for_with_the_rights_of_that_moment(town):
    town.file(subject="Oak tree")
    hidden = town.file(subject="Lime tree")
    drain()
    export = asked_for(town.alice)

    CaseReader.objects.filter(case=hidden).delete()
    lines = lines_of(town.alice, written(export))

    assert [line[2] for line in lines[1:]] == ["Oak tree"]


def test_the_sender_of_what_one_may_not_open_is_left_out(town):
    case = town.file()
    type(case).objects.filter(pk=case.pk).update(access_level="RESTRICTED")
    drain()

    _titles, line = lines_of(town.dora, written(asked_for(town.dora)))

    assert case.number in line
    assert "Ana Marin" not in line


def test_a_file_is_handed_to_its_owner_alone_as_a_download(town):
    town.file()
    drain()
    export = written(asked_for(town.alice))
    Export.objects.update(finished_at=dt.datetime.now(dt.UTC))

    answer = office_of(town.alice).get(f"{ADDRESS}{export.pk}/")

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"Dangerous tree" in answer.getvalue()
    assert office_of(town.bob).get(f"{ADDRESS}{export.pk}/").status_code == 404
    assert office_of(town.bob).post(f"{ADDRESS}{export.pk}/").status_code == 404


def test_whoever_sees_less_than_before_gets_no_old_file(town):
    town.file()
    drain()
    export = written(asked_for(town.alice))

    town.alice.memberships.all().delete()

    with pytest.raises(exporting.NotHandedOut, match="has changed"):
        exporting.opened(export, user=again(town.alice), at=NOON)


def test_after_some_days_the_file_is_gone_and_the_trace_stays(town):
    town.file()
    drain()
    export = written(asked_for(town.alice))
    later = NOON + exporting.KEPT

    forget_old(at=later)
    export.refresh_from_db()

    assert (export.state, export.file_name) == ("EXPIRED", "")
    with pytest.raises(exporting.NotHandedOut, match="no longer kept"):
        exporting.opened(export, user=again(town.alice), at=later)
    assert forget_old(at=NOON + exporting.FORGOTTEN_AFTER + dt.timedelta(1)) == 1


def test_a_worker_that_died_leaves_an_export_that_the_next_one_begins_again(town):
    town.file()
    drain()
    export = asked_for(town.alice)
    Export.objects.update(state="RUNNING", claimed_until=NOON + exporting.CLAIM, rows_done=1, tries=1)

    meanwhile = write_next(now=lambda: NOON)
    afterwards = written(export, at=NOON + exporting.CLAIM * 2)

    assert not meanwhile
    assert afterwards.state == "READY"
    assert len(lines_of(town.alice, export, at=NOON)) == 2
    assert not write_next(now=lambda: NOON + exporting.CLAIM * 3)


def test_an_export_that_nobody_writes_says_that_no_worker_runs(town):
    town.file()
    drain()
    export = asked_for(town.alice)
    later = export.asked_at + dt.timedelta(minutes=4)
    said = exporting.trouble_of(export, at=later)
    Export.objects.filter(pk=asked_for(town.alice).pk).update(
        state="RUNNING", claimed_until=later + dt.timedelta(minutes=1)
    )

    assert "probably none is running" in said
    assert (exporting.trouble_of(export, at=export.asked_at), exporting.trouble_of(export, at=later)) == ("", "")


def test_a_stopped_export_is_not_written(town):
    town.file()
    drain()
    export = asked_for(town.alice)

    assert stop(export)

    assert not write_next(now=lambda: NOON)
    assert not stop(export)


def test_an_export_that_cannot_be_written_is_tried_again_and_then_given_up(town, archive_folder):
    town.file()
    drain()
    export = asked_for(town.alice)
    shutil.rmtree(archive_folder)
    hours = (NOON + dt.timedelta(hours=hour) for hour in range(10))

    tries = [at for at in hours if write_next(now=lambda at=at: at)]
    export.refresh_from_db()

    assert len(tries) == exporting.TRIES
    assert (export.state, export.tries) == ("FAILED", exporting.TRIES)


def test_nothing_found_is_nothing_to_export_and_three_at_a_time_are_enough(town):
    town.file()
    drain()

    with pytest.raises(NotExported, match="Nothing is found"):
        asked_for(town.alice, "walnut")
    for _ in range(exporting.MOST_UNDER_WAY):
        asked_for(town.alice)

    with pytest.raises(TooManyUnderWay):
        asked_for(town.alice)


def test_without_an_index_there_is_no_export(town):
    with pytest.raises(IndexUnavailable):
        asked_for(town.alice)


def test_the_page_follows_an_export_from_the_search_to_the_file(town):
    town.file()
    drain()
    client = office_of(town.alice)

    asked = client.post(f"{ADDRESS}ask/?q=tree", {"content": "LIST", "format": "CSV"}, follow=True)
    write_next()
    after = client.get(ADDRESS, headers={"X-Registra-Part": "1"}).content.decode()

    assert "“tree”" in asked.content.decode()
    assert "data-under-way" in asked.content.decode()
    assert "data-under-way" not in after
    assert "Download" in after
    assert "<html" not in after
