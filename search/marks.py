"""Where on a page the words stand that were looked for, and the address of the page that shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.cache import cache
from django.urls import reverse

from cases import media_types
from cases.models import ComponentFile, Document, StoredFile
from cases.previews import readable_path
from search.extraction import words_on_page
from search.models import PageText
from search.passages import Seeker

KEPT_SECONDS = 600
MOST_MARKS = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle on the page, in ten-thousandths of its width and height, from the upper left corner."""

    x: int
    y: int
    width: int
    height: int


def viewer_address(
    document: Document, file: ComponentFile | None = None, page: int | None = None, typed: str = ""
) -> str:
    """The address that shows a page of a file of the document, with what was typed into the search marked on it."""
    asked = {"file": file.pk if file else None, "page": page, "q": typed}
    query = urlencode({name: value for name, value in asked.items() if value})
    address = reverse("desk_archive_pages", args=[document.public_id])
    return f"{address}?{query}" if query else address


def marks_on(stored_file: StoredFile, page: int, seeker: Seeker) -> list[Mark]:
    """The rectangles of the found words on a page of a PDF; none for other files. Never raises for what is in it.

    A scan that was signed has no text of its own and no copy that has: its recognition said where the words stand.
    """
    if stored_file.media_type != media_types.PDF or not seeker.seeks_something:
        return []
    words = _words_on(stored_file.sha256, page)
    text, places = _joined(words)
    found = seeker.places(text)
    boxes = [
        box
        for (start, end), (_word, _is_split, rectangles) in zip(places, words, strict=True)
        if any(start < found_end and found_start < end for found_start, found_end in found)
        for box in rectangles
    ]
    return [Mark(*box) for box in boxes[:MOST_MARKS]]


Words = Sequence[tuple[str, bool, list[list[int]]]]


def _words_on(sha256: str, page: int) -> Words:
    key = f"archive-words-{sha256}-{page}"
    words: Words | None = cache.get(key)
    if words is None:
        words = _read_words(sha256, page)
        cache.set(key, words, KEPT_SECONDS)
    return words


def _read_words(sha256: str, page: int) -> Words:
    try:
        with readable_path(sha256) as path:
            words: Words = words_on_page(path, page)
    except FileNotFoundError:
        return []
    return words or PageText.objects.filter(stored_file=sha256, page=page).values_list("words", flat=True).first() or []


def _joined(words: Words) -> tuple[str, list[tuple[int, int]]]:
    """The words as running text, halves put together again, and where each stands in it."""
    text, places = "", []
    for word, is_split, _rectangles in words:
        places.append((len(text), len(text) + len(word)))
        text += word if is_split else f"{word} "
    return text, places
