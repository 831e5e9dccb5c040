"""Scans, photos and faxes: their text is recognised, a searchable copy lies beside the untouched original."""

import datetime as dt
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings
from django.utils import timezone
from pikepdf import pdfa

from cases import outbox
from cases.apart import Apart
from cases.models import ComponentFile, Event, FileRole, OutboxRow
from cases.originals import store
from cases.previews import make_preview
from cases.scratch import PREFIX
from search import extraction, jobs, scans
from search.extraction import LIMITS, recognise
from search.indexing import index_waiting
from search.marks import marks_on, viewer_address
from search.models import FileText, PageText, TextState
from search.page_texts import Order
from search.parser import parse
from search.passages import Seeker
from search.reading import read_next_files, try_again
from search.scans import let_scans_wait_again, recognise_next_scan
from tests.search import written_documents as made
from tests.search.scans_made import LETTERS, fax, paper, saved
from tests.search.test_desk import office_of
from tests.search.town import NOON

# A worker that recognises a scan, as a process that can be killed.
WORKER = """
import sys, tempfile
from pathlib import Path
from django.conf import settings
settings.configure(BASE_DIR=sys.argv[1])
tempfile.tempdir = sys.argv[2]
from cases.scratch import scratch_folder
from search.extraction import LIMITS, recognise
from search.page_texts import Order
with scratch_folder("scan") as folder:
    recognise(Path(sys.argv[3]), folder=folder, order=Order(LIMITS, ("eng",)), seconds=600)
"""


def work() -> None:
    """All that workers do with the archive."""
    while (
        index_waiting() or read_next_files(at=timezone.now()) or recognise_next_scan(at=timezone.now()) or run_outbox()
    ):
        pass


def run_outbox() -> bool:
    rows = OutboxRow.objects.filter(kind="add_searchable_copies", done_at__isnull=True)
    return any([outbox.run(row.pk, at=timezone.now()) for row in rows])


def file_of(case) -> ComponentFile:
    return ComponentFile.objects.select_related("stored_file__text").get(
        component__document__case=case, role=FileRole.ORIGINAL
    )


def copies(case):
    return list(ComponentFile.objects.filter(component__document__case=case, role=FileRole.SEARCHABLE))


def bytes_of(file) -> bytes:
    with store().open(file.stored_file_id) as kept:
        return kept.read()


def text_of(file) -> dict[int, str]:
    return dict(PageText.objects.filter(stored_file=file.stored_file_id).values_list("page", "text"))


def plain(words: str) -> str:
    return " ".join(words.split())


@pytest.mark.parametrize("language", LETTERS)
def test_a_scan_is_read_in_the_language_of_its_document(town, language):
    case = town.file(saved(paper(LETTERS[language])), language=language)
    work()

    file = file_of(case)
    words = plain(text_of(file)[1])
    told = LETTERS[language]

    assert file.stored_file.text.state == TextState.READ
    assert sum(word in words for word in told.split()) >= len(told.split()) - 2


def test_the_copy_is_a_pdf_a_beside_the_untouched_original_and_is_made_once(town):
    content = saved(paper(LETTERS["bg"]), kind="PNG")
    case = town.file(content, language="bg")
    work()
    try_again([file_of(case).stored_file_id])
    FileText.objects.update(state=TextState.WAITING)
    work()

    [copy] = copies(case)
    written = bytes_of(copy)
    with pypdfium2.PdfDocument(written) as document:
        assert "отсичане" in document[0].get_textpage().get_text_range()
    assert pdfa.validate_written(io.BytesIO(written), "2b").passed
    assert copy.component == file_of(case).component
    assert bytes_of(file_of(case)) == content
    assert [event.kind for event in Event.objects.filter(case=case)].count("SEARCHABLE_COPY_MADE") == 1
    assert "отсичане" in text_of(copy)[1]


@pytest.fixture
def told_by_tesseract(tmp_path, monkeypatch):
    """Called with a line of shell it has tesseract write down what that says at each start; then recognises by it."""

    def tells(line: str) -> Path:
        told, own = tmp_path / "told", tmp_path / "bin" / "tesseract"
        own.parent.mkdir()
        own.write_text(f'#!/bin/sh\n{line} >>{told}\nexec {shutil.which("tesseract")} "$@"\n')
        own.chmod(0o755)
        monkeypatch.setenv("PATH", f"{own.parent}:{os.environ['PATH']}")
        return told

    recognisers = Apart("search.recognition")
    monkeypatch.setattr(extraction, "_recognisers", recognisers)
    yield tells
    recognisers.close()


def test_tesseract_is_asked_for_its_version_once_for_all_scans(tmp_path, told_by_tesseract):
    told = told_by_tesseract('echo "$1"')
    scan = tmp_path / "scan.png"
    scan.write_bytes(saved(paper("The walnut stands in the schoolyard."), kind="PNG"))

    for number in ("1", "2"):
        (tmp_path / number).mkdir()
        read = recognise(scan, folder=tmp_path / number, order=Order(LIMITS, ("eng",)), seconds=120)
        assert "walnut" in read.pages[1]

    starts = told.read_text().split()
    assert (starts.count("--version"), starts.count("-l")) == (1, 3)


def test_of_a_long_scan_only_the_pages_under_way_lie_on_the_disk_as_pictures(tmp_path, told_by_tesseract):
    told = told_by_tesseract(
        'for one; do case $one in *_ocr.png) ls "${one%/*}" | grep -c "[0-9]_rasterize.png";; esac; done'
    )
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(saved(*[paper("The walnut stands in the schoolyard.", seed=number) for number in range(4)]))
    (tmp_path / "made").mkdir()

    read = recognise(scan, folder=tmp_path / "made", order=Order(LIMITS, ("eng",)), seconds=120)

    assert len(read.pages) == 4
    # The first is the rehearsal's.
    assert told.read_text().split() == ["1"] * (1 + 4)


def test_pages_with_text_keep_it_and_only_the_others_are_recognised(town):
    mixed = made.joined(made.pdf("walnut ﬁrst"), saved(paper(LETTERS["en"])), made.pdf("oak last"))
    case = town.file(mixed)
    index_waiting()
    read_next_files(at=timezone.now())

    assert text_of(file_of(case)) == {1: "walnut first", 3: "oak last"}
    assert file_of(case).stored_file.text.scans == 1

    work()
    pages = text_of(file_of(case))

    assert pages[1] == "walnut first"
    assert "felling a tree" in plain(pages[2])
    assert pages[3] == "oak last"


def test_a_fax_of_several_sheets_keeps_its_page_numbers(town):
    case = town.file(fax(LETTERS["pl"], LETTERS["en"]), language="pl")
    work()

    pages = text_of(file_of(case))
    assert sorted(pages) == [1, 2]
    assert "zezwolenie" in pages[1]
    assert "felling" in pages[2]


def test_a_scan_in_another_language_than_its_case_is_read_in_its_own(town):
    case = town.file(saved(paper(LETTERS["bg"])), language="en")
    work()

    assert "отсичане" in text_of(file_of(case))[1]
    assert file_of(case).stored_file.text.ocr_language == "bul"


def test_a_service_may_say_in_which_language_its_scans_are(town, monkeypatch):
    town.trees.scan_language = "ro"
    town.trees.save()
    case = town.file(saved(paper(LETTERS["ro"])), language="bg")

    assert scans.languages_of(file_of(case).stored_file_id) == ["ron", "bul", "eng", "pol"]
    runs = []
    recognise = scans.recognise
    monkeypatch.setattr(scans, "recognise", lambda *what, **how: runs.append(how["order"]) or recognise(*what, **how))
    work()

    assert [run.languages for run in runs] == [("ron",)]
    assert file_of(case).stored_file.text.ocr_language == "ron"
    assert "îndepărtarea" in plain(text_of(file_of(case))[1])


def test_a_scan_inside_an_enclosed_letter_is_read(town):
    inner = EmailMessage()
    inner["Subject"], inner["From"], inner["To"], inner["Message-ID"] = "inner", "a@b.example", "c@d.example", "<1@b>"
    inner.set_content("see the scan")
    inner.add_attachment(saved(paper(LETTERS["en"]), kind="JPEG"), maintype="image", subtype="jpeg", filename="s.jpg")
    outer = EmailMessage()
    outer["Subject"], outer["From"], outer["To"], outer["Message-ID"] = "outer", "a@b.example", "c@d.example", "<2@b>"
    outer.set_content("forwarded")
    outer.add_attachment(inner)
    case = town.file(bytes(outer))
    work()

    pages = text_of(file_of(case))
    assert pages[2].startswith("Subject: inner")
    assert "felling a tree" in plain(pages[3])
    assert copies(case) == []


def test_a_signed_pdf_is_read_and_never_rewritten(town):
    signed = made.signed(made.joined(saved(paper(LETTERS["en"]))))
    case = town.file(signed)
    work()

    assert "felling a tree" in plain(text_of(file_of(case))[1])
    assert copies(case) == []
    assert bytes_of(file_of(case)) == signed


@pytest.mark.parametrize("turned", [0, 180])
def test_a_signed_scan_opens_at_its_page_with_the_words_marked_on_it(town, turned):
    signed = made.signed(made.joined(made.pdf("oak"), saved(paper(LETTERS["en"], turned=turned))))
    case = town.file(signed)
    work()
    file = file_of(case)
    make_preview(file.stored_file, at=NOON)

    [mark] = marks_on(file.stored_file, 2, Seeker(parse("felling")))
    address = viewer_address(file.component.document, file, 2, "felling")
    page = office_of(town.alice).get(address).content.decode()

    # The third word of the first line, and as far from the other corner where the sheet lies upside down.
    across, down = (mark.x + mark.width / 2) / 10_000, (mark.y + mark.height / 2) / 10_000
    if turned:
        across, down = 1 - across, 1 - down
    assert 0.3 < across < 0.5
    assert 0.12 < down < 0.25
    assert f"/files/{file.pk}/pages/2/" in page
    assert page.count("<rect ") == 1
    assert bytes_of(file) == signed
    assert copies(case) == []
    assert PageText.objects.get(stored_file=file.stored_file_id, page=1).words is None


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_scan_that_lies_on_its_side_or_upside_down_is_read(town, turned):
    case = town.file(saved(paper(LETTERS["en"], turned=turned)))
    work()

    assert "felling a tree" in plain(text_of(file_of(case))[1])
    [copy] = copies(case)
    assert len(marks_on(copy.stored_file, 1, Seeker(parse("felling")))) == 1


def test_a_sheet_upside_down_among_others_in_another_language_is_read(town):
    case = town.file(saved(paper(LETTERS["bg"]), paper(LETTERS["bg"], turned=180)), language="en")
    work()

    pages = text_of(file_of(case))
    assert "отсичане" in pages[1]
    assert "отсичане" in pages[2]


def test_the_same_scan_filed_again_gets_its_copy_without_being_recognised_again(town, monkeypatch):
    content = saved(paper(LETTERS["en"]))
    first = town.file(content)
    work()
    monkeypatch.setattr(scans, "recognise", None)
    second = town.file(content)
    work()

    assert [copy.stored_file_id for copy in copies(second)] == [copy.stored_file_id for copy in copies(first)]


def test_without_ocr_the_scan_says_so_and_is_read_once_it_is_installed(town, monkeypatch, tmp_path):
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", str(tmp_path))
    case = town.file(saved(paper(LETTERS["en"])))
    work()

    assert file_of(case).stored_file.text.get_state_display() == "No text: OCR is not installed."
    assert let_scans_wait_again() == 0

    monkeypatch.setenv("PATH", path)
    assert let_scans_wait_again() == 1
    work()

    assert "felling a tree" in plain(text_of(file_of(case))[1])


@pytest.fixture
def tesseract_that_hangs(tmp_path, monkeypatch) -> Iterator[Path]:
    """Before the usual tesseract: it takes for ever over the page that this file names, ``000002`` being the second."""
    hangs, usual = tmp_path / "hangs", shutil.which("tesseract")
    program = tmp_path / "tesseract"
    program.write_text(f'#!/bin/sh\ncase "$*" in *"$(cat {hangs})"*) exec sleep 60;; esac\nexec {usual} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(scans, "SECONDS_A_PAGE", 3)
    recognisers = Apart("search.recognition")
    monkeypatch.setattr(extraction, "_recognisers", recognisers)
    yield hangs
    recognisers.close()


def test_a_page_that_takes_too_long_is_named_and_read_on_another_try_with_more_patience(
    town, tesseract_that_hangs, monkeypatch
):
    usual, patience = scans.recognise, []
    monkeypatch.setattr(
        scans, "recognise", lambda path, **how: patience.append(how["order"].patience) or usual(path, **how)
    )
    tesseract_that_hangs.write_text("000002_ocr")
    letter = made.pdf(LETTERS["en"])
    case = town.file(made.joined(letter, saved(paper(LETTERS["en"])), letter), subject="Three sheets")
    work()

    file = file_of(case)
    listed = office_of(town.alice).get("/office/archive/unread/").content.decode()
    shown = office_of(town.alice).get(viewer_address(file.component.document, file, 2)).content.decode()
    found = office_of(town.alice).get("/office/archive/?q=sheets").content.decode()
    said = "No text on page 2: recognising it took longer than we allow."
    assert (file.stored_file.text.state, sorted(text_of(file))) == (TextState.TOO_SLOW, [1, 2, 3])
    assert ["felling a tree" in plain(text_of(file)[page]) for page in (1, 2, 3)] == [True, False, True]
    assert [said in page for page in (listed, shown, found)] == [True, True, True]
    assert copies(case) == []

    tesseract_that_hangs.write_text("nothing")
    assert try_again([file.stored_file_id]) == 1
    work()

    file = file_of(case)
    assert (file.stored_file.text.state, len(copies(case))) == (TextState.READ, 1)
    assert "felling a tree" in plain(text_of(file)[2])
    assert patience == [3, scans.SECONDS_ANOTHER_TIME]


def test_a_photo_without_words_is_no_fault_and_gets_no_copy(town):
    case = town.file(saved(paper("").resize((700, 700)), kind="JPEG"))
    work()

    assert file_of(case).stored_file.text.state == TextState.NO_TEXT
    assert copies(case) == []


def test_a_worker_that_was_killed_leaves_nothing_behind_and_another_reads_the_scan_once(town):
    case = town.file(saved(paper(LETTERS["en"])))
    index_waiting()
    read_next_files(at=NOON)
    FileText.objects.update(claimed_until=NOON + dt.timedelta(minutes=1), claims=1)

    assert not recognise_next_scan(at=NOON)
    assert recognise_next_scan(at=NOON + dt.timedelta(minutes=2))
    work()

    assert len(copies(case)) == 1


def test_what_a_killed_worker_left_is_removed_by_the_next_try_and_in_the_night(town, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = [tmp_path / f"{PREFIX}scan-{number}" for number in (1, 2)]
    left[0].mkdir()
    (left[0] / "given-1.pdf").write_bytes(b"half a scan")
    town.file(saved(paper(LETTERS["en"])))
    index_waiting()
    read_next_files(at=timezone.now())
    FileText.objects.update(claims=1)
    work()

    assert not left[0].exists()

    left[1].mkdir()
    jobs.forget_old()

    assert not left[1].exists()


def test_a_worker_killed_in_the_middle_of_a_scan_leaves_no_tesseract_and_no_folder(tmp_path):
    temporary, scan = tmp_path / "temporary", tmp_path / "scan.pdf"
    temporary.mkdir()
    scan.write_bytes(saved(*[paper(LETTERS["en"] * 3, seed=number) for number in range(20)]))
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(settings.BASE_DIR), str(temporary), str(scan)], cwd=settings.BASE_DIR
    )
    until(lambda: any(one.startswith("tesseract") for one in at_work_in(temporary)))

    worker.send_signal(signal.SIGKILL)
    worker.wait()

    until(lambda: not at_work_in(temporary) and not list(temporary.iterdir()))


def at_work_in(folder: Path) -> list[str]:
    """The command lines of processes that were given something in this folder."""
    commands = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            commands.append(process.read_text())
    return [one for one in commands if str(folder) in one]


def until(holds: Callable[[], bool]) -> None:
    for _wait in range(20_000):
        if holds():
            return
        threading.Event().wait(0.005)
    pytest.fail("It did not come about.")


def test_a_file_that_always_takes_the_worker_with_it_is_given_up(town):
    case = town.file(saved(paper("walnut")))
    index_waiting()
    FileText.objects.update(claims=99)

    assert not read_next_files(at=timezone.now())
    assert file_of(case).stored_file.text.state == TextState.FAILED
    assert try_again([file_of(case).stored_file_id]) == 1


def test_tesseract_is_there_with_our_languages_and_tells_how_a_sheet_lies():
    assert shutil.which("tesseract")
    assert scans.installed_languages() == {"bul", "pol", "ron", "eng", "osd"}


def test_original_bytes_still_have_their_hash(town):
    case = town.file(saved(paper(LETTERS["ro"]), kind="TIFF"), language="ro")
    work()

    assert hashlib.sha256(bytes_of(file_of(case))).hexdigest() == file_of(case).stored_file_id
