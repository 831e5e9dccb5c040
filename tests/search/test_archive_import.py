"""``manage.py archive_import``: what it says, how it ends, and that what came in is found at once."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.models import BackfileImport, ImportState, RegisterEntry, Role
from search.finding import find
from tests.cases.town import Town, build_town
from tests.factories import InstitutionFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
HEAD = "number,date,title,sender,unit,class,language,files\n"


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "kiosk.txt").write_text("The kiosk stands behind the chestnut.")
    path = tmp_path / "Register 1998.csv"
    path.write_text(HEAD + "12a,about 1998,Kiosk by the school,Ana Marin,PARK,,en,kiosk.txt\n")
    return path


def run(table: Path, *options: Any) -> tuple[str, int]:
    """What the command said, and how it ended."""
    said = io.StringIO()
    try:
        call_command("archive_import", table, table.parent / "scans", *options, stdout=said, stderr=said)
    except CommandError as refusal:
        return f"{said.getvalue()}{refusal}", refusal.returncode
    return said.getvalue(), 0


def add(table: Path, row: str) -> None:
    table.write_text(table.read_text() + f"{row}\n")


@pytest.mark.parametrize("words", ["kiosk school", "chestnut", "12a", "Marin"])
def test_what_came_in_is_found_at_once(town: Town, table: Path, words: str):
    said, status = run(table)

    assert (status, "1 rows: 1 taken over, 0 there already, 0 refused." in said) == (0, True)
    (result,) = find(town.person("victor"), words, chosen={}).results
    assert result.number == "12a"


def test_a_dry_run_says_what_would_be_and_changes_nothing(town: Town, table: Path):
    add(table, "13,32.1998,Fence")

    said, status = run(table, "--dry-run")

    assert status == 1
    assert "3  date       “32.1998” is no date that we know. Write 12.03.1998, 03.1998, 1998 or about 1998." in said
    assert "2 rows: 1 would be taken over, 0 there already, 1 refused." in said
    assert (RegisterEntry.objects.count(), BackfileImport.objects.count()) == (0, 0)


def test_refused_rows_are_in_the_report_and_the_others_in_the_register(town: Town, table: Path, tmp_path: Path):
    add(table, "13,1998,Fence,,,,,gone.pdf")

    _said, status = run(table, "--report", tmp_path / "report.csv")

    assert status == 1
    assert (tmp_path / "report.csv").read_text("utf-8-sig").splitlines() == [
        "Row,Column,What stands there,Why it was refused",
        "3,files,gone.pdf,The file “gone.pdf” is not in the folder.",
    ]
    imported = BackfileImport.objects.get()
    assert (imported.state, imported.rows, imported.taken_over, imported.refused) == (ImportState.DONE, 2, 1, 1)


def test_run_again_it_brings_nothing_twice(town: Town, table: Path):
    run(table, "--leave-index")

    said, status = run(table, "--leave-index")

    assert (status, RegisterEntry.objects.count()) == (0, 1)
    assert "1 rows: 0 taken over, 1 there already, 0 refused." in said


def test_whose_import_it_was_is_in_the_history(town: Town, table: Path):
    town.person("victor")

    run(table, "--leave-index", "--as", "victor")

    event = RegisterEntry.objects.get().case.events.get()
    assert (str(event.actor), event.capacity_note) == ("Victor", "import of Register 1998.csv by Victor")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--unit", "XX"], "There is no unit XX. There are: MAY, PARK, REG, ROAD."),
        (["--as", "nobody"], "There is no person nobody"),
        (["--institution", "nowhere"], "Say which institution"),
    ],
)
def test_what_can_not_be_used_ends_with_2(town: Town, table: Path, options: list[str], why: str):
    said, status = run(table, *options)

    assert (status, RegisterEntry.objects.count()) == (2, 0)
    assert why in said


def test_a_table_or_folder_that_is_none_ends_with_2(town: Town, table: Path, tmp_path: Path):
    (tmp_path / "bare.csv").write_text("nothing,known\n")

    assert run(tmp_path / "gone.csv")[1] == 2
    assert run(tmp_path / "bare.csv") == (
        f"bare.csv: No row names the columns. The first row must read: {HEAD.strip()}.",
        2,
    )
    with pytest.raises(CommandError, match="There is no folder") as refused:
        call_command("archive_import", table, tmp_path / "nowhere")
    assert refused.value.returncode == 2


def test_of_several_institutions_one_is_named(town: Town, table: Path):
    other = InstitutionFactory(slug="other-town")

    said, status = run(table, "--leave-index")
    assert (status, "other-town" in said) == (2, True)
    assert run(table, "--leave-index", "--institution", town.institution.slug)[1] == 0
    assert not other.registers.exists()


def test_an_archivist_of_a_new_institution_finds_what_the_founder_brought(table: Path, db: None):
    town = build_town()
    archivist = town.hire("lena", unit=town.registry, role=Role.ARCHIVIST)

    run(table, "--unit", "REG")

    assert [result.number for result in find(archivist, "chestnut", chosen={}).results] == ["12a"]
