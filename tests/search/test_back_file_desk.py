"""Taking over an old register in the browser: look first, then begin; stop, and go on."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import outbox
from cases.backfile import importing, runs
from cases.models import BackfileImport, ComponentFile, Document, ImportState, OutboxRow, RegisterEntry
from tests.cases.town import Town, build_town
from tests.factories import DAY

pytestmark = pytest.mark.django_db
IMPORTS = "/office/archive/imports/"
HEAD = "number,date,title,sender,unit,class,language,files\n"


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> Path:
    settings.BACKFILE_DIR = tmp_path / "uploads"
    settings.BACKFILE_SERVER_DIR = ""
    return tmp_path


def office_of(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.person(name))
    return client


def a_table(*rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("1998.csv", (HEAD + "\n".join(rows)).encode())


def a_scan(name: str = "a.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"The kiosk by the school")


def bring(client: Client, *rows: str, **fields: Any) -> BackfileImport:
    answer = client.post(IMPORTS, {"table": a_table(*rows), **fields})
    assert answer.status_code == 302, answer.content.decode()
    return BackfileImport.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])


def verb(client: Client, imported: BackfileImport, name: str) -> BackfileImport:
    client.post(f"{IMPORTS}{imported.pk}/", {"verb": name})
    return BackfileImport.objects.filter(pk=imported.pk).first() or imported


def work() -> None:
    """What a worker does: until nothing is left."""
    while outbox.sweep(at=timezone.now()):
        pass


def test_first_every_row_is_looked_at_and_nothing_comes_in(town: Town):
    client = office_of(town, "victor")

    imported = bring(client, "1,1998,Fence,,,,,a.txt", "2,never,Oak", scans=[a_scan()])
    page = client.get(f"{IMPORTS}{imported.pk}/").content.decode()

    assert (imported.state, imported.rows, imported.refused) == (ImportState.CHECKED, 2, 1)
    assert "1 row can be taken over." in page
    assert "“never” is no date that we know." in page
    assert RegisterEntry.objects.count() == 0
    report = client.get(f"{IMPORTS}{imported.pk}/refused.csv").content.decode("utf-8-sig")
    assert report.splitlines()[1].startswith("3,date,never,")


def test_then_it_comes_in_behind_the_page_with_its_files(town: Town, folders: Path):
    client = office_of(town, "victor")
    imported = bring(client, "1,1998,Fence,,PARK,,,a.txt", scans=[a_scan()])

    assert verb(client, imported, "begin").state == ImportState.WAITING
    assert "goes on without you" in client.get(f"{IMPORTS}{imported.pk}/").content.decode()
    work()

    imported.refresh_from_db()
    assert (imported.state, imported.taken_over, imported.refused) == (ImportState.DONE, 1, 0)
    entry = RegisterEntry.objects.get()
    assert (entry.number, entry.case.unit, entry.case.events.get().actor) == ("1", town.parks, town.person("victor"))
    assert ComponentFile.objects.get().name == "a.txt"
    assert list((folders / "uploads").iterdir()) == []


def test_a_zip_is_unpacked_with_its_folders_and_nothing_leaves_the_folder(town: Town, folders: Path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr("file-7/1.txt", "page one")
        parts.writestr("file-7/2.txt", "page two")
    client = office_of(town, "victor")
    good = SimpleUploadedFile("scans.zip", packed.getvalue())

    imported = bring(client, "1,1998,Fence,,,,,file-7", scans=[good])
    assert (imported.rows, imported.refused) == (1, 0)

    with zipfile.ZipFile(packed, "a") as parts:
        parts.writestr("../../outside.txt", "x")
    bad = SimpleUploadedFile("scans.zip", packed.getvalue())
    answer = client.post(IMPORTS, {"table": a_table("1,1998,Fence"), "scans": [bad]})
    assert "leads out of the folder" in answer.content.decode()
    assert not list(folders.rglob("outside.txt"))
    assert BackfileImport.objects.count() == 1


def test_it_stops_and_goes_on_and_nothing_comes_twice(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 1)
    client = office_of(town, "victor")
    imported = bring(client, *(f"{number},1998,Fence" for number in range(1, 5)))
    enter = importing.enter_old_line

    def enter_and_stop(line: Any, *args: Any, **values: Any) -> RegisterEntry:
        if line.number == "2":
            verb(client, imported, "stop")
        return enter(line, *args, **values)

    monkeypatch.setattr(importing, "enter_old_line", enter_and_stop)
    verb(client, imported, "begin")
    work()
    imported.refresh_from_db()
    assert (imported.state, imported.taken_over, RegisterEntry.objects.count()) == (ImportState.STOPPED, 2, 2)
    assert "Go on" in client.get(f"{IMPORTS}{imported.pk}/").content.decode()

    verb(client, imported, "begin")
    work()

    imported.refresh_from_db()
    assert (imported.state, imported.taken_over, imported.known) == (ImportState.DONE, 4, 0)
    assert RegisterEntry.objects.count() == 4


def test_what_was_only_looked_at_may_be_thrown_away(town: Town, folders: Path):
    client = office_of(town, "victor")

    verb(client, bring(client, "1,1998,Fence"), "discard")

    assert (BackfileImport.objects.count(), list((folders / "uploads").iterdir())) == (0, [])


def test_what_nobody_begins_expires_after_thirty_days_and_says_so(town: Town, folders: Path):
    client = office_of(town, "victor")
    imported = bring(client, "1,1998,Fence,,,,,", "2,never,Oak")
    begun = verb(client, bring(client, "3,1999,Oak,,,,,"), "begin")
    shown = client.get(f"{IMPORTS}{imported.pk}/").content.decode()
    last = imported.started_at + 30 * DAY

    early = runs.expire_unbegun(at=last - timedelta(seconds=1))
    late = [runs.expire_unbegun(at=last), runs.expire_unbegun(at=last)]

    imported.refresh_from_db()
    begun.refresh_from_db()
    page = client.get(f"{IMPORTS}{imported.pk}/").content.decode()
    again = verb(client, imported, "begin")
    assert "If nobody begins, what was uploaded is removed on" in shown
    assert (early, late) == (0, [1, 0])
    assert (imported.state, imported.finished_at, imported.refusals.count()) == ("EXPIRED", last, 0)
    assert [runs.place_for_upload(one).exists() for one in (imported, begun)] == [False, True]
    assert "Expired: it was never begun" in page
    assert "Nobody began for 30 days" in page
    assert (again.state, begun.state) == ("EXPIRED", "WAITING")


def test_an_expiry_that_is_stopped_in_the_middle_is_done_again(town: Town, monkeypatch: pytest.MonkeyPatch):
    imported = bring(office_of(town, "victor"), "1,1998,Fence,,,,,")
    later = imported.started_at + 31 * DAY

    def dies(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(runs, "throw_files_away", dies)
        with pytest.raises(KeyboardInterrupt):
            runs.expire_unbegun(at=later)
    before = BackfileImport.objects.get().state
    done = runs.expire_unbegun(at=later)

    assert (before, done, runs.place_for_upload(imported).exists()) == ("CHECKED", 1, False)


def test_a_done_import_is_not_begun_again(town: Town):
    client = office_of(town, "victor")
    imported = verb(client, bring(client, "1,1998,Fence"), "begin")
    work()

    client.post(f"{IMPORTS}{imported.pk}/", {"verb": "begin"})

    assert "under way or done already" in client.get(f"{IMPORTS}{imported.pk}/").content.decode()
    assert not OutboxRow.objects.filter(done_at__isnull=True, kind="take_over_table").exists()


def test_a_table_that_vanished_says_so(town: Town, folders: Path):
    client = office_of(town, "victor")
    imported = bring(client, "1,1998,Fence")
    (folders / "uploads" / str(imported.pk) / "table").unlink()

    verb(client, imported, "begin")
    work()

    imported.refresh_from_db()
    assert imported.state == ImportState.FAILED
    assert "No such file" in client.get(f"{IMPORTS}{imported.pk}/").content.decode()


def test_what_is_no_table_is_said_beside_the_field(town: Town):
    answer = office_of(town, "victor").post(IMPORTS, {"table": SimpleUploadedFile("x.csv", b"nothing,known\n")})

    assert "No row names the columns" in answer.content.decode()
    assert BackfileImport.objects.count() == 0


def test_a_folder_of_the_server_is_one_that_the_administrator_allows(town: Town, settings: Any, folders: Path):
    (folders / "cellar" / "1998").mkdir(parents=True)
    (folders / "cellar" / "1998" / "a.txt").write_text("Kiosk")
    (folders / "cellar" / "away").symlink_to("/etc")
    settings.BACKFILE_SERVER_DIR = str(folders / "cellar")
    client = office_of(town, "adam")

    page = client.get(IMPORTS).content.decode()
    assert '<option value="1998">' in page
    assert '<option value="away">' not in page
    for elsewhere in ("away", "../uploads", "/etc"):
        refused = client.post(IMPORTS, {"table": a_table("1,1998,Fence"), "folder": elsewhere})
        assert refused.status_code == 200
    imported = bring(client, "1,1998,Fence,,,,,a.txt", folder="1998")
    verb(client, imported, "begin")
    work()

    assert RegisterEntry.objects.count() == 1
    assert (folders / "cellar" / "1998" / "a.txt").exists()


def test_others_reach_none_of_it(town: Town):
    imported = bring(office_of(town, "victor"), "1,1998,Fence")
    for name in ("alice", "dora", "rita"):
        for address in (IMPORTS, f"{IMPORTS}{imported.pk}/", f"{IMPORTS}{imported.pk}/refused.csv"):
            assert office_of(town, name).get(address).status_code == 404


def test_an_old_case_says_what_the_register_said_and_no_more(town: Town):
    client = office_of(town, "victor")
    imported = bring(client, "7/1998,about 1998,A kiosk by the school,,,,,")
    verb(client, imported, "begin")
    work()
    document = Document.objects.get(title="A kiosk by the school")

    page = client.get(reverse("desk_case", args=[document.case.public_id])).content.decode()

    assert "From the old register" in page
    assert page.count("about 1998") == 2
    assert "On paper only." in page
    assert 'id="sheets"' not in page
    assert "Show the diagram" not in page
    assert "desk-step" not in page
    assert f"{document.captured_at:%d/%m/%Y}" not in page.partition("What happened")[0]
    preview = client.get(reverse("desk_archive_preview", args=[document.public_id]), headers={"X-Registra-Part": "1"})
    assert "On paper only." in preview.content.decode()
