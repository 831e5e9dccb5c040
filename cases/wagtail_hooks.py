"""The records office's pages in Wagtail's admin: addresses and menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cases.desk.jobs import JobListView, RetryView
from cases.desk.print_list import PrintListView


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("print-list/", PrintListView.as_view(), name="desk_print_list"),
        path("jobs/", JobListView.as_view(), name="desk_jobs"),
        path("jobs/retry/", RetryView.as_view(), name="desk_jobs_retry_all"),
        path("jobs/<int:pk>/retry/", RetryView.as_view(), name="desk_jobs_retry"),
    ]


class PermittedMenuItem(MenuItem):
    """Shown to whoever has the permission that its page asks for."""

    def __init__(self, *args: Any, permission: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


@hooks.register("register_admin_menu_item")
def print_list_menu_item() -> Any:
    return PermittedMenuItem(
        _("Print list"),
        reverse_lazy("desk_print_list"),
        name="print-list",
        icon_name="doc-full-inverse",
        order=140,
        permission="cases.dispatch_document",
    )


@hooks.register("register_admin_menu_item")
def jobs_menu_item() -> Any:
    return PermittedMenuItem(
        _("Jobs"), reverse_lazy("desk_jobs"), name="jobs", icon_name="cogs", order=700, permission="cases.run_outbox"
    )
