"""A part of OCRmyPDF that says which pages tesseract gave up because they took too long, and keeps no pictures.

Nor does it ask tesseract for each file which languages it has: only when one is wanted that was not there before.

OCRmyPDF itself lets such a page stand without text, and says so in its log alone. ``too_slow``: their numbers, from 1;
whoever begins with another file empties it.
"""

import time
from pathlib import Path
from typing import Any, ClassVar

from ocrmypdf import hookimpl
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine

too_slow: set[int] = set()


class TimedTesseract(TesseractOcrEngine):
    """The usual engine, with an eye on the clock."""

    _known: ClassVar[set[str]] = set()

    @classmethod
    def languages(cls, options: Any) -> set[str]:
        if not cls._known.issuperset(options.languages):
            cls._known = set(TesseractOcrEngine.languages(options))
        return cls._known

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:
        began = time.monotonic()
        TesseractOcrEngine.generate_pdf(input_file, output_pdf, output_text, options)
        # A page without words is an empty file too, and comes at once.
        if not output_pdf.stat().st_size and time.monotonic() - began >= options.tesseract.timeout:
            too_slow.add(_number_of(output_pdf))
        # Pictures are not packed (see search.recognition), and nobody asks for this one again.
        input_file.resolve().unlink(missing_ok=True)


def _number_of(output_pdf: Path) -> int:
    """OCRmyPDF names what it makes of a page after its number: ``000012_ocr_tess.pdf``."""
    return int(output_pdf.name.partition("_")[0])


@hookimpl
def get_ocr_engine(options: Any) -> TimedTesseract:
    return TimedTesseract()
