"""Context processor of the public templates; costs nothing where nothing of it is shown."""

from django.http import HttpRequest

from portal_pages.portal import Portal


def portal(request: HttpRequest) -> dict[str, Portal]:
    return {"portal": Portal(request)}
