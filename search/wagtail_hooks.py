"""The archive's place in the office: its address and its line in the menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cases.models import Case
from search.desk import exports, pages, saved, unread, views
from search.desk.backfile import views as backfile
from search.desk.filters import FilterView
from search.desk.help import SearchHelpView
from search.desk.papers import views as papers
from search.desk.papers.panels import archive_panel
from search.desk.records.addresses import addresses as records_addresses
from search.desk.records.case_panel import Panel, records_panels
from search.desk.records.page import tabs_of
from search.desk.timelines import views as timelines


class ArchiveMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("cases.search_archive"))


@hooks.register("register_admin_urls")
def archive_addresses() -> list[URLPattern]:
    return [
        path("archive/", views.ArchiveView.as_view(), name="desk_archive"),
        path("archive/help/", SearchHelpView.as_view(), name="desk_archive_help"),
        path("archive/filters/<slug:facet>/", FilterView.as_view(), name="desk_archive_filter"),
        path("archive/preview/<slug:public_id>/", views.PreviewView.as_view(), name="desk_archive_preview"),
        path("archive/documents/<slug:public_id>/", pages.DocumentPagesView.as_view(), name="desk_archive_pages"),
        path("archive/unread/", unread.UnreadView.as_view(), name="desk_archive_unread"),
        path("archive/searches/", saved.SavedSearchesView.as_view(), name="desk_saved_searches"),
        path("archive/searches/keep/", saved.KeepSearchView.as_view(), name="desk_keep_search"),
        path("archive/searches/<int:pk>/", saved.SavedSearchView.as_view(), name="desk_saved_search"),
        path("archive/exports/", exports.ExportsView.as_view(), name="desk_exports"),
        path("archive/exports/ask/", exports.AskForExportView.as_view(), name="desk_ask_for_export"),
        path("archive/exports/<int:pk>/", exports.ExportView.as_view(), name="desk_export"),
        path("archive/place/", timelines.PlaceView.as_view(), name="desk_archive_place"),
        path("archive/party/<int:pk>/", timelines.PartyView.as_view(), name="desk_archive_party"),
        path("archive/papers/", papers.PapersView.as_view(), name="desk_archive_papers"),
        path("archive/papers/mine/", papers.MyPapersView.as_view(), name="desk_archive_my_papers"),
        path("archive/papers/box/", papers.BoxView.as_view(), name="desk_archive_box"),
        path("archive/papers/loans/<int:pk>/", papers.LoanView.as_view(), name="desk_archive_loan"),
        path(
            "archive/papers/of/<slug:public_id>/place/",
            papers.PlacePaperView.as_view(),
            name="desk_archive_place_paper",
        ),
        path("archive/papers/of/<slug:public_id>/lend/", papers.LendPaperView.as_view(), name="desk_archive_lend"),
        path("archive/imports/", backfile.ImportListView.as_view(), name="desk_archive_imports"),
        path("archive/imports/<int:pk>/", backfile.ImportView.as_view(), name="desk_archive_import"),
        path(
            "archive/imports/<int:pk>/refused.csv",
            backfile.RefusedReportView.as_view(),
            name="desk_archive_import_report",
        ),
        *records_addresses(),
    ]


@hooks.register("register_admin_menu_item")
def archive_menu_item() -> Any:
    return ArchiveMenuItem(
        _("Archive"), reverse_lazy("desk_archive"), name="archive", icon_name="folder-open-inverse", order=140
    )


hooks.register("registra_case_panels", archive_panel)


class PermittedMenuItem(MenuItem):
    """Shown to whoever has the permission."""

    def __init__(self, *args: Any, permission: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.permission))


@hooks.register("register_admin_menu_item")
def papers_menu_item() -> Any:
    return PermittedMenuItem(
        _("Papers on shelves"),
        reverse_lazy("desk_archive_papers"),
        name="papers",
        icon_name="folder-inverse",
        order=142,
        permission=papers.PERMISSION,
    )


@hooks.register("register_admin_menu_item")
def imports_menu_item() -> Any:
    return PermittedMenuItem(
        _("Old registers"),
        reverse_lazy("desk_archive_imports"),
        name="old-registers",
        icon_name="download",
        order=144,
        permission=backfile.PERMISSION,
    )


class RecordsMenuItem(MenuItem):
    """Shown to whoever keeps, reviews or destroys records, or sets up their classes."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(tabs_of(request.user))


@hooks.register("register_admin_menu_item")
def records_menu_item() -> Any:
    return RecordsMenuItem(
        _("Records"), reverse_lazy("desk_records"), name="records", icon_name="folder-inverse", order=145
    )


@hooks.register("registra_case_panels")
def how_long_it_is_kept(request: HttpRequest, case: Case) -> list[Panel]:
    return records_panels(request, case)
