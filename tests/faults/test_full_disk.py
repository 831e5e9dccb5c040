"""The disk is full: who files is not told that it worked, nothing is half there, and the next one finds room."""

from collections.abc import Callable, Iterator

import pytest

from tests.faults.conftest import Offices
from tests.faults.deeds import content
from tests.faults.office import DeedFailed, Office
from tests.faults.small_disk import SmallDisk, small_disk

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    with small_disk(tmp_path_factory.mktemp("town") / "disk", megabytes=12) as disk:
        yield disk


@pytest.fixture(scope="module")
def office_on_disk(open_offices: Callable[..., Office], disk: SmallDisk) -> Office:
    return open_offices(disk.folder)


@pytest.fixture
def cramped_office(offices: Offices, office_on_disk: Office) -> Office:
    return offices.begin_again(office_on_disk)


def test_an_upload_larger_than_the_room_is_refused_whole(cramped_office: Office, disk: SmallDisk):
    office = cramped_office
    first = office.do("file", key="first", contents=[content("small")])
    disk.fill(leave=MEGABYTE)

    with pytest.raises(DeedFailed, match="No space left on device"):
        office.do("file", key="second", contents=[content("x" * 2 * MEGABYTE)])

    disk.make_room()
    incoming = list((disk.folder / "originals" / "incoming").iterdir())
    again = office.do("file", key="second", contents=[content("x" * 2 * MEGABYTE)])
    assert incoming == []
    assert (first["number"], again["number"]) == ("2026-1", "2026-2")
    assert office.findings() == []


@pytest.mark.sqlite
def test_a_database_without_room_acknowledges_nothing_and_is_whole_afterwards(cramped_office: Office, disk: SmallDisk):
    office = cramped_office
    office.do("file", key="first", contents=[content("small")])
    disk.fill(leave=0)

    acknowledged = office.do("file_until_it_fails", prefix="tight", most=50)

    disk.make_room()
    kept = {key for _year, _seq, _number, key in office.do("numbers")}
    assert len(acknowledged) < 50
    assert {f"tight-{number}" for number in range(len(acknowledged))} <= kept
    assert office.do("file", key="after")["number"] == f"2026-{len(kept) + 1}"
    assert office.findings() == []


@pytest.mark.both_databases
def test_a_file_that_may_not_grow_further_leaves_nothing(office: Office):
    with pytest.raises(DeedFailed, match="File too large"):
        office.do("file_with_limit", key="first", contents=[content("x" * 2 * MEGABYTE)], largest=MEGABYTE)

    assert list((office.folder / "originals" / "incoming").iterdir()) == []
    assert office.do("numbers") == []
    assert office.do("file", key="first", contents=[content("x" * 2 * MEGABYTE)])["number"] == "2026-1"
    assert office.findings() == []
