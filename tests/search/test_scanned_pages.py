"""A scanned sheet's own picture goes to tesseract; every other page is drawn."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from ocrmypdf._plugin_manager import get_plugin_manager
from ocrmypdf.helpers import Resolution
from PIL import Image

from search.scanned_pages import rasterize_pdf_page
from tests.search.scans_made import paper, saved

DOTS = Resolution(150.0, 150.0)
SHEET = paper("The old lime")


def picture_in(made: bytes) -> Image.Image:
    """The only picture of a PDF, unpacked."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        return Image.open(io.BytesIO(next(iter(pdf.pages[0].resources["/XObject"].values())).read_raw_bytes()))


def asked(folder: Path, made: bytes, *, device: str = "pnggray", rotation: int = 0) -> Path | None:
    (folder / "scan.pdf").write_bytes(made)
    return rasterize_pdf_page(folder / "scan.pdf", folder / "page.png", device, DOTS, 1, DOTS, rotation)


@pytest.mark.parametrize(("sheet", "device"), [(SHEET, "pnggray"), (SHEET.convert("RGB"), "png16m")])
def test_the_scanners_own_dots(tmp_path: Path, sheet: Image.Image, device: str) -> None:
    made = saved(sheet)
    drawn = asked(tmp_path, made, device=device)
    assert drawn
    with Image.open(drawn) as page:
        assert page.mode == sheet.mode
        assert page.tobytes() == picture_in(made).tobytes()
        assert page.info["dpi"] == pytest.approx((150, 150), abs=0.1)


def test_it_comes_before_pdfium(tmp_path: Path) -> None:
    made = saved(SHEET)
    (tmp_path / "scan.pdf").write_bytes(made)
    get_plugin_manager(["search.scanned_pages"]).rasterize_pdf_page(
        input_file=tmp_path / "scan.pdf",
        output_file=tmp_path / "page.png",
        raster_device="pnggray",
        raster_dpi=DOTS,
        pageno=1,
        page_dpi=DOTS,
        rotation=0,
        filter_vector=False,
        stop_on_soft_error=True,
        options=None,
        use_cropbox=False,
    )
    with Image.open(tmp_path / "page.png") as page:
        assert page.tobytes() == picture_in(made).tobytes()


def of_page(**values: object) -> Callable[[pikepdf.Pdf, pikepdf.Page], None]:
    def change(_pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        for name, value in values.items():
            page.obj[f"/{name}"] = value

    return change


def of_picture(**values: object) -> Callable[[pikepdf.Pdf, pikepdf.Page], None]:
    def change(_pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        for name, value in values.items():
            next(iter(page.resources["/XObject"].values()))[f"/{name}"] = value

    return change


def drawing(template: str) -> Callable[[pikepdf.Pdf, pikepdf.Page], None]:
    """``{name}`` stands for the picture, ``{place}`` for where it fills the sheet."""

    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        name, (width, height) = next(iter(page.resources["/XObject"])), (float(side) for side in page.mediabox[2:])
        page.Contents = pdf.make_stream(template.format(name=name, place=f"{width} 0 0 {height} 0 0 cm").encode())

    return change


def second_picture(_pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    pictures = page.resources["/XObject"]
    pictures["/Stamp"] = next(iter(pictures.values()))


def cut_short(_pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    picture = next(iter(page.resources["/XObject"].values()))
    picture.write(picture.read_raw_bytes()[:2_000], filter=pikepdf.Name.DCTDecode)


# What the sheet looks like is not what its picture looks like, or nobody can tell.
CHANGES = {
    "lies on its side": of_page(Rotate=90),
    "has a note on it": of_page(Annots=pikepdf.Array()),
    "has units of its own": of_page(UserUnit=2),
    "begins elsewhere": of_page(MediaBox=pikepdf.Array([10, 0, 490, 201.6])),
    "is larger than the picture": of_page(MediaBox=pikepdf.Array([0, 0, 595, 842])),
    "has a broken size": of_page(MediaBox=pikepdf.Array([pikepdf.Name.A, 0, 0, 0])),
    "has no content": of_page(Contents=pikepdf.Array()),
    "is hidden": of_picture(OC=pikepdf.Dictionary(Type=pikepdf.Name.OCG)),
    "is a mask": of_picture(ImageMask=True),
    "is a negative": of_picture(Decode=pikepdf.Array([1, 0])),
    "is ink, not light": of_picture(
        ColorSpace=pikepdf.Array([pikepdf.Name.Separation, pikepdf.Name.Black, pikepdf.Name.DeviceGray, 0])
    ),
    "is packed otherwise": of_picture(Filter=pikepdf.Name.JPXDecode),
    "is packed twice": of_picture(Filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode])),
    "is turned": drawing("q 0 201 -480 0 480 0 cm {name} Do Q"),
    "lies in the middle": drawing("q 480 0 0 201 20 20 cm {name} Do Q"),
    "has a line across it": drawing("q {place} {name} Do Q 0 0 m 9 9 l S"),
    "is drawn through a window": drawing("q 0 0 9 9 re W n {place} {name} Do Q"),
    "is missing": drawing("q {place} /Nothing Do Q"),
    "has a second picture": second_picture,
    "ends in the middle": cut_short,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_pages_that_are_drawn(tmp_path: Path, change: Callable[[pikepdf.Pdf, pikepdf.Page], None]) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(saved(SHEET))) as pdf:
        change(pdf, pdf.pages[0])
        pdf.save(out)
    assert asked(tmp_path, out.getvalue()) is None


def test_the_same_page_unchanged_is_taken(tmp_path: Path) -> None:
    """What the changes above are made to is a page that would be taken."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(saved(SHEET))) as pdf:
        drawing("q {place} {name} Do Q")(pdf, pdf.pages[0])
        pdf.save(out)
    assert asked(tmp_path, out.getvalue())


def test_turned_pages_and_other_colours_are_drawn(tmp_path: Path) -> None:
    made = saved(SHEET)
    assert asked(tmp_path, made, rotation=90) is None
    assert asked(tmp_path, made, device="pngmono") is None
    assert asked(tmp_path, made, device="png16m") is None
