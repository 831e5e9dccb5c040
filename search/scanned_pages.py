"""A part of OCRmyPDF that takes the picture of a scanned page as the scanner made it, instead of drawing the page.

Most scanners write one JPEG for each sheet, and it fills the sheet. Unpacking it takes half as long as having PDFium
draw the page, no other page waits meanwhile, and tesseract sees the scanner's dots, not dots made from them. Whatever
else a page is, PDFium draws as before.
"""

import io
from pathlib import Path
from typing import Any

import pikepdf
from ocrmypdf import hookimpl
from PIL import Image

# Dots by which a picture may differ from its sheet, whose size is in points and rounded; and points.
ROUNDING_DOTS, ROUNDING_POINTS = 2, 1
# What OCRmyPDF draws a page in grey and one in colours on; and which colours mean what a JPEG by itself means.
MODES = {"pnggray": "L", "png16m": "RGB"}
PLAIN_COLOURS = {"/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB", "/ICCBased"}
# What makes a page, or a picture on it, look different from the picture by itself.
PAGE_CHANGES = ("/Annots", "/UserUnit")
PICTURE_CHANGES = ("/SMask", "/Mask", "/ImageMask", "/Decode", "/DecodeParms", "/OC")


@hookimpl
def rasterize_pdf_page(
    input_file: Path,
    output_file: Path,
    raster_device: str,
    raster_dpi: Any,
    pageno: int,
    page_dpi: Any,
    rotation: int | None,
) -> Path | None:
    """As OCRmyPDF's hook of this name; None where the page has to be drawn."""
    mode = MODES.get(raster_device)
    if rotation or mode is None:
        return None
    try:
        with pikepdf.open(input_file) as pdf:
            page = pdf.pages[pageno - 1]
            packed = _only_picture(page)
            size = [float(side) * raster_dpi.x / 72 for side in page.mediabox[2:]]
        with Image.open(io.BytesIO(packed or b""), formats=["JPEG"]) as picture:
            is_fitting = all(abs(dots - side) <= ROUNDING_DOTS for dots, side in zip(picture.size, size, strict=True))
            if picture.mode != mode or not is_fitting:
                return None
            picture.save(output_file, "PNG", dpi=(float(page_dpi.x), float(page_dpi.y)))
    except Exception:
        # Strangers' pages are broken in many ways; PDFium has the last word on all of them.
        return None
    return output_file


def _only_picture(page: pikepdf.Page) -> bytes | None:
    """The JPEG that fills this upright page, if that is all there is on it."""
    left, bottom, width, height = (float(side) for side in page.mediabox)
    if page.rotation or left or bottom or any(key in page for key in PAGE_CHANGES):
        return None
    pictures = page.resources["/XObject"]
    drawn = [one for one in pikepdf.parse_content_stream(page) if str(one.operator) not in {"q", "Q"}]
    if len(pictures) != 1 or [str(one.operator) for one in drawn] != ["cm", "Do"]:
        return None
    place, (name,) = (one.operands for one in drawn)
    wide, *turned, high, right, up = (float(number) for number in place)
    if any((*turned, right, up)) or max(abs(wide - width), abs(high - height)) > ROUNDING_POINTS:
        return None
    picture = pictures[str(name)]
    if picture["/Filter"] != "/DCTDecode" or any(key in picture for key in PICTURE_CHANGES):
        return None
    colours = picture["/ColorSpace"]
    is_plain = str(colours[0] if isinstance(colours, pikepdf.Array) else colours) in PLAIN_COLOURS
    return picture.read_raw_bytes() if is_plain else None
