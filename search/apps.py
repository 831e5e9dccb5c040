"""Wires the archive: it listens to the records office."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    label = "search"
    verbose_name = _("Archive search")

    def ready(self) -> None:
        from search import integrity, receivers  # noqa: F401, PLC0415 (they need the models)
