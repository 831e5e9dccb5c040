"""A crest is a picture that we made ourselves: small, upright, and without anything else that the file held."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from cases.acting import Actor
from cases.colours import contrast_with_white, readable
from cases.crests import LARGEST, SIDE, CrestRefused, crest_from
from cases.letterheads import letterhead_of
from cases.models import Crest
from cases.typesetting import typeset
from tests.cases.papers import NOON, letter
from tests.factories import InstitutionFactory

SECRET = "taken at the mayor's home"


def picture(size: tuple[int, int] = (400, 800), kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#aa1133").save(out, kind, **options)
    return out.getvalue()


def made(content: bytes) -> Crest:
    return crest_from(content, actor=Actor.job("test"), at=NOON)


def endless_picture() -> bytes:
    """A PNG of a few bytes that says it is 60,000 points wide and high."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_crest_is_made_small_whatever_was_uploaded(kind: str):
    crest = made(picture(kind=kind))

    with Image.open(io.BytesIO(crest.png)) as kept:
        assert (kept.format, kept.size) == ("PNG", (SIDE // 2, SIDE))
    assert (crest.width, crest.height) == (SIDE // 2, SIDE)


def test_what_a_file_says_besides_its_points_is_left_behind():
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", SECRET)
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET, 6  # a description, and: turn it to the right

    crests = [made(picture(pnginfo=said)), made(picture(kind="JPEG", exif=exif))]

    assert all(SECRET.encode() not in crest.png for crest in crests)
    assert [(crest.width, crest.height) for crest in crests] == [(SIDE // 2, SIDE), (SIDE, SIDE // 2)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', r"a drawing \(SVG\) is not taken"),
        (picture(kind="GIF"), "no picture that can be taken"),
        (picture()[:200], "no picture that can be taken"),
        (b"", "no picture that can be taken"),
        (picture((4000, 4000)), "too many points"),
        (endless_picture(), "no picture that can be taken|too many points"),
        (b"\x89PNG" + b"0" * LARGEST, "larger than 5 MB"),
    ],
)
def test_what_is_no_plain_picture_is_refused_in_words(content: bytes, why: str):
    with pytest.raises(CrestRefused, match=why):
        made(content)


def test_a_letter_bears_the_crest():
    bare = InstitutionFactory.build(names={"en": "Bela Reka"})
    crested = InstitutionFactory.build(names={"en": "Bela Reka"}, crest=made(picture()))

    papers = [
        typeset("letter", letter(institution=letterhead_of(one, "en")), language="en", at=NOON)
        for one in (bare, crested)
    ]

    assert [b"/Subtype/Image" in paper.replace(b" ", b"") for paper in papers] == [False, True]


def test_a_colour_that_is_too_light_is_darkened_until_it_can_be_read():
    assert contrast_with_white("#ffcc00") < 4.5 <= contrast_with_white(readable("#ffcc00"))
    assert readable("#1d4f91") == "#1d4f91"
