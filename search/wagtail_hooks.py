"""The archive's place in the office: its address and its line in the menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from search.desk.pages import DocumentPagesView
from search.desk.views import ArchiveView


class ArchiveMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("cases.search_archive"))


@hooks.register("register_admin_urls")
def archive_address() -> list[URLPattern]:
    return [
        path("archive/", ArchiveView.as_view(), name="desk_archive"),
        path("archive/documents/<slug:public_id>/", DocumentPagesView.as_view(), name="desk_archive_pages"),
    ]


@hooks.register("register_admin_menu_item")
def archive_menu_item() -> Any:
    return ArchiveMenuItem(
        _("Archive"), reverse_lazy("desk_archive"), name="archive", icon_name="folder-open-inverse", order=140
    )
