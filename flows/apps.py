"""How work moves: procedures, people's tasks, letters."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FlowsConfig(AppConfig):
    name = "flows"
    label = "flows"
    verbose_name = _("Procedures")

    def ready(self) -> None:
        from cases import triggers  # noqa: PLC0415 (it needs the settings)
        from flows import receivers, words  # noqa: F401, PLC0415 (they need the models)

        for table in ("flows_procedureversion", "flows_letterversion"):
            triggers.guard(table)
