"""Scans through our way beside tesseract alone.

The same pages (A4 at 200 dots an inch, 1,800 letters, in the four languages) as a scanned PDF that we recognise whole:
pages drawn, recognised, a searchable PDF/A written and its text read again; and as the same JPEGs that the PDF holds,
which tesseract turns to text, each a process of its own. Both have as many processes at once as there are processors,
each process of tesseract one thread, and the same low priority. In turns; the ratios are of the medians. The prepared
process is started before: `ocr_start_s` says how long that takes, once for a worker. Without a database.

`ocr_ratio` goes by the clock; `ocr_processor_ratio` by processor time, which others on the machine do not disturb.
"""

import io
import os
import resource
import subprocess
import tempfile
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from benchmarks.figures import median
from search import extraction
from search.extraction import LIMITS, recognise
from search.page_texts import Order
from search.scans import LANGUAGES
from tests.search.scans_made import FONT, LETTERS

PAGES_EACH, ROUNDS = 3, 3
# As Pillow writes a page of a PDF, unless it is told otherwise.
QUALITY = 75
NICE = 5
TICKS = os.sysconf("SC_CLK_TCK")


def page(language: str, number: int) -> Image.Image:
    sheet = Image.new("L", (1654, 2339), 255)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, 30)
    words = f"{number}. {LETTERS[language]} " * 20
    for line, text in enumerate(textwrap.wrap(words, 84)[:40]):
        pen.text((130, 150 + line * 48), text, font=font, fill=20)
    return sheet.rotate(0.4, fillcolor=255, resample=Image.Resampling.BICUBIC)


class Taken(NamedTuple):
    """Seconds by the clock and of processors."""

    clock: float
    processor: float


def measure() -> dict[str, float]:
    cores = os.cpu_count() or 1
    ours: list[list[Taken]] = []
    alone: list[list[Taken]] = []
    with tempfile.TemporaryDirectory(prefix="registra-bench-ocr-") as name:
        folder = Path(name)
        papers = {own: [page(own, number) for number in range(PAGES_EACH)] for own in LANGUAGES}
        start = _ours(folder, "en", [page("en", 0).crop((0, 0, 1654, 200))], cores)
        for _round in range(ROUNDS):
            ours.append([_ours(folder, own, sheets, cores) for own, sheets in papers.items()])
            alone.append([_alone(folder, own, sheets, cores) for own, sheets in papers.items()])
    pages = PAGES_EACH * len(LANGUAGES)
    our_clock, our_processor = _medians(ours)
    its_clock, its_processor = _medians(alone)
    return {
        "ocr_pages_per_s": pages / our_clock,
        "tesseract_pages_per_s": pages / its_clock,
        "ocr_ratio": its_clock / our_clock,
        "ocr_processor_ratio": its_processor / our_processor,
        "ocr_start_s": start.clock,
    }


def _medians(rounds: list[list[Taken]]) -> Taken:
    return Taken(
        median([sum(one.clock for one in taken) for taken in rounds]),
        median([sum(one.processor for one in taken) for taken in rounds]),
    )


def _ours(folder: Path, own: str, sheets: list[Image.Image], cores: int) -> Taken:
    pdf = io.BytesIO()
    sheets[0].save(pdf, "PDF", resolution=200, save_all=True, append_images=sheets[1:])
    scan = folder / "scan.pdf"
    scan.write_bytes(pdf.getvalue())
    order = Order(LIMITS, (LANGUAGES[own],), at_once=cores)
    started, used = time.perf_counter(), _used_by_prepared()
    read = recognise(scan, folder=folder, order=order, seconds=600)
    taken = Taken(time.perf_counter() - started, _used_by_prepared() - used)
    if read.end != "READ" or len(read.pages) != len(sheets):
        raise AssertionError(f"The scan was not read: {read.end}")
    return taken


def _used_by_prepared() -> float:
    """Processor seconds of the prepared process and of all that it split off and that ended."""
    pid = extraction._recognisers.pid
    if pid is None:
        return 0.0
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(number) for number in numbers[11:15]) / TICKS


def _alone(folder: Path, own: str, sheets: list[Image.Image], cores: int) -> Taken:
    names = []
    for number, sheet in enumerate(sheets):
        names.append(folder / f"{own}-{number}.jpg")
        sheet.save(names[-1], dpi=(200, 200), quality=QUALITY)

    def read(picture: Path) -> None:
        subprocess.run(
            ["nice", "-n", str(NICE), "tesseract", picture, picture.with_suffix(""), "-l", LANGUAGES[own]],
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            capture_output=True,
            check=True,
        )

    started, used = time.perf_counter(), _used_by_children()
    with ThreadPoolExecutor(cores) as hands:
        list(hands.map(read, names))
    return Taken(time.perf_counter() - started, _used_by_children() - used)


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
