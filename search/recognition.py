"""Reads the text of pages that are pictures. Runs in a process of its own: see ``cases.prepared``.

OCRmyPDF with tesseract gives such pages a layer of text under the picture; pages that have text keep it. The result of
a file that is no part of another stays in FOLDER as ``searchable.pdf``. Pictures are drawn by PDFium and the PDF/A is
made by OCRmyPDF itself, so that Ghostscript is not needed. Like every reader the process is shut in, tesseract with it.
"""

import io
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import ocrmypdf
import pypdfium2
from ocrmypdf import _pipeline as pipeline
from ocrmypdf._exec import tesseract
from ocrmypdf.exceptions import ExitCodeException, InputFileError
from ocrmypdf.pdfa import output_type_to_flavour
from pikepdf import Pdf, pdfa
from PIL import Image, ImageDraw, ImageOps, ImageSequence, UnidentifiedImageError

from cases import media_types
from cases.confinement import NotConfined, Shares, confine
from cases.scratch import scratch_folder
from search import page_texts, timed_pages
from search.page_texts import (
    PICTURES_READ,
    SEARCHABLE,
    TOO_SLOW,
    Limits,
    Order,
    Pages,
    Unreadable,
    read_and_say,
    say,
    say_not_confined,
)

# A4 at this many dots an inch is what faxes and scanners send; finer ones are kept as they are.
USUAL_DOTS = 200
A4_WIDTH_INCHES = 8.27
LONGEST_SIDE = 10_000
QUALITY = 88
LARGEST_FILE = 1024 * 1024 * 1024
# How sure tesseract must be of which side is up; whoever asks compares what comes of it.
SURE_ENOUGH = 2.0
HOW: dict[str, Any] = {
    "output_type": "auto",
    "pdfa_backend": "internal",
    "rasterizer": "pypdfium",
    # tesseract itself writes the layer of text: the same words at the same places, without setting them anew.
    "pdf_renderer": "sandwich",
    "mode": "skip",
    "optimize": 0,
    "use_threads": True,
    "progress_bar": False,
    "plugins": ["search.timed_pages", "search.scanned_pages"],
    "invalidate_digital_signatures": True,
    "max_image_mpixels": 0,
}


class Tesseract:
    """Puts a layer of text under pages that are pictures."""

    def __init__(self, folder: Path, order: Order) -> None:
        self._folder = folder
        self._order = order
        self._parts = 0
        self.too_slow: set[int] = set()

    @contextmanager
    def recognised(self, source: IO[bytes], media_type: str, *, is_whole: bool) -> Iterator[IO[bytes]]:
        """As of page_texts.Recogniser."""
        self._parts += 1
        given = self._folder / f"given-{self._parts}.pdf"
        made = self._folder / (SEARCHABLE if is_whole else f"made-{self._parts}.pdf")
        self._write(source, media_type, given)
        try:
            self._recognise(given, made)
        except (ExitCodeException, InputFileError, pypdfium2.PdfiumError, ValueError, OSError) as trouble:
            # Locked against changes, or built in a way that OCRmyPDF refuses: pictures of its pages are read instead,
            # and there is no copy.
            sys.stderr.write(f"{type(trouble).__name__}: {trouble}\n")
            made.unlink(missing_ok=True)
            made = self._folder / (PICTURES_READ if is_whole else f"pictures-{self._parts}.pdf")
            self._write_pictures_of(given)
            self._recognise(given, made)
        with made.open("rb") as searchable:
            yield searchable

    def _recognise(self, given: Path, made: Path) -> None:
        order = self._order
        timed_pages.too_slow.clear()
        try:
            ocrmypdf.ocr(
                given,
                made,
                language=list(order.languages),
                rotate_pages=order.may_be_turned,
                rotate_pages_threshold=SURE_ENOUGH if order.may_be_turned else None,
                pages=None if order.scans >= self._count(given) else f"1-{order.scans}",
                jobs=order.at_once,
                tesseract_timeout=order.patience,
                **HOW,
            )
        except ocrmypdf.exceptions.MissingDependencyError as error:
            raise Unreadable("NO_OCR") from error
        self.too_slow = set(timed_pages.too_slow)

    @staticmethod
    def _count(given: Path) -> int:
        with pypdfium2.PdfDocument(given) as document:
            return len(document)

    def _write(self, source: IO[bytes], media_type: str, given: Path) -> None:
        """The file as a PDF: as it is, or each picture a page."""
        source.seek(0)
        if media_type != media_types.PDF:
            self._write_frames(source, given)
        elif self._order.is_trial:
            self._write_first_page(source, given)
        else:
            with given.open("wb") as target:
                while piece := source.read(1024 * 1024):
                    target.write(piece)

    def _write_first_page(self, source: IO[bytes], given: Path) -> None:
        with pypdfium2.PdfDocument(source) as document, pypdfium2.PdfDocument.new() as first:
            first.import_pages(document, [self._first_scan(document)])
            first.save(given)

    @staticmethod
    def _first_scan(document: pypdfium2.PdfDocument) -> int:
        for place in range(len(document)):
            text_page = document[place].get_textpage()
            if not text_page.get_text_range().strip():
                return place
        return 0

    def _write_frames(self, source: IO[bytes], given: Path) -> None:
        try:
            with Image.open(source) as picture:
                frames = ImageSequence.Iterator(picture) if picture.format == "TIFF" else iter([picture])
                _save_as_pdf((_page_of(frame, self._order.limits) for frame in self._some(frames)), given)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            raise Unreadable("DAMAGED") from error

    def _some(self, frames: Iterator[Image.Image]) -> Iterator[Image.Image]:
        most = 1 if self._order.is_trial else self._order.limits.pages
        for number, frame in enumerate(frames):
            if number >= most:
                return
            yield frame

    def _write_pictures_of(self, given: Path) -> None:
        content = given.read_bytes()
        with pypdfium2.PdfDocument(content) as document:
            places = range(min(len(document), self._order.scans))
            pictures = (document[place].render(scale=USUAL_DOTS / 72).to_pil().convert("L") for place in places)
            _save_as_pdf(((picture, USUAL_DOTS) for picture in pictures), given)


def _page_of(frame: Image.Image, limits: Limits) -> tuple[Image.Image, float]:
    """An upright picture on white, and its dots an inch: as it says, or so that it is as wide as a sheet."""
    if frame.width * frame.height > limits.points:
        raise Unreadable("TOO_LARGE")
    said = frame.info.get("dpi", (0, 0))
    across, down = float(said[0] or 0), float(said[1] or 0)
    picture: Image.Image = ImageOps.exif_transpose(frame)
    if picture.mode != "1":
        picture = _on_white(picture)
    if 50 < across < 1300 and 50 < down < 1300 and abs(across - down) > 1:
        # Faxes have half as many lines as dots.
        picture = picture.resize((picture.width, round(picture.height * across / down)))
    if max(picture.size) > LONGEST_SIDE:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        across = 0
    narrow = min(picture.size)
    return picture, across if 50 < across < 1300 else max(72.0, narrow / A4_WIDTH_INCHES)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.has_transparency_data:
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture.convert("RGBA"))
        return paper.convert("RGB")
    return picture.convert("L" if picture.mode in {"L", "LA", "I;16", "I"} else "RGB")


def _save_as_pdf(pages: Iterator[tuple[Image.Image, float]], given: Path) -> None:
    """Page by page, so that a long fax takes no more memory than a sheet."""
    with pypdfium2.PdfDocument.new() as whole:
        for picture, dots in pages:
            one = io.BytesIO()
            # Black and white is packed without loss, like a fax.
            how = {} if picture.mode == "1" else {"quality": QUALITY}
            picture.save(one, "PDF", resolution=dots, **how)
            with pypdfium2.PdfDocument(one.getvalue()) as page:
                whole.import_pages(page)
        if not len(whole):
            raise Unreadable("DAMAGED")
        whole.save(given)


def prepare() -> None:
    """Once for all files: load what a recognition needs by going through one."""
    page_texts.prepare()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    logging.basicConfig(level=logging.ERROR)
    _hand_over_unpacked()
    _do_once_what_is_done_again()
    with scratch_folder("rehearsal") as folder:
        usual, tempfile.tempdir = tempfile.tempdir, str(folder)
        _rehearse(folder)
        tempfile.tempdir = usual


def _hand_over_unpacked() -> None:
    """What is written as PNG here is for tesseract alone, which knows a picture by its content, and goes as soon as it
    was read (``search.timed_pages``): packing it took thirty milliseconds a page.
    """
    Image.preinit()
    packed, unpacked = Image.SAVE["PNG"], Image.SAVE["BMP"]

    def save(picture: Image.Image, file: IO[bytes], name: str | bytes) -> None:
        (unpacked if picture.mode in {"1", "L", "RGB"} else packed)(picture, file, name)

    Image.register_save("PNG", save)


def _do_once_what_is_done_again() -> None:
    """OCRmyPDF starts tesseract four times for a file to ask its version, and judges the PDF/A before it writes the
    metadata and again behind it. What is judged last is what we keep.
    """
    tesseract.version = lru_cache(maxsize=1)(tesseract.version)
    pipeline.speculative_pdfa_conversion = _declare_pdfa  # type: ignore[assignment]  # nobody reads the report


def _declare_pdfa(given: Path, made: Path, output_type: str) -> None:
    """As ``ocrmypdf.pdfa.speculative_pdfa_conversion``, not judged yet."""
    flavour = output_type_to_flavour(output_type)
    with Pdf.open(given, conversion_mode="explicit") as pdf:
        pdfa.prepare(pdf, flavour, output_intent="sRGB")
        pdf.save(made, **pdfa.resolve_save_kwargs(flavour))


def _rehearse(folder: Path) -> None:
    sheet = Image.new("L", (600, 200), 255)
    ImageDraw.Draw(sheet).text((50, 50), "Walnut", fill=0, font_size=80)
    _save_as_pdf(iter([(sheet, USUAL_DOTS)]), folder / "given.pdf")
    # Where tesseract lacks English, each file loads for itself what could not be loaded here.
    with suppress(ExitCodeException, OSError):
        ocrmypdf.ocr(folder / "given.pdf", folder / "made.pdf", language=["eng"], jobs=1, **HOW)


def main(path: str, folder: str, order_as_json: str) -> None:
    order = Order.of_json(order_as_json)
    os.nice(5)
    try:
        confine(Shares(seconds=order.seconds, memory=order.limits.memory, written=LARGEST_FILE, files=256))
    except NotConfined as trouble:
        say_not_confined(trouble)
        return
    pages = Pages(
        order.limits,
        lambda number, text: say(page=number, text=text),
        recogniser=Tesseract(Path(folder), order),
    )
    try:
        read_and_say(path, pages)
        (Path(folder) / TOO_SLOW).write_text(json.dumps(sorted(pages.too_slow)))
    except ExitCodeException as trouble:
        sys.exit(f"{type(trouble).__name__}: {trouble}")
