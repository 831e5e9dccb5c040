"""The tree of steps of one procedure: read from its JSON with the place of every mistake, and written back.

Texts stand in all languages side by side (design: row 16). Members that say what is meant anyway are left out of the
JSON, so that reading and writing give the same bytes and a version's hash means something.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from cases import conditions
from cases.conditions import Condition
from cases.models import Role
from cases.texts import Texts

ID = re.compile(r"[a-z0-9]{4,12}")
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"[A-Z0-9]+(_[A-Z0-9]+)*")
LONGEST_TEXT, LONGEST_NAME = 4_000, 80
DEEPEST, MOST_STEPS, MOST_IN_LIST = 8, 200, 100
MOST_DAYS, MOST_ROUNDS, LARGEST_VERSION = 1_000, 50, 1_000_000


class ProcedureUnreadable(ValueError):
    """The JSON is no procedure; ``place`` says where (``steps[2].who``), the message what is wrong there."""

    def __init__(self, place: str, words: str) -> None:
        self.place, self.words = place, words
        super().__init__(f"{place or 'procedure'}: {words}")


class Kind(StrEnum):
    CHECK_COMPLETENESS = "CHECK_COMPLETENESS"
    RESOLVE = "RESOLVE"
    HANDLE = "HANDLE"
    ASK_OPINIONS = "ASK_OPINIONS"
    DRAFT = "DRAFT"
    AGREE = "AGREE"
    APPROVE = "APPROVE"
    SIGN = "SIGN"
    DISPATCH = "DISPATCH"
    WAIT = "WAIT"
    VISIT = "VISIT"
    DECIDE = "DECIDE"
    AUTOMATIC = "AUTOMATIC"
    PUBLISH = "PUBLISH"
    CLOSE = "CLOSE"
    SIDE_BY_SIDE = "SIDE_BY_SIDE"
    REPEAT = "REPEAT"
    IF = "IF"


class VisitKind(StrEnum):
    """What the small form of a visit can ask; the public forms know more, which need files, a map or rows."""

    SHORT_TEXT = "SHORT_TEXT"
    LONG_TEXT = "LONG_TEXT"
    WHOLE_NUMBER = "WHOLE_NUMBER"
    DECIMAL = "DECIMAL"
    MONEY = "MONEY"
    DATE = "DATE"
    TIME = "TIME"
    YES_NO = "YES_NO"
    CHOICE = "CHOICE"
    SEVERAL = "SEVERAL"
    EMAIL = "EMAIL"
    PHONE = "PHONE"


CONTAINERS = frozenset({Kind.SIDE_BY_SIDE, Kind.REPEAT, Kind.IF})


class Late(StrEnum):
    """What happens when a step is late. That it is late always stands in the history."""

    REMIND = "REMIND"
    ESCALATE = "ESCALATE"
    HAND_OVER = "HAND_OVER"


STANDARD_LATE = (Late.ESCALATE,)


class DayUnit(StrEnum):
    WORKING_DAYS = "WORKING_DAYS"
    CALENDAR_DAYS = "CALENDAR_DAYS"


class WhoKind(StrEnum):
    ROLE = "role"
    HEAD_OF = "head_of"
    HOLDER_OF = "holder_of"
    HOLDER = "holder"
    LEAST_LOADED_OF = "least_loaded_of"
    POST = "post"
    REGISTRY = "registry"
    EXECUTIVE = "executive"


HANDLING = "HANDLING"
WORKING_ROLES = (Role.OFFICER, Role.HEAD, Role.REGISTRAR, Role.EXECUTIVE)


@dataclass(frozen=True)
class Who:
    """Whom a step is put before. ``unit`` is a unit's code or HANDLING; ``of`` a step's id or a post's code."""

    kind: WhoKind
    role: str = ""
    unit: str = ""
    of: str = ""


@dataclass(frozen=True)
class Term:
    amount: int
    unit: DayUnit = DayUnit.WORKING_DAYS


class NeedKind(StrEnum):
    DOCUMENT = "DOCUMENT"
    FIELD = "FIELD"
    SIGNATURE = "SIGNATURE"


@dataclass(frozen=True)
class Need:
    """What must be there before the step can end: a document of a kind, an answered question, a signature."""

    need: NeedKind
    of: str = ""
    titles: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class DecisionWay:
    code: str
    titles: Texts


@dataclass(frozen=True)
class Milestone:
    """What the applicant sees of a step: the standard words of its kind, words of its own, or nothing."""

    texts: Texts = field(default_factory=dict)
    is_standard: bool = False


STANDARD_MILESTONE = Milestone(is_standard=True)


class Until(StrEnum):
    ALL = "ALL"
    FIRST = "FIRST"


class AgreeOrder(StrEnum):
    ONE_BY_ONE = "ONE_BY_ONE"
    SIDE_BY_SIDE = "SIDE_BY_SIDE"


class WaitFor(StrEnum):
    APPLICANT = "APPLICANT"
    DATE = "DATE"
    PAYMENT = "PAYMENT"


class Deed(StrEnum):
    SET_VALUE = "SET_VALUE"
    OPEN_CASE = "OPEN_CASE"
    SEND_MESSAGE = "SEND_MESSAGE"


@dataclass(frozen=True)
class Step:
    """One step. What only some kinds know has its empty value elsewhere.

    ``units``: the units asked; empty means that the officer chooses them. ``until``: ALL, FIRST or how many.
    ``date``: the fact that holds the day to wait for; without one the wait lasts as long as its deadline.
    """

    id: str
    kind: Kind
    titles: Texts = field(default_factory=dict)
    who: Who | None = None
    deadline: Term | None = None
    late: tuple[Late, ...] = STANDARD_LATE
    needs: tuple[Need, ...] = ()
    milestone: Milestone = STANDARD_MILESTONE
    back_to: tuple[str, ...] = ()
    instructions: Texts = field(default_factory=dict)
    units: tuple[str, ...] = ()
    until: Until | int = Until.ALL
    order: AgreeOrder = AgreeOrder.SIDE_BY_SIDE
    letter: str = ""
    waits_for: WaitFor | None = None
    date: str = ""
    message: Texts = field(default_factory=dict)
    questions: tuple[Mapping[str, Any], ...] = ()
    outcomes: tuple[DecisionWay, ...] = ()
    does: Deed | None = None
    name: str = ""
    value: Any = None
    service: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Branch:
    """One branch of a block: side by side with a title, or taken when its condition holds."""

    steps: tuple["Place", ...]
    titles: Texts = field(default_factory=dict)
    when: Condition | None = None


@dataclass(frozen=True)
class SideBySide:
    id: str
    branches: tuple[Branch, ...]
    kind: Kind = Kind.SIDE_BY_SIDE


@dataclass(frozen=True)
class Repeat:
    id: str
    steps: tuple["Place", ...]
    until: Condition
    at_most: int
    kind: Kind = Kind.REPEAT


@dataclass(frozen=True)
class If:
    id: str
    branches: tuple[Branch, ...]
    otherwise: tuple["Place", ...] = ()
    kind: Kind = Kind.IF


type Place = Step | SideBySide | Repeat | If


@dataclass(frozen=True)
class Procedure:
    key: str
    version: int
    titles: Texts
    steps: tuple[Place, ...]

    def walk(self) -> Iterator[Place]:
        """Every step and container, in the order in which a person would tell them."""
        yield from places_in(self.steps)

    def persons_steps(self) -> Iterator[Step]:
        yield from (place for place in self.walk() if isinstance(place, Step))


def places_in(places: Sequence[Place]) -> Iterator[Place]:
    for place in places:
        yield place
        for inner in sequences_of(place):
            yield from places_in(inner)


def sequences_of(place: Place) -> list[tuple[Place, ...]]:
    """The sequences of steps inside a container; none inside a step."""
    match place:
        case SideBySide(branches=branches):
            return [branch.steps for branch in branches]
        case If(branches=branches, otherwise=otherwise):
            return [*(branch.steps for branch in branches), otherwise]
        case Repeat(steps=steps):
            return [steps]
        case _:
            return []


# -- Reading


class _Reader:
    """One object of the JSON: every member is asked for once, and what nobody asked for is a mistake."""

    def __init__(self, data: Any, place: str) -> None:
        if not isinstance(data, dict):
            raise ProcedureUnreadable(place, "an object is expected here")
        self.data, self.place, self._asked = data, place, set[str]()

    def at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def refuse(self, name: str, words: str) -> ProcedureUnreadable:
        return ProcedureUnreadable(self.at(name), words)

    def get(self, name: str, default: Any = None) -> Any:
        self._asked.add(name)
        return self.data.get(name, default)

    def has(self, name: str) -> bool:
        self._asked.add(name)
        return name in self.data

    def words(self, name: str, pattern: re.Pattern[str] | None = None, *, default: str | None = None) -> str:
        value = self.get(name, default)
        if not isinstance(value, str) or len(value) > LONGEST_NAME:
            raise self.refuse(name, f"a text of at most {LONGEST_NAME} characters is expected here")
        if pattern and value != default and not pattern.fullmatch(value):
            raise self.refuse(name, f"{value[:40]!r} is not spelled as this needs to be ({pattern.pattern})")
        return value

    def number(self, name: str, least: int, most: int) -> int:
        value = self.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.refuse(name, f"a whole number from {least} to {most} is expected here")
        return value

    def one_of[E: StrEnum](self, name: str, kinds: type[E], *, default: E | None = None) -> E:
        value = self.get(name, default)
        if not isinstance(value, str) or value not in kinds:
            known = ", ".join(kinds)
            raise self.refuse(name, f"{str(value)[:40]!r} is not one of {known}")
        return kinds(value)

    def texts(self, name: str) -> Texts:
        return _texts(self.get(name, {}), self.at(name))

    def list(self, name: str, *, least: int = 0) -> list[tuple[Any, str]]:
        value = self.get(name, [])
        if not isinstance(value, list) or not least <= len(value) <= MOST_IN_LIST:
            raise self.refuse(name, f"a list of {least} to {MOST_IN_LIST} is expected here")
        return [(item, f"{self.at(name)}[{number}]") for number, item in enumerate(value)]

    def condition(self, name: str) -> Condition:
        return _condition(self.get(name), self.at(name))

    def done(self) -> None:
        if unknown := sorted(map(str, self.data.keys() - self._asked)):
            raise self.refuse(unknown[0][:40], "nothing of this name is known here")


def _texts(value: Any, place: str) -> Texts:
    if not isinstance(value, dict) or len(value) > MOST_IN_LIST:
        raise ProcedureUnreadable(place, "one text for each language is expected here")
    for language, words in value.items():
        if not re.fullmatch(r"[a-z]{2,3}", language):
            raise ProcedureUnreadable(place, f"{language[:20]!r} is no language")
        if not isinstance(words, str) or len(words) > LONGEST_TEXT or "\x00" in words:
            raise ProcedureUnreadable(f"{place}.{language}", f"a text of at most {LONGEST_TEXT} characters is expected")
    return dict(value)


def _condition(value: Any, place: str) -> Condition:
    try:
        return conditions.from_json(value)
    except (ValueError, RecursionError) as error:
        raise ProcedureUnreadable(place, str(error)) from None


def from_json(data: Any) -> Procedure:
    """The procedure of a JSON value. Raises ProcedureUnreadable with the place of the first mistake."""
    reader = _Reader(data, "")
    counted = _Counted()
    procedure = Procedure(
        key=reader.words("key", KEY),
        version=reader.number("version", 0, LARGEST_VERSION),
        titles=reader.texts("titles"),
        steps=_places(reader, "steps", 1, counted),
    )
    reader.done()
    return procedure


@dataclass
class _Counted:
    steps: int = 0


def _places(reader: _Reader, name: str, depth: int, counted: _Counted) -> tuple[Place, ...]:
    if depth > DEEPEST:
        raise reader.refuse(name, f"blocks stand at most {DEEPEST} deep in one another")
    return tuple(_place(item, place, depth, counted) for item, place in reader.list(name))


def _place(data: Any, place: str, depth: int, counted: _Counted) -> Place:
    reader = _Reader(data, place)
    counted.steps += 1
    if counted.steps > MOST_STEPS:
        raise ProcedureUnreadable(place, f"a procedure has at most {MOST_STEPS} steps")
    kind = reader.one_of("kind", Kind)
    read: dict[Kind, Callable[..., Place]] = {
        Kind.SIDE_BY_SIDE: _side_by_side,
        Kind.REPEAT: _repeat,
        Kind.IF: _if,
    }
    found = read[kind](reader, depth, counted) if kind in read else _step(reader, kind)
    reader.done()
    return found


def _side_by_side(reader: _Reader, depth: int, counted: _Counted) -> SideBySide:
    branches = []
    for item, place in reader.list("branches", least=1):
        inner = _Reader(item, place)
        branches.append(Branch(_places(inner, "steps", depth + 1, counted), titles=inner.texts("titles")))
        inner.done()
    return SideBySide(reader.words("id", ID), tuple(branches))


def _repeat(reader: _Reader, depth: int, counted: _Counted) -> Repeat:
    return Repeat(
        reader.words("id", ID),
        _places(reader, "steps", depth + 1, counted),
        reader.condition("until"),
        reader.number("at_most", 1, MOST_ROUNDS),
    )


def _if(reader: _Reader, depth: int, counted: _Counted) -> If:
    branches = []
    for item, place in reader.list("branches", least=1):
        inner = _Reader(item, place)
        steps = _places(inner, "steps", depth + 1, counted)
        branches.append(Branch(steps, titles=inner.texts("titles"), when=inner.condition("when")))
        inner.done()
    return If(reader.words("id", ID), tuple(branches), _places(reader, "otherwise", depth + 1, counted))


def _step(reader: _Reader, kind: Kind) -> Step:
    named: dict[str, Any] = {}
    for name in OPTIONS[kind]:
        _READ[name](reader, named)
    return Step(
        id=reader.words("id", ID),
        kind=kind,
        titles=reader.texts("titles"),
        who=_who(reader),
        deadline=_term(reader, "deadline"),
        late=_late(reader),
        needs=tuple(_need(item, place) for item, place in reader.list("needs")),
        milestone=_milestone(reader),
        back_to=tuple(_code(item, place, ID) for item, place in reader.list("back_to")),
        instructions=reader.texts("instructions"),
        **named,
    )


def _code(value: Any, place: str, pattern: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME or (pattern and not pattern.fullmatch(value)):
        raise ProcedureUnreadable(place, "a short text of the expected spelling is expected here")
    return value


def _who(reader: _Reader) -> Who | None:
    if not reader.has("who"):
        return None
    inner = _Reader(reader.get("who"), reader.at("who"))
    named = [kind for kind in WhoKind if inner.has(kind)]
    if len(named) != 1:
        raise reader.refuse("who", f"exactly one of {', '.join(WhoKind)} says who it is")
    who = _who_of(inner, named[0])
    inner.done()
    return who


def _who_of(inner: _Reader, kind: WhoKind) -> Who:
    match kind:
        case WhoKind.ROLE:
            role = inner.words("role")
            if role not in WORKING_ROLES:
                raise inner.refuse("role", f"{role[:40]!r} is not one of {', '.join(WORKING_ROLES)}")
            return Who(kind, role=role, unit=inner.words("unit", default=HANDLING))
        case WhoKind.HEAD_OF | WhoKind.LEAST_LOADED_OF:
            return Who(kind, unit=inner.words(kind))
        case WhoKind.HOLDER_OF:
            return Who(kind, of=inner.words(kind, ID))
        case WhoKind.POST:
            return Who(kind, of=inner.words(kind))
        case _:
            if inner.get(kind) is not True:
                raise inner.refuse(kind, "true is expected here")
            return Who(kind)


def _term(reader: _Reader, name: str) -> Term | None:
    if not reader.has(name):
        return None
    inner = _Reader(reader.get(name), reader.at(name))
    term = Term(inner.number("amount", 1, MOST_DAYS), inner.one_of("unit", DayUnit, default=DayUnit.WORKING_DAYS))
    inner.done()
    return term


def _late(reader: _Reader) -> tuple[Late, ...]:
    if not reader.has("late"):
        return STANDARD_LATE
    said = [item for item, _place in reader.list("late")]
    if any(item not in [*Late] for item in said) or len(set(said)) < len(said):
        raise reader.refuse("late", f"each of {', '.join(Late)} at most once")
    return tuple(late for late in Late if late in said)


def _need(data: Any, place: str) -> Need:
    inner = _Reader(data, place)
    need = inner.one_of("need", NeedKind)
    name = {NeedKind.DOCUMENT: "document", NeedKind.FIELD: "question"}.get(need)
    found = Need(need, inner.words(name) if name else "", inner.texts("titles"))
    inner.done()
    return found


def _milestone(reader: _Reader) -> Milestone:
    if not reader.has("milestone"):
        return STANDARD_MILESTONE
    said = reader.get("milestone")
    return Milestone() if said is None else Milestone(_texts(said, reader.at("milestone")))


def _read_units(reader: _Reader, named: dict[str, Any]) -> None:
    if reader.get("units", "OFFICER") == "OFFICER":
        return
    codes = [_code(item, place) for item, place in reader.list("units", least=1)]
    if len(set(codes)) < len(codes):
        raise reader.refuse("units", "each unit is asked once")
    named["units"] = tuple(codes)


def _read_until(reader: _Reader, named: dict[str, Any]) -> None:
    if isinstance(reader.get("until"), dict):
        inner = _Reader(reader.get("until"), reader.at("until"))
        named["until"] = inner.number("quorum", 1, MOST_IN_LIST)
        inner.done()
    else:
        named["until"] = reader.one_of("until", Until, default=Until.ALL)


def _read_questions(reader: _Reader, named: dict[str, Any]) -> None:
    read = []
    for item, place in reader.list("questions"):
        inner = _Reader(item, place)
        inner.words("key", re.compile(r"[a-z][a-z0-9_-]*"))
        inner.words("kind", CODE)
        inner.texts("labels")
        inner.texts("helps")
        for choice, there in inner.list("options"):
            option = _Reader(choice, there)
            option.words("code")
            option.texts("labels")
            option.texts("helps")
            option.done()
        if not isinstance(inner.get("required", False), bool):
            raise inner.refuse("required", "true or false is expected here")
        inner.done()
        read.append(item)
    named["questions"] = tuple(read)


def _read_outcomes(reader: _Reader, named: dict[str, Any]) -> None:
    ways = []
    for item, place in reader.list("outcomes", least=1):
        inner = _Reader(item, place)
        ways.append(DecisionWay(inner.words("code", CODE), inner.texts("titles")))
        inner.done()
    named["outcomes"] = tuple(ways)


def _read_value(reader: _Reader, named: dict[str, Any]) -> None:
    value = reader.get("value")
    if not isinstance(value, str | int | bool | None) or (isinstance(value, str) and len(value) > LONGEST_TEXT):
        raise reader.refuse("value", "a text, a whole number, true or false is expected here")
    if isinstance(value, int) and abs(value) > 2**53 - 1:
        raise reader.refuse("value", "the number is too large")
    named["value"] = value


def _read_words(name: str, pattern: re.Pattern[str] | None = None) -> Callable[[_Reader, dict[str, Any]], None]:
    def read(reader: _Reader, named: dict[str, Any]) -> None:
        named[name] = reader.words(name, pattern, default="")

    return read


def _read_message(reader: _Reader, named: dict[str, Any]) -> None:
    named["message"] = reader.texts("message")


def _read_order(reader: _Reader, named: dict[str, Any]) -> None:
    named["order"] = reader.one_of("order", AgreeOrder, default=AgreeOrder.SIDE_BY_SIDE)


def _read_for(reader: _Reader, named: dict[str, Any]) -> None:
    named["waits_for"] = reader.one_of("for", WaitFor)


def _read_do(reader: _Reader, named: dict[str, Any]) -> None:
    named["does"] = reader.one_of("do", Deed)


_READ: dict[str, Callable[[_Reader, dict[str, Any]], None]] = {
    "units": _read_units,
    "until": _read_until,
    "order": _read_order,
    "letter": _read_words("letter", KEY),
    "for": _read_for,
    "date": _read_words("date"),
    "message": _read_message,
    "questions": _read_questions,
    "outcomes": _read_outcomes,
    "do": _read_do,
    "name": _read_words("name", re.compile(r"[a-z][a-z0-9_-]*")),
    "value": _read_value,
    "service": _read_words("service"),
    "outcome": _read_words("outcome", CODE),
}
# What each kind of step can be told beside what all of them have.
OPTIONS: dict[Kind, tuple[str, ...]] = {
    Kind.CHECK_COMPLETENESS: (),
    Kind.RESOLVE: (),
    Kind.HANDLE: (),
    Kind.ASK_OPINIONS: ("units", "until"),
    Kind.DRAFT: ("letter",),
    Kind.AGREE: ("units", "order"),
    Kind.APPROVE: (),
    Kind.SIGN: (),
    Kind.DISPATCH: (),
    Kind.WAIT: ("for", "date", "message"),
    Kind.VISIT: ("questions",),
    Kind.DECIDE: ("outcomes",),
    Kind.AUTOMATIC: ("do", "name", "value", "service", "message"),
    Kind.PUBLISH: (),
    Kind.CLOSE: ("outcome",),
}
_MEMBER = {"waits_for": "for", "does": "do"}


# -- Writing


def as_json(procedure: Procedure) -> dict[str, Any]:
    """The procedure as plain JSON; what is meant anyway is left out."""
    return {
        "key": procedure.key,
        "version": procedure.version,
        "titles": dict(procedure.titles),
        "steps": [_place_as_json(place) for place in procedure.steps],
    }


def _place_as_json(place: Place) -> dict[str, Any]:
    head = {"id": place.id, "kind": str(place.kind)}
    match place:
        case SideBySide(branches=branches):
            return {**head, "branches": [_branch_as_json(branch) for branch in branches]}
        case Repeat(steps=steps, until=until, at_most=at_most):
            inner = [_place_as_json(step) for step in steps]
            return {**head, "steps": inner, "until": conditions.as_json(until), "at_most": at_most}
        case If(branches=branches, otherwise=otherwise):
            written = {**head, "branches": [_branch_as_json(branch) for branch in branches]}
            return {**written, "otherwise": [_place_as_json(step) for step in otherwise]} if otherwise else written
    return {**head, **_step_as_json(place)}


def _branch_as_json(branch: Branch) -> dict[str, Any]:
    written: dict[str, Any] = {"titles": dict(branch.titles)} if branch.titles else {}
    if branch.when is not None:
        written["when"] = conditions.as_json(branch.when)
    return {**written, "steps": [_place_as_json(step) for step in branch.steps]}


def _step_as_json(step: Step) -> dict[str, Any]:
    written = {}
    for member in fields(Step)[2:]:
        value = getattr(step, member.name)
        default = member.default_factory() if callable(member.default_factory) else member.default
        if value != default or type(value) is not type(default):
            written[_MEMBER.get(member.name, member.name)] = _WRITE.get(member.name, _plain)(value)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, StrEnum):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value


def _who_as_json(who: Who) -> dict[str, Any]:
    match who.kind:
        case WhoKind.ROLE:
            return {"role": str(who.role), "unit": who.unit}
        case WhoKind.HEAD_OF | WhoKind.LEAST_LOADED_OF:
            return {str(who.kind): who.unit}
        case WhoKind.HOLDER_OF | WhoKind.POST:
            return {str(who.kind): who.of}
        case _:
            return {str(who.kind): True}


def _need_as_json(need: Need) -> dict[str, Any]:
    member = {NeedKind.DOCUMENT: "document", NeedKind.FIELD: "question"}.get(need.need)
    written: dict[str, Any] = {"need": str(need.need)}
    if member:
        written[member] = need.of
    return {**written, "titles": dict(need.titles)} if need.titles else written


_WRITE: dict[str, Callable[[Any], Any]] = {
    "who": _who_as_json,
    "deadline": lambda term: {"amount": term.amount, "unit": str(term.unit)},
    "needs": lambda needs: [_need_as_json(need) for need in needs],
    "milestone": lambda milestone: dict(milestone.texts) or None,
    "until": lambda until: {"quorum": until} if isinstance(until, int) else str(until),
    "outcomes": lambda ways: [{"code": way.code, "titles": dict(way.titles)} for way in ways],
    "value": lambda value: value,
}
