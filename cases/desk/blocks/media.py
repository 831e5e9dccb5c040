"""Scripts and style sheets of the editor's parts: files of ours, for our Content-Security-Policy."""

from collections.abc import Sequence

from django import forms

BLOCKS_SCRIPT = "desk/blocks.js"
BLOCKS_STYLE = "desk/blocks.css"


def media_of(*scripts: str, styles: Sequence[str] = ()) -> forms.Media:
    return forms.Media(
        js=[forms.Script(name, type="module") for name in scripts],  # type: ignore[misc]  # the stubs lag behind
        css={"all": list(styles)},
    )


BLOCKS_MEDIA = media_of(BLOCKS_SCRIPT, styles=[BLOCKS_STYLE])
