"""Pages for what went wrong: they say what happened and what to do, and never lose what was typed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "portal/errors/404.html", status=404)


@requires_csrf_token
def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "portal/errors/403.html", status=403)


@requires_csrf_token
def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "portal/errors/400.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """Asks neither the database nor the cache: they may be what is broken."""
    return HttpResponse(get_template("portal/errors/500.html").render(), status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The cookie that guards the form is missing or old: offer to send the same again with a fresh one.

    Nothing of it was carried out. The values come back as hidden fields of a form that the person must
    send on purpose; files can't be brought back and are named as missing.
    """
    if request.path.startswith("/office/"):
        return render(request, "portal/errors/csrf.html", status=403)
    typed = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    context: dict[str, Any] = {"typed": typed, "files": [str(file) for file in request.FILES.values()]}
    return render(request, "portal/errors/csrf.html", context, status=403)
