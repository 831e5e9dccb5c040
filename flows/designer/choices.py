"""What the editor offers to pick from: units, posts, steps of this procedure, services, and the facts of conditions."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Channel, Institution, Post, Service, Unit
from cases.texts import in_language
from flows.designer.judging import Judgement, name_of
from flows.designer.questions import Fact, questions_of
from flows.designer.surroundings import services_using
from flows.letter_models import LetterTemplate
from flows.letters.standard import DecisionOutcome
from flows.procedures.checker import outcomes_of
from flows.procedures.plan import is_done_by_one_person
from flows.procedures.tree import Deed, Kind, Step
from flows.steps import outcome_words

type Choices = list[dict[str, str]]


def offered(judgement: Judgement, *, institution: Institution, key: str, day: dt.date) -> dict[str, Any]:
    """All lists and facts, as the editor's scripts read them."""
    questions = questions_of(services_using(institution, key))
    units = [choice_of(unit.code, unit.name) for unit in Unit.objects.on(day).filter(institution=institution)]
    lists: dict[str, Choices] = {
        "units": units,
        "posts": _posts(institution, day),
        "steps": list(_steps(judgement)),
        "letters": _letters(institution),
        "services": [choice_of(one.code, one.name) for one in Service.objects.filter(institution=institution)],
        "questions": [choice_of(fact.key, fact.label) for fact in questions],
        "days": [choice_of(fact.key, fact.label) for fact in questions if fact.type == "DAY"],
    }
    facts = [*_case_facts(units), *_step_facts(judgement), *questions]
    return {"lists": lists, "facts": [asdict(fact) for fact in facts]}


def facts_of(judgement: Judgement, *, institution: Institution, key: str) -> list[Fact]:
    """What can be asked about in a case that goes this way."""
    return [*_case_facts([]), *_step_facts(judgement), *questions_of(services_using(institution, key))]


def choice_of(value: str, label: Any) -> dict[str, str]:
    return {"value": value, "label": str(label)}


def _posts(institution: Institution, day: dt.date) -> Choices:
    posts = Post.objects.on(day).filter(unit__institution=institution).select_related("unit").order_by("unit__path")
    return [choice_of(post.code, f"{post.title}, {post.unit}") for post in posts]


def _letters(institution: Institution) -> Choices:
    letters = LetterTemplate.objects.filter(institution=institution).select_related("institution").order_by("key")
    return [choice_of(letter.key, letter.name) for letter in letters]


def _steps(judgement: Judgement) -> Iterator[dict[str, str]]:
    """The steps that one person does, in order: others have no holder and nothing is sent back to them."""
    known = judgement.procedure or judgement.outline
    if known is None:
        return
    for number, place in enumerate(known.walk(), 1):
        if isinstance(place, Step) and is_done_by_one_person(place):
            yield choice_of(place.id, f"{number}. {name_of(place)}")


def _case_facts(units: Choices) -> list[Fact]:
    group = _("The case")
    return [
        Fact("case:unit", _("Unit that handles it"), "CHOICE", group, units),
        Fact("case:outcome", _("Decision"), "CHOICE", group, _options(DecisionOutcome.choices)),
        Fact("case:channel", _("How it came in"), "CHOICE", group, _options(Channel.choices)),
        Fact("case:amount", _("Fee"), "AMOUNT", group),
        Fact("case:tier", _("Speed that was chosen"), "TEXT", group),
    ]


def _options(choices: Iterable[tuple[str, Any]]) -> Choices:
    return [choice_of(value, label) for value, label in choices]


def _step_facts(judgement: Judgement) -> Iterator[Fact]:
    if judgement.procedure is None:
        return
    for place in judgement.procedure.walk():
        if not isinstance(place, Step):
            continue
        if place.does is Deed.SET_VALUE and place.name:
            yield Fact(f"set:{place.name}", place.name, "TEXT", _("Values that were noted"))
        elif options := _outcomes(place):
            yield Fact(f"step:{place.id}", name_of(place), "CHOICE", _("How a step ended"), options)


def _outcomes(step: Step) -> Choices:
    if step.kind is Kind.DECIDE:
        return [choice_of(way.code, in_language(way.titles)) for way in step.outcomes]
    if step.kind in (Kind.AUTOMATIC, Kind.CLOSE):
        return []
    return [choice_of(outcome, outcome_words(outcome)) for outcome in sorted(outcomes_of(step))]
