"""Scans through our way beside tesseract alone.

The same pages (A4 at 200 dots an inch, 1,800 letters, in the four languages) as a scanned PDF that we recognise whole:
a process of its own, pages drawn, recognised, a searchable PDF/A written and its text read again; and as pictures that
tesseract turns to text, each a process of its own, as many at once as we have. In turns; the ratio is of the medians.
Without a database.
"""

import io
import os
import subprocess
import tempfile
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.figures import median
from search.extraction import LIMITS, recognise
from search.page_texts import Order
from search.scans import LANGUAGES
from tests.search.scans_made import FONT, LETTERS

PAGES_EACH, ROUNDS = 3, 3


def page(language: str, number: int) -> Image.Image:
    sheet = Image.new("L", (1654, 2339), 255)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, 30)
    words = f"{number}. {LETTERS[language]} " * 20
    for line, text in enumerate(textwrap.wrap(words, 84)[:40]):
        pen.text((130, 150 + line * 48), text, font=font, fill=20)
    return sheet.rotate(0.4, fillcolor=255, resample=Image.Resampling.BICUBIC)


def measure() -> dict[str, float]:
    cores = os.cpu_count() or 1
    ours: list[float] = []
    alone: list[float] = []
    with tempfile.TemporaryDirectory(prefix="registra-bench-ocr-") as name:
        folder = Path(name)
        papers = {own: [page(own, number) for number in range(PAGES_EACH)] for own in LANGUAGES}
        for _round in range(ROUNDS):
            ours.append(sum(_ours(folder, own, sheets, cores) for own, sheets in papers.items()))
            alone.append(sum(_alone(folder, own, sheets, cores) for own, sheets in papers.items()))
    pages = PAGES_EACH * len(LANGUAGES)
    figures = {"ocr_pages_per_s": pages / median(ours), "tesseract_pages_per_s": pages / median(alone)}
    return figures | {"ocr_ratio": median(alone) / median(ours)}


def _ours(folder: Path, own: str, sheets: list[Image.Image], cores: int) -> float:
    pdf = io.BytesIO()
    sheets[0].save(pdf, "PDF", resolution=200, save_all=True, append_images=sheets[1:])
    scan = folder / "scan.pdf"
    scan.write_bytes(pdf.getvalue())
    order = Order(LIMITS, (LANGUAGES[own],), at_once=cores)
    started = time.perf_counter()
    read = recognise(scan, folder=folder, order=order, seconds=600)
    taken = time.perf_counter() - started
    if read.end != "READ" or len(read.pages) != len(sheets):
        raise AssertionError(f"The scan was not read: {read.end}")
    return taken


def _alone(folder: Path, own: str, sheets: list[Image.Image], cores: int) -> float:
    names = []
    for number, sheet in enumerate(sheets):
        names.append(folder / f"{own}-{number}.png")
        sheet.save(names[-1], dpi=(200, 200))

    def read(picture: Path) -> None:
        subprocess.run(
            ["tesseract", picture, picture.with_suffix(""), "-l", LANGUAGES[own]],
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            capture_output=True,
            check=True,
        )

    started = time.perf_counter()
    with ThreadPoolExecutor(cores) as hands:
        list(hands.map(read, names))
    return time.perf_counter() - started
