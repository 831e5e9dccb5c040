"""Services and their forms as pages show them, kept for a minute, and as filing needs them, read at that moment."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache

from django.core.cache import cache
from django.utils import timezone

from cases.clock import zone_of
from cases.known_queries import KnownQuery
from cases.models import Service, ServiceRules
from portal_pages.forms.definition import Form
from portal_pages.forms.stored import form_from_json
from portal_pages.models.forms import FormVersion

KEPT_SECONDS = 60  # how long a process may show a service's old words, or begin its old form, after a change
KEPT_FORMS = 256  # how many versions a process keeps built


def service_shown(service_id: int) -> Service:
    """The service with its institution and unit, for showing: perhaps a minute old."""
    key = f"portal-service-{service_id}"
    service = cache.get(key)
    if service is None:
        service = Service.objects.select_related("institution", "unit").get(pk=service_id)
        service.rules_on(local_day(service, timezone.now()))  # kept with it
        cache.set(key, service, KEPT_SECONDS)
    return service


def forget_service(service_id: int) -> None:
    """Its names were changed: this process shows them at once, the others within a minute."""
    cache.delete(f"portal-service-{service_id}")


_with_rules = KnownQuery(
    lambda service, day: (
        ServiceRules.objects.select_related("service__institution", "service__unit", "register", "record_class")
        .filter(service=service)
        .in_force(day)[:1]
    ),
    int,
    dt.date,
)


def service_as_filed(service: Service, *, at: dt.datetime) -> Service:
    """The service as it is now, with its rules of record of that day, read together."""
    day = local_day(service, at)
    rules = _with_rules.first(service.pk, day)
    if rules is None:
        return Service.objects.select_related("institution", "unit").get(pk=service.pk)
    rules.service.knows_rules(rules, day)
    return rules.service


def local_day(service: Service, at: dt.datetime) -> dt.date:
    return at.astimezone(zone_of(service.institution.time_zone)).date()


# -- forms

_newest = KnownQuery(
    lambda service: FormVersion.objects.filter(service=service).order_by("-number").values_list("sha256")[:1], int
)
_every = KnownQuery(
    lambda service: FormVersion.objects.filter(service=service).order_by("-number").values_list("sha256"), int
)
_numbered = KnownQuery(
    lambda service, number: FormVersion.objects.filter(service=service, number=number).values_list("sha256"), int, int
)
_definition = KnownQuery(lambda sha256: FormVersion.objects.filter(sha256=sha256).values_list("definition")[:1], str)


def form_of(service: Service) -> Form | None:
    """The form that a new filing begins on: the newest version; none while nothing was published."""
    sha256 = _kept(f"portal-form-{service.pk}", lambda: _newest(service.pk))
    return _built(sha256) if sha256 else None


def forms_of(service: Service) -> list[Form]:
    """The forms of all its versions, the newest first."""
    key = f"portal-forms-{service.pk}"
    found = cache.get(key)
    if found is None:
        found = [row[0] for row in _every(service.pk)]
        cache.set(key, found, KEPT_SECONDS)
    return [_built(sha256) for sha256 in found]


def form_begun(service: Service, name: str) -> Form | None:
    """The form in the version that a filing was begun on (``key/number``); the newest if there is no such version."""
    _key, _slash, number = name.rpartition("/")
    if not number.isdigit():
        return form_of(service)
    sha256 = _kept(f"portal-form-{service.pk}-{number}", lambda: _numbered(service.pk, int(number)))
    return _built(sha256) if sha256 else form_of(service)


def forget_form(service_id: int) -> None:
    """A version was published: this process offers it at once, the others within a minute."""
    cache.delete_many([f"portal-form-{service_id}", f"portal-forms-{service_id}"])


def _kept(key: str, ask: Callable[[], list[tuple[str]]]) -> str:
    """The hash of a version, asked of the database once a minute; empty when there is none."""
    sha256 = cache.get(key)
    if sha256 is None:
        sha256 = next((row[0] for row in ask()), "")
        cache.set(key, sha256, KEPT_SECONDS)
    return sha256


@lru_cache(maxsize=KEPT_FORMS)
def _built(sha256: str) -> Form:
    """Versions never change: under the hash of its definition a form may be kept for ever."""
    return form_from_json(_definition(sha256)[0][0])
