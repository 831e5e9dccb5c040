"""Services as pages show them, kept for a minute, and as filing needs them, read at that moment."""

from django.core.cache import cache

from cases.known_queries import KnownQuery
from cases.models import Service

KEPT_SECONDS = 60  # how long a process may show a service's old words after a change


def service_shown(service_id: int) -> Service:
    """The service with its institution and unit, for showing: perhaps a minute old."""
    key = f"portal-service-{service_id}"
    service = cache.get(key)
    if service is None:
        service = Service.objects.select_related("institution", "unit").get(pk=service_id)
        cache.set(key, service, KEPT_SECONDS)
    return service


_with_rules = KnownQuery(
    lambda service: Service.objects.select_related("institution", "unit", "register", "record_class").filter(
        pk=service
    ),
    int,
)


def service_as_filed(service_id: int) -> Service:
    """The service with its rules of record as they are now."""
    service = _with_rules(service_id)[0]
    service.register.institution = service.institution  # the same row, read already
    return service
