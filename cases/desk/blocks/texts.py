"""One text in every language, side by side, with a sign of which languages are still missing.

A page that knows the languages of its institution says so once, on any element:
``data-registra-languages="bg en" data-registra-obligatory="bg"``. Without it all languages of the installation count.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.telepath import register
from wagtail.blocks.struct_block import StructBlockAdapter

from cases.desk.blocks.media import BLOCKS_MEDIA
from cases.texts import Texts

# What templates/static/desk/blocks.js says of completeness.
SIGN_WORDS: dict[str, str | Promise] = {
    "data-registra-texts-complete-value": _("In every language"),
    "data-registra-texts-missing-value": _("Missing:"),
    "data-registra-texts-empty-value": _("Not written yet"),
}


def _box(language: str, label: str, *, rows: int, max_length: int | None) -> blocks.Block:
    """The text in one language; the box knows its language, for spelling and for reading aloud."""
    attrs = {"data-registra-texts-target": "text", "data-language": language}
    named: dict[str, Any] = {"label": label, "required": False, "max_length": max_length, "form_attrs": attrs}
    box = blocks.TextBlock(rows=rows, **named) if rows > 1 else blocks.CharBlock(**named)
    box.field.widget.attrs["lang"] = language
    return box


@cache
def _boxes(rows: int, max_length: int | None) -> list[tuple[str, blocks.Block]]:
    """One box a language, the same for every text: the page names each once however many texts it has."""
    return [(code, _box(code, name, rows=rows, max_length=max_length)) for code, name in settings.LANGUAGES]


class TextsBlock(blocks.StructBlock):
    """A text with all its languages; none is obligatory here, a checker tells what is missing."""

    def __init__(self, *, rows: int = 1, max_length: int | None = 200, **kwargs: Any) -> None:
        attrs = {"data-controller": "registra-texts", **SIGN_WORDS, **(kwargs.pop("form_attrs", None) or {})}
        super().__init__(local_blocks=_boxes(rows, max_length), form_attrs=attrs, **kwargs)

    class Meta:
        icon = "globe"
        form_classname = "struct-block registra-texts"


class LongTextsBlock(TextsBlock):
    """The same for paragraphs."""

    def __init__(self, *, rows: int = 3, max_length: int | None = 4000, **kwargs: Any) -> None:
        super().__init__(rows=rows, max_length=max_length, **kwargs)


class TextsBlockAdapter(StructBlockAdapter):
    js_constructor = "registra.TextsBlock"

    @property
    def media(self) -> forms.Media:
        return super().media + BLOCKS_MEDIA


register(TextsBlockAdapter(), TextsBlock)


def texts_of(value: Mapping[str, Any] | None) -> dict[str, str]:
    """The definition of a text: the languages that have words, in the order of the installation."""
    return {code: words for code, _name in settings.LANGUAGES if (words := str((value or {}).get(code) or "").strip())}


def texts_stream(texts: Texts | None) -> dict[str, str]:
    """The raw stream of a text."""
    return {code: (texts or {}).get(code, "") for code, _name in settings.LANGUAGES}


class TextsWidget(forms.MultiWidget):
    """The same boxes on an ordinary form."""

    template_name = "desk/components/texts.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {}
        for code, _name in settings.LANGUAGES:
            boxes[code] = forms.TextInput({"lang": code})
        super().__init__(boxes, attrs)

    def decompress(self, value: Texts | None) -> list[str]:
        return [(value or {}).get(code, "") for code, _name in settings.LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for box, (code, label) in zip(context["widget"]["subwidgets"], settings.LANGUAGES, strict=True):
            box["language"], box["label"] = code, label
        return {**context, "sign_words": SIGN_WORDS}

    @property
    def media(self) -> forms.Media:
        return super().media + BLOCKS_MEDIA


class TextsFormField(forms.MultiValueField):
    """A form field for a column of texts (`cases.texts.TextsField`)."""

    widget = TextsWidget

    def __init__(self, *, required: bool = True, max_length: int | None = 200, **kwargs: Any) -> None:
        for unfit in ("encoder", "decoder"):
            kwargs.pop(unfit, None)
        boxes = [forms.CharField(required=False, max_length=max_length) for _language in settings.LANGUAGES]
        super().__init__(boxes, required=required, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        return texts_of(dict(zip((code for code, _name in settings.LANGUAGES), data_list, strict=False)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial or {}, data)
