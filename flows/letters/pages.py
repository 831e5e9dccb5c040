"""Pages of a PDF as pictures that we made, so that nobody's browser has to open the PDF itself."""

from io import BytesIO

import pypdfium2

DOTS_PER_INCH = 144


def page_images(pdf: bytes, *, dpi: int = DOTS_PER_INCH) -> list[bytes]:
    """Every page as a PNG, in order."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_png(page, dpi) for page in document]
    finally:
        document.close()


def _png(page: pypdfium2.PdfPage, dpi: int) -> bytes:
    out = BytesIO()
    page.render(scale=dpi / 72).to_pil().save(out, "PNG")
    return out.getvalue()
