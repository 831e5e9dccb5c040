"""What a procedure stands in: the institution's units, posts and who holds them today, its services and their terms."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from cases.calendar import Calendar
from cases.models import ClockStart, Institution, Mandate, Membership, Post, Role, Service, ServiceRules, Unit
from flows.designer.questions import questions_of
from flows.letter_models import LetterTemplate
from flows.letters.standard import shipped_keys
from flows.procedures.checker import LegalTerm, Surroundings


def services_using(institution: Institution, key: str) -> list[Service]:
    """The services whose cases go this way."""
    return list(Service.objects.filter(institution=institution, procedure=key).select_related("unit").order_by("code"))


def surroundings_of(institution: Institution, *, key: str, day: dt.date) -> Surroundings:
    """What the checker asks about the institution, as it is on that day."""
    services = services_using(institution, key)
    handling = {service.unit.code for service in services}
    calendar = Calendar.of(institution)
    held = _held_posts(institution, day)
    units: dict[str, set[str]] = {unit.code: set() for unit in Unit.objects.on(day).filter(institution=institution)}
    posts: dict[str, tuple[str, bool]] = {}
    for post in Post.objects.on(day).filter(unit__institution=institution).select_related("unit"):
        is_held = post.pk in held
        posts[post.code] = (post.role, is_held or posts.get(post.code, ("", False))[1])
        if is_held:
            units.setdefault(post.unit.code, set()).add(post.role)
    return Surroundings(
        units=units,
        headed=_headed(institution, units, day),
        posts=posts,
        handling=handling.pop() if len(handling) == 1 else "",
        letters=_letters(institution),
        forms={str(service): asked for service in services if (asked := _asked_by(service))},
        services=set(Service.objects.filter(institution=institution).values_list("code", flat=True)),
        languages=institution.languages,
        obligatory=institution.obligatory_languages,
        legal=_shortest_term(services, calendar, day),
        calendar=calendar,
    )


def _asked_by(service: Service) -> set[str]:
    """The keys of what its form asks; nothing while it has none."""
    return {fact.key for fact in questions_of([service])}


def _letters(institution: Institution) -> set[str]:
    """The letters that there are: the institution's own and those that stand in for them."""
    return {*LetterTemplate.objects.filter(institution=institution).values_list("key", flat=True), *shipped_keys()}


def _held_posts(institution: Institution, day: dt.date) -> set[int]:
    """The posts that somebody holds or stands in for."""
    held = Q(memberships__in=Membership.objects.on(day)) | Q(mandates__in=Mandate.objects.on(day))
    return set(Post.objects.on(day).filter(held, unit__institution=institution).values_list("pk", flat=True))


def _headed(institution: Institution, units: dict[str, set[str]], day: dt.date) -> set[str]:
    """The units that have a head, be it that of a unit above them."""
    paths = dict(Unit.objects.on(day).filter(institution=institution).values_list("code", "path"))
    leading = [paths[code] for code, roles in units.items() if roles & {Role.HEAD, Role.EXECUTIVE} and code in paths]
    return {code for code, path in paths.items() if any(path.startswith(above) for above in leading)}


def _shortest_term(services: Iterable[Service], calendar: Calendar, day: dt.date) -> LegalTerm | None:
    """The term that has to be kept by a case of that day: of several services the shortest."""
    due = [_due(rules, calendar, day) for service in services if (rules := service.rules_on(day))]
    return LegalTerm(day, min(due)) if due else None


def _due(rules: ServiceRules, calendar: Calendar, day: dt.date) -> dt.date:
    start = calendar.roll(day) if rules.clock_start == ClockStart.NEXT_WORKING_DAY else day
    amount, unit = rules.term_for()
    return calendar.term(start, amount, unit, rules.counting_mode).due_date
