"""Founding an institution: everything without which nobody could sign in and nothing could be registered.

A registry unit that takes what comes in, a register for what comes in and one for what goes out, the post of the
administrator with its first holder, the general procedure and the letters that ship. All else is set up in the office.
"""

import datetime as dt
import re
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import holidays
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email, validate_slug
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases import staffing
from cases.acting import Actor
from cases.models import Institution, Post, Register, RegisterKind, Role, Unit, User
from cases.texts import in_language
from flows.letters.publishing import install_standard_letters
from flows.procedures.choosing import ensure_general

USERNAME = re.compile(r"[\w.@+-]{1,150}")
REGISTRY = {"en": "Registry", "bg": "Деловодство", "pl": "Kancelaria", "ro": "Registratură"}
ADMINISTRATOR = {"en": "Administrator", "bg": "Администратор", "pl": "Administrator", "ro": "Administrator"}
# code, kind, pattern, names
REGISTERS = [
    (
        "general",
        RegisterKind.INCOMING,
        "{seq}/{date}",
        {"en": "General register", "bg": "Общ входящ регистър", "pl": "Rejestr ogólny", "ro": "Registru general"},
    ),
    (
        "outgoing",
        RegisterKind.OUTGOING,
        "{seq}/{date}",
        {"en": "Outgoing items", "bg": "Изходящ регистър", "pl": "Rejestr wysyłek", "ro": "Registru de ieșire"},
    ),
]


class FoundingRefused(Exception):
    """The institution can't be founded like this; the message says what to write instead."""


@dataclass(frozen=True)
class Founding:
    """What is known of the institution and its first administrator. ``names``: by language, the main one needed."""

    slug: str
    names: Mapping[str, str]
    country: str
    languages: Sequence[str]
    main_language: str
    time_zone: str
    username: str
    email: str
    first_name: str = ""
    last_name: str = ""
    obligatory_languages: Sequence[str] = ()


@transaction.atomic
def found_institution(founding: Founding, *, password: str | None, at: dt.datetime) -> Institution:
    """Found it. ``password`` None gives the administrator none that anybody knows: they are invited by mail.

    Raises FoundingRefused with what is wrong; nothing is made then.
    """
    refuse_unfit(founding)
    staffing.ensure_groups()
    today = at.astimezone(zoneinfo.ZoneInfo(founding.time_zone)).date()
    institution = Institution.objects.create(
        slug=founding.slug,
        names=dict(founding.names),
        country=founding.country,
        main_language=founding.main_language,
        languages=list(founding.languages),
        obligatory_languages=list(founding.obligatory_languages or [founding.main_language]),
        time_zone=founding.time_zone,
        email=founding.email,
    )
    registry = staffing.found_unit(
        institution=institution, code="REG", names=_in_its(founding, REGISTRY), is_intake=True, valid_from=today
    )
    for code, kind, pattern, names in REGISTERS:
        Register.objects.create(
            institution=institution, code=code, kind=kind, pattern=pattern, names=_in_its(founding, names)
        )
    _appoint(founding, institution, registry, password=password, on=today)
    ensure_general(institution)
    install_standard_letters(institution, actor=Actor.job("founding"), at=at)
    return institution


def refuse_unfit(founding: Founding) -> None:
    """Raises FoundingRefused with the first thing that is wrong."""
    for why, is_wrong in (
        (_("Give the short name in small letters, digits and hyphens: it stands in addresses."), _is_no_slug(founding)),
        (
            _("There is an institution with the short name {slug} already. What it has is changed in the office."),
            Institution.objects.filter(slug=founding.slug).exists(),
        ),
        (_("Registra speaks {known}, not {asked}."), not _speaks(founding)),
        (_("The main language is one of the institution's languages."), not _is_own(founding, founding.main_language)),
        (
            _("Obligatory languages are some of the institution's languages."),
            not _is_own(founding, *founding.obligatory_languages),
        ),
        (_("Give the name in every obligatory language, the main one at least."), bool(_nameless(founding))),
        (_("No holidays are known of the country {country}. Give its ISO 3166 code, like BG."), _is_nowhere(founding)),
        (_("There is no time zone {time_zone}. Write it like Europe/Sofia."), not _has_clock(founding)),
        (_("Give the administrator a user name of letters, digits and @ . + - _."), _is_no_username(founding)),
        (
            _("There is a person with the user name {username} already. Choose another one."),
            User.objects.filter(username=founding.username).exists(),
        ),
        (_("Give the administrator's e-mail address in full."), _is_no_email(founding)),
    ):
        if is_wrong:
            known, asked = ", ".join(dict(settings.LANGUAGES)), ", ".join(founding.languages)
            raise FoundingRefused(why.format(**{**founding.__dict__, "known": known, "asked": asked}))


def refuse_weak_password(password: str, founding: Founding) -> None:
    """Raises FoundingRefused with everything that makes it weak."""
    person = User(username=founding.username, email=founding.email, first_name=founding.first_name)
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise FoundingRefused(" ".join(weak.messages)) from None


def invite(institution: Institution, username: str) -> str:
    """Mail the administrator a link to choose a password with; returns the address it went to."""
    user = User.objects.get(institution=institution, username=username)
    key = {"uidb64": urlsafe_base64_encode(force_bytes(user.pk)), "token": default_token_generator.make_token(user)}
    with override(institution.main_language):
        name = in_language(institution.names, main=institution.main_language).words
        context = {
            "name": name,
            "username": user.username,
            "link": f"{settings.SITE_ADDRESS}{reverse('wagtailadmin_password_reset_confirm', kwargs=key)}",
            "office": f"{settings.SITE_ADDRESS}{reverse('wagtailadmin_home')}",
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        }
        subject = _("Your account in the office of {name}").format(name=name)
        send_mail(subject, render_to_string("mail/invitation.txt", context), None, [user.email])
    return user.email


def _appoint(founding: Founding, institution: Institution, unit: Unit, *, password: str | None, on: dt.date) -> None:
    user = User.objects.create_user(
        founding.username,
        founding.email,
        # Whoever has no password at all can't be sent a link to choose one.
        password or get_random_string(50),
        first_name=founding.first_name,
        last_name=founding.last_name,
        institution=institution,
        language=founding.main_language,
    )
    post = Post.objects.create(
        unit=unit,
        code="administrator",
        titles=_in_its(founding, ADMINISTRATOR),
        role=Role.ADMINISTRATOR,
        valid_from=on,
    )
    staffing.appoint(user, post, valid_from=on)
    staffing.refresh_roles(user, on=on)


def _in_its(founding: Founding, texts: Mapping[str, str]) -> dict[str, str]:
    return {code: texts[code] for code in founding.languages}


def _is_no_slug(founding: Founding) -> bool:
    try:
        validate_slug(founding.slug)
    except ValidationError:
        return True
    return founding.slug != founding.slug.lower()


def _speaks(founding: Founding) -> bool:
    return bool(founding.languages) and set(founding.languages) <= set(dict(settings.LANGUAGES))


def _is_own(founding: Founding, *languages: str) -> bool:
    return set(languages) <= set(founding.languages)


def _nameless(founding: Founding) -> set[str]:
    needed = {founding.main_language, *founding.obligatory_languages}
    return {code for code in needed if not founding.names.get(code, "").strip()} | set(founding.names) - set(
        founding.languages
    )


def _is_nowhere(founding: Founding) -> bool:
    return founding.country not in holidays.list_supported_countries()


def _has_clock(founding: Founding) -> bool:
    return founding.time_zone in zoneinfo.available_timezones()


def _is_no_username(founding: Founding) -> bool:
    return not USERNAME.fullmatch(founding.username)


def _is_no_email(founding: Founding) -> bool:
    try:
        validate_email(founding.email)
    except ValidationError:
        return True
    return False
