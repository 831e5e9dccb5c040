"""The form as the citizen will see it, all pages under each other, in any language of the institution."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override

from cases.models import DeliveryChannel, Institution
from portal_pages.forms.kinds import Asking
from portal_pages.forms.pages import page_form
from portal_pages.forms.shown import show
from portal_pages.forms.stored import FormUnreadable, form_from_json
from portal_pages.maps import map_of, show_with_map


def modes_of(institution: Institution) -> list[tuple[str, str]]:
    """Language code and name, the main language first."""
    languages = institution.languages or [code for code, _name in settings.LANGUAGES]
    main = institution.main_language
    return sorted(
        ((code, str(name)) for code, name in settings.LANGUAGES if code in languages),
        key=lambda mode: mode[0] != main,
    )


def preview(form: Any, request: HttpRequest, *, language: str) -> HttpResponse:
    """Every page of the draft; nothing that is typed there goes anywhere."""
    institution = form.institution
    asking = _asking(institution, language, today=timezone.localdate())
    context: dict[str, Any] = {"form_shown": form, "institution": institution, "language": language, "pages": []}
    with override(language):
        try:
            built = form_from_json({**form.definition, "version": 1})
        except FormUnreadable as unreadable:
            context["unreadable"] = str(unreadable)
        else:
            forms = [page_form(page, typed=None, files={}, answers={}, asking=asking) for page in built.pages]
            context["pages"] = [show(page, with_errors=False) for page in forms]
        map_ = map_of(institution) if any(page.has_map for page in context["pages"]) else None
        context["map"] = map_
        return show_with_map(map_, request, lambda: render(request, "portal/designer/preview.html", context))


def _asking(institution: Institution, language: str, *, today: dt.date) -> Asking:
    return Asking(
        language=language,
        main_language=institution.main_language,
        country=institution.country,
        today=today,
        deliveries=tuple(DeliveryChannel.values),
        area=institution.area,
    )
