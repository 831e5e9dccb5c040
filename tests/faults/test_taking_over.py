"""An import of an old register that is killed in the middle goes on where it was; nothing comes in twice."""

import hashlib
from pathlib import Path

import pytest

from tests.faults.office import Killed, Office

ROWS = 11


@pytest.mark.both_databases
def test_an_import_that_was_killed_goes_on_and_brings_each_line_once(office: Office, tmp_path: Path):
    scans = tmp_path / "scans"
    scans.mkdir()
    rows = []
    for number in range(1, ROWS + 1):
        (scans / f"{number}.txt").write_text(f"Scan of {number}")
        rows.append(f"{number},1998,Fence,Ana Marin,PARK,,,{number}.txt")
    table = tmp_path / "1998.csv"
    table.write_text("\n".join(["number,date,title,sender,unit,class,language,files", *rows]))

    pid = office.begin("take_over", table=str(table), folder=str(scans), dying_at=6)
    with pytest.raises(Killed):
        office.end(pid)

    # Whole transactions only: four rows of the first, nothing of the second.
    assert [number for number, _file in office.do("old_lines")] == ["1", "2", "3", "4"]
    said = office.do("take_over", table=str(table), folder=str(scans))
    assert said == "11 rows: 7 taken over, 4 there already, 0 refused."
    wanted = [[str(number), hashlib.sha256(f"Scan of {number}".encode()).hexdigest()] for number in range(1, ROWS + 1)]
    assert office.do("old_lines") == wanted
    assert [finding for finding in office.findings() if not finding.startswith("index")] == []
