"""Services as pages show them, kept for a minute, and as filing needs them, read at that moment."""

from django.core.cache import cache

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


def service_as_filed(service_id: int) -> Service:
    """The service with its rules of record as they are now."""
    with_rules = Service.objects.select_related("institution", "unit", "register", "record_class")
    service = with_rules.get(pk=service_id)
    service.register.institution = service.institution  # the same row, read already
    return service
