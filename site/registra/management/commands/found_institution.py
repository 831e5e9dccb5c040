"""``manage.py found_institution``: a real institution with its first administrator, the first or one more."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registra.founding import (
    Founding,
    FoundingRefused,
    found_institution,
    invite,
    refuse_unfit,
    refuse_weak_password,
)


class Command(BaseCommand):
    help = (
        "Founds an institution: its registry, a register for what comes in and one for what goes out, the general "
        "procedure, the letters, and an administrator, who sets up all else in the office. The administrator's "
        "password is asked, never given here; with --invite they choose it by a link that is mailed to them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name for addresses and file names, never changed: bela-reka")
        parser.add_argument(
            "--name",
            action="append",
            required=True,
            metavar="LANGUAGE=NAME",
            help="official name in a language, for example --name bg='Община Бела река'; once for each language",
        )
        parser.add_argument("--country", required=True, help="ISO 3166 code; chooses the holidays: BG")
        parser.add_argument("--languages", required=True, help="language codes, the main one first: bg,en")
        parser.add_argument("--obligatory", default="", help="those that no text may lack; the main one if not given")
        parser.add_argument("--time-zone", default=settings.TIME_ZONE, help=f"{settings.TIME_ZONE} if not given")
        parser.add_argument("--administrator", required=True, metavar="USERNAME", help="user name to sign in with")
        parser.add_argument("--email", required=True, help="the administrator's")
        parser.add_argument("--first-name", default="", help="the administrator's")
        parser.add_argument("--last-name", default="", help="the administrator's")
        parser.add_argument("--invite", action="store_true", help="mail a link instead of asking for a password")

    def handle(self, *args: Any, **options: Any) -> None:
        founding = _founding(options)
        try:
            refuse_unfit(founding)
            password = None if options["invite"] else _asked_password(founding)
            institution = found_institution(founding, password=password, at=timezone.now())
        except FoundingRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{founding.names[founding.main_language]} is founded.")
        if options["invite"]:
            self.stdout.write(f"A link to choose a password went to {invite(institution, founding.username)}.")
        self.stdout.write(f"{founding.username} signs in at {settings.SITE_ADDRESS}/office/ and goes on there:")
        self.stdout.write("  Institution: opening hours, border, map.  Letterhead: address, telephone.")
        self.stdout.write("  Services as packages: take services that ship.  Users: the people who work with them.")


def _founding(options: dict[str, Any]) -> Founding:
    languages = _listed(options["languages"])
    return Founding(
        slug=options["slug"],
        names=dict(_named(one) for one in options["name"]),
        country=options["country"].upper(),
        languages=languages,
        main_language=languages[0] if languages else "",
        obligatory_languages=_listed(options["obligatory"]),
        time_zone=options["time_zone"],
        username=options["administrator"],
        email=options["email"],
        first_name=options["first_name"],
        last_name=options["last_name"],
    )


def _listed(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]


def _named(said: str) -> tuple[str, str]:
    language, sign, name = said.partition("=")
    if not sign:
        raise CommandError(f"Write names like bg='Община Бела река', not {said}.")
    return language.strip(), name.strip()


def _asked_password(founding: Founding) -> str:
    """Typed twice by a person: what stands in a command is read by others and kept in histories."""
    if not sys.stdin.isatty():
        raise CommandError("Nobody is here to type a password: run it in a terminal, or with --invite.")
    password = getpass.getpass(f"Password for {founding.username}: ")
    refuse_weak_password(password, founding)
    if getpass.getpass("The same again: ") != password:
        raise CommandError("The two passwords differ. Nothing was founded; run it again.")
    return password
