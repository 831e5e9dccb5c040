"""Pages for what went wrong: they say what happened and what to do, and never lose what was typed."""

import sys
from contextlib import suppress
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import requires_csrf_token

from portal_pages.views.filing import OUT_OF_ORDER, UNAVAILABLE


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
    """Asks neither the database nor the cache: they may be what is broken. What was typed can be sent again."""
    template, status = "portal/errors/500.html", 500
    if is_office(request) and request.method == "POST" and isinstance(sys.exception(), OUT_OF_ORDER):
        template, status = "portal/errors/not_saved.html", UNAVAILABLE
    with suppress(OSError, SuspiciousOperation):  # it may be what was sent that could not be read
        context = {**what_was_sent(request), "csrf_token": get_token(request)} if may_be_sent_again(request) else {}
        response = HttpResponse(get_template(template).render(context), status=status)
        add_never_cache_headers(response)
        return response
    return HttpResponse(get_template(template).render(), status=status)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The cookie that guards the form is missing or old: offer to send the same again with a fresh one.

    Nothing of it was carried out. The values come back as hidden fields of a form that the person must
    send on purpose; files can't be brought back and are named as missing.
    """
    context = {} if is_office(request) else what_was_sent(request)
    return render(request, "portal/errors/csrf.html", context, status=403)


def is_office(request: HttpRequest) -> bool:
    return request.path.startswith("/office/")


def may_be_sent_again(request: HttpRequest) -> bool:
    """In the office only what came from its own pages (no other site may lay words in an official's mouth), and
    nothing with a password in it."""
    if not is_office(request):
        return True
    return getattr(request, "csrf_processing_done", False) and not any("password" in name for name in request.POST)


def what_was_sent(request: HttpRequest) -> dict[str, Any]:
    """The values of a form, to be sent once more from where they were sent; and the files, which can't."""
    typed = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    chosen = [(name, [str(file) for file in files]) for name, files in request.FILES.lists()]
    return {
        "typed": typed,
        "files": [file for _name, files in chosen for file in files],
        "chosen_again": chosen,
        "address": request.get_full_path(),
    }
