"""What a browser sends of the editor of a procedure."""

from collections.abc import Iterator
from typing import Any

from wagtail import blocks

from flows.designer.blocks import StepsBlock
from flows.designer.definition import stream_of

STEPS = StepsBlock()


def sent(definition: dict[str, Any], **more: str) -> dict[str, Any]:
    """The form of the editor with these steps in it."""
    titles = {f"titles_{language}": words for language, words in definition["titles"].items()}
    return {**titles, **more, **dict(_fields(STEPS, STEPS.to_python(stream_of(definition)), "steps"))}


def _fields(block: blocks.Block, value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(block, blocks.StreamBlock):
        yield f"{prefix}-count", str(len(value))
        for number, child in enumerate(value):
            yield from _child(child, f"{prefix}-{number}", number, child.block_type)
    elif isinstance(block, blocks.ListBlock):
        yield f"{prefix}-count", str(len(value))
        for number, child in enumerate(value.bound_blocks):
            yield from _child(child, f"{prefix}-{number}", number, "item")
    elif isinstance(block, blocks.StructBlock):
        for name, inner in block.child_blocks.items():
            yield from _fields(inner, value[name], f"{prefix}-{name}")
    elif value not in (None, False):
        yield prefix, value


def _child(child: Any, prefix: str, number: int, kind: str) -> Iterator[tuple[str, Any]]:
    for name, said in {"deleted": "", "order": str(number), "type": kind, "id": child.id or ""}.items():
        yield f"{prefix}-{name}", said
    yield from _fields(child.block, child.value, f"{prefix}-value")
