"""The letter in Wagtail's editor: parts that can be moved, each with its texts side by side and its condition.

``to_definition`` and ``to_stream`` lead from the editor to the letter's JSON and back, and lose nothing.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import StreamValue

from cases.desk.blocks.conditions import ConditionBlock, condition_of, condition_stream
from cases.desk.blocks.texts import LongTextsBlock, TextsBlock, texts_of, texts_stream

_HELP = _("Words in braces are filled from the case. *strong* and _emphasis_ are printed so.")


class ParagraphBlock(blocks.StructBlock):
    texts = LongTextsBlock(label=_("Text"), rows=4, max_length=None, help_text=_HELP)
    when = ConditionBlock(required=False)

    class Meta:
        icon = "pilcrow"
        label = _("Paragraph")
        label_format = "{texts}"
        form_classname = "struct-block registra-letter-part"


class HeadingBlock(blocks.StructBlock):
    texts = TextsBlock(label=_("Heading"), max_length=300)
    when = ConditionBlock(required=False)

    class Meta:
        icon = "title"
        label = _("Heading")
        label_format = "{texts}"
        form_classname = "struct-block registra-letter-part"


class ItemsBlock(blocks.StructBlock):
    items = blocks.ListBlock(LongTextsBlock(label=_("Item"), rows=2, max_length=None), label=_("Items"))
    when = ConditionBlock(required=False)

    class Meta:
        icon = "list-ul"
        label = _("List")
        form_classname = "struct-block registra-letter-part"


class TableOfBlock(blocks.StructBlock):
    answer = blocks.CharBlock(
        label=_("Repeating answer"),
        required=False,
        max_length=60,
        help_text=_("The key of the question whose rows are printed."),
    )
    columns = blocks.CharBlock(
        label=_("Columns"),
        required=False,
        max_length=400,
        help_text=_("The keys of the questions in a row, with commas, in the order of printing."),
    )
    when = ConditionBlock(required=False)

    class Meta:
        icon = "table"
        label = _("Table")
        label_format = "{answer}"
        form_classname = "struct-block registra-letter-part"


class SubjectBlock(blocks.StructBlock):
    """Another subject, for cases of that kind: the first whose condition holds is taken."""

    texts = TextsBlock(label=_("Subject"), max_length=300)
    when = ConditionBlock(required=False)

    class Meta:
        icon = "title"
        label = _("Another subject")
        label_format = "{texts}"
        form_classname = "struct-block registra-letter-part"


class LetterBodyBlock(blocks.StreamBlock):
    paragraph = ParagraphBlock()
    heading = HeadingBlock()
    items = ItemsBlock()
    table = TableOfBlock()
    subject = SubjectBlock()

    class Meta:
        required = False
        max_num = 200


KINDS = {"paragraph": "PARAGRAPH", "heading": "HEADING"}


def to_definition(stream: StreamValue | Any) -> dict[str, Any]:
    """``body`` and ``subjects`` of the letter's JSON."""
    body: list[dict[str, Any]] = []
    subjects: list[dict[str, Any]] = []
    for child in stream:
        said, value = _part(child.block_type, child.value), child.value
        if when := condition_of(value["when"]):
            said["when"] = when
        (subjects if child.block_type == "subject" else body).append(said)
    return {"subjects": subjects, "body": body} if subjects else {"body": body}


def _part(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    match kind:
        case "items":
            return {"kind": "ITEMS", "items": [texts_of(item) for item in value["items"]]}
        case "table":
            columns = [key.strip() for key in (value["columns"] or "").split(",") if key.strip()]
            return {"kind": "TABLE_OF", "answer": (value["answer"] or "").strip(), "columns": columns}
        case "subject":
            return {"texts": texts_of(value["texts"])}
    return {"kind": KINDS[kind], "texts": texts_of(value["texts"])}


def to_stream(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The raw stream of a letter's JSON: the other subjects first, then the body."""
    parts = [{"type": "subject", "value": _texts_and_when(one)} for one in definition.get("subjects", ())]
    return parts + [_stream_part(block) for block in definition.get("body", ())]


def _texts_and_when(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"texts": texts_stream(said.get("texts")), "when": condition_stream(said.get("when"))}


def _stream_part(block: Mapping[str, Any]) -> dict[str, Any]:
    when = condition_stream(block.get("when"))
    match block["kind"]:
        case "ITEMS":
            items = [texts_stream(texts) for texts in block.get("items", ())]
            return {"type": "items", "value": {"items": items, "when": when}}
        case "TABLE_OF":
            columns = ", ".join(block.get("columns", ()))
            return {"type": "table", "value": {"answer": block.get("answer", ""), "columns": columns, "when": when}}
    kind = "heading" if block["kind"] == "HEADING" else "paragraph"
    return {"type": kind, "value": _texts_and_when(block)}
