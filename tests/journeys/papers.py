"""What people bring along: a PDF of two pages, a photo."""

import io
from functools import lru_cache

import typst
from PIL import Image, ImageDraw

# Nothing else in the town has this word, and it stands on the second page only.
RARE_WORD = "zwischenstammveredelung"

REPORT = """
#set page(paper: "a4")
#set text(lang: "en")
= Expert opinion on one lime tree
The tree stands at ul. Lipa 4, two metres from the wall of the school. Its trunk is hollow up to a height of
1.20 m and sounds dull when it is struck.
#pagebreak()
= Findings
The crown was once refined by {word} and has broken off at that place. The tree cannot be saved.
"""


@lru_cache
def expert_opinion() -> bytes:
    """Two pages; the rare word is on the second."""
    return typst.compile(REPORT.format(word=RARE_WORD).encode())


@lru_cache
def letter(words: str) -> bytes:
    """One page with these words."""
    return typst.compile(f'#set page(paper: "a5")\n#{typst_text(words)}'.encode())


def typst_text(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache
def photo() -> bytes:
    picture = Image.new("RGB", (640, 480), (170, 200, 220))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((290, 220, 350, 480), fill=(96, 70, 45))
    draw.ellipse((180, 40, 460, 280), fill=(70, 120, 60))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
