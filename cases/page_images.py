"""Makes page images of one file. Runs in a process of its own: see ``cases.prepared``.

What it opens was sent by strangers. So it is shut in before it opens the file (``cases.confinement``), has neither
settings nor a database nor our environment, and writes nothing but images: ``1.webp``, ``1-small.webp``, ``2.webp``
and so on, each whole before the next is begun. Its only line of output says how it went.
"""

import importlib
import json
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from cases import media_types
from cases.confinement import NotConfined, Shares, confine

WIDTH = 1400
SMALL_WIDTH = 320
# A page far longer than wide is made narrower rather than endless.
LONGEST = 6000
QUALITY = 78
# How fast WebP is written, 0 to 6: at 2 a page takes half the time of the default and a tenth more bytes.
EFFORT = 2
PDF_NEEDS_PASSWORD = 4
LINES_OF_TEXT = 20_000
COLUMNS = 94
# Cutting between words takes time in the square of the length.
LONGEST_PARAGRAPH = 10_000
PICTURES = {media_types.JPEG, media_types.PNG, media_types.WEBP, media_types.TIFF, media_types.GIF, media_types.HEIC}
LARGEST_IMAGE = 64 * 1024 * 1024
OPEN_FILES = 64
TEXTS = {media_types.TEXT, media_types.JSON, media_types.XML, media_types.HTML, media_types.SVG, media_types.EML}
SHOWN = PICTURES | TEXTS | {media_types.PDF}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost: CPU seconds, bytes of memory, pages, points of a picture, bytes of a text."""

    seconds: int = 120
    memory: int = 2 * 1024 * 1024 * 1024
    pages: int = 500
    points: int = 120_000_000
    text: int = 2 * 1024 * 1024

    def as_json(self) -> str:
        return json.dumps(asdict(self))


class NoImages(Exception):
    """The file can't be shown; ``reason`` is one of cases.models.NoPreviewReason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def pages_of(file: Path, media_type: str, limits: Limits) -> Iterator[Image.Image]:
    """The file's pages as pictures, one at a time."""
    if media_type == media_types.PDF:
        return _pages_of_pdf(file)
    if media_type in PICTURES:
        return _pages_of_picture(file, limits)
    if media_type in TEXTS:
        return _pages_of_text(file, media_type, limits)
    raise NoImages("KIND")


def _pages_of_pdf(file: Path | bytes) -> Iterator[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise NoImages("PASSWORD" if error.err_code == PDF_NEEDS_PASSWORD else "DAMAGED") from error
    # Filled-in form fields are drawn too, as viewers do.
    document.init_forms()
    for place in range(len(document)):
        try:
            page = document[place]
            width, height = page.get_size()
            scale = min(WIDTH / width, LONGEST / height) if width and height else 1
            yield page.render(scale=scale, may_draw_forms=True).to_pil()
        except (pypdfium2.PdfiumError, ValueError) as error:
            raise NoImages("DAMAGED") from error
        page.close()


def _pages_of_picture(file: Path, limits: Limits) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = None  # the limit below is ours, and it is checked before a picture is unpacked
    try:
        with Image.open(file) as picture:
            _refuse_giants(picture, limits)
            # A JPEG can be read at an eighth of its size, which takes less memory.
            picture.draft("RGB", (WIDTH * 2, LONGEST))
            frames = ImageSequence.Iterator(picture) if picture.format == "TIFF" else [picture]
            for frame in frames:
                _refuse_giants(frame, limits)
                yield _upright_on_white(frame)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise NoImages("DAMAGED") from error


def _refuse_giants(picture: Image.Image, limits: Limits) -> None:
    if picture.width * picture.height > limits.points:
        raise NoImages("TOO_LARGE")


def _upright_on_white(frame: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(frame)
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    picture = upright.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("RGB")


def _pages_of_text(file: Path, media_type: str, limits: Limits) -> Iterator[Image.Image]:
    import typst  # noqa: PLC0415 (only texts need it, and loading it takes longer than a photo)

    from cases.typesetting.words import printable  # noqa: PLC0415

    words = _decoded(file.read_bytes()[: limits.text])
    if media_type == media_types.JSON:
        words = _spread_out(words)
    lines = [row for line in printable(words).split("\n") for row in _rows(line)][:LINES_OF_TEXT]
    pdf = typst.compile(
        str(Path(__file__).parent / "typesetting" / "templates" / "plain.typ"),
        sys_inputs={"data": json.dumps({"lines": lines})},
        font_paths=typst.Fonts(include_system_fonts=False),
    )
    if not isinstance(pdf, bytes):
        raise NoImages("DAMAGED")
    return _pages_of_pdf(pdf)


def _rows(line: str) -> list[str]:
    """A line as it fits on the page, whose letters are all of one width: cut between words, a giant anywhere."""
    if len(line) <= LONGEST_PARAGRAPH:
        return textwrap.wrap(line, COLUMNS, replace_whitespace=False, drop_whitespace=False) or [""]
    return [line[start : start + COLUMNS] for start in range(0, len(line), COLUMNS)]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Old Bulgarian files; a byte that has no letter there is shown as a box.
        return content.decode("cp1251", "replace")


def _spread_out(words: str) -> str:
    """JSON with a value a line; as it is, where it is too deep or cut off."""
    try:
        return json.dumps(json.loads(words), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return words


def write_pages(pages: Iterator[Image.Image], folder: Path, limits: Limits) -> str:
    """Write the images; returns why some are missing, or nothing when all are there."""
    for number, page in enumerate(pages, start=1):
        if number > limits.pages:
            return "TOO_MANY_PAGES"
        _write(page, WIDTH, folder / f"{number}.webp")
        _write(page, SMALL_WIDTH, folder / f"{number}-small.webp")
    return ""


def _write(page: Image.Image, width: int, target: Path) -> None:
    smaller = page.copy()
    smaller.thumbnail((width, LONGEST))
    draft = target.with_suffix(".draft")
    smaller.convert("RGB").save(draft, "WEBP", quality=QUALITY, method=EFFORT)
    draft.rename(target)


def _attempt(task: Callable[[], str]) -> str:
    try:
        return task()
    except NoImages as error:
        return error.reason
    except MemoryError:
        return "TOO_LARGE"


def prepare() -> None:
    """Once for all files: load what few of them need."""
    for name in ("pillow_heif", "typst", "cases.typesetting.words"):
        importlib.import_module(name)


def main(file: str, media_type: str, folder: str, limits_json: str) -> None:
    limits = Limits(**json.loads(limits_json))
    if media_type == media_types.HEIC:
        import pillow_heif  # noqa: PLC0415 (only photos from telephones need it)

        pillow_heif.register_heif_opener()
    try:
        confine(Shares(limits.seconds, limits.memory, written=LARGEST_IMAGE, files=OPEN_FILES))
    except NotConfined as trouble:
        sys.stdout.write(json.dumps({"not_confined": str(trouble)}) + "\n")
        return
    reason = _attempt(lambda: write_pages(pages_of(Path(file), media_type, limits), Path(folder), limits))
    sys.stdout.write(json.dumps({"reason": reason}) + "\n")
