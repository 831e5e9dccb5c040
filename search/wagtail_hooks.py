"""The archive's place in the office: its address and its line in the menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from search.desk import exports, pages, saved, unread, views
from search.desk.help import SearchHelpView


class ArchiveMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("cases.search_archive"))


@hooks.register("register_admin_urls")
def archive_addresses() -> list[URLPattern]:
    return [
        path("archive/", views.ArchiveView.as_view(), name="desk_archive"),
        path("archive/help/", SearchHelpView.as_view(), name="desk_archive_help"),
        path("archive/preview/<slug:public_id>/", views.PreviewView.as_view(), name="desk_archive_preview"),
        path("archive/documents/<slug:public_id>/", pages.DocumentPagesView.as_view(), name="desk_archive_pages"),
        path("archive/unread/", unread.UnreadView.as_view(), name="desk_archive_unread"),
        path("archive/searches/", saved.SavedSearchesView.as_view(), name="desk_saved_searches"),
        path("archive/searches/keep/", saved.KeepSearchView.as_view(), name="desk_keep_search"),
        path("archive/searches/<int:pk>/", saved.SavedSearchView.as_view(), name="desk_saved_search"),
        path("archive/exports/", exports.ExportsView.as_view(), name="desk_exports"),
        path("archive/exports/ask/", exports.AskForExportView.as_view(), name="desk_ask_for_export"),
        path("archive/exports/<int:pk>/", exports.ExportView.as_view(), name="desk_export"),
    ]


@hooks.register("register_admin_menu_item")
def archive_menu_item() -> Any:
    return ArchiveMenuItem(
        _("Archive"), reverse_lazy("desk_archive"), name="archive", icon_name="folder-open-inverse", order=140
    )
