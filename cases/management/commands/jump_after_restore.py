"""``manage.py jump_after_restore``: after a backup was restored, go past every number that may be out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases import reserving
from cases.acting import Actor
from cases.clock import zone_of
from cases.models import Register, User


class Command(BaseCommand):
    help = (
        "Marks the numbers that were given after the restored backup as lost, and goes on after them. Look for the "
        "highest number that may be out in the newest receipts, in sent mail and on paper."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("register", help="code of the register")
        parser.add_argument("past", type=int, help="highest running number that may be out")
        parser.add_argument("--institution", help="short name; needed when several have such a register")
        parser.add_argument("--year", type=int, help="this year when not given")
        parser.add_argument("--by", required=True, help="user name of the administrator who does it")

    def handle(self, *args: Any, **options: Any) -> None:
        register = _register(options["register"], options["institution"])
        at = timezone.now()
        lost = reserving.jump_after_restore(
            register,
            past=options["past"],
            year=options["year"] or at.astimezone(zone_of(register.institution.time_zone)).year,
            actor=Actor.administrator(_administrator(options["by"])),
            at=at,
        )
        for entry in lost:
            self.stdout.write(entry.number)
        self.stdout.write(f"{len(lost)} numbers are marked as lost. What is found again is entered under its number.")


def _register(code: str, institution: str | None) -> Register:
    registers = Register.objects.select_related("institution").filter(code=code)
    if institution:
        registers = registers.filter(institution__slug=institution)
    found = list(registers[:2])
    if len(found) != 1:
        raise CommandError("There is no such register." if not found else "Several have one: name the institution.")
    return found[0]


def _administrator(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active person with the user name {username}.")
    return user
