"""manage.py update_translations: bring the .po files in step with the source."""

from typing import Any

from django.core.management.base import BaseCommand

from registra import catalogs


class Command(BaseCommand):
    help = "Adds new messages, empty, to every language's catalogue and drops those no longer said."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        for language in catalogs.target_languages():
            for domain in ("django", "djangojs"):
                path = catalogs.update(language, domain)
                self.stdout.write(f"{path}: {len(catalogs.read_catalogue(path))} messages")
