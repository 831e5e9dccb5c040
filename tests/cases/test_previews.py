"""Page images: made apart from us, of whatever people send, and made again when they are gone."""

import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pillow_heif
import pypdfium2
import pytest
from django.core.files.storage import storages
from PIL import Image, ImageDraw
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from cases import outbox
from cases.media_types import detect
from cases.models import NoPreviewReason, OutboxRow, PreviewState, StoredFile
from cases.originals import store
from cases.page_images import SMALL_WIDTH, WIDTH
from cases.previews import (
    LIMITS,
    NoPageImage,
    NotMadeYet,
    ask_for,
    forget,
    make_preview,
    make_previews,
    page_count,
    page_image,
)
from cases.typesetting import typeset
from tests.cases.papers import NOON, register_book

pytestmark = pytest.mark.django_db

RED, GREEN, BLUE = (200, 20, 20), (20, 160, 20), (20, 20, 200)


@pytest.fixture(autouse=True)
def _empty_stores() -> Iterator[None]:
    yield
    for name in ("originals", "derived"):
        shutil.rmtree(Path(storages[name].location), ignore_errors=True)
        storages[name].__dict__.pop("_root", None)


def stored(content: bytes) -> StoredFile:
    kept = store().keep_bytes(content)
    return StoredFile.objects.create(
        sha256=kept.sha256, size=kept.size, media_type=detect(BytesIO(content)), stored_at=NOON
    )


def book(lines: int) -> bytes:
    return typeset("register", register_book(lines), language="en", at=NOON)


def photo(kind: str, size: tuple[int, int] = (1600, 800), **options: object) -> bytes:
    """A picture with a red left half and a green right half."""
    picture = Image.new("RGB", size, GREEN)
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2, size[1]), fill=RED)
    output = BytesIO()
    picture.save(output, kind, **options)
    return output.getvalue()


def opened(stored_file: StoredFile, page: int = 1, width: int = WIDTH) -> Image.Image:
    with page_image(stored_file, page, width, at=NOON) as file:
        image = Image.open(BytesIO(file.read()))
        image.load()
        return image


def colour_at(image: Image.Image, across: float, down: float) -> tuple[int, ...]:
    """The colour of a point, rounded: WebP changes it a little."""
    point = image.convert("RGB").getpixel((int(image.width * across), int(image.height * down)))
    return min(
        (RED, GREEN, BLUE, (255, 255, 255)), key=lambda one: sum(abs(a - b) for a, b in zip(one, point, strict=True))
    )


def outcome(content: bytes, **limits: int) -> tuple[str, int, str]:
    preview = make_preview(stored(content), at=NOON, limits=replace(LIMITS, **limits))
    return preview.state, preview.pages, preview.reason


def test_all_pages_of_a_pdf_become_images():
    file = stored(book(90))

    make_preview(file, at=NOON)

    assert page_count(file) == 3
    sizes = {(image.format, image.width) for image in (opened(file, page) for page in (1, 2, 3))}
    assert sizes == {("WEBP", WIDTH)}
    assert opened(file, 2, SMALL_WIDTH).width == SMALL_WIDTH


def test_the_original_is_only_read():
    content = book(3)
    file = stored(content)

    make_preview(file, at=NOON)

    path = Path(store().path(file.sha256))
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_a_picture_becomes_one_page(kind):
    file = stored(photo(kind))

    make_preview(file, at=NOON)

    image = opened(file)
    assert (page_count(file), image.size) == (1, (1400, 700))
    assert (colour_at(image, 0.2, 0.5), colour_at(image, 0.8, 0.5)) == (RED, GREEN)


def test_a_photo_of_a_telephone_is_shown():
    heif = pillow_heif.from_pillow(Image.open(BytesIO(photo("PNG"))))
    output = BytesIO()
    heif.save(output)
    file = stored(output.getvalue())

    make_preview(file, at=NOON)

    image = opened(file)
    assert file.media_type == "image/heic"
    assert (colour_at(image, 0.2, 0.5), colour_at(image, 0.8, 0.5)) == (RED, GREEN)


def test_a_photo_taken_sideways_is_shown_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: red is at the top when it is held right
    file = stored(photo("JPEG", exif=exif))

    make_preview(file, at=NOON)

    image = opened(file)
    assert image.height == 2 * image.width
    assert (colour_at(image, 0.5, 0.2), colour_at(image, 0.5, 0.8)) == (RED, GREEN)


def test_what_is_transparent_is_shown_on_white():
    output = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(output, "PNG")
    file = stored(output.getvalue())

    make_preview(file, at=NOON)

    assert colour_at(opened(file), 0.5, 0.5) == (255, 255, 255)


def test_a_fax_of_three_pages_becomes_three_images():
    pages = [Image.new("1", (800, 1100), shade) for shade in (0, 1, 0)]
    output = BytesIO()
    pages[0].save(output, "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    file = stored(output.getvalue())

    make_preview(file, at=NOON)

    assert page_count(file) == 3
    assert colour_at(opened(file, 2), 0.5, 0.5) == (255, 255, 255)


@pytest.mark.parametrize(
    "words",
    [
        "Дървото е сухо.\nAltă linie: ăîșț\n".encode(),
        "Дървото е сухо.".encode("cp1251"),
        "Drzewo żółte".encode("utf-16"),
    ],
    ids=["utf-8", "cp1251", "utf-16"],
)
def test_a_text_becomes_pages(words):
    file = stored(words)

    make_preview(file, at=NOON)

    image = opened(file).convert("L")
    assert (file.media_type, page_count(file)) == ("text/plain", 1)
    assert image.getextrema()[0] < 100  # letters


def test_a_web_page_is_shown_as_the_text_it_is():
    file = stored(b"<html><body><script>alert(1)</script><h1>Hello</h1></body></html>")

    make_preview(file, at=NOON)

    assert page_count(file) == 1


@pytest.mark.parametrize("content", [b'{"answers": [{"question": "Where?"}]}', b"[" * 20_000, b"x" * 9_000])
def test_no_text_is_too_odd_to_be_shown(content):
    assert outcome(content)[0] == PreviewState.READY


def docx() -> bytes:
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return output.getvalue()


def test_an_office_document_has_no_preview_and_says_why():
    assert outcome(docx()) == (PreviewState.NONE, 0, NoPreviewReason.KIND)


def test_a_pdf_with_a_password_says_so():
    writer = copy_into_new_writer(PdfFileReader(BytesIO(book(1))))
    writer.encrypt("secret")
    output = BytesIO()
    writer.write(output)

    assert outcome(output.getvalue()) == (PreviewState.NONE, 0, NoPreviewReason.PASSWORD)


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\nnothing more", b"\xff\xd8\xff\xe0 no photo", b"\x89PNG\r\n\x1a\n", b"II*\x00\xff\xff\xff\xff"],
    ids=["pdf", "jpeg", "png", "tiff"],
)
def test_a_damaged_file_says_so(content):
    assert outcome(content) == (PreviewState.NONE, 0, NoPreviewReason.DAMAGED)


def test_a_picture_cut_short_says_so():
    content = photo("JPEG")

    assert outcome(content[: len(content) // 2]) == (PreviewState.NONE, 0, NoPreviewReason.DAMAGED)


def test_a_picture_that_would_unpack_to_gigabytes_is_not_unpacked():
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))

    assert outcome(content + chunk(b"IEND", b"")) == (PreviewState.NONE, 0, NoPreviewReason.TOO_LARGE)


def test_a_file_that_needs_too_much_memory_is_given_up():
    output = BytesIO()
    Image.new("L", (9_000, 9_000)).save(output, "PNG", compress_level=1)

    state, pages, reason = outcome(output.getvalue(), memory=350 * 1024 * 1024)

    assert (state, pages) == (PreviewState.NONE, 0)
    assert reason in {NoPreviewReason.TOO_LARGE, NoPreviewReason.DAMAGED}


def test_only_the_first_pages_of_a_long_file_are_shown():
    assert outcome(book(90), pages=2) == (PreviewState.READY, 2, NoPreviewReason.TOO_MANY_PAGES)


def test_a_file_that_takes_too_long_is_stopped_and_what_is_ready_is_shown():
    document = pypdfium2.PdfDocument.new()
    for _page in range(400):
        document.new_page(595, 842)
    output = BytesIO()
    document.save(output)

    state, pages, reason = outcome(output.getvalue(), seconds=1)

    assert reason in {NoPreviewReason.TOO_MANY_PAGES, NoPreviewReason.TOO_SLOW}
    assert pages < 400
    assert state == (PreviewState.READY if pages else PreviewState.NONE)


def test_a_page_of_absurd_shape_is_drawn_small():
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 14_000)
    output = BytesIO()
    document.save(output)
    file = stored(output.getvalue())

    make_preview(file, at=NOON)

    assert opened(file).height <= 6000


def test_an_image_not_made_yet_is_asked_for_once():
    file = stored(book(1))

    for _try in range(2):
        with pytest.raises(NotMadeYet, match="being made"):
            page_image(file, 1, at=NOON)

    assert list(OutboxRow.objects.values_list("kind", "payload")) == [("make_previews", {"files": [file.sha256]})]


def test_wiped_images_are_made_again():
    file = stored(book(1))
    make_preview(file, at=NOON)
    before = opened(file).tobytes()
    shutil.rmtree(storages["derived"].location)

    with pytest.raises(NotMadeYet):
        page_image(file, 1, at=NOON)
    outbox.sweep(at=NOON)

    assert opened(file).tobytes() == before


def test_a_job_that_runs_twice_makes_images_once():
    file = stored(book(1))
    make_previews({"files": [file.sha256]}, at=NOON)
    made = Path(storages["derived"].location)
    stamps = {path: path.stat().st_mtime_ns for path in made.rglob("*.webp")}

    make_previews({"files": [file.sha256]}, at=NOON)

    assert {path: path.stat().st_mtime_ns for path in made.rglob("*.webp")} == stamps
    assert len(stamps) == 2


def test_one_bad_file_does_not_keep_others_waiting():
    bad, good = stored(b"%PDF-1.7 damaged"), stored(book(1))

    make_previews({"files": [bad.sha256, good.sha256, "f" * 64]}, at=NOON)

    assert (page_count(bad), page_count(good)) == (0, 1)


def test_a_file_whose_bytes_are_gone_says_so():
    file = stored(book(1))
    store().remove_bytes(file.sha256)

    assert make_preview(file, at=NOON).reason == NoPreviewReason.GONE


def test_images_go_with_the_bytes_they_were_made_of():
    file = stored(book(90))
    make_preview(file, at=NOON)

    forget(file.sha256)

    assert list(Path(storages["derived"].location).rglob(f"{file.sha256}/*.webp")) == []
    with pytest.raises(NoPageImage, match="no longer kept"):
        page_image(file, 1, at=NOON)


@pytest.mark.parametrize("page", [0, -1, 2])
def test_a_page_that_is_not_there_is_refused(page):
    file = stored(book(1))
    make_preview(file, at=NOON)

    with pytest.raises(NoPageImage, match="no such page"):
        page_image(file, page, at=NOON)


def test_asking_for_what_is_asked_for_already_changes_nothing():
    ask_for(["a" * 64], at=NOON)
    ask_for(["a" * 64], at=NOON)

    assert OutboxRow.objects.count() == 1
