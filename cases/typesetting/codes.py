"""The square code beside a printed address, so that a telephone can open it."""

from io import BytesIO

import segno


def qr_code(address: str) -> str:
    """A QR code for a short address as an SVG drawing, black on white with its quiet zone, readable when soiled."""
    drawing = BytesIO()
    segno.make(address, micro=False, error="m", boost_error=True).save(
        drawing, kind="svg", border=2, xmldecl=False, svgns=True, light="#fff", nl=False
    )
    return drawing.getvalue().decode()
