"""The institution's look: its crest, made anew from an uploaded picture, and its main colour.

Only pictures of points are taken. A drawing (SVG) may carry programs and links; it is never kept, and never shown.
"""

import base64
import datetime as dt
import hashlib
import io
import struct

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from cases.acting import Actor
from cases.models import Crest, Institution

KINDS = ("PNG", "JPEG", "WEBP")
LARGEST = 5 * 1024 * 1024
MOST_POINTS = 12_000_000
# The letterhead shows it 14 mm high, a screen 44 pixels: enough for both at twice the sharpness.
SIDE = 320
_UNREADABLE = (
    OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip


class CrestRefused(ValueError):
    """The picture can't be taken; the message says what to do."""


def crest_from(content: bytes, *, actor: Actor, at: dt.datetime) -> Crest:
    """A crest that is not saved yet: the file's first picture, upright and small, and nothing else that it held."""
    if len(content) > LARGEST:
        raise CrestRefused(_("The picture is larger than {size} MB.").format(size=LARGEST // 1024 // 1024))
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as picture:
            if picture.width * picture.height > MOST_POINTS:
                raise CrestRefused(_("The picture has too many points: make it at most 3000 by 3000."))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except CrestRefused:
        raise
    except _UNREADABLE:
        raise CrestRefused(
            _("This is no picture that can be taken. Choose a PNG, JPEG or WebP; a drawing (SVG) is not taken.")
        ) from None
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    # A new picture with the points alone: texts, profiles and places of the old one stay behind.
    plain = Image.new("RGBA", upright.size)
    plain.paste(upright)
    out = io.BytesIO()
    plain.save(out, "PNG", optimize=True)
    png = out.getvalue()
    return Crest(
        sha256=hashlib.sha256(png).hexdigest(),
        png=png,
        width=plain.width,
        height=plain.height,
        made_by=actor.user,
        made_at=at,
    )


@transaction.atomic
def choose_look(institution: Institution, *, accent: str, crest: Crest | None) -> Institution:
    """Set colour and crest (None: none of its own). Papers made before stay as they are."""
    if crest is not None and not Crest.objects.filter(pk=crest.pk).exists():
        crest.save(force_insert=True)
    institution.theme = institution.theme | {"accent": accent} if accent else institution.theme
    institution.crest = crest
    institution.save(update_fields=["theme", "crest"])
    return institution


def drawing_of(crest: Crest) -> str:
    """The crest as the typesetter takes it: a drawing that holds the picture and nothing else."""
    picture, size = base64.b64encode(crest.png).decode(), f'width="{crest.width}" height="{crest.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}'
        f' viewBox="0 0 {crest.width} {crest.height}">'
        f'<image {size} xlink:href="data:image/png;base64,{picture}"/></svg>'
    )
