"""Where the words of one page of a PDF stand. Runs in a process of its own: see ``cases.prepared``.

Its line of output is a list of words in their order: text, whether the next word is its other half (split at the end
of a line), and its rectangles ``[x, y, width, height]`` in ten-thousandths of the page as people see it, from the
upper left corner.
"""

import ctypes
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium

from cases.confinement import Shares, confine
from search.page_texts import cleaned_text

SHARES = Shares(seconds=20, memory=1024 * 1024 * 1024)
WHOLE = 10_000
MOST_LETTERS = 100_000
SPLIT_MARKS = {"\ufffe", "\x02", "\u00ad"}
Box = tuple[int, int, int, int]


@dataclass
class Word:
    """A run of letters without a gap; the places of its letters on the page, in ten-thousandths."""

    letters: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def rectangles(self) -> list[list[int]]:
        """One rectangle; more where the letters don't follow each other along or down the page."""
        lines: list[Box] = []
        for box in self.boxes:
            last = lines[-1] if lines else None
            if last and ((box[1] < last[3] and box[3] > last[1]) or (box[0] < last[2] and box[2] > last[0])):
                lines[-1] = (min(last[0], box[0]), min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
            else:
                lines.append(box)
        return [[left, top, right - left, bottom - top] for left, top, right, bottom in lines]


def words_on(page: pypdfium2.PdfPage) -> Iterator[tuple[str, bool, list[list[int]]]]:
    text_page = page.get_textpage()
    word = Word()
    for place in range(min(text_page.count_chars(), MOST_LETTERS)):
        letter = chr(pdfium.FPDFText_GetUnicode(text_page, place) or 32)
        if letter in SPLIT_MARKS or letter.isspace():
            if word.letters:
                yield _said(word, is_split=letter in SPLIT_MARKS)
            word = Word()
        else:
            word.letters.append(letter)
            if box := _box(page, text_page, place):
                word.boxes.append(box)
    if word.letters:
        yield _said(word, is_split=False)


def _said(word: Word, *, is_split: bool) -> tuple[str, bool, list[list[int]]]:
    return cleaned_text("".join(word.letters)), is_split, word.rectangles()


def _box(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, place: int) -> Box | None:
    """A letter's place as the page is shown: turned, and cut to its visible part."""
    left, bottom, right, top = text_page.get_charbox(place, loose=True)
    corners = [_seen_at(page, x, y) for x, y in ((left, top), (right, bottom))]
    (x1, y1), (x2, y2) = corners
    box = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    is_inside = 0 <= box[0] <= box[2] <= WHOLE and 0 <= box[1] <= box[3] <= WHOLE
    return box if is_inside and box[0] < box[2] and box[1] < box[3] else None


def _seen_at(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, WHOLE, WHOLE, 0, x, y, across, down)
    return across.value, down.value


def _turned(box: list[int], degrees: int) -> list[int]:
    """The same rectangle on the page turned clockwise."""
    x, y, width, height = box
    match degrees:
        case 90:
            return [WHOLE - y - height, x, height, width]
        case 180:
            return [WHOLE - x - width, WHOLE - y - height, width, height]
        case 270:
            return [y, WHOLE - x - width, height, width]
    return box


def main(path: str, page: str, lying_as: str = "") -> None:
    """``lying_as``: a PDF whose pages lie as people see them, where those of this one were turned upright."""
    confine(SHARES)
    place, degrees = int(page) - 1, 0
    words: list[tuple[str, bool, list[list[int]]]] = []
    with pypdfium2.PdfDocument(path) as document:
        if 0 <= place < len(document):
            upright = document[place]
            if lying_as:
                with pypdfium2.PdfDocument(lying_as) as lying:
                    degrees = (lying[place].get_rotation() - upright.get_rotation()) % 360
            words = list(words_on(upright))
    said = [(word, is_split, [_turned(box, degrees) for box in boxes]) for word, is_split, boxes in words]
    sys.stdout.write(json.dumps(said, ensure_ascii=False))
