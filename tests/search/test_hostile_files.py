"""Files that mean harm go the whole way: registered, read, and no harm is done."""

import hashlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone

from cases import previews
from cases.models import Case, ComponentFile, FileRole, Preview, PreviewState, StoredFile
from cases.originals import store
from search.indexing import index_waiting
from search.models import UNREAD_STATES, FileText, TextState
from search.reading import read_next_files
from search.scans import add_copies, recognise_next_scan
from tests.search.hostile_files import hostile_files, shipped_samples
from tests.search.town import NOON, Town

PLACES = (Path("/tmp"), Path.cwd(), Path.cwd().parent, Path.home())
# Some of these would draw until their two minutes are over: that they are stopped shows as well after five seconds.
SHORT = replace(previews.LIMITS, seconds=5)


class Ear:
    """Hears whether anything on this machine tries to reach it."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.callers: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _address = self.door.accept()
            except OSError:
                return
            with caller:
                self.callers.append(caller.recv(1000).decode("latin-1"))


@pytest.fixture
def ear() -> Iterator[Ear]:
    listener = Ear()
    yield listener
    listener.door.close()


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where our own temporary files go meanwhile; nothing is left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def left_behind() -> set[Path]:
    return {path for place in PLACES for path in place.glob("*registra-hostile*")}


def work(limits: previews.Limits = previews.LIMITS) -> None:
    """All that workers do with what was filed: read, recognise, put copies of scans beside, draw pages, index."""
    while index_waiting() or read_next_files(at=timezone.now()) or recognise_next_scan(at=timezone.now()):
        pass
    for scan in FileText.objects.filter(searchable__isnull=False):
        add_copies({"files": [scan.pk]}, at=timezone.now())
    for stored_file in StoredFile.objects.filter(preview__isnull=True).order_by("size"):
        previews.make_preview(stored_file, at=NOON, limits=limits)
    index_waiting()


def states_of(filed: dict[str, Case]) -> dict[str, str]:
    uses = ComponentFile.objects.filter(component__document__case__in=filed.values(), role=FileRole.ORIGINAL)
    states = dict(uses.values_list("component__document__case", "stored_file__text__state"))
    return {name: states[case.pk] for name, case in filed.items()}


def go_the_whole_way(town: Town, content: dict[str, bytes]) -> dict[str, Case]:
    """File each of these, let the workers work, and look whether anything came of it that must not."""
    filed = {name: town.file(harm, subject=name) for name, harm in content.items()}
    work(SHORT)

    for harm in content.values():
        address = hashlib.sha256(harm).hexdigest()
        with store().open(address) as kept:
            assert hashlib.file_digest(kept, "sha256").hexdigest() == address
    given_up = {name for name, state in states_of(filed).items() if state in {*UNREAD_STATES, TextState.FAILED}}
    assert given_up == set()
    assert Preview.objects.count() == StoredFile.objects.count()
    assert left_behind() == set()
    assert list(Path(tempfile.gettempdir()).iterdir()) == []
    # What came after them is read as ever.
    after = town.file(b"A harmless walnut, in a text that anybody may read.")
    work()
    harmless = ComponentFile.objects.get(component__document__case=after).stored_file
    assert (harmless.text.state, harmless.preview.state) == (TextState.READ, PreviewState.READY)
    return filed


def test_hostile_files_are_kept_as_they_are_and_do_no_harm(town, ear):
    filed = go_the_whole_way(town, dict(hostile_files(ear.port)))

    states = states_of(filed)
    assert ear.callers == []
    assert states["zip of zeros"] == TextState.TOO_LARGE
    assert states["zip of zips of zeros"] == TextState.TOO_LARGE
    assert states["docx of blanks"] == TextState.TOO_LARGE
    assert {states[f"{kind} laughs"] for kind in ("xml", "docx", "xlsx", "ods")} == {TextState.DAMAGED}
    assert states["zip in zip"] == TextState.TOO_DEEP
    assert states["mail in mail"] == TextState.TOO_DEEP
    assert states["png of two billion points"] == TextState.TOO_LARGE


@pytest.fixture
def samples() -> dict[str, bytes]:
    found = {str(path): path.read_bytes() for path in shipped_samples()}
    assert found, "Wagtail at least comes with pictures of its tests."
    return found


def test_what_the_libraries_try_themselves_with_does_no_harm_either(town, samples):
    """Mails, archives, markup and pictures from the tests of the libraries that read them, where they are installed;
    every file below REGISTRA_TEST_SAMPLES, where that is set (tests of Pillow, pikepdf and others, unpacked).
    """
    filed = go_the_whole_way(town, samples)

    assert TextState.READ in states_of(filed).values()


def test_the_ear_hears_whoever_calls(ear):
    with socket.create_connection(("127.0.0.1", ear.port)) as caller:
        caller.sendall(b"here I am")
    ear.door.settimeout(5)
    for _wait in range(1000):
        if ear.callers:
            break
        threading.Event().wait(0.005)

    assert ear.callers == ["here I am"]
