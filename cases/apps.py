"""The records office: registers, cases, documents, events, signatures."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    label = "cases"
    verbose_name = _("Records office")

    def ready(self) -> None:
        from cases import (  # noqa: PLC0415 (they need the models)
            answers_paper,  # noqa: F401
            checks,  # noqa: F401
            disposal_protocols,  # noqa: F401
            disposing,  # noqa: F401
            jobs,
            notices,  # noqa: F401
            outbox,
            previews,  # noqa: F401
            receipts,  # noqa: F401
            transferring,  # noqa: F401
            triggers,
        )
        from cases.backfile import runs  # noqa: F401, PLC0415 (its job)

        outbox.run_soon_with(jobs.run_soon)
        post_migrate.connect(triggers.put_in_place, dispatch_uid="cases.triggers")
