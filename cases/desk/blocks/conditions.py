"""A condition put together by hand: all or any of some comparisons, which may be groups again.

The definition is `cases.conditions` as JSON. One comparison alone stands for itself; nothing at all is no condition.
Which facts can be asked about is the page's to say (``<script type="application/json" data-registra-facts>`` with a
list of ``{"key", "label", "group", "type", "options": [{"value", "label"}]}``, or an event ``registra:facts`` with the
same list whenever it changes); ``type`` is TEXT, NUMBER, AMOUNT (a decimal, written as text), DAY, YES_NO, CHOICE
or CHOICES (several of). A script may add ``mayBeAsked``, a function of the asking element. The box below holds the
fact's key and the value as JSON.
"""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.telepath import register
from wagtail.blocks.struct_block import StructBlockAdapter

from cases.conditions import Comparison
from cases.desk.blocks.media import BLOCKS_MEDIA

VALUELESS = {Comparison.ANSWERED, Comparison.NOT_ANSWERED}
DEEPEST = 3

COMPARISONS: list[tuple[str, str | Promise]] = [
    (Comparison.IS, _("is")),
    (Comparison.IS_NOT, _("is not")),
    (Comparison.ONE_OF, _("is one of")),
    (Comparison.CONTAINS, _("contains")),
    (Comparison.AT_LEAST, _("is at least")),
    (Comparison.AT_MOST, _("is at most")),
    (Comparison.ANSWERED, _("is answered")),
    (Comparison.NOT_ANSWERED, _("is not answered")),
]
COMPARE_WORDS: dict[str, str | Promise] = {
    "data-registra-compare-choose-value": _("Choose"),
    "data-registra-compare-yes-value": _("Yes"),
    "data-registra-compare-no-value": _("No"),
    "data-registra-compare-unknown-value": _("{key}: no longer there"),
    "data-registra-compare-hint-value": _("Several: one on each line"),
}


class ConditionTooDeep(ValueError):
    """The builder shows three levels of groups, more than anybody reads; a deeper condition can't be shown in it."""


class CompareBlock(blocks.StructBlock):
    """One fact against one value."""

    fact = blocks.CharBlock(required=False, label=_("What"), form_attrs={"data-registra-compare-target": "fact"})
    comparison = blocks.ChoiceBlock(
        choices=COMPARISONS,
        default=Comparison.IS,
        label=_("Comparison"),
        form_attrs={"data-registra-compare-target": "comparison"},
    )
    value = blocks.CharBlock(required=False, label=_("Value"), form_attrs={"data-registra-compare-target": "value"})

    class Meta:
        icon = "decimal"
        label = _("Comparison")
        label_format = "{fact} {comparison} {value}"
        form_classname = "struct-block registra-compare"
        form_attrs = {"data-controller": "registra-compare", **COMPARE_WORDS}


MATCHES = [("ALL", _("all of these hold")), ("ANY", _("any of these holds"))]
_COMPARE = CompareBlock()
_MATCH = blocks.ChoiceBlock(choices=MATCHES, default="ALL", label=_("When"))


class _PartsBlock(blocks.StreamBlock):
    """Comparisons, and groups of them while the depth lasts."""

    def __init__(self, depth: int = 1, **kwargs: Any) -> None:
        kinds: list[tuple[str, blocks.Block]] = [("compare", _COMPARE)]
        if depth < DEEPEST:
            kinds.append(("group", _GroupBlock(depth + 1)))
        super().__init__(local_blocks=kinds, required=False, **kwargs)

    class Meta:
        label = _("Conditions")


class _GroupBlock(blocks.StructBlock):
    def __init__(self, depth: int, **kwargs: Any) -> None:
        parts = [("match", _MATCH), ("parts", _PartsBlock(depth))]
        super().__init__(local_blocks=parts, **kwargs)

    class Meta:
        icon = "list-ul"
        label = _("Group")
        label_format = ""


class ConditionBlock(blocks.StructBlock):
    """When something holds; left empty, always."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(local_blocks=_condition_parts(), **kwargs)

    class Meta:
        icon = "view"
        label = _("Only when")
        form_classname = "struct-block registra-condition"
        label_format = ""
        collapsed = True


_PARTS = _PartsBlock()


def _condition_parts() -> list[tuple[str, blocks.Block]]:
    """The same parts for every condition: the page names each once however many conditions it has."""
    return [("match", _MATCH), ("parts", _PARTS)]


class ConditionBlockAdapter(StructBlockAdapter):
    @property
    def media(self) -> forms.Media:
        return super().media + BLOCKS_MEDIA


register(ConditionBlockAdapter(), ConditionBlock)


def condition_of(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The definition of what was built; a comparison without a fact is one not made yet, and left out."""
    parts = [part for child in (value or {}).get("parts") or () if (part := _part_of(child.block_type, child.value))]
    if len(parts) < 2:
        return parts[0] if parts else None
    assert value is not None  # noqa: S101 (it has parts)
    return {"any" if value["match"] == "ANY" else "all": parts}


def _part_of(kind: str, value: Mapping[str, Any]) -> dict[str, Any] | None:
    if kind == "group":
        return condition_of(value)
    if not value["fact"]:
        return None
    comparison = Comparison(value["comparison"]) if value["comparison"] in Comparison else Comparison.IS
    said = None if comparison in VALUELESS else _value_of(value["value"], comparison)
    return {"answer": value["fact"], "comparison": str(comparison), "value": said}


def _value_of(said: str, comparison: Comparison) -> Any:
    """JSON, as the builder writes it; whatever else stands there is meant as words. One of several is a list."""
    try:
        value = json.loads(said)
    except ValueError:
        value = said
    if comparison is Comparison.ONE_OF and not isinstance(value, list):
        return [value]
    return value


def condition_stream(condition: Mapping[str, Any] | None) -> dict[str, Any]:
    """The raw stream of a condition. Raises ConditionTooDeep."""
    match condition:
        case None:
            return {"match": "ALL", "parts": []}
        case {"all": parts}:
            return _group_stream("ALL", parts, depth=1)
        case {"any": parts}:
            return _group_stream("ANY", parts, depth=1)
    return {"match": "ALL", "parts": [_part_stream(condition, depth=1)]}


def _group_stream(match: str, parts: list[Any], *, depth: int) -> dict[str, Any]:
    if depth > DEEPEST:
        raise ConditionTooDeep
    return {"match": match, "parts": [_part_stream(part, depth=depth) for part in parts]}


def _part_stream(condition: Mapping[str, Any], *, depth: int) -> dict[str, Any]:
    for name, match in (("all", "ALL"), ("any", "ANY")):
        if name in condition:
            return {"type": "group", "value": _group_stream(match, condition[name], depth=depth + 1)}
    comparison = condition["comparison"]
    value = "" if comparison in VALUELESS else json.dumps(condition.get("value"), ensure_ascii=False)
    return {"type": "compare", "value": {"fact": condition["answer"], "comparison": comparison, "value": value}}
