"""Calculated values put together by hand: answers and numbers joined by operations, which may be joined again.

The definition is the JSON of `portal_pages.forms.calculations`. A part that was begun and not finished is left out.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from cases.desk.blocks.conditions import ConditionBlock, condition_of, condition_stream
from cases.desk.blocks.texts import TextsBlock, texts_of, texts_stream

DEEPEST = 4
OPERATIONS = [
    ("SUM", _("added up")),
    ("PRODUCT", _("multiplied")),
    ("DIFFERENCE", _("the first less the second")),
    ("QUOTIENT", _("the first divided by the second")),
    ("SMALLEST", _("the smallest of them")),
    ("LARGEST", _("the largest of them")),
]


class KeyBlock(blocks.CharBlock):
    """A key: made from the words once, then kept. The page shows it, nobody types it."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"label": _("Key"), "help_text": _("Made from the words once; it never changes.")}
        super().__init__(required=False, max_length=80, **words, **kwargs)
        self.field.widget = forms.TextInput(attrs={"readonly": True, "tabindex": -1, "data-registra-key": ""})

    class Meta:
        form_classname = "registra-key"


class AnswerBlock(blocks.CharBlock):
    """The key of a question, picked from the list of those that stand before; ``gives`` says what they have to give."""

    def __init__(self, gives: str = "", **kwargs: Any) -> None:
        attrs = {"data-controller": "registra-answer", "data-registra-answer-gives-value": gives}
        super().__init__(required=False, form_attrs=attrs, **kwargs)


class NumberBlock(blocks.CharBlock):
    """A decimal, kept as it was written: nothing is rounded on the way."""

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").replace(",", ".").replace(" ", "")
        try:
            return f"{Decimal(text):f}" if text else ""
        except ArithmeticError:
            raise ValidationError(_("Write a number in digits, for example 12.5")) from None


class _Part(blocks.StructBlock):
    class Meta:
        form_classname = "struct-block registra-calculation"


_WHEN = ConditionBlock(label=_("Only rows of which this holds"))
_IF = ConditionBlock(label=_("When"), collapsed=False)
_ANSWER = _Part(
    [("answer", AnswerBlock("NUMBER AMOUNT", label=_("Question")))],
    label=_("Answer to a question"),
    icon="help",
    label_format="{answer}",
)
_CONSTANT = _Part([("value", NumberBlock(required=False, label=_("Number")))], label=_("Fixed number"), icon="decimal")
_DAYS = _Part(
    [
        ("start", AnswerBlock("DAY", label=_("From the day in"))),
        ("end", AnswerBlock("DAY", label=_("To the day in"))),
        ("inclusive", blocks.BooleanBlock(required=False, label=_("Count the first day too"))),
    ],
    label=_("Days between two dates"),
    icon="date",
)
_COUNT = _Part(
    [("group", AnswerBlock("ROWS", label=_("Repeating group or table"))), ("when", _WHEN)],
    label=_("Number of rows"),
    icon="list-ol",
)
_SUM_OF = _Part(
    [
        ("group", AnswerBlock("ROWS", label=_("Repeating group or table"))),
        ("column", AnswerBlock("COLUMN", label=_("Question of the row"))),
        ("when", _WHEN),
    ],
    label=_("A column added up"),
    icon="list-ul",
)
_PLACES = blocks.IntegerBlock(min_value=0, max_value=6, default=2, label=_("Digits after the point"))


class CalculationBlock(blocks.StreamBlock):
    """One calculation, or with ``most`` None several side by side."""

    def __init__(self, depth: int = 1, most: int | None = 1, **kwargs: Any) -> None:
        kinds: list[tuple[str, blocks.Block]] = [
            ("answer", _ANSWER),
            ("constant", _CONSTANT),
            ("days", _DAYS),
            ("count", _COUNT),
            ("sum_of", _SUM_OF),
        ]
        if depth < DEEPEST:
            kinds += _joined(depth + 1)
        super().__init__(local_blocks=kinds, required=False, max_num=most, **kwargs)


@cache
def _joined(depth: int) -> list[tuple[str, blocks.Block]]:
    """The same for every calculation of this depth; a block has one name, so each place has one of its own."""
    part, then = CalculationBlock(depth, label=_("Number")), CalculationBlock(depth, label=_("Then"))
    otherwise = CalculationBlock(depth, label=_("Else"))
    parts, by = (
        CalculationBlock(depth, None, label=_("Numbers")),
        CalculationBlock(depth, None, label=_("Looked up by")),
    )
    return [
        (
            "operation",
            _Part(
                [("op", blocks.ChoiceBlock(choices=OPERATIONS, default="PRODUCT", label=_("How"))), ("parts", parts)],
                label=_("Several numbers joined"),
                icon="plus",
                label_format="{op}",
            ),
        ),
        (
            "rounded",
            _Part([("part", part), ("places", _PLACES)], label=_("Rounded number"), icon="decimal"),
        ),
        (
            "lookup",
            _Part(
                [("table", AnswerBlock("TABLE", label=_("Table of rates"))), ("by", by)],
                label=_("Rate from a table"),
                icon="table",
                label_format="{table}",
            ),
        ),
        (
            "either",
            _Part(
                [("when", _IF), ("then", then), ("otherwise", otherwise)], label=_("One or the other"), icon="repeat"
            ),
        ),
    ]


# -- there and back


def calculation_of(value: Iterable[Any] | None) -> dict[str, Any] | None:
    """The definition of what was built; None when there is nothing yet."""
    return next(iter(_calculations(value)), None)


def _calculations(value: Iterable[Any] | None) -> list[dict[str, Any]]:
    return [said for part in value or () if (said := _one(part.block_type, part.value))]


def _one(kind: str, value: Mapping[str, Any]) -> dict[str, Any] | None:
    match kind:
        case "answer":
            return {"answer": value["answer"]} if value["answer"] else None
        case "constant":
            return {"constant": value["value"]} if value["value"] else None
        case "days":
            ends = {"from": {"answer": value["start"]}, "to": {"answer": value["end"]}}
            return {"op": "DAYS", **ends} | ({"inclusive": True} if value["inclusive"] else {})
        case "count":
            return {"op": "COUNT", "group": value["group"]} | _when_of(value)
        case "sum_of":
            return {"op": "SUM_OF", "group": value["group"], "column": value["column"]} | _when_of(value)
        case "operation":
            parts = _calculations(value["parts"])
            return {"op": value["op"], "of": parts} if parts else None
        case "rounded":
            part = calculation_of(value["part"])
            return {"op": "ROUNDED", "of": part, "places": value["places"]} if part else None
        case "lookup":
            by = _calculations(value["by"])
            return {"op": "LOOKUP", "table": value["table"], "by": by[0] if len(by) == 1 else by} if by else None
        case "either":
            then, otherwise = calculation_of(value["then"]), calculation_of(value["otherwise"])
            when = condition_of(value["when"])
            is_whole = then and otherwise and when
            return {"op": "EITHER", "when": when, "then": then, "otherwise": otherwise} if is_whole else None
    raise AssertionError(kind)


def _when_of(value: Mapping[str, Any]) -> dict[str, Any]:
    when = condition_of(value["when"])
    return {"when": when} if when else {}


def calculation_stream(calculation: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The raw stream of a calculation."""
    if calculation is None:
        return []
    kind, value = _raw(calculation)
    return [{"type": kind, "value": value}]


def _raw(said: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    match said:
        case {"answer": key}:
            return "answer", {"answer": key}
        case {"constant": value}:
            return "constant", {"value": str(value)}
        case {"op": "DAYS", "from": {"answer": start}, "to": {"answer": end}}:
            return "days", {"start": start, "end": end, "inclusive": said.get("inclusive", False)}
        case {"op": "COUNT", "group": group}:
            return "count", {"group": group, "when": condition_stream(said.get("when"))}
        case {"op": "SUM_OF", "group": group, "column": column}:
            return "sum_of", {"group": group, "column": column, "when": condition_stream(said.get("when"))}
        case {"op": "ROUNDED", "of": part, "places": places}:
            return "rounded", {"part": calculation_stream(part), "places": places}
        case {"op": "LOOKUP", "table": table, "by": by}:
            parts = by if isinstance(by, list) else [by]
            return "lookup", {"table": table, "by": _several_raw(parts)}
        case {"op": "EITHER", "when": when, "then": then, "otherwise": otherwise}:
            value = {"then": calculation_stream(then), "otherwise": calculation_stream(otherwise)}
            return "either", {"when": condition_stream(when), **value}
    return "operation", {"op": said["op"], "parts": _several_raw(said["of"])}


def _several_raw(parts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [stream for part in parts for stream in calculation_stream(part)]


# -- tables of rates


class _RowBlock(blocks.StructBlock):
    value = blocks.CharBlock(required=False, label=_("For"), form_attrs={"data-controller": "registra-codes"})
    second = blocks.CharBlock(required=False, label=_("and"), form_attrs={"data-controller": "registra-codes"})
    third = blocks.CharBlock(required=False, label=_("and"), form_attrs={"data-controller": "registra-codes"})
    rate = NumberBlock(required=False, label=_("Rate"))

    class Meta:
        label = _("Rate")
        form_classname = "struct-block registra-rate"


class _BandBlock(blocks.StructBlock):
    up_to = NumberBlock(required=False, label=_("Up to and including"), help_text=_("Empty: without an end."))
    rate = NumberBlock(required=False, label=_("Rate"))

    class Meta:
        label = _("Band")
        form_classname = "struct-block registra-rate"


class RatesBlock(blocks.StreamBlock):
    """Tables of rates: by zone, by speed, by bands of an amount. Calculated values look them up."""

    by_value = blocks.StructBlock(
        [
            ("key", KeyBlock()),
            ("titles", TextsBlock(label=_("Name of the table"), label_format=None)),
            ("rows", blocks.ListBlock(_RowBlock(), label=_("Rates"))),
        ],
        form_layout=BlockGroup(["titles", "rows"], settings=["key"]),
        label=_("Rates by answer"),
        icon="table",
        label_format="{titles}",
        form_attrs={"data-registra-table": ""},
    )
    by_band = blocks.StructBlock(
        [
            ("key", KeyBlock()),
            ("titles", TextsBlock(label=_("Name of the table"), label_format=None)),
            ("bands", blocks.ListBlock(_BandBlock(), label=_("Bands, the lowest first"))),
        ],
        form_layout=BlockGroup(["titles", "bands"], settings=["key"]),
        label=_("Rates by bands of an amount"),
        icon="table",
        label_format="{titles}",
        form_attrs={"data-registra-table": ""},
    )

    class Meta:
        required = False
        collapsed = True


def tables_of(stream: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The tables of a form's definition."""
    return {table.value["key"]: _table_of(table.value) for table in stream}


def _table_of(value: Mapping[str, Any]) -> dict[str, Any]:
    titles = texts_of(value["titles"])
    if "bands" in value:
        bands = [
            ({"up_to": band["up_to"]} if band["up_to"] else {}) | {"rate": band["rate"] or "0"}
            for band in value["bands"]
        ]
        return {"titles": titles, "bands": bands}
    rows = [
        {"for": [row[name] for name in ("value", "second", "third") if row[name]], "rate": row["rate"] or "0"}
        for row in value["rows"]
        if row["value"]
    ]
    return {"titles": titles, "rows": rows}


def _band_of(band: Mapping[str, Any]) -> dict[str, str]:
    end = {"up_to": band["up_to"]} if band["up_to"] else {}
    return {**end, "rate": band["rate"] or "0"}


def tables_stream(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The raw stream of the tables of a definition."""
    return [_table_raw(key, table) for key, table in definition.get("tables", {}).items()]


def _table_raw(key: str, table: Mapping[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {"key": key, "titles": texts_stream(table["titles"])}
    if "bands" in table:
        bands = [{"up_to": band.get("up_to", ""), "rate": band["rate"]} for band in table["bands"]]
        return {"type": "by_band", "value": {**value, "bands": bands}}
    rows = [
        dict(zip(("value", "second", "third"), [*row["for"], "", ""][:3], strict=True)) | {"rate": row["rate"]}
        for row in table["rows"]
    ]
    return {"type": "by_value", "value": {**value, "rows": rows}}


# -- limits of dates

LIMITS = [
    ("", _("No limit")),
    ("TODAY", _("From the day of filing")),
    ("ANSWER", _("From the day in an answer")),
    ("DATE", _("A fixed day")),
]


class DayLimitBlock(blocks.StructBlock):
    """The first or last day that may be answered."""

    start = blocks.ChoiceBlock(choices=LIMITS, required=False, label=_("Counted"))
    answer = AnswerBlock("DAY", label=_("Question"))
    date = blocks.CharBlock(required=False, max_length=10, label=_("Day"), help_text=_("Like this: 2026-12-31"))
    years = blocks.IntegerBlock(required=False, label=_("and years"))
    months = blocks.IntegerBlock(required=False, label=_("and months"))
    days = blocks.IntegerBlock(required=False, label=_("and days"), help_text=_("Less than 0 means before."))

    class Meta:
        icon = "date"
        collapsed = True
        form_classname = "struct-block registra-limit"


SPANS = ("years", "months", "days")


def limit_of(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """The definition of a limit; None without one."""
    if not value["start"]:
        return None
    spans = {name: value[name] for name in SPANS if value[name]}
    match value["start"]:
        case "DATE":
            return {"date": value["date"]} | spans if value["date"] else spans
        case "ANSWER":
            return ({"answer": value["answer"]} if value["answer"] else {}) | spans
    return spans


def limit_stream(limit: Mapping[str, Any] | None) -> dict[str, Any]:
    """The raw stream of a limit."""
    value: dict[str, Any] = {"start": "", "answer": "", "date": ""} | dict.fromkeys(SPANS)
    if limit is None:
        return value
    start = "DATE" if limit.get("date") else "ANSWER" if limit.get("answer") else "TODAY"
    return {**value, **limit, "start": start}
