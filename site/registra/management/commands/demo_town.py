"""``manage.py demo_town``: the demo town with pages, people and a few cases; prints how to get in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.models import Case
from cases.signing import ensure_demo_authority
from portal_pages.demo import build_demo_pages
from registra.town import PASSWORD, PEOPLE, build_town
from registra.town_cases import file_demo_cases
from registra.town_services import bring_services


class Command(BaseCommand):
    help = "Makes the demo town. What is there already is kept."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Set REGISTRA_DEMO=true: demo accounts have a password that everybody knows.")
        institution = build_town()
        ensure_demo_authority(settings.SIGNING_DIR, at=timezone.now())
        bring_services(institution, at=timezone.now())
        build_demo_pages(institution)
        if not Case.objects.filter(institution=institution).exists():
            file_demo_cases(institution)
        self._say_how_to_get_in()

    def _say_how_to_get_in(self) -> None:
        say = self.stdout.write
        say("")
        say(f"  Public site   {settings.SITE_ADDRESS}/")
        say(f"  Office        {settings.SITE_ADDRESS}/office/")
        say(f"  Sent mail     {settings.DATA_DIR / 'mail'}")
        say("")
        say(f"  Everybody's password is {PASSWORD}")
        for person in PEOPLE:
            if person.is_shown:
                name = f"{person.first_name} {person.last_name}"
                say(f"    {person.username:<10} {name}, {person.titles['en']} ({person.unit})")
        others = ", ".join(person.username for person in PEOPLE if not person.is_shown)
        say(f"    and {others} in other units")
        say("")
