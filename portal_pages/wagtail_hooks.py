"""What the public site adds to the office: its forms, filled in at the counter and designed by editors."""

from typing import Any

from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from cases.answered import CountedQuestion
from cases.models import Service, User
from flows.designer.questions import Fact
from portal_pages.asked import facts_of
from portal_pages.counted import counted_questions
from portal_pages.designer.viewset import ServiceFormViewSet
from portal_pages.form_facts import QuestionFact, questions_of
from portal_pages.packaging.desk import BringView, ExportView, PackageListView, PackagesMenuItem, may_bring
from portal_pages.views.counter import AtTheCounter
from portal_pages.views.filing import filing_paths
from portal_pages.views.passport import PassportView, may_count, may_read
from portal_pages.views.service import MAY_NAME, MAY_STEER, BeginPagesView, ServiceView
from portal_pages.views.statistics import (
    ServiceStatisticsView,
    StatisticsFileView,
    StatisticsListView,
    StatisticsMenuItem,
)


@hooks.register("register_admin_urls")
def assisted_forms() -> list[URLPattern]:
    return filing_paths(AtTheCounter(), prefix="counter/forms/")


@hooks.register("registra_form_questions")
def questions_to_ask_about(service: Service) -> list[Fact]:
    return facts_of(service)


register_snippet(ServiceFormViewSet)


@hooks.register("register_admin_urls")
def passports() -> list[URLPattern]:
    return [
        path("services/<slug:code>/passport/", PassportView.as_view(), name="service_passport"),
        path("services/<slug:code>/statistics/", ServiceStatisticsView.as_view(), name="service_statistics"),
        path("services/<slug:code>/statistics/file/", StatisticsFileView.as_view(), name="service_statistics_file"),
        path("statistics/", StatisticsListView.as_view(), name="desk_statistics"),
        path("services/<slug:code>/settings/", ServiceView.as_view(), name="service_settings"),
        path("services/<slug:code>/pages/", BeginPagesView.as_view(), name="service_pages_begin"),
    ]


@hooks.register("register_service_buttons")
def buttons_of_service(service: Service, user: User) -> list[tuple[str, str]]:
    """From the list of services to the settings, the rules and the passport of one."""
    buttons = [(_("Passport"), reverse("service_passport", args=[service.code]))] if may_read(user) else []
    if may_count(user):
        buttons.append((_("Statistics"), reverse("service_statistics", args=[service.code])))
    if user.has_perm(MAY_NAME) or user.has_perm(MAY_STEER):
        buttons.append((_("Settings"), reverse("service_settings", args=[service.code])))
    if user.has_perm("cases.change_servicerules"):
        buttons.append((_("Record rules"), reverse("desk_service_rules", args=[service.code])))
    if may_bring(user):
        buttons.append((_("Send out as a file"), reverse("desk_packages_export", args=[service.code])))
    return buttons


@hooks.register("registra_counted_questions")
def questions_to_count_by(service: Service) -> list[CountedQuestion]:
    return counted_questions(service)


@hooks.register("register_admin_urls")
def packages() -> list[URLPattern]:
    return [
        path("packages/", PackageListView.as_view(), name="desk_packages"),
        path("packages/bring/", BringView.as_view(), name="desk_packages_bring"),
        path("packages/shipped/<slug:code>/", BringView.as_view(), name="desk_packages_shipped"),
        path("packages/export/<slug:code>/", ExportView.as_view(), name="desk_packages_export"),
    ]


@hooks.register("register_admin_menu_item")
def packages_menu_item() -> Any:
    return PackagesMenuItem(
        gettext_lazy("Services as packages"),
        reverse_lazy("desk_packages"),
        name="packages",
        icon_name="download",
        order=320,
    )


@hooks.register("register_admin_menu_item")
def statistics_menu_item() -> Any:
    return StatisticsMenuItem(
        gettext_lazy("Statistics"), reverse_lazy("desk_statistics"), name="statistics", icon_name="history", order=340
    )


@hooks.register("registra_form_questions")
def questions(service: Service) -> list[QuestionFact]:
    return questions_of(service)
