"""What is wrong with a procedure before anybody publishes it, in words, each with the step that it belongs to.

An ERROR keeps the procedure from being published; a WARNING does not. What the check needs to know of the
institution (who holds which post today, which letters and questions there are) is told by ``Surroundings``; without
one only the tree itself is judged.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import conditions
from cases.calendar import Calendar
from cases.conditions import AllOf, AnyOf, Compare, Comparison, Condition
from cases.models import Role
from cases.staffing import ROLE_PERMISSIONS
from cases.texts import Texts, in_language
from flows.procedures import plan as planning
from flows.procedures import terms
from flows.procedures.tree import (
    HANDLING,
    Deed,
    If,
    Kind,
    NeedKind,
    Place,
    Procedure,
    Repeat,
    SideBySide,
    Step,
    VisitKind,
    WaitFor,
    Who,
    WhoKind,
    places_in,
)
from flows.procedures.who import STANDARD_WHO, permission_of
from flows.steps import standard_title

KNOWN_FACTS = frozenset({"case:unit", "case:amount", "case:tier", "case:outcome", "case:channel"})
OPINIONS = ("IN_FAVOUR", "WITH_CONDITIONS", "AGAINST", "NONE")


class Level(StrEnum):
    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True)
class Problem:
    """One thing to put right; ``step`` is the id of its step or block, empty for the whole procedure."""

    level: Level
    step: str
    words: str


@dataclass(frozen=True)
class LegalTerm:
    """The legal term of a case that begins today."""

    started_date: dt.date
    due_date: dt.date


@dataclass(frozen=True)
class Surroundings:
    """What the institution has today. ``units``: the roles that somebody holds, by unit's code, substitutes included;
    ``forms``: the keys of the questions, by the name of each service that goes this way and has a form.

    None stands for "not known": nothing is said about it.
    """

    units: Mapping[str, Collection[str]] | None = None
    headed: Collection[str] = ()
    posts: Mapping[str, tuple[str, bool]] | None = None  # by code: role, and whether anybody holds it today
    handling: str = ""
    letters: Collection[str] | None = None
    forms: Mapping[str, Collection[str]] | None = None
    services: Collection[str] | None = None
    languages: Sequence[str] = ()
    obligatory: Sequence[str] = ()
    legal: LegalTerm | None = None
    calendar: Calendar | None = None


NOTHING_KNOWN = Surroundings()


def problems_of(procedure: Procedure, around: Surroundings = NOTHING_KNOWN) -> list[Problem]:
    """Everything that is wrong, errors first, each in the order of the steps."""
    found = list(dict.fromkeys(_Checker(procedure, around).all()))
    return sorted(found, key=lambda problem: problem.level != Level.ERROR)


def is_publishable(problems: Sequence[Problem]) -> bool:
    return not any(problem.level == Level.ERROR for problem in problems)


@dataclass(frozen=True)
class _Done:
    """What has surely, and what may have happened when a case comes to a step."""

    surely: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()

    def with_(self, *marks: str) -> "_Done":
        return _Done(self.surely | {*marks}, self.maybe | {*marks})

    def without(self, *marks: str) -> "_Done":
        return _Done(self.surely - {*marks}, self.maybe - {*marks})


class _Checker:
    def __init__(self, procedure: Procedure, around: Surroundings) -> None:
        self.procedure, self.around = procedure, around
        self.places = {place.id: place for place in procedure.walk()}
        self.steps = {step.id: step for step in procedure.persons_steps()}
        self.standings = planning.standings(procedure)

    def all(self) -> Iterator[Problem]:
        yield from self._ids()
        if not self.procedure.steps:
            yield self._error("", _("There is no step yet. Add the first one."))
            return
        yield from self._ends()
        yield from self._beginning()
        for place in self.procedure.walk():
            yield from self._container(place) if not isinstance(place, Step) else self._step(place)
        yield from self._papers(self.procedure.steps, _Done())[1]
        yield from self._conditions()
        yield from self._texts()
        yield from self._legal_term()

    @staticmethod
    def _error(step: str, words: str) -> Problem:
        return Problem(Level.ERROR, step, words)

    @staticmethod
    def _warning(step: str, words: str) -> Problem:
        return Problem(Level.WARNING, step, words)

    # -- The shape

    def _ids(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for place in self.procedure.walk():
            if place.id in seen:
                yield self._error(
                    place.id, _("Two steps have the id {id}. Give one of them another.").format(id=place.id)
                )
            seen.add(place.id)

    def _ends(self) -> Iterator[Problem]:
        closes, problems = self._closes(self.procedure.steps, is_inside=False)
        yield from problems
        if not closes:
            yield self._error(
                self.procedure.steps[-1].id,
                _("After this step nothing follows: the case would never be closed. End with the step “close”."),
            )

    def _closes(self, places: Sequence[Place], *, is_inside: bool) -> tuple[bool, list[Problem]]:
        """Whether every way through the sequence closes the case."""
        problems: list[Problem] = []
        for number, place in enumerate(places):
            closes = self._place_closes(place, problems, is_inside=is_inside)
            if closes and number + 1 < len(places):
                words = _("This step is never reached: the case is closed before it.")
                problems.append(self._error(places[number + 1].id, words))
            if closes:
                return True, problems
        return False, problems

    def _place_closes(self, place: Place, problems: list[Problem], *, is_inside: bool) -> bool:
        match place:
            case If(branches=branches, otherwise=otherwise):
                judged = [
                    self._closes(steps, is_inside=is_inside)
                    for steps in (*(branch.steps for branch in branches), otherwise)
                ]
                problems += [problem for _closes, inner in judged for problem in inner]
                return all(closes for closes, _inner in judged)
            case SideBySide(branches=branches):
                for branch in branches:
                    problems += self._closes(branch.steps, is_inside=True)[1]
                return False
            case Repeat(steps=steps):
                problems += self._closes(steps, is_inside=True)[1]
                return False
        if place.kind is Kind.CLOSE and is_inside:
            words = _(
                "A case can't be closed inside a block that runs side by side or repeats. Close it after the block."
            )
            problems.append(self._error(place.id, words))
        return place.kind is Kind.CLOSE

    def _beginning(self) -> Iterator[Problem]:
        """The procedure starts inside the registering, before the number is given: nothing may be written then."""
        if len(self.places) < sum(1 for _place in self.procedure.walk()):
            return
        for spot in planning.reached_first(planning.plan_of(self.procedure)):
            if spot.role is not planning.Role.PERSON and spot.place is not None:
                yield self._error(
                    spot.place.id,
                    _("A procedure begins with a step that one person does. Put such a step before this one."),
                )

    def _container(self, place: Place) -> Iterator[Problem]:
        match place:
            case SideBySide(branches=branches):
                if len(branches) < 2:
                    yield self._error(place.id, _("Side by side takes at least two branches."))
                if not all(branch.steps for branch in branches):
                    yield self._error(place.id, _("A branch has no step. Add one or take the branch away."))
            case Repeat(steps=steps, until=until):
                if not steps:
                    yield self._error(place.id, _("Nothing is repeated here. Add a step or take the block away."))
                elif not self._can_change(steps, until):
                    words = _(
                        "Nothing inside changes what the repeating waits for: it would always run all {number} times."
                    )
                    yield self._error(place.id, words.format(number=place.at_most))
            case If(branches=branches, otherwise=otherwise):
                if not otherwise and not any(branch.steps for branch in branches):
                    yield self._error(place.id, _("No branch has a step. Add one or take the block away."))

    @staticmethod
    def _can_change(steps: Sequence[Place], until: Condition) -> bool:
        """Answers may be added and the unit may change at any moment; outcomes and values change only by a step."""
        inside = {f"step:{place.id}" for place in places_in(steps)}
        inside |= {
            f"set:{place.name}"
            for place in places_in(steps)
            if isinstance(place, Step) and place.does is Deed.SET_VALUE
        }
        inside |= {"case:outcome"} if any(place.kind is Kind.DRAFT for place in places_in(steps)) else set()
        asked = list(conditions.asked_about(until))
        return any(key in inside or ":" not in key or key == "case:unit" for key in asked)

    # -- Each step

    def _step(self, step: Step) -> Iterator[Problem]:
        yield from self._who(step)
        yield from self._units(step)
        yield from self._back(step)
        yield from self._needs(step)
        match step.kind:
            case Kind.DRAFT:
                letters = self.around.letters
                if letters is not None and step.letter and step.letter not in letters:
                    yield self._error(step.id, _("There is no letter “{letter}”.").format(letter=step.letter))
            case Kind.AGREE:
                yield from self._agree(step)
            case Kind.WAIT:
                yield from self._wait(step)
            case Kind.VISIT:
                yield from self._visit(step)
            case Kind.DECIDE:
                yield from self._decide(step)
            case Kind.AUTOMATIC:
                yield from self._automatic(step)

    def _agree(self, step: Step) -> Iterator[Problem]:
        before = self._just_before(step.id)
        if not step.units and (before is None or before.kind is not Kind.DRAFT):
            yield self._error(
                step.id,
                _("Who agrees is chosen when the letter is sent on: put this step right after writing the letter."),
            )

    def _just_before(self, step_id: str) -> Place | None:
        def find(places: Sequence[Place]) -> Place | None:
            for number, place in enumerate(places):
                if place.id == step_id:
                    return places[number - 1] if number else None
            return None

        for places in self._sequences(self.procedure.steps):
            if any(place.id == step_id for place in places):
                return find(places)
        return None

    def _sequences(self, places: Sequence[Place]) -> Iterator[Sequence[Place]]:
        yield places
        for place in places:
            match place:
                case SideBySide(branches=branches):
                    inner = [branch.steps for branch in branches]
                case If(branches=branches, otherwise=otherwise):
                    inner = [*(branch.steps for branch in branches), otherwise]
                case Repeat(steps=steps):
                    inner = [steps]
                case _:
                    inner = []
            for sequence in inner:
                yield from self._sequences(sequence)

    def _wait(self, step: Step) -> Iterator[Problem]:
        if step.waits_for is WaitFor.APPLICANT:
            if not step.message:
                yield self._error(step.id, _("Write what the applicant is asked."))
            if step.deadline is None:
                yield self._error(step.id, _("Say how long the case waits for the applicant."))
            if self.standings[step.id].branches:
                yield self._error(
                    step.id, _("The whole case waits for its applicant: this step can't stand in a block side by side.")
                )
        if step.waits_for is WaitFor.DATE and step.deadline is None and not step.date:
            yield self._error(step.id, _("Say which date the case waits for, or how many days."))
        if step.date:
            yield from self._facts(step.id, [step.date])

    def _visit(self, step: Step) -> Iterator[Problem]:
        keys = [question["key"] for question in step.questions]
        if not keys:
            yield self._warning(step.id, _("The form of the visit has no question: only a note can be written."))
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield self._error(step.id, _("The form asks {key} twice.").format(key=key))
        for question in step.questions:
            if question["kind"] not in VisitKind:
                words = _("The form of a visit has no question of the kind {kind}.")
                yield self._error(step.id, words.format(kind=question["kind"]))
            if question["kind"] in (VisitKind.CHOICE, VisitKind.SEVERAL) and not question.get("options"):
                yield self._error(
                    step.id, _("The question {key} offers nothing to choose.").format(key=question["key"])
                )

    def _decide(self, step: Step) -> Iterator[Problem]:
        codes = [way.code for way in step.outcomes]
        if len(codes) < 2:
            yield self._error(step.id, _("A decision needs at least two outcomes to choose from."))
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield self._error(step.id, _("The outcome {code} stands here twice.").format(code=code))
        if any(code.startswith(planning.SENT_BACK) or len(code) > 30 for code in codes):
            yield self._error(step.id, _("An outcome's code has at most 30 letters and does not begin with SENT_BACK."))

    def _automatic(self, step: Step) -> Iterator[Problem]:
        if step.does is Deed.SET_VALUE and not step.name:
            yield self._error(step.id, _("Say under which name the value is set."))
        if step.does is Deed.SEND_MESSAGE and not step.message:
            yield self._error(step.id, _("Write the message."))
        if step.does is Deed.OPEN_CASE:
            if not step.service:
                yield self._error(step.id, _("Say which service the linked case belongs to."))
            elif self.around.services is not None and step.service not in self.around.services:
                yield self._error(step.id, _("There is no service “{service}”.").format(service=step.service))

    def _needs(self, step: Step) -> Iterator[Problem]:
        if step.needs and not planning.is_done_by_one_person(step):
            yield self._error(step.id, _("Nobody ends this step by hand: it can't ask for anything to be there first."))
        for need in step.needs:
            if need.need is NeedKind.FIELD and need.of:
                yield from self._question(step.id, need.of, is_needed=True)
            if need.need is not NeedKind.SIGNATURE and not need.of:
                yield self._error(step.id, _("Say which document or question must be there."))

    def _back(self, step: Step) -> Iterator[Problem]:
        if step.back_to and not (planning.is_done_by_one_person(step) or step.kind is Kind.AGREE):
            yield self._error(step.id, _("Nobody can send the case back from this step."))
        for target in step.back_to:
            found = self.steps.get(target)
            if found is None:
                yield self._error(step.id, _("It sends back to a step that is not there: {id}.").format(id=target))
            elif not planning.is_done_by_one_person(found):
                words = _("It sends back to “{step}”, which nobody does by hand.")
                yield self._error(step.id, words.format(step=self._name(found)))
            elif not planning.may_go_back(self.standings[step.id], self.standings[target]):
                words = _("It can't be sent back to “{step}”: only to an earlier step that this one follows from.")
                yield self._error(step.id, words.format(step=self._name(found)))

    @staticmethod
    def _name(step: Step) -> str:
        return in_language(step.titles).words if step.titles else str(standard_title(step))

    # -- Who does it

    def _who(self, step: Step) -> Iterator[Problem]:
        if not planning.is_done_by_one_person(step) and not self._chooses_units(step):
            if step.who is not None:
                yield self._warning(step.id, _("Nobody does this step by hand: whom it names has nothing to do here."))
            return
        yield from self._whom(step, step.who or STANDARD_WHO[step.kind], permission_of(step))

    def _chooses_units(self, step: Step) -> bool:
        before = self._just_before(step.id)
        return step.kind is Kind.ASK_OPINIONS and not step.units and (before is None or before.kind is not Kind.HANDLE)

    def _whom(self, step: Step, who: Who, permission: str) -> Iterator[Problem]:
        match who.kind:
            case WhoKind.ROLE:
                if not _covers(who.role, permission):
                    yield self._error(step.id, self._may_not(Role(who.role).label))
                else:
                    yield from self._in_unit(step, who.unit, permission)
            case WhoKind.HEAD_OF:
                if not _covers(Role.HEAD, permission):
                    yield self._error(step.id, self._may_not(Role.HEAD.label))
                else:
                    yield from self._headed(step, who.unit)
            case WhoKind.LEAST_LOADED_OF | WhoKind.HOLDER:
                if not _covers(Role.OFFICER, permission):
                    yield self._error(step.id, self._may_not(Role.OFFICER.label))
                elif who.kind is WhoKind.LEAST_LOADED_OF:
                    yield from self._in_unit(step, who.unit, permission)
            case WhoKind.HOLDER_OF:
                yield from self._holder_of(step, who, permission)
            case WhoKind.POST:
                yield from self._post(step, who, permission)
            case WhoKind.EXECUTIVE:
                yield from self._role_anywhere(step, Role.EXECUTIVE, permission)
            case WhoKind.REGISTRY:
                yield from self._role_anywhere(step, Role.REGISTRAR, permission)

    @staticmethod
    def _may_not(role: object) -> str:
        return _("A step nobody can do: the role “{role}” does not cover it. Name somebody else.").format(role=role)

    def _in_unit(self, step: Step, unit: str, permission: str) -> Iterator[Problem]:
        code = self.around.handling if unit == HANDLING else unit
        units = self.around.units
        if units is None or not code:
            return
        if code not in units:
            yield self._error(step.id, _("There is no unit {unit}.").format(unit=code))
        elif not any(_covers(role, permission) for role in units[code]):
            if self.around.headed:
                words = _("Nobody in {unit} can do this today: it would go to the head.")
                yield self._warning(step.id, words.format(unit=code))
            else:
                yield self._error(step.id, _("A step nobody can do: nobody in {unit} may today.").format(unit=code))

    def _headed(self, step: Step, unit: str) -> Iterator[Problem]:
        code = self.around.handling if unit == HANDLING else unit
        units = self.around.units
        if units is None or not code:
            return
        if code not in units:
            yield self._error(step.id, _("There is no unit {unit}.").format(unit=code))
        elif code not in self.around.headed:
            yield self._error(step.id, _("A step nobody can do: nobody heads {unit} today.").format(unit=code))

    def _holder_of(self, step: Step, who: Who, permission: str) -> Iterator[Problem]:
        earlier = self.steps.get(who.of)
        if earlier is None or not planning.is_done_by_one_person(earlier):
            yield self._error(step.id, _("It names whoever did a step that is not there: {id}.").format(id=who.of))
        elif not planning.may_go_back(self.standings[step.id], self.standings[earlier.id]):
            words = _("It names whoever did “{step}”, which does not come before it.")
            yield self._error(step.id, words.format(step=self._name(earlier)))
        else:
            given = earlier.who or STANDARD_WHO[earlier.kind]
            if given.kind is not WhoKind.HOLDER_OF:
                yield from self._whom(step, given, permission)

    def _post(self, step: Step, who: Who, permission: str) -> Iterator[Problem]:
        posts = self.around.posts
        if posts is None:
            return
        if who.of not in posts:
            yield self._error(step.id, _("There is no post {post}.").format(post=who.of))
            return
        role, is_held = posts[who.of]
        if permission and not _covers(role, permission):
            yield self._error(step.id, self._may_not(Role(role).label))
        elif not is_held:
            words = _("Nobody holds the post {post} today: it would go to the head of its unit.")
            yield self._warning(step.id, words.format(post=who.of))

    def _role_anywhere(self, step: Step, role: str, permission: str) -> Iterator[Problem]:
        if not _covers(role, permission):
            yield self._error(step.id, self._may_not(Role(role).label))
            return
        units = self.around.units
        if units is not None and not any(role in roles for roles in units.values()):
            words = _("A step nobody can do: nobody holds a post with the role “{role}” today.")
            yield self._error(step.id, words.format(role=Role(role).label))

    def _units(self, step: Step) -> Iterator[Problem]:
        if not step.units:
            return
        if isinstance(step.until, int) and step.until > len(step.units):
            words = ngettext(
                "It waits for {quorum} opinions, but only {number} unit is asked.",
                "It waits for {quorum} opinions, but only {number} units are asked.",
                len(step.units),
            )
            yield self._error(step.id, words.format(quorum=step.until, number=len(step.units)))
        permission = "cases.agree_decision" if step.kind is Kind.AGREE else "cases.give_opinion"
        for code in step.units:
            if self.around.units is None:
                return
            if code not in self.around.units:
                yield self._error(step.id, _("There is no unit {unit}.").format(unit=code))
            elif not any(_covers(role, permission) for role in self.around.units[code]):
                yield self._error(step.id, _("A step nobody can do: nobody in {unit} may today.").format(unit=code))

    # -- Letters, signatures, sending

    def _papers(self, places: Sequence[Place], before: _Done) -> tuple[_Done | None, list[Problem]]:
        """What has happened to the letter after a sequence (None: the case is closed), and what is out of order."""
        problems: list[Problem] = []
        done: _Done | None = before
        for place in places:
            if done is None:
                break
            done, found = self._paper(place, done)
            problems += found
        return done, problems

    def _paper(self, place: Place, done: _Done) -> tuple[_Done | None, list[Problem]]:
        match place:
            case If(branches=branches, otherwise=otherwise):
                judged = [self._papers(steps, done) for steps in (*(branch.steps for branch in branches), otherwise)]
                open_ends = [after for after, _problems in judged if after is not None]
                return _either(open_ends), [problem for _after, found in judged for problem in found]
            case SideBySide(branches=branches):
                judged = [self._papers(branch.steps, done) for branch in branches]
                ends = [after for after, _problems in judged if after is not None]
                return _both(ends, done), [problem for _after, found in judged for problem in found]
            case Repeat(steps=steps):
                first, found = self._papers(steps, done)
                again = self._papers(steps, first)[1] if first else []
                return first, [*found, *again]
        return self._paper_step(place, done)

    def _paper_step(self, step: Step, done: _Done) -> tuple[_Done | None, list[Problem]]:
        found: list[Problem] = []

        def must(mark: str, words: str) -> None:
            if mark not in done.surely:
                found.append(self._error(step.id, words))

        def must_not(mark: str, words: str) -> None:
            if mark in done.maybe:
                found.append(self._error(step.id, words))

        if any(need.need is NeedKind.SIGNATURE for need in step.needs):
            must("signed", _("It asks for a signature, but no step before it surely has the letter signed."))
        if "signed" in done.maybe:
            for target in step.back_to:
                if target in self.steps and self._is_before_signing(target):
                    words = _("It sends a signed letter back to “{step}”: what is signed can't be changed any more.")
                    found.append(self._error(step.id, words.format(step=self._name(self.steps[target]))))
        match step.kind:
            case Kind.DRAFT:
                return done.without("signed", "sent").with_("drafted"), found
            case Kind.AGREE | Kind.APPROVE:
                must(
                    "drafted",
                    _("There may be no letter yet at this step: put writing the letter before it on every way."),
                )
            case Kind.SIGN:
                must("drafted", _("Signing without a letter: put writing the letter before it on every way."))
                must_not("signed", _("The letter may be signed already when the case comes here."))
                return done.with_("signed"), found
            case Kind.DISPATCH:
                must(
                    "signed",
                    _("Sending without a signed letter: put writing and signing the letter before it on every way."),
                )
                must_not("sent", _("The letter may be sent already when the case comes here."))
                return done.with_("sent"), found
            case Kind.CLOSE:
                return None, found
        return done, found

    def _is_before_signing(self, target: str) -> bool:
        """Whether a signature comes after the step and no new letter is begun between."""
        numbers = self.standings
        later = sorted(
            (step for step in self.steps.values() if numbers[step.id].number >= numbers[target].number),
            key=lambda step: numbers[step.id].number,
        )
        first = next((step.kind for step in later if step.kind in (Kind.DRAFT, Kind.SIGN)), None)
        return first is Kind.SIGN

    # -- Conditions

    def _conditions(self) -> Iterator[Problem]:
        for place in self.procedure.walk():
            match place:
                case If(branches=branches):
                    for branch in branches:
                        if branch.when is not None:
                            yield from self._condition(place.id, branch.when)
                case Repeat(until=until):
                    yield from self._condition(place.id, until)

    def _condition(self, place_id: str, condition: Condition) -> Iterator[Problem]:
        if not list(conditions.asked_about(condition)):
            yield self._error(place_id, _("A condition asks about nothing. Say what it compares."))
        yield from self._facts(place_id, list(conditions.asked_about(condition)))
        for compare in _compares(condition):
            if compare.answer.startswith("step:"):
                yield from self._outcome(place_id, compare)

    def _facts(self, place_id: str, keys: Sequence[str]) -> Iterator[Problem]:
        set_names = {step.name for step in self.steps.values() if step.does is Deed.SET_VALUE}
        for key in keys:
            kind, colon, name = key.partition(":")
            if not colon:
                yield from self._question(place_id, key)
            elif kind == "set" and name not in set_names:
                yield self._error(place_id, _("No automatic step sets the value “{name}”.").format(name=name))
            elif kind == "step":
                yield from self._step_fact(place_id, name)
            elif kind not in ("set", "step") and key not in KNOWN_FACTS:
                yield self._error(place_id, _("Nothing is known under “{key}”.").format(key=key))

    def _question(self, place_id: str, key: str, *, is_needed: bool = False) -> Iterator[Problem]:
        """Several services may go one way: what only some of them ask is never answered in the others."""
        forms = self.around.forms
        if forms is None:
            return
        lacking = [service for service, asked in forms.items() if key not in asked]
        if not forms:
            words = _("No service with a form goes this way yet: nobody can tell whether “{key}” will be asked.")
            yield self._warning(place_id, words.format(key=key))
        elif len(lacking) == len(forms):
            yield self._error(place_id, _("The form has no question “{key}”.").format(key=key))
        elif lacking and is_needed:
            words = _("Not every form has the question “{key}”, so this step could never end: {services}.")
            yield self._error(place_id, words.format(key=key, services=", ".join(lacking)))
        elif lacking:
            words = _("Not every form has the question “{key}”; there it counts as not answered: {services}.")
            yield self._warning(place_id, words.format(key=key, services=", ".join(lacking)))

    def _step_fact(self, place_id: str, name: str) -> Iterator[Problem]:
        asked = self.steps.get(name)
        if asked is None:
            yield self._error(place_id, _("It asks about a step that is not there: {id}.").format(id=name))
            return
        here, there = self.standings[place_id], self.standings[name]
        if not (there.number < here.number or place_id in there.loops):
            words = _("It asks how “{step}” ended, which comes only later.")
            yield self._error(place_id, words.format(step=self._name(asked)))

    def _outcome(self, place_id: str, compare: Compare) -> Iterator[Problem]:
        asked = self.steps.get(compare.answer.removeprefix("step:"))
        if asked is None or compare.comparison not in (Comparison.IS, Comparison.IS_NOT, Comparison.ONE_OF):
            return
        values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
        known = outcomes_of(asked)
        for value in values:
            if value not in known:
                words = _("“{step}” never ends with {outcome}.")
                yield self._error(place_id, words.format(step=self._name(asked), outcome=value))

    # -- Texts and terms

    def _texts(self) -> Iterator[Problem]:
        yield from self._languages("", self.procedure.titles, _("the procedure's name"), is_needed=True)
        for place in self.procedure.walk():
            if not isinstance(place, Step):
                continue
            yield from self._languages(place.id, place.titles, _("the title"))
            yield from self._languages(place.id, place.instructions, _("the instructions"))
            yield from self._languages(place.id, place.milestone.texts, _("what the applicant sees"))
            yield from self._languages(place.id, place.message, _("the message"))
            for way in place.outcomes:
                yield from self._languages(
                    place.id, way.titles, _("the outcome {code}").format(code=way.code), is_needed=True
                )
            for question in place.questions:
                about = _("the question {key}").format(key=question["key"])
                yield from self._languages(place.id, question.get("labels", {}), about, is_needed=True)

    def _languages(self, step: str, texts: Texts, what: str, *, is_needed: bool = False) -> Iterator[Problem]:
        if not texts and not is_needed:
            return
        missing = [code for code in self.around.languages if not texts.get(code, "").strip()]
        for code in missing:
            words = _("A text is missing in the language {language}: {what}.").format(language=code, what=what)
            is_obligatory = code in self.around.obligatory
            yield self._error(step, words) if is_obligatory else self._warning(step, words)

    def _legal_term(self) -> Iterator[Problem]:
        """A deadline may be longer than the law allows only by mistake; waiting for the applicant stops the clock."""
        legal, calendar = self.around.legal, self.around.calendar
        if legal is None or calendar is None:
            return
        due = date_format(legal.due_date, "DATE_FORMAT")
        deciding = terms.deciding(self.procedure, legal.started_date, calendar)
        for step in self.steps.values():
            is_counted = step.deadline and step.waits_for is not WaitFor.APPLICANT and step.id in deciding.steps
            if is_counted and terms.end_of(step, legal.started_date, calendar) > legal.due_date:
                words = _("This step alone may last longer than the legal term (a case of today is due on {due}).")
                yield self._warning(step.id, words.format(due=due))
        if deciding.latest > legal.due_date:
            words = _(
                "The deadlines until the decision is dispatched end together on {latest}, later than the legal term "
                "(a case of today is due on {due})."
            )
            yield self._warning("", words.format(latest=date_format(deciding.latest, "DATE_FORMAT"), due=due))


def outcomes_of(step: Step) -> frozenset[str]:
    """How a step can end, as a condition may ask about it."""
    if step.kind is Kind.ASK_OPINIONS:
        return frozenset(OPINIONS)
    if step.kind is Kind.AGREE:
        return frozenset({"AGREED"})
    if step.kind is Kind.DECIDE:
        return frozenset(way.code for way in step.outcomes)
    if step.waits_for is WaitFor.PAYMENT:
        return frozenset(planning.PAYMENT[1])
    if step.waits_for is WaitFor.APPLICANT:
        return frozenset({"ARRIVED", "SILENT"})
    return frozenset(planning.ACTIONS.get(step.kind, ("", ()))[1]) | {"SENT_BACK"}


def _covers(role: str, permission: str) -> bool:
    return permission.removeprefix("cases.") in ROLE_PERMISSIONS[role] if permission else True


def _compares(condition: Condition) -> Iterator[Compare]:
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for part in parts:
                yield from _compares(part)
        case Compare():
            yield condition


def _either(ends: Sequence[_Done]) -> _Done | None:
    if not ends:
        return None
    surely = frozenset.intersection(*(end.surely for end in ends))
    return _Done(surely, frozenset().union(*(end.maybe for end in ends)))


def _both(ends: Sequence[_Done], before: _Done) -> _Done:
    if not ends:
        return before
    return _Done(frozenset().union(*(end.surely for end in ends)), frozenset().union(*(end.maybe for end in ends)))
