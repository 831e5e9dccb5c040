"""Makes scans as a town gets them: paper drawn with real letters, a little crooked and dirty."""

import io
import random
import textwrap

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
LETTERS = {
    "bg": "Заявление за отсичане на дърво. Моля да ми бъде издадено разрешение за премахване на опасна липа.",
    "pl": "Wniosek o zezwolenie na wycięcie drzewa. Proszę o usunięcie chorej lipy przy ulicy Długiej.",
    "ro": "Cerere pentru tăierea unui copac. Vă rog să îmi eliberați autorizația pentru îndepărtarea teiului.",
    "en": "Application for felling a tree. Please issue a permit for the removal of the dangerous lime.",
}


def paper(words: str, *, slant: float = 0.5, turned: int = 0, seed: int = 7) -> Image.Image:
    """A small sheet at 150 dots an inch."""
    sheet = Image.new("L", (1000, 420), 255)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, 30)
    for number, line in enumerate(textwrap.wrap(words, 44)):
        pen.text((70, 60 + number * 50), line, font=font, fill=25)
    dirt = random.Random(seed)
    for _spot in range(400):
        pen.point((dirt.randrange(1000), dirt.randrange(420)), fill=dirt.randrange(120, 255))
    return sheet.rotate(slant, fillcolor=255, resample=Image.Resampling.BICUBIC).rotate(turned, expand=True)


def saved(*sheets: Image.Image, kind: str = "PDF", dots: int = 150) -> bytes:
    out = io.BytesIO()
    several = {"save_all": True, "append_images": sheets[1:]} if len(sheets) > 1 else {}
    how = {"resolution": dots} if kind == "PDF" else {"dpi": (dots, dots)}
    sheets[0].save(out, kind, **how, **several)
    return out.getvalue()


def fax(*words: str) -> bytes:
    """Black and white, packed like a fax, twice as many dots across as down."""
    sheets = [paper(one).resize((1000, 210)).convert("1") for one in words]
    out = io.BytesIO()
    sheets[0].save(out, "TIFF", compression="group4", save_all=True, append_images=sheets[1:], dpi=(204, 102))
    return out.getvalue()
