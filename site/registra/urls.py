"""Addresses: the office, the printed short ones, and the public site in each language."""

from pathlib import Path

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from portal_pages import urls as portal_urls

urlpatterns = [
    path("office/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Pictures that communications staff put on pages; citizens' papers never lie in this folder.
    path("media/images/<path:path>", serve, {"document_root": Path(settings.MEDIA_ROOT) / "images"}),
    *portal_urls.without_language,
    *i18n_patterns(
        *portal_urls.in_each_language,
        path("", include(wagtail_urls)),
    ),
]

handler400 = "portal_pages.views.errors.not_understood"
handler403 = "portal_pages.views.errors.not_allowed"
handler404 = "portal_pages.views.errors.not_found"
handler500 = "portal_pages.views.errors.broken"
