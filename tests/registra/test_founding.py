"""Founding a real institution from the command line, as far as its first registered item."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from cases.acting import Actor
from cases.models import Channel, Institution, Role, User
from cases.registration import PartyAsFiled, Submission, register
from cases.staffing import group_name

GIVEN: dict[str, Any] = {
    "name": ["pl=Gmina Zdrój", "en=Zdrój"],
    "country": "pl",
    "languages": "pl,en",
    "time_zone": "Europe/Warsaw",
    "administrator": "anna",
    "email": "anna@zdroj.example",
    "invite": True,
}


def found(slug: str = "zdroj", **changes: Any) -> None:
    given = {**GIVEN, **changes}
    names = [part for name in given.pop("name") for part in ("--name", name)]
    invited = ["--invite"] * given.pop("invite")
    options = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]
    call_command("found_institution", slug, *names, *invited, *options)


@pytest.mark.django_db
def test_a_founded_institution_registers_an_item_and_its_administrator_gets_in(client: Client, capsys: Any) -> None:
    found()

    institution = Institution.objects.get()
    assert institution.names == {"pl": "Gmina Zdrój", "en": "Zdrój"}
    assert (institution.main_language, institution.obligatory_languages) == ("pl", ["pl"])
    [invitation] = mail.outbox
    assert invitation.to == ["anna@zdroj.example"]
    link = re.search(rf"{settings.SITE_ADDRESS}(/office/password_reset/\S+)", str(invitation.body))
    assert link is not None
    chosen = {"new_password1": "a-quiet-river-74", "new_password2": "a-quiet-river-74"}
    page = client.get(link[1], follow=True)
    client.post(page.request["PATH_INFO"], chosen)
    assert client.login(username="anna", password="a-quiet-river-74")
    assert client.get("/office/institution/").status_code == 200
    assert [group.name for group in User.objects.get().groups.all()] == [group_name(Role.ADMINISTRATOR)]
    entry = register(
        Submission(
            institution=institution,
            channel=Channel.COUNTER,
            submission_key="first",
            register=institution.registers.get(code="general"),
            subject="A letter",
            language="pl",
            received_at=timezone.now(),
            parties=[PartyAsFiled(name="Jan")],
        ),
        actor=Actor.of(User.objects.get(), on=timezone.localdate()),
        at=timezone.now(),
    )
    assert entry.number.startswith("1/")
    assert entry.case is not None
    assert entry.case.unit.code == "REG"
    assert "Gmina Zdrój is founded." in capsys.readouterr().out

    with pytest.raises(CommandError, match="an institution with the short name zdroj already"):
        found(administrator="another")


@pytest.mark.django_db
def test_the_password_is_typed_twice_by_a_person(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    typed = iter(["12345678", "a-quiet-river-74", "a-loud-river-74", "a-quiet-river-74", "a-quiet-river-74"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))

    with pytest.raises(CommandError, match="too short.*too common.*numeric"):
        found(invite=False)
    with pytest.raises(CommandError, match="The two passwords differ"):
        found(invite=False)
    found(invite=False)

    assert client.login(username="anna", password="a-quiet-river-74")
    assert mail.outbox == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"slug": "Gmina Zdrój"}, "short name in small letters"),
        ({"languages": "pl,de"}, "speaks en, bg, pl, ro, not pl, de"),
        ({"name": ["en=Zdrój"]}, "every obligatory language"),
        ({"name": ["pl=Zdrój", "ro=Zdrój"]}, "every obligatory language"),
        ({"name": ["Zdrój"]}, "Write names like"),
        ({"obligatory": "bg"}, "Obligatory languages are some"),
        ({"country": "XX"}, "No holidays are known of the country XX"),
        ({"time_zone": "Europe/Zdrój"}, "no time zone"),
        ({"administrator": "anna maria"}, "user name of letters"),
        ({"email": "anna"}, "e-mail address in full"),
        ({"invite": False}, "Nobody is here to type a password"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        found(**changes)

    assert not Institution.objects.exists()
    assert mail.outbox == []
