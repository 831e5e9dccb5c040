"""``manage.py check_integrity``: is everything as the books say? Exit status 1 on any finding."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cases import integrity


class Command(BaseCommand):
    help = "Checks numbers, originals, event chains, outbox and index against each other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(integrity.findings())
        if options["json"]:
            self.stdout.write(json.dumps({"findings": [finding.as_dict() for finding in found]}, ensure_ascii=False))
        else:
            for finding in found:
                self.stdout.write(f"{finding.name}  {finding.subject}: {finding.words}")
            self.stdout.write("Nothing is wrong." if not found else f"{len(found)} findings.")
        if found:
            raise SystemExit(1)
