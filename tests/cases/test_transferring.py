"""Handing over: a package that others can check, the archive's acceptance, and only then our copies."""

import csv
import datetime as dt
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cases import bags, disposing, integrity, outbox, packages, transferring
from cases.canonical import sha256_of
from cases.models import (
    AccessLog,
    Case,
    ComponentFile,
    Destruction,
    DisposalAction,
    OutboxRow,
    RecordClass,
    TransferList,
)
from cases.originals import store
from cases.transferring import TransferRefused
from tests.cases.disposal import due_case, run_outbox
from tests.cases.town import a_file, bytes_of
from tests.factories import NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def town(town):
    """The trees are handed over after five years."""
    RecordClass.objects.filter(institution=town.institution).update(
        disposal_action=DisposalAction.TRANSFER, category="A"
    )
    return town


def proposed(town) -> TransferList:
    return transferring.propose_transfer(
        town.parks, year=2026, archive="State Archive Blagoevgrad", actor=town.actor("victor"), at=NOON
    )


def packed(town) -> TransferList:
    new = transferring.make_package(proposed(town), actor=town.actor("victor"), at=NOON)
    run_outbox("pack_transfer")
    return TransferList.objects.get(pk=new.pk)


def accepted(town) -> TransferList:
    return transferring.accept(
        packed(town), acceptance="ПП-12", acceptance_date=NOON.date(), actor=town.actor("victor"), at=NOON
    )


def unzipped(transfer_list: TransferList, folder: Path) -> Path:
    with transferring.derived().open(transfer_list.package) as source, zipfile.ZipFile(source) as package:
        package.extractall(folder)
    [bag] = folder.iterdir()
    return bag


def validated(bag: Path) -> str:
    """What the Library of Congress's own program finds wrong; "" when it accepts the bag."""
    told = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", str(bag)], capture_output=True, text=True, check=False
    )
    return "" if told.returncode == 0 else told.stderr


def test_validation_notices_a_changed_byte(town, tmp_path):
    due_case(town, files=[a_file(b"The oak.")])
    bag = unzipped(packed(town), tmp_path)
    [file] = (bag / "data/0001/files").iterdir()

    file.write_bytes(b"The ash.")

    assert "validation failed" in validated(bag)


def test_the_package_is_a_bag_that_the_library_of_congress_accepts(town, tmp_path):
    due_case(town, files=[a_file("Скица 100% 1.".encode(), name="скица на двора 100%.txt")])
    due_case(town, files=[a_file(b"two"), a_file(b"three", name="-=x.txt")])

    bag = unzipped(packed(town), tmp_path)

    assert validated(bag) == ""
    told = (bag / "bag-info.txt").read_text()
    assert f"External-Identifier: {town.institution.slug}/transfer/{TransferList.objects.get().pk}\n" in told


def test_each_case_has_its_description_its_chain_and_its_files(town, tmp_path):
    case = due_case(town, files=[a_file(b"The oak.", name="oak.txt")], subject="=Oak by the school")
    case.refresh_from_db()

    bag = unzipped(packed(town), tmp_path)

    described = json.loads((bag / "data/0001/case.json").read_text())
    events = json.loads((bag / "data/0001/events.json").read_text())
    [document] = described["registra:documents"]
    [file] = document["files"]
    assert (described["dc:identifier"], described["dc:title"]) == (case.number, "=Oak by the school")
    assert (bag / file["path"]).read_bytes() == b"The oak."
    assert hashlib.sha256(b"The oak.").hexdigest() == file["sha256"]
    assert [sha256_of(event["covered"]) == event["hash"] for event in events] == [True] * len(events)
    assert events[-1]["hash"] == described["registra:chainEnd"] == case.last_event_hash
    [row] = csv.DictReader(io.StringIO((bag / "data/list.csv").read_text("utf-8-sig")))
    assert (row["number"], row["title"], row["category"]) == (case.number, "'=Oak by the school", "A")
    [one] = ElementTree.parse(bag / "data/list.xml").getroot()
    assert one.find(f"{{{packages.DC}}}identifier").text == case.number


def test_a_bag_whose_payload_is_not_what_it_should_be_is_not_finished(tmp_path):
    path = tmp_path / "bag.zip"

    with pytest.raises(bags.PayloadChanged), bags.Bag(path, name="x", at=NOON) as bag:
        bag.copy("a.txt", io.BytesIO(b"other"), sha256="0" * 64)
    with zipfile.ZipFile(path) as package:
        assert "x/bagit.txt" not in package.namelist()


def test_a_name_with_a_line_end_is_written_in_percent(tmp_path):
    path = tmp_path / "bag.zip"

    with bags.Bag(path, name="x", at=NOON) as bag:
        bag.add("a\nb.txt", b"one")
    with zipfile.ZipFile(path) as package:
        package.extractall(tmp_path)

    assert validated(tmp_path / "x") == ""


def test_missing_bytes_are_named_and_the_list_can_be_packed_again(town):
    case = due_case(town, files=[a_file(b"gone by accident")])
    sha256 = ComponentFile.objects.get(component__document__case=case).stored_file_id
    store().remove_bytes(sha256)

    failed = packed(town)
    store().keep_bytes(b"gone by accident")
    again = transferring.make_package(failed, actor=town.actor("victor"), at=NOON)
    run_outbox("pack_transfer")

    assert (failed.state, "missing" in failed.failure) == ("PREPARED", True)
    assert TransferList.objects.get(pk=again.pk).state == "PACKED"


class Killed(BaseException):
    pass


@pytest.mark.parametrize(("place", "step"), [(packages, "_add_case"), (packages, "_as_xml"), (transferring, "derived")])
def test_a_worker_killed_while_packing_leaves_nothing_and_the_next_packs(town, monkeypatch, settings, place, step):
    due_case(town)
    new = transferring.make_package(proposed(town), actor=town.actor("victor"), at=NOON)
    staged = sorted(Path(settings.STAGING_DIR).glob("*"))

    def dies(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as crash:
        crash.setattr(place, step, dies)
        with pytest.raises(Killed):
            run_outbox("pack_transfer")
    OutboxRow.objects.update(claimed_until=None)
    between = TransferList.objects.get(pk=new.pk).state
    run_outbox("pack_transfer")

    assert (between, TransferList.objects.get(pk=new.pk).state) == ("PACKING", "PACKED")
    assert sorted(Path(settings.STAGING_DIR).glob("*")) == staged


def test_accepted_cases_are_transferred(town):
    case = due_case(town)

    done = accepted(town)

    case.refresh_from_db()
    event = case.events.order_by("seq").last()
    assert (done.state, case.state, event.kind) == ("ACCEPTED", "TRANSFERRED", "TRANSFERRED")
    assert event.payload["acceptance"] == "ПП-12"
    assert [finding.name for finding in integrity.findings() if finding.name.startswith("transfer")] == []


def test_what_changed_since_it_was_packed_is_not_accepted(town):
    case = due_case(town)
    ready = packed(town)
    disposing.place_hold(case, reason="A court asked for it", actor=town.actor("victor"), at=NOON)

    with pytest.raises(TransferRefused, match=f"Changed since the package was made: {case.number}"):
        transferring.accept(ready, acceptance="1", acceptance_date=NOON.date(), actor=town.actor("victor"), at=NOON)
    assert Case.objects.get(pk=case.pk).state == "CLOSED"


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"acceptance": " "}, "number of the archive"), ({"acceptance_date": dt.date(2027, 1, 1)}, "future")],
)
def test_an_acceptance_has_a_number_and_a_past_day(town, changes, words):
    due_case(town)
    said = {"acceptance": "1", "acceptance_date": NOON.date(), **changes}

    with pytest.raises(TransferRefused, match=words):
        transferring.accept(packed(town), actor=town.actor("victor"), at=NOON, **said)


def test_our_copies_stay_until_the_acceptance_and_go_by_another_hand(town):
    case = due_case(town, files=[a_file(b"kept by the archive")])
    held = due_case(town, files=[a_file(b"still ours")])
    ready = packed(town)
    with pytest.raises(TransferRefused, match="stay until"):
        transferring.remove_copies(ready, actor=town.actor("dora"), at=NOON)
    done = transferring.accept(ready, acceptance="1", acceptance_date=NOON.date(), actor=town.actor("victor"), at=NOON)
    disposing.place_hold(held, reason="A court asked for it", actor=town.actor("victor"), at=NOON)
    with pytest.raises(TransferRefused, match="four eyes"):
        transferring.remove_copies(done, actor=town.actor("victor"), at=NOON)

    transferring.remove_copies(done, actor=town.actor("dora"), at=NOON)
    run_outbox("remove_transferred")

    gone = Destruction.objects.get()
    assert (gone.component_file.component.document.case, gone.rule) == (
        case,
        "transferred to State Archive Blagoevgrad, acceptance 1",
    )
    assert store().exists(gone.stored_file_id) is False
    assert bytes_of(ComponentFile.objects.get(component__document__case=held).stored_file_id) == b"still ours"
    assert Case.objects.get(pk=case.pk).subject == "Dangerous tree by the school"


def test_taking_a_package_along_is_logged_for_each_case(town):
    case = due_case(town)
    ready = packed(town)

    transferring.open_package(ready, user=town.person("victor"), at=NOON).close()

    assert list(AccessLog.objects.filter(kind="DOWNLOADED").values_list("case", "user__username")) == [
        (case.pk, "victor")
    ]


def test_a_package_that_was_cleared_away_is_made_again(town):
    due_case(town)
    ready = packed(town)
    transferring.derived().delete(ready.package)

    with pytest.raises(TransferRefused, match="Make it again"):
        transferring.open_package(ready, user=town.person("victor"), at=NOON)


def test_a_list_that_is_taken_back_frees_its_cases(town):
    case = due_case(town)

    transferring.withdraw_transfer(packed(town), reason="Wrong archive", actor=town.actor("victor"), at=NOON)

    assert [item.case for item in proposed(town).items.all()] == [case]


def test_packing_again_after_it_was_packed_does_nothing(town):
    due_case(town)
    ready = packed(town)

    transferring.pack_transfer({"transfer_list": ready.pk}, at=NOON)

    assert TransferList.objects.get(pk=ready.pk).package_sha256 == ready.package_sha256
    assert "pack_transfer" in outbox.known_kinds()
