"""What the public site adds to the office: its forms, filled in at the counter and designed by editors."""

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from cases.models import Service, User
from portal_pages.designer.viewset import ServiceFormViewSet
from portal_pages.views.counter import AtTheCounter
from portal_pages.views.filing import filing_paths
from portal_pages.views.passport import PassportView, may_read


@hooks.register("register_admin_urls")
def assisted_forms() -> list[URLPattern]:
    return filing_paths(AtTheCounter(), prefix="counter/forms/")


register_snippet(ServiceFormViewSet)


@hooks.register("register_admin_urls")
def passports() -> list[URLPattern]:
    return [path("services/<slug:code>/passport/", PassportView.as_view(), name="service_passport")]


@hooks.register("register_service_buttons")
def buttons_of_service(service: Service, user: User) -> list[tuple[str, str]]:
    """From the list of services to the rules and the passport of one."""
    buttons = [(_("Passport"), reverse("service_passport", args=[service.code]))] if may_read(user) else []
    if user.has_perm("cases.change_servicerules"):
        buttons.append((_("Record rules"), reverse("desk_service_rules", args=[service.code])))
    return buttons
