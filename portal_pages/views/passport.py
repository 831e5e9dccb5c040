"""The passport of a service, in the office: one page to look at and to print."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from cases.desk.page import Admitted, DeskPage
from cases.models import Service, User
from cases.ruling import today_at
from portal_pages.passport import Part, PartKind, passport_of

# Whoever leads a unit or the institution, and whoever steers its services, sees how they are used.
COUNTERS = ("cases.hand_over_case", "cases.change_servicerules")
# Whoever builds a part of a service sees what it consists of.
READERS = ("cases.change_servicerules", "flows.change_procedure", "portal_pages.change_serviceform")


def may_read(user: User) -> bool:
    return any(user.has_perm(name) for name in READERS)


def may_count(user: User) -> bool:
    return any(user.has_perm(name) for name in COUNTERS)


# Where a part is changed, and who may go there.
CHANGED_AT = {
    PartKind.FORM: ("services:edit", "portal_pages.change_serviceform"),
    PartKind.PROCEDURE: ("procedures:edit", "flows.change_procedure"),
    PartKind.LETTER: ("desk_letter_edit", "flows.change_lettertemplate"),
}


class OfService(Admitted):
    """A page of one service of the own institution, for whoever builds a part of it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_admitted():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def is_admitted(self) -> bool:
        return may_read(self.user)

    @cached_property
    def service(self) -> Service:
        services = Service.objects.filter(institution=self.institution).select_related("institution", "unit")
        return get_object_or_404(services, code=self.kwargs["code"])

    @property
    def address_of_passport(self) -> str:
        return reverse("service_passport", args=[self.service.code])


class PassportView(OfService, DeskPage):
    template_name = "desk/portal/passport.html"
    page_title = gettext_lazy("Service passport")
    header_icon = "clipboard-list"

    @cached_property
    def local_today(self) -> dt.date:
        return today_at(self.institution, self.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        passport = passport_of(self.service, today=self.local_today)
        return super().get_context_data(
            passport=passport,
            parts=[(part, self.address_to_change(part)) for part in passport.parts],
            service=self.service,
            today=self.local_today,
            may_name=self.user.has_perm("portal_pages.change_serviceform"),
            may_steer=self.user.has_perm("flows.change_procedure"),
            may_count=may_count(self.user),
            misses_pages=len(passport.pages) < len(self.institution.languages),
            **kwargs,
        )

    def address_to_change(self, part: Part) -> str:
        """Where this person changes the part; empty where they don't."""
        address, permission = CHANGED_AT[part.kind]
        return reverse(address, args=[part.pk]) if part.pk and self.user.has_perm(permission) else ""
