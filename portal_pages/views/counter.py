"""The same form at the counter: a registrar fills it in for the person who stands there (requirements R19).

To mount it: ``filing_paths(AtTheCounter(), prefix="counter/assisted/")`` among the office's addresses.
"""

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext

from cases.acting import Actor
from cases.models import Channel, Service, User
from portal_pages import drafts
from portal_pages.forms.definition import Form
from portal_pages.models import Draft
from portal_pages.offered import form_of
from portal_pages.views.filing import FilingPlace

PERMISSION = "cases.register_document"


class AtTheCounter(FilingPlace):
    """In the office's shell; the form belongs to the registrar until it is filed."""

    base_template = "portal/filing/office_base.html"
    channel = Channel.COUNTER
    url_prefix = "assisted"
    at_counter = True
    offers_link = False

    def service(self, request: HttpRequest, code: str) -> Service:
        found = (
            Service.objects.filter(institution_id=_clerk(request).institution_id or 0, code=code, is_offered=True)
            .select_related("institution", "unit")
            .first()
        )
        if found is None or form_of(found) is None:
            raise Http404
        return found

    def breadcrumbs(self, service: str) -> list[dict[str, str]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": gettext("Home")},
            {"url": reverse("desk_assisted"), "label": gettext("Fill in a form")},
            {"url": "", "label": service},
        ]

    def admit(self, request: HttpRequest) -> None:
        if not _clerk(request).has_perm(PERMISSION):
            raise PermissionDenied

    def actor(self, request: HttpRequest) -> Actor:
        return Actor.at_counter(_clerk(request))

    def find(self, request: HttpRequest, code: str) -> Draft | None:
        number = self.token(request, code)
        draft = drafts.find_of_clerk(_clerk(request), int(number)) if number and number.isdigit() else None
        return draft if draft and draft.service.code == code else None

    def begin(self, request: HttpRequest, service: Service, form: Form, *, at: dt.datetime) -> Draft:
        language = get_language() or settings.LANGUAGE_CODE
        return drafts.begin(service, form_version=form.name, language=language, at=at, clerk=_clerk(request))

    def carry(self, response: HttpResponseBase, draft: Draft) -> None:
        self.set_cookie(response, draft.service.code, str(draft.pk))

    def cookie(self, code: str) -> str:
        return f"counter-{code}"


def _clerk(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
