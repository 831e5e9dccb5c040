"""manage.py check_translations: does every language say everything?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registra import catalogs


class Command(BaseCommand):
    help = "Names every message, ours or Wagtail's, that a language lacks, guesses, or says with other placeholders."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        found = [
            fault
            for language in catalogs.target_languages()
            for domain in ("django", "djangojs")
            for faults in (catalogs.faults, catalogs.faults_of_wagtail)
            for fault in faults(language, domain)
        ]
        for fault in found:
            self.stdout.write(str(fault))
        if found:
            raise CommandError(f"{len(found)} messages are not translated as they should be.")
        self.stdout.write("Every message is translated into every language.")
