"""A procedure's JSON, made of what stands in the editor, and the editor's stream, made of the JSON.

The way there and back loses nothing that the blocks can show. The id of a step is given once: it is the id that the
editor gave the block, shortened; a step that came from JSON keeps its own. Codes of outcomes and keys of questions are
given in the same way.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.desk.blocks.conditions import ConditionTooDeep, condition_of, condition_stream
from cases.desk.blocks.texts import texts_of, texts_stream
from flows.designer.blocks import DEEPEST, KIND_OF_BLOCK, StepsBlock
from flows.procedures import tree
from flows.procedures.tree import HANDLING, STANDARD_LATE, Deed, Kind, NeedKind, Until, WaitFor, WhoKind

BLOCK_OF_KIND = {kind: name for name, kind in KIND_OF_BLOCK.items()}
SILENT = (Kind.AUTOMATIC, Kind.CLOSE)
CODE = re.compile(r"[A-Z0-9]+(_[A-Z0-9]+)*")
QUESTION_KEY = re.compile(r"[a-z][a-z0-9_-]*")


class ProcedureTooDeep(ValueError):
    """The editor shows blocks of steps three deep; a procedure from elsewhere may be deeper."""

    def __init__(self) -> None:
        super().__init__(_("The steps stand deeper in one another than the editor can show."))


@dataclass(frozen=True)
class Gap:
    """Something that is not filled in yet, so that the steps are no procedure."""

    step: str
    words: str | Promise


# -- From the editor


def rough_definition(steps: Iterable[Any], *, key: str, version: int, titles: Mapping[str, str]) -> dict[str, Any]:
    """The procedure as JSON; `gaps_in` says whether it can be read as one."""
    return {"key": key, "version": version, "titles": dict(titles), "steps": _places(steps)}


def definition_of(steps: Iterable[Any], *, key: str, version: int, titles: Mapping[str, str]) -> dict[str, Any]:
    """The procedure as it is published. Raises ProcedureUnreadable where something is not filled in."""
    return tree.as_json(tree.from_json(rough_definition(steps, key=key, version=version, titles=titles)))


def step_id(block_id: str | None) -> str:
    """The id of a step, from the id of its block: given once, never shown."""
    return _given_once(block_id, tree.ID, lambda letters: letters)


def _given_once(block_id: str | None, pattern: re.Pattern[str], make: Callable[[str], str]) -> str:
    said = block_id or ""
    if pattern.fullmatch(said):
        return said
    letters = re.sub(r"[^a-z0-9]", "", said.lower())[:8]
    return make(letters if len(letters) == 8 else hashlib.sha256(said.encode()).hexdigest()[:8])


def _outcome_code(block_id: str | None) -> str:
    return _given_once(block_id, CODE, str.upper)


def _question_key(block_id: str | None) -> str:
    return _given_once(block_id, QUESTION_KEY, lambda letters: f"q{letters}")


def _places(steps: Iterable[Any]) -> list[dict[str, Any]]:
    return [_place(KIND_OF_BLOCK[child.block_type], step_id(child.id), child.value) for child in steps]


def _place(kind: Kind, place_id: str, value: Mapping[str, Any]) -> dict[str, Any]:
    head = {"id": place_id, "kind": str(kind)}
    match kind:
        case Kind.SIDE_BY_SIDE:
            return {**head, "branches": [_branch(branch) for branch in value["branches"]]}
        case Kind.IF:
            branches = [{**_branch(branch), "when": condition_of(branch["when"])} for branch in value["branches"]]
            otherwise = _places(value["otherwise"])
            return {**head, "branches": branches, **({"otherwise": otherwise} if otherwise else {})}
        case Kind.REPEAT:
            until = condition_of(value["until"])
            return {**head, "steps": _places(value["steps"]), "until": until, "at_most": _whole(value["at_most"])}
    return {**head, **_step(kind, value)}


def _branch(value: Mapping[str, Any]) -> dict[str, Any]:
    return {**_some("titles", texts_of(value["titles"])), "steps": _places(value["steps"])}


def _some(name: str, value: Any) -> dict[str, Any]:
    """The member, unless it is empty."""
    return {name: value} if value not in ("", {}, [], None) else {}


def _step(kind: Kind, value: Mapping[str, Any]) -> dict[str, Any]:
    said = {**_some("titles", texts_of(value["titles"])), **_milestone(value), **_OWN[kind](value)}
    if kind in SILENT:
        return said
    late = [late for late in tree.Late if late in (value["late"] or [])]
    return {
        **said,
        **_some("who", _who(value)),
        **_some("deadline", _term(value)),
        **({} if tuple(late) == STANDARD_LATE else {"late": [str(one) for one in late]}),
        **_some("needs", [_need(child.block_type, child.value) for child in value["needs"]]),
        **_some("back_to", _several(value["back_to"])),
        **_some("instructions", texts_of(value["instructions"])),
    }


def _who(value: Mapping[str, Any]) -> dict[str, Any] | None:
    unit = value["who_unit"] or HANDLING
    match value["who"]:
        case WhoKind.ROLE:
            return {"role": value["who_role"], "unit": unit}
        case (WhoKind.HEAD_OF | WhoKind.LEAST_LOADED_OF) as kind:
            return {str(kind): unit}
        case WhoKind.HOLDER_OF as kind:
            return {str(kind): value["who_step"]}
        case WhoKind.POST as kind:
            return {str(kind): value["who_post"]}
        case (WhoKind.HOLDER | WhoKind.REGISTRY | WhoKind.EXECUTIVE) as kind:
            return {str(kind): True}
    return None


def _term(value: Mapping[str, Any]) -> dict[str, Any] | None:
    days = _whole(value["days"])
    return {"amount": days, "unit": value["day_unit"]} if days is not None else None


def _whole(said: Any) -> int | None:
    """A whole number; text where it comes from a form that nobody has cleaned yet."""
    if isinstance(said, int) or said is None:
        return said
    return int(said) if str(said).strip().isdecimal() else None


def _milestone(value: Mapping[str, Any]) -> dict[str, Any]:
    match value["milestone"]:
        case "NOTHING":
            return {"milestone": None}
        case "OWN":
            return {"milestone": texts_of(value["milestone_texts"]) or None}
    return {}


def _need(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    member = {"document": "document", "field": "question"}.get(kind)
    said = {member: value["of"] or ""} if member else {}
    return {"need": kind.upper(), **said, **_some("titles", texts_of(value["titles"]))}


def _several(said: str | None) -> list[str]:
    return [code for code in (said or "").split() if code]


def _nothing(value: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _ask_opinions(value: Mapping[str, Any]) -> dict[str, Any]:
    until: Any = {"quorum": _whole(value["quorum"])} if value["until"] == "QUORUM" else value["until"]
    return {**_some("units", _several(value["units"])), **({} if until == Until.ALL else {"until": until})}


def _wait(value: Mapping[str, Any]) -> dict[str, Any]:
    date = value["date"] if value["waits_for"] == WaitFor.DATE else ""
    return {"for": value["waits_for"], **_some("date", date), **_some("message", texts_of(value["message"]))}


def _visit(value: Mapping[str, Any]) -> dict[str, Any]:
    return _some("questions", [_question(_question_key(one.id), one.value) for one in value["questions"].bound_blocks])


def _question(key: str, value: Mapping[str, Any]) -> dict[str, Any]:
    options = [{"code": _outcome_code(one.id), "labels": texts_of(one.value)} for one in value["options"].bound_blocks]
    return {
        "key": key,
        "kind": value["kind"],
        "labels": texts_of(value["labels"]),
        **_some("helps", texts_of(value["helps"])),
        **({"required": True} if value["required"] else {}),
        **_some("options", options),
    }


def _decide(value: Mapping[str, Any]) -> dict[str, Any]:
    ways = value["outcomes"].bound_blocks
    return {"outcomes": [{"code": _outcome_code(way.id), "titles": texts_of(way.value)} for way in ways]}


def _automatic(value: Mapping[str, Any]) -> dict[str, Any]:
    said = {"do": value["does"]}
    match value["does"]:
        case Deed.SET_VALUE:
            said |= {**_some("name", value["name"]), **_some("value", _fact(value["value"] or ""))}
        case Deed.OPEN_CASE:
            said |= _some("service", value["service"])
        case Deed.SEND_MESSAGE:
            said |= _some("message", texts_of(value["message"]))
    return said


def _fact(said: str) -> Any:
    """A whole number, true or false where it reads as one, else words; words that read as one stand in quotes."""
    try:
        value = json.loads(said)
    except ValueError:
        return said
    return value if isinstance(value, str | bool | int) else said


_OWN: dict[Kind, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    kind: _nothing for kind in Kind if kind not in tree.CONTAINERS
}
_OWN |= {
    Kind.ASK_OPINIONS: _ask_opinions,
    Kind.DRAFT: lambda value: _some("letter", value["letter"]),
    Kind.AGREE: lambda value: {
        **_some("units", _several(value["units"])),
        **({} if value["order"] == tree.AgreeOrder.SIDE_BY_SIDE else {"order": value["order"]}),
    },
    Kind.WAIT: _wait,
    Kind.VISIT: _visit,
    Kind.DECIDE: _decide,
    Kind.AUTOMATIC: _automatic,
    Kind.CLOSE: lambda value: _some("outcome", value["outcome"]),
}


# -- What is not filled in yet


def gaps_in(steps: list[dict[str, Any]]) -> list[Gap]:
    """What of the rough definition's steps nobody can read as a procedure, each in words for who builds it."""
    return [gap for step in steps for gap in _gaps_of(step)]


def _gaps_of(step: dict[str, Any]) -> Iterable[Gap]:
    match step:
        case {"kind": Kind.REPEAT, "until": None}:
            yield Gap(step["id"], _("Say until when these steps are repeated."))
        case {"kind": Kind.REPEAT, "at_most": None}:
            yield Gap(step["id"], _("Say how many times these steps are repeated at most."))
        case {"kind": Kind.SIDE_BY_SIDE | Kind.IF, "branches": []}:
            yield Gap(step["id"], _("Add a branch."))
        case {"kind": Kind.DECIDE, "outcomes": []}:
            yield Gap(step["id"], _("Say what can be decided."))
        case {"until": {"quorum": None}}:
            yield Gap(step["id"], _("Say how many opinions are enough."))
        case {"who": {"holder_of": "" | None}}:
            yield Gap(step["id"], _("Choose the earlier step."))
        case {"who": {"post": "" | None}}:
            yield Gap(step["id"], _("Choose the post."))
    for branch in step.get("branches", []):
        if "when" in branch and branch["when"] is None:
            yield Gap(step["id"], _("Say when this case holds."))
        yield from gaps_in(branch["steps"])
    yield from gaps_in([*step.get("steps", []), *step.get("otherwise", [])])


def without_gaps(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The plain steps in their order, without what is not filled in yet: enough to name them and to pick from."""
    found: list[dict[str, Any]] = []
    for step in steps:
        if Kind(step["kind"]) in tree.CONTAINERS:
            inner = [*step.get("branches", []), {"steps": step.get("steps", [])}, {"steps": step.get("otherwise", [])}]
            found += without_gaps([one for part in inner for one in part["steps"]])
            continue
        gaps = [gap for gap in _gaps_of(step) if gap.step == step["id"]]
        stand_in = {"outcomes": [{"code": "OPEN", "titles": {"en": "-"}}]} if step["kind"] == Kind.DECIDE else {}
        kept = {name: value for name, value in step.items() if name not in {"who", "until"}} | stand_in
        found.append(kept if gaps else step)
    return found


# -- Into the editor


def stream_of(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The raw stream of a procedure's steps. Raises ProcedureTooDeep."""
    try:
        return [_block(step, 0) for step in definition["steps"]]
    except ConditionTooDeep:
        raise ProcedureTooDeep from None


def _block(step: Mapping[str, Any], depth: int) -> dict[str, Any]:
    kind = Kind(step["kind"])
    if kind in tree.CONTAINERS and depth >= DEEPEST:
        raise ProcedureTooDeep
    return {"type": BLOCK_OF_KIND[kind], "id": step["id"], "value": _value(kind, step, depth)}


def _value(kind: Kind, step: Mapping[str, Any], depth: int) -> dict[str, Any]:
    match kind:
        case Kind.SIDE_BY_SIDE:
            return {"branches": _items(_branch_value(branch, depth) for branch in step["branches"])}
        case Kind.IF:
            branches = [
                {**_branch_value(branch, depth), "when": condition_stream(branch["when"])}
                for branch in step["branches"]
            ]
            return {"branches": _items(branches), "otherwise": _inner(step.get("otherwise", []), depth)}
        case Kind.REPEAT:
            until = condition_stream(step["until"])
            return {"steps": _inner(step["steps"], depth), "until": until, "at_most": step["at_most"]}
    return _step_value(kind, step)


def _inner(steps: Iterable[Mapping[str, Any]], depth: int) -> list[dict[str, Any]]:
    return [_block(step, depth + 1) for step in steps]


def _items(values: Iterable[Any], ids: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """What Wagtail's list block keeps; what has no id of its own gets one."""
    listed = list(values)
    given = list(ids) if ids is not None else [str(uuid.uuid4()) for _value in listed]
    return [{"type": "item", "value": value, "id": id_} for value, id_ in zip(listed, given, strict=True)]


def _branch_value(branch: Mapping[str, Any], depth: int) -> dict[str, Any]:
    return {"titles": texts_stream(branch.get("titles")), "steps": _inner(branch["steps"], depth)}


def _step_value(kind: Kind, step: Mapping[str, Any]) -> dict[str, Any]:
    value = {"titles": texts_stream(step.get("titles")), **_milestone_value(step), **_own_value(kind, step)}
    if kind in SILENT:
        return value
    deadline = step.get("deadline") or {}
    return {
        **value,
        **_who_value(step.get("who") or {}),
        "days": deadline.get("amount"),
        "day_unit": deadline.get("unit", tree.DayUnit.WORKING_DAYS),
        "late": list(step.get("late", STANDARD_LATE)),
        "needs": [_need_value(need) for need in step.get("needs", [])],
        "back_to": " ".join(step.get("back_to", [])),
        "instructions": texts_stream(step.get("instructions")),
    }


def _who_value(who: Mapping[str, Any]) -> dict[str, Any]:
    kind = next((kind for kind in WhoKind if kind in who), "")
    unit = who.get("unit") or who.get(WhoKind.HEAD_OF) or who.get(WhoKind.LEAST_LOADED_OF) or HANDLING
    return {
        "who": str(kind),
        "who_role": who.get("role", tree.Role.OFFICER),
        "who_unit": "" if unit == HANDLING else unit,
        "who_step": who.get(WhoKind.HOLDER_OF, ""),
        "who_post": who.get(WhoKind.POST, ""),
    }


def _milestone_value(step: Mapping[str, Any]) -> dict[str, Any]:
    texts = step.get("milestone")
    mode = "STANDARD" if "milestone" not in step else "OWN" if texts else "NOTHING"
    return {"milestone": mode, "milestone_texts": texts_stream(texts)}


def _need_value(need: Mapping[str, Any]) -> dict[str, Any]:
    titles = {"titles": texts_stream(need.get("titles"))}
    match need["need"]:
        case NeedKind.DOCUMENT:
            return {"type": "document", "value": {"of": need["document"], **titles}}
        case NeedKind.FIELD:
            return {"type": "field", "value": {"of": need["question"], **titles}}
    return {"type": "signature", "value": titles}


def _own_value(kind: Kind, step: Mapping[str, Any]) -> dict[str, Any]:
    match kind:
        case Kind.ASK_OPINIONS:
            until = step.get("until", Until.ALL)
            quorum = until["quorum"] if isinstance(until, dict) else None
            return {**_units_value(step), "until": "QUORUM" if quorum else until, "quorum": quorum}
        case Kind.AGREE:
            return {**_units_value(step), "order": step.get("order", tree.AgreeOrder.SIDE_BY_SIDE)}
        case Kind.DRAFT:
            return {"letter": step.get("letter", "")}
        case Kind.WAIT:
            message = texts_stream(step.get("message"))
            return {"waits_for": step["for"], "date": step.get("date", ""), "message": message}
        case Kind.VISIT:
            questions = step.get("questions", [])
            return {"questions": _items(map(_question_value, questions), [one["key"] for one in questions])}
        case Kind.DECIDE:
            ways = step["outcomes"]
            return {"outcomes": _items([texts_stream(way["titles"]) for way in ways], [way["code"] for way in ways])}
        case Kind.AUTOMATIC:
            return _automatic_value(step)
        case Kind.CLOSE:
            return {"outcome": step.get("outcome", "")}
    return {}


def _units_value(step: Mapping[str, Any]) -> dict[str, str]:
    units = step.get("units", [])
    return {"units": "" if units == "OFFICER" else " ".join(units)}


def _question_value(question: Mapping[str, Any]) -> dict[str, Any]:
    options = question.get("options", [])
    return {
        "labels": texts_stream(question.get("labels")),
        "kind": question["kind"],
        "options": _items([texts_stream(one.get("labels")) for one in options], [one["code"] for one in options]),
        "required": question.get("required", False),
        "helps": texts_stream(question.get("helps")),
    }


def _automatic_value(step: Mapping[str, Any]) -> dict[str, Any]:
    value = step.get("value")
    return {
        "does": step["do"],
        "name": step.get("name", ""),
        "value": "" if value is None else _fact_written(value),
        "service": step.get("service", ""),
        "message": texts_stream(step.get("message")),
    }


def _fact_written(value: str | int | bool) -> str:
    return value if isinstance(value, str) and _fact(value) == value else json.dumps(value, ensure_ascii=False)


def editor_steps() -> StepsBlock:
    """The block of the whole procedure."""
    return StepsBlock()
