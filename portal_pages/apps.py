"""The public site: what residents read, file and follow."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalPagesConfig(AppConfig):
    name = "portal_pages"
    verbose_name = _("Public site")

    def ready(self) -> None:
        from cases import triggers  # noqa: PLC0415
        from portal_pages import mails, receivers  # noqa: F401, PLC0415  (they register themselves)

        triggers.guard("portal_pages_formversion")
