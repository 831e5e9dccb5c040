"""From a definition to the stream that the editor shows, and back; nothing is lost on the way.

What is empty or stands as it would anyway is left out of a definition.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import uuid4

from cases.desk.blocks.conditions import condition_of, condition_stream
from cases.desk.blocks.texts import texts_of, texts_stream
from cases.texts import Texts
from portal_pages.designer.calculation_blocks import (
    calculation_of,
    calculation_stream,
    limit_of,
    limit_stream,
    tables_of,
    tables_stream,
)
from portal_pages.designer.kinds import Setting, settings_of
from portal_pages.forms.common_pages import (
    APPLICANT,
    CONTACT,
    DECLARATIONS,
    MAY_BE_LEFT_OUT,
    SWITCHES,
    WHO,
    common_page,
)
from portal_pages.forms.definition import Question
from portal_pages.forms.kinds import Option
from portal_pages.forms.stored import COUNTABLE, page_as_json

COMMON = (APPLICANT, CONTACT, DECLARATIONS)
# Settings with a definition of their own: how it is read from the stream, and how it is shown there.
BUILT: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "calculation": (calculation_of, calculation_stream),
    "earliest": (limit_of, limit_stream),
    "latest": (limit_of, limit_stream),
}
__all__ = ["tables_of", "tables_stream", "to_definition", "to_stream", "with_common_pages"]


# -- the stream as a definition


def to_definition(pages: Iterable[Any]) -> list[dict[str, Any]]:
    """The pages of the definition that a stream shows."""
    return [_page_of(page) for page in pages]


def _page_of(page: Any) -> dict[str, Any]:
    value = page.value
    if page.block_type != "page":
        return _common_of(page.block_type.upper(), value)
    said: dict[str, Any] = {"key": value["key"], "titles": texts_of(value["titles"])}
    if introductions := texts_of(value["introductions"]):
        said["introductions"] = introductions
    return {**said, "questions": [_question_of(question) for question in value["questions"]]}


def _common_of(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"common": name} | {switch: True for switch in SWITCHES[name] if value[switch]}
    without = [key for key in MAY_BE_LEFT_OUT[name] if not value[key]]
    if without:
        said["without"] = without
    if name == APPLICANT and set(value["who"]) != set(WHO):
        said["who"] = [kind for kind in WHO if kind in value["who"]]
    return said


def _question_of(question: Any, *, in_row: bool = False) -> dict[str, Any]:
    value, kind = question.value, question.block_type.upper()
    said: dict[str, Any] = {"key": value["key"], "kind": kind, "labels": texts_of(value["labels"])}
    if helps := texts_of(value["helps"]):
        said["helps"] = helps
    if value["required"]:
        said["required"] = True
    for name in ("required_when", "show_when"):
        if condition := condition_of(value[name]):
            said[name] = condition
    # An answer in a row is one of several: its box is not shown, and does not count.
    if value.get("counted") and not in_row:
        said["counted"] = True
    for setting in settings_of(kind):
        given = _setting_of(setting, value[setting.name])
        if given != _plain(setting, setting.default):
            said[setting.name] = given
    return said


def _setting_of(setting: Setting, value: Any) -> Any:
    """The setting as a definition says it; a box that was emptied stands for what it would be anyway."""
    if setting.name in BUILT:
        return BUILT[setting.name][0](value)
    if setting.type == Texts:
        return texts_of(value)
    if setting.type == tuple[Question, ...]:
        return [_question_of(column, in_row=True) for column in value]
    if setting.type == tuple[Option, ...]:
        return [_option_of(option) for option in value]
    if value in (None, "") and setting.type is not str:
        return _plain(setting, setting.default)
    if isinstance(value, list | tuple):
        return list(value)
    return str(value) if setting.type in (Decimal, Decimal | None) else value


def _option_of(option: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"code": option["code"], "labels": texts_of(option["labels"])}
    if helps := texts_of(option["helps"]):
        said["helps"] = helps
    return said


def _plain(setting: Setting, value: Any) -> Any:
    """A default as JSON says it."""
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


# -- a definition as the stream


def to_stream(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The raw stream of a definition."""
    return [_page_stream(page) for page in definition["pages"]]


def _page_stream(page: Mapping[str, Any]) -> dict[str, Any]:
    if "common" in page:
        return {"type": page["common"].lower(), "id": str(uuid4()), "value": _common_stream(page)}
    value = {
        "key": page["key"],
        "titles": texts_stream(page["titles"]),
        "introductions": texts_stream(page.get("introductions")),
        "questions": [_question_stream(question) for question in page["questions"]],
    }
    return {"type": "page", "id": str(uuid4()), "value": value}


def _common_stream(page: Mapping[str, Any]) -> dict[str, Any]:
    name = page["common"]
    value: dict[str, Any] = {switch: page.get(switch, False) for switch in SWITCHES[name]}
    value |= {key: key not in page.get("without", ()) for key in MAY_BE_LEFT_OUT[name]}
    if name == APPLICANT:
        value["who"] = list(page.get("who", WHO))
    return value


def _question_stream(question: Mapping[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {
        "key": question["key"],
        "labels": texts_stream(question["labels"]),
        "helps": texts_stream(question.get("helps")),
        "required": question.get("required", False),
        "required_when": condition_stream(question.get("required_when")),
        "show_when": condition_stream(question.get("show_when")),
    }
    if question["kind"] in COUNTABLE:
        value["counted"] = question.get("counted", False)
    for setting in settings_of(question["kind"]):
        given = question.get(setting.name, _plain(setting, setting.default))
        value[setting.name] = _setting_stream(setting, given)
    return {"type": question["kind"].lower(), "id": str(uuid4()), "value": value}


def _setting_stream(setting: Setting, given: Any) -> Any:
    if setting.name in BUILT:
        return BUILT[setting.name][1](given)
    if setting.type == Texts:
        return texts_stream(given)
    if setting.type == tuple[Question, ...]:
        return [_question_stream(column) for column in given]
    if setting.type == tuple[Option, ...]:
        return [_option_stream(option) for option in given]
    return given


def _option_stream(option: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": option["code"],
        "labels": texts_stream(option["labels"]),
        "helps": texts_stream(option.get("helps")),
    }


# -- pages that all services share


def with_common_pages(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The same form, with each page that is word for word a common one named as such: then it can be trimmed again."""
    return {**definition, "pages": [_as_common(page) or page for page in definition["pages"]]}


def _as_common(page: Mapping[str, Any]) -> dict[str, Any] | None:
    if page.get("key") not in {name.lower() for name in COMMON}:
        return None
    return next((said for said in _ways_to_trim(page["key"].upper()) if _written_out(said) == page), None)


def _ways_to_trim(name: str) -> Iterable[dict[str, Any]]:
    """Every way that a service can have the page, the least trimmed first."""
    leave_out = [
        [key for key, is_out in zip(MAY_BE_LEFT_OUT[name], outs, strict=True) if is_out]
        for outs in product((False, True), repeat=len(MAY_BE_LEFT_OUT[name]))
    ]
    who = [
        [one for one, is_in in zip(WHO, ins, strict=True) if is_in] for ins in product((True, False), repeat=len(WHO))
    ]
    for switched, without, asking in product((False, True), leave_out, who[:-1] if name == APPLICANT else [list(WHO)]):
        said: dict[str, Any] = {"common": name} | (dict.fromkeys(SWITCHES[name], True) if switched else {})
        if without:
            said["without"] = without
        if asking != list(WHO):
            said["who"] = asking
        yield said


def _written_out(said: Mapping[str, Any]) -> dict[str, Any]:
    return page_as_json(common_page(said["common"], {name: value for name, value in said.items() if name != "common"}))
