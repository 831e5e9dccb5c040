"""Files that mean harm go the whole way: registered, read, and no harm is done."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from cases.models import ComponentFile, StoredFile
from cases.originals import store
from search.indexing import index_waiting
from search.models import FileText, TextState
from search.reading import read_next_file
from tests.search.hostile_files import hostile_files

PLACES = (Path("/tmp"), Path.cwd(), Path.cwd().parent)


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


def left_behind() -> set[Path]:
    return {path for place in PLACES for path in place.glob("*registra-hostile*")}


def test_hostile_files_are_kept_as_they_are_and_do_no_harm(town, ear):
    content = dict(hostile_files(ear.port))
    filed = {}
    for name, harm in content.items():
        filed[name] = town.file(harm, subject=name)
    index_waiting()
    while read_next_file(at=timezone.now()):
        pass
    index_waiting()

    states = {
        name: FileText.objects.get(stored_file__uses__component__document__case=case).state
        for name, case in filed.items()
    }
    assert TextState.WAITING not in states.values()
    assert {name for name, state in states.items() if state == TextState.FAILED} == set()
    for harm in content.values():
        address = hashlib.sha256(harm).hexdigest()
        with store().open(address) as kept:
            assert hashlib.file_digest(kept, "sha256").hexdigest() == address
    assert ear.callers == []
    assert left_behind() == set()
    # What came after them is read as ever.
    after = town.file(b"A harmless walnut, in a text that anybody may read.")
    index_waiting()
    assert read_next_file(at=timezone.now())
    assert ComponentFile.objects.get(component__document__case=after).stored_file.text.state == TextState.READ
    assert StoredFile.objects.count() == len({*content.values()}) + 1
    assert settings.STORAGES["originals"]
    assert states["zip of zeros"] == TextState.TOO_LARGE
    assert states["zip of zips of zeros"] == TextState.TOO_LARGE
    assert states["docx of blanks"] == TextState.TOO_LARGE
    assert {states[f"{kind} laughs"] for kind in ("xml", "docx", "xlsx", "ods")} == {TextState.DAMAGED}
    assert states["zip in zip"] == TextState.TOO_DEEP
    assert states["mail in mail"] == TextState.TOO_DEEP
    assert states["png of two billion points"] == TextState.TOO_LARGE


def test_the_ear_hears_whoever_calls(ear):
    with socket.create_connection(("127.0.0.1", ear.port)) as caller:
        caller.sendall(b"here I am")
    ear.door.settimeout(5)
    for _wait in range(1000):
        if ear.callers:
            break
        threading.Event().wait(0.005)

    assert ear.callers == ["here I am"]
