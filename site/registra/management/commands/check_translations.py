"""manage.py check_translations: does every language say everything?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registra import catalogs


class Command(BaseCommand):
    help = "Names every message that a language lacks, only guesses, or says with other placeholders."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        found = [
            fault
            for language in catalogs.target_languages()
            for domain in ("django", "djangojs")
            for fault in catalogs.faults(language, domain)
        ]
        for fault in found:
            self.stdout.write(str(fault))
        if found:
            raise CommandError(f"{len(found)} messages are not translated as they should be.")
        self.stdout.write("Every message is translated into every language.")
