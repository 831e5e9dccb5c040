"""What a tree of steps means as a graph: which spot follows which on which outcome, and how deep in parallel work.

The compiler makes one Viewflow node of each spot, the walker walks the same spots without a database: both obey
this plan and nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from flows.procedures.tree import AgreeOrder, If, Kind, Place, Procedure, Repeat, SideBySide, Step, WaitFor

ENDED = "ended"
WAITING = "waiting"
SENT_BACK = "SENT_BACK"


class Role(StrEnum):
    """What happens at a spot."""

    PERSON = "PERSON"
    UNITS = "UNITS"  # one task for each unit asked
    UNITS_IN = "UNITS_IN"
    SPLIT = "SPLIT"
    JOIN = "JOIN"
    CHOICE = "CHOICE"
    REPEAT = "REPEAT"
    AGAIN = "AGAIN"
    AUTOMATIC = "AUTOMATIC"
    WAIT_DATE = "WAIT_DATE"
    WAIT_APPLICANT = "WAIT_APPLICANT"  # a step of the procedure
    WAITING = "WAITING"  # asked by a person in the middle of a step
    CLOSE = "CLOSE"
    ENDED = "ENDED"


class WayKind(StrEnum):
    FORWARD = "FORWARD"
    ASIDE = "ASIDE"  # asks somebody and comes back, or goes elsewhere: what the step needs may still be missing
    BACK = "BACK"


@dataclass(frozen=True)
class Way:
    """Where an outcome leads; ``depth``: how many parallel blocks stand around the spot it leads to."""

    to: str
    depth: int
    kind: WayKind = WayKind.FORWARD


@dataclass
class Spot:
    """One place of the graph. ``action`` is the key of the kind's verb (``cases.Task.step``)."""

    name: str
    role: Role
    place: Place | None = None
    action: str = ""
    depth: int = 0
    ways: dict[str, Way] = field(default_factory=dict)

    @property
    def step(self) -> Step:
        assert isinstance(self.place, Step)  # noqa: S101 (only asked of spots of steps)
        return self.place

    def forward(self) -> list[str]:
        return [outcome for outcome, way in self.ways.items() if way.kind == WayKind.FORWARD]


@dataclass
class Plan:
    procedure: Procedure
    first: str
    spots: dict[str, Spot]

    def of_step(self, step_id: str) -> list[Spot]:
        return [spot for spot in self.spots.values() if spot.place is not None and spot.place.id == step_id]


# The verb of each kind that a person does, and the outcomes that lead on.
ACTIONS: dict[Kind, tuple[str, tuple[str, ...]]] = {
    Kind.CHECK_COMPLETENESS: ("check_completeness", ("COMPLETE",)),
    Kind.RESOLVE: ("resolve", ("RESOLVED",)),
    Kind.HANDLE: ("handle", ("HANDLED",)),
    Kind.DRAFT: ("draft", ("DRAFTED",)),
    Kind.APPROVE: ("approve", ("APPROVED",)),
    Kind.SIGN: ("sign", ("SIGNED",)),
    Kind.DISPATCH: ("dispatch", ("DISPATCHED",)),
    Kind.VISIT: ("visit", ("VISITED",)),
    Kind.PUBLISH: ("publish", ("PUBLISHED",)),
    Kind.DECIDE: ("decide", ()),
}
PAYMENT = ("note_payment", ("PAID", "NOT_PAID"))
ASKING = frozenset({Kind.CHECK_COMPLETENESS, Kind.HANDLE, Kind.DRAFT})


def is_done_by_one_person(step: Step) -> bool:
    """Whether one person does it, so that it has a holder and can be gone back to."""
    return step.kind in ACTIONS or step.waits_for is WaitFor.PAYMENT


def node_name(step_id: str) -> str:
    """Names of nodes follow from ids, never from titles: ``resolve`` or ``cancel`` would break the class."""
    return f"step_{step_id}"


@dataclass(frozen=True)
class Standing:
    """Where a step stands: the parallel branches around it, from outside in, and its number in the telling."""

    branches: tuple[tuple[str, int], ...]
    number: int
    loops: tuple[str, ...] = ()
    choices: tuple[tuple[str, int], ...] = ()

    @property
    def depth(self) -> int:
        return len(self.branches)


def standings(procedure: Procedure) -> dict[str, Standing]:
    """Where each step and container stands, by id."""
    found: dict[str, Standing] = {}

    def note(places: Sequence[Place], around: Standing) -> None:
        for place in places:
            found.setdefault(place.id, replace(around, number=len(found)))
            match place:
                case SideBySide(branches=inner):
                    for number, branch in enumerate(inner):
                        note(branch.steps, replace(around, branches=(*around.branches, (place.id, number))))
                case If(branches=inner, otherwise=otherwise):
                    for number, steps in enumerate((*(branch.steps for branch in inner), otherwise)):
                        note(steps, replace(around, choices=(*around.choices, (place.id, number))))
                case Repeat(steps=steps):
                    note(steps, replace(around, loops=(*around.loops, place.id)))

    note(procedure.steps, Standing((), 0))
    return found


def may_go_back(start: Standing, target: Standing) -> bool:
    """Back to an earlier step of the same branch, or outside all blocks that are left by it."""
    if target.number >= start.number or start.branches[: target.depth] != target.branches:
        return False
    mine = dict(start.choices)
    return all(mine.get(block, branch) == branch for block, branch in target.choices)


def plan_of(procedure: Procedure) -> Plan:
    return _Planner(procedure).plan()


class _Planner:
    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.standings = standings(procedure)
        self.steps = {step.id: step for step in procedure.persons_steps()}
        self.spots: dict[str, Spot] = {}

    def plan(self) -> Plan:
        self._add(Spot(ENDED, Role.ENDED))
        first = self._sequence(self.procedure.steps, ENDED, 0)
        self._waiting()
        return Plan(self.procedure, first, self.spots)

    def _add(self, spot: Spot) -> Spot:
        self.spots[spot.name] = spot
        return spot

    def _sequence(self, places: Sequence[Place], after: str, depth: int) -> str:
        """The spots of a sequence, made from its end; returns the name of the first one."""
        entries = [*([""] * len(places)), after]
        for number in reversed(range(len(places))):
            entries[number] = self._place(places, number, entries, depth)
        return entries[0]

    def _place(self, places: Sequence[Place], number: int, entries: list[str], depth: int) -> str:
        place, after = places[number], entries[number + 1]
        match place:
            case SideBySide():
                return self._side_by_side(place, after, depth)
            case If():
                return self._if(place, after, depth)
            case Repeat():
                return self._repeat(place, after, depth)
        if place.kind in (Kind.ASK_OPINIONS, Kind.AGREE):
            before = places[number - 1] if number else None
            is_part_of = isinstance(before, Step) and self._is_offered_by(before, place)
            return self._units(place, after, depth, is_part_of=is_part_of)
        if place.kind is Kind.AUTOMATIC:
            return self._simple(place, Role.AUTOMATIC, after, depth)
        if place.kind is Kind.CLOSE:
            return self._simple(place, Role.CLOSE, ENDED, 0)
        if place.waits_for is WaitFor.DATE:
            return self._simple(place, Role.WAIT_DATE, after, depth)
        if place.waits_for is WaitFor.APPLICANT:
            return self._simple(place, Role.WAIT_APPLICANT, after, depth)
        return self._person(places, number, entries, depth)

    def _simple(self, step: Step, role: Role, after: str, depth: int) -> str:
        target = 0 if after == ENDED else depth
        return self._add(Spot(node_name(step.id), role, step, depth=depth, ways={"": Way(after, target)})).name

    def _person(self, places: Sequence[Place], number: int, entries: list[str], depth: int) -> str:
        step = places[number]
        assert isinstance(step, Step)  # noqa: S101 (containers were laid out before)
        action, outcomes = PAYMENT if step.kind is Kind.WAIT else ACTIONS[step.kind]
        spot = self._add(Spot(node_name(step.id), Role.PERSON, step, action, depth))
        on, ask = entries[number + 1], entries[number + 1]
        following = places[number + 1] if number + 1 < len(places) else None
        if isinstance(following, Step) and self._is_offered_by(step, following):
            on = entries[number + 2]
        for outcome in outcomes or tuple(way.code for way in step.outcomes):
            spot.ways[outcome] = Way(on, depth)
        if on != ask and step.kind is Kind.HANDLE:
            spot.ways["ASKED_OPINIONS"] = Way(ask, depth, WayKind.ASIDE)
        elif on != ask:
            spot.ways["DRAFTED"] = Way(ask, depth)
            spot.ways["DRAFTED_WITHOUT_AGREEING"] = Way(on, depth)
        before = places[number - 1] if number else None
        if step.kind is Kind.DRAFT and number > 1 and isinstance(before, Step):
            earlier = places[number - 2]
            if isinstance(earlier, Step) and before.kind is Kind.ASK_OPINIONS and self._is_offered_by(earlier, before):
                spot.ways["ASKED_OPINIONS"] = Way(node_name(before.id), depth, WayKind.ASIDE)
        if step.kind is Kind.RESOLVE:
            self._resolving(step, spot)
        if step.kind in ASKING:
            spot.ways["ASKED_APPLICANT"] = Way(WAITING, depth, WayKind.ASIDE)
        if step.kind is Kind.SIGN and (draft := self._before(step.id, Kind.DRAFT)):
            spot.ways["CALLED_BACK"] = Way(node_name(draft.id), self.standings[draft.id].depth, WayKind.BACK)
        self._send_backs(step, spot)
        return spot.name

    @staticmethod
    def _is_offered_by(step: Step, following: Step) -> bool:
        """The officer's choice of units belongs to the step before: handling asks opinions, drafting who agrees."""
        pair = (step.kind, following.kind)
        return not following.units and pair in ((Kind.HANDLE, Kind.ASK_OPINIONS), (Kind.DRAFT, Kind.AGREE))

    def _resolving(self, step: Step, spot: Spot) -> None:
        spot.ways["TO_UNIT"] = Way(spot.name, spot.depth, WayKind.ASIDE)
        if check := self._before(step.id, Kind.CHECK_COMPLETENESS):
            spot.ways["TO_REGISTRY"] = Way(node_name(check.id), self.standings[check.id].depth, WayKind.BACK)

    def _before(self, step_id: str, kind: Kind) -> Step | None:
        """The nearest earlier step of a kind to which one may go back."""
        start = self.standings[step_id]
        found = [
            step for step in self.steps.values() if step.kind is kind and may_go_back(start, self.standings[step.id])
        ]
        return max(found, key=lambda step: self.standings[step.id].number, default=None)

    def _send_backs(self, step: Step, spot: Spot) -> None:
        for target in step.back_to:
            if target in self.steps and may_go_back(self.standings[step.id], self.standings[target]):
                way = Way(node_name(target), self.standings[target].depth, WayKind.BACK)
                spot.ways[f"{SENT_BACK}_{target}"] = way

    def _units(self, step: Step, after: str, depth: int, *, is_part_of: bool) -> str:
        """The units asked: a task for each, side by side (with a join) or one after another (without)."""
        name = node_name(step.id)
        is_agreeing = step.kind is Kind.AGREE
        is_queue = is_agreeing and step.order is AgreeOrder.ONE_BY_ONE
        inner = depth if is_queue else depth + 1
        on = Way(after, depth) if is_queue else Way(f"{name}_in", inner)
        each = Spot(f"{name}_each", Role.PERSON, step, "agree" if is_agreeing else "give_opinion", inner)
        each.ways["AGREED" if is_agreeing else "GIVEN"] = on
        if not is_agreeing:
            each.ways["WITHDRAWN"] = on
        self._add(each)
        self._send_backs(step, each)
        if not is_queue:
            self._add(Spot(f"{name}_in", Role.UNITS_IN, step, depth=depth, ways={"": Way(after, depth)}))
        is_apart = not is_agreeing and not step.units and not is_part_of
        asking = Spot(f"{name}_ask" if is_apart else name, Role.UNITS, step, depth=depth)
        asking.ways[""] = Way(each.name, inner)
        self._add(asking)
        if is_apart:
            ways = {"ASKED_OPINIONS": Way(asking.name, depth), "NOT_NEEDED": Way(after, depth)}
            self._add(Spot(name, Role.PERSON, step, "choose_units", depth, ways))
        return name

    def _side_by_side(self, block: SideBySide, after: str, depth: int) -> str:
        name = node_name(block.id)
        join = self._add(Spot(f"{name}_in", Role.JOIN, block, depth=depth, ways={"": Way(after, depth)}))
        split = Spot(name, Role.SPLIT, block, depth=depth)
        for number, branch in enumerate(block.branches):
            split.ways[str(number)] = Way(self._sequence(branch.steps, join.name, depth + 1), depth + 1)
        return self._add(split).name

    def _if(self, block: If, after: str, depth: int) -> str:
        spot = Spot(node_name(block.id), Role.CHOICE, block, depth=depth)
        for number, branch in enumerate(block.branches):
            spot.ways[str(number)] = Way(self._sequence(branch.steps, after, depth), depth)
        spot.ways["otherwise"] = Way(self._sequence(block.otherwise, after, depth), depth)
        return self._add(spot).name

    def _repeat(self, block: Repeat, after: str, depth: int) -> str:
        name = node_name(block.id)
        again = self._add(Spot(f"{name}_again", Role.AGAIN, block, depth=depth))
        entry = self._sequence(block.steps, again.name, depth)
        again.ways = {"AGAIN": Way(entry, depth), "ON": Way(after, depth)}
        return self._add(Spot(name, Role.REPEAT, block, depth=depth, ways={"": Way(entry, depth)})).name

    def _waiting(self) -> None:
        askers = [spot for spot in self.spots.values() if "ASKED_APPLICANT" in spot.ways]
        if askers:
            ways = {spot.name: Way(spot.name, spot.depth) for spot in askers}
            self._add(Spot(WAITING, Role.WAITING, action="wait_for_applicant", ways=ways))


def reached_first(plan: Plan) -> Iterator[Spot]:
    """The spots at which a case can stand right after it was filed: gates decide by themselves."""
    seen, waiting = set(), [plan.first]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        spot = plan.spots[name]
        if spot.role in (Role.CHOICE, Role.SPLIT, Role.REPEAT):
            waiting += [way.to for way in spot.ways.values()]
        else:
            yield spot
