"""The demo town: Bela Reka (Бела река), its units, posts, people and registers. Safe to build again."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from cases import staffing
from cases.acting import Actor
from cases.models import (
    CounterScope,
    DisposalAction,
    Institution,
    Membership,
    Post,
    RecordClass,
    Register,
    RegisterKind,
    Role,
    Unit,
    User,
)
from flows.letters.publishing import install_standard_letters
from flows.procedures.choosing import ensure_general

FOUNDED = dt.date(2024, 1, 1)
# Where the invented town is in charge: its border, longitude first, runs along an invented ridge and two rivers.
BORDER = [
    *([23.18, 42.66], [23.2, 42.7], [23.245, 42.715], [23.262, 42.752], [23.31, 42.768], [23.345, 42.757]),
    *([23.37, 42.772], [23.422, 42.765], [23.44, 42.733], [23.482, 42.72], [23.494, 42.684], [23.468, 42.661]),
    *([23.475, 42.63], [23.437, 42.604], [23.392, 42.611], [23.356, 42.588], [23.301, 42.596], [23.282, 42.62]),
    *([23.232, 42.616], [23.203, 42.632], [23.18, 42.66]),
]
AREA = {"type": "Polygon", "coordinates": [BORDER]}
PASSWORD = "bela-reka-2026"  # noqa: S105 (everybody may know the demo town's)


@dataclass(frozen=True)
class Person:
    """A demo account and the post that it holds."""

    username: str
    first_name: str
    last_name: str
    unit: str
    role: str
    titles: dict[str, str]
    is_shown: bool = True


UNITS = [
    # code, parent, names, is the registry
    ("EXE", "", {"en": "Mayor's office", "bg": "Кмет", "pl": "Burmistrz", "ro": "Primar"}, False),
    ("REG", "EXE", {"en": "Registry", "bg": "Деловодство", "pl": "Kancelaria", "ro": "Registratură"}, True),
    (
        "ENV",
        "EXE",
        {
            "en": "Environment",
            "bg": "Отдел „Околна среда“",
            "pl": "Referat Ochrony Środowiska",
            "ro": "Biroul de mediu",
        },
        False,
    ),
    (
        "RDS",
        "EXE",
        {
            "en": "Roads and lighting",
            "bg": "Отдел „Пътища и осветление“",
            "pl": "Referat Dróg i Oświetlenia",
            "ro": "Biroul drumuri și iluminat",
        },
        False,
    ),
    (
        "INF",
        "EXE",
        {
            "en": "Public information",
            "bg": "Отдел „Връзки с обществеността“",
            "pl": "Biuro Informacji Publicznej",
            "ro": "Biroul de informații publice",
        },
        False,
    ),
    (
        "URB",
        "EXE",
        {
            "en": "Urban planning",
            "bg": "Отдел „Устройство на територията“",
            "pl": "Referat Planowania Przestrzennego",
            "ro": "Biroul de urbanism",
        },
        False,
    ),
    (
        "TRD",
        "EXE",
        {
            "en": "Commerce",
            "bg": "Отдел „Търговия“",
            "pl": "Referat Działalności Gospodarczej",
            "ro": "Biroul comercial",
        },
        False,
    ),
    (
        "UTL",
        "EXE",
        {
            "en": "Water and networks",
            "bg": "Отдел „Инженерна инфраструктура“",
            "pl": "Referat Infrastruktury Technicznej",
            "ro": "Biroul de utilități",
        },
        False,
    ),
    (
        "POL",
        "EXE",
        {"en": "Local police", "bg": "Общинска полиция", "pl": "Straż Gminna", "ro": "Poliția locală"},
        False,
    ),
    (
        "LEG",
        "EXE",
        {"en": "Legal office", "bg": "Правен отдел", "pl": "Biuro Prawne", "ro": "Biroul juridic"},
        False,
    ),
    ("ARC", "EXE", {"en": "Archive", "bg": "Архив", "pl": "Archiwum zakładowe", "ro": "Arhivă"}, False),
    (
        "COM",
        "EXE",
        {"en": "Communications", "bg": "Комуникации", "pl": "Biuro Komunikacji", "ro": "Biroul de comunicare"},
        False,
    ),
    (
        "ICT",
        "EXE",
        {"en": "Computing", "bg": "Информационни технологии", "pl": "Informatyka", "ro": "Informatică"},
        False,
    ),
]

HEAD_TITLES = {"en": "Head of unit", "bg": "Началник-отдел", "pl": "Kierownik referatu", "ro": "Șef birou"}
CHIEF_ARCHITECT = {"en": "Chief architect", "bg": "Главен архитект", "pl": "Główny architekt", "ro": "Arhitect-șef"}
OFFICER_TITLES = {"en": "Officer", "bg": "Експерт", "pl": "Inspektor", "ro": "Consilier"}

PEOPLE = [
    Person(
        "editor",
        "Elena",
        "Ilieva",
        "COM",
        Role.EDITOR,
        {"en": "Editor", "bg": "Редактор", "pl": "Redaktor", "ro": "Editor"},
    ),
    Person(
        "registrar",
        "Radka",
        "Stoyanova",
        "REG",
        Role.REGISTRAR,
        {"en": "Registrar", "bg": "Деловодител", "pl": "Kancelista", "ro": "Registrator"},
    ),
    Person("officer", "Ognyan", "Petrov", "ENV", Role.OFFICER, OFFICER_TITLES),
    Person("officer2", "Petar", "Kolev", "RDS", Role.OFFICER, OFFICER_TITLES),
    Person("head", "Hristina", "Vasileva", "ENV", Role.HEAD, HEAD_TITLES),
    Person(
        "mayor",
        "Dora",
        "Marinova",
        "EXE",
        Role.EXECUTIVE,
        {"en": "Mayor", "bg": "Кмет", "pl": "Burmistrz", "ro": "Primar"},
    ),
    Person(
        "archivist",
        "Asen",
        "Todorov",
        "ARC",
        Role.ARCHIVIST,
        {"en": "Archivist", "bg": "Архивар", "pl": "Archiwista", "ro": "Arhivar"},
    ),
    Person(
        "admin",
        "Ana",
        "Nikolova",
        "ICT",
        Role.ADMINISTRATOR,
        {"en": "Administrator", "bg": "Администратор", "pl": "Administrator", "ro": "Administrator"},
    ),
    Person(
        "owner",
        "Petya",
        "Dimitrova",
        "ICT",
        Role.PROCESS_OWNER,
        {
            "en": "Process owner",
            "bg": "Отговорник за процесите",
            "pl": "Właściciel procesów",
            "ro": "Responsabil de proces",
        },
    ),
    Person("head2", "Ivan", "Hristov", "RDS", Role.HEAD, HEAD_TITLES, is_shown=False),
    Person("head3", "Maria", "Georgieva", "INF", Role.HEAD, HEAD_TITLES, is_shown=False),
    Person("officer3", "Stefan", "Iliev", "INF", Role.OFFICER, OFFICER_TITLES, is_shown=False),
    Person("head4", "Rositsa", "Pavlova", "URB", Role.HEAD, CHIEF_ARCHITECT, is_shown=False),
    Person("officer4", "Kalin", "Yordanov", "URB", Role.OFFICER, OFFICER_TITLES, is_shown=False),
    Person("head5", "Boyan", "Stefanov", "TRD", Role.HEAD, HEAD_TITLES, is_shown=False),
    Person("officer5", "Desislava", "Koleva", "TRD", Role.OFFICER, OFFICER_TITLES, is_shown=False),
    Person("head6", "Nikolay", "Angelov", "POL", Role.HEAD, HEAD_TITLES, is_shown=False),
    Person("head7", "Vesela", "Mihaylova", "UTL", Role.HEAD, HEAD_TITLES, is_shown=False),
    Person("head8", "Svetla", "Hadzhieva", "LEG", Role.HEAD, HEAD_TITLES, is_shown=False),
]

RECORD_CLASSES = [
    (
        "05-01",
        {
            "en": "Trees and green areas",
            "bg": "Дървета и зелени площи",
            "pl": "Zadrzewienia",
            "ro": "Arbori și spații verzi",
        },
        5,
    ),
    ("07-02", {"en": "Complaints", "bg": "Сигнали", "pl": "Skargi", "ro": "Sesizări"}, 5),
    (
        "02-04",
        {
            "en": "Access to public information",
            "bg": "Достъп до обществена информация",
            "pl": "Informacja publiczna",
            "ro": "Informații publice",
        },
        10,
    ),
    (
        "02-05",
        {"en": "Petitions and proposals", "bg": "Предложения и петиции", "pl": "Petycje", "ro": "Petiții"},
        5,
    ),
    (
        "06-01",
        {
            "en": "Urban planning certificates",
            "bg": "Визи за проектиране",
            "pl": "Planowanie przestrzenne",
            "ro": "Certificate de urbanism",
        },
        10,
    ),
    (
        "06-03",
        {
            "en": "Use of streets",
            "bg": "Ползване на улици и тротоари",
            "pl": "Zajęcie pasa drogowego",
            "ro": "Ocuparea domeniului public",
        },
        5,
    ),
    (
        "08-01",
        {
            "en": "Trade and opening hours",
            "bg": "Търговия и работно време",
            "pl": "Handel i godziny otwarcia",
            "ro": "Comerț și program",
        },
        5,
    ),
]


@transaction.atomic
def build_town() -> Institution:
    """Make whatever of the demo town is not there yet."""
    staffing.ensure_groups()
    institution = _institution()
    units = _units(institution)
    _make_registers(institution)
    _make_record_classes(institution)
    for person in PEOPLE:
        _appoint(institution, person, units[person.unit])
    ensure_general(institution)
    install_standard_letters(institution, actor=Actor.job("demo town"), at=timezone.now())
    return institution


def _institution() -> Institution:
    institution, _created = Institution.objects.get_or_create(
        slug="bela-reka",
        defaults={
            "names": {
                "en": "Municipality of Bela Reka",
                "bg": "Община Бела река",
                "pl": "Gmina Bela Reka",
                "ro": "Primăria Bela Reka",
            },
            "code": "BLR01",
            "country": "BG",
            "main_language": "bg",
            "languages": ["bg", "en", "pl", "ro"],
            "obligatory_languages": ["bg", "en"],
            "time_zone": "Europe/Sofia",
            "area": AREA,
            "address": {
                "en": "1 Kmetska St., 2770 Bela Reka",
                "bg": "ул. „Кметска“ № 1, 2770 Бела река",
                "pl": "ul. Kmetska 1, 2770 Bela Reka",
                "ro": "str. Kmetska nr. 1, 2770 Bela Reka",
            },
            "opening_hours": {
                "en": "Monday to Friday, 8:30-17:00",
                "bg": "понеделник-петък, 8:30-17:00",
                "pl": "poniedziałek-piątek, 8:30-17:00",
                "ro": "luni-vineri, 8:30-17:00",
            },
            "phone": "0700 10 000",
            "email": "office@bela-reka.example",
            "theme": {"accent": "#1d4f91"},
        },
    )
    return institution


def _units(institution: Institution) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for code, parent, names, is_intake in UNITS:
        known = Unit.objects.filter(institution=institution, code=code).first()
        units[code] = known or staffing.found_unit(
            institution=institution,
            code=code,
            names=names,
            parent=units.get(parent),
            is_intake=is_intake,
            valid_from=FOUNDED,
        )
    return units


def _make_registers(institution: Institution) -> None:
    wanted = {
        "incoming": (
            {"en": "Incoming items", "bg": "Входящ дневник", "pl": "Rejestr wpływów", "ro": "Registru de intrare"},
            "{group}-{seq}/{date}",
            "94-00",
            RegisterKind.INCOMING,
        ),
        "information": (
            {
                "en": "Requests for information",
                "bg": "Регистър по ЗДОИ",
                "pl": "Rejestr wniosków o informację",
                "ro": "Registru informații publice",
            },
            "{group}-{seq:03}/{date}",
            "26-11",
            RegisterKind.INCOMING,
        ),
        "outgoing": (
            {"en": "Outgoing items", "bg": "Изходящ дневник", "pl": "Rejestr wysyłek", "ro": "Registru de ieșire"},
            "{group}-{seq}/{date}",
            "07-00",
            RegisterKind.OUTGOING,
        ),
    }
    for code, (names, pattern, group, kind) in wanted.items():
        Register.objects.get_or_create(
            institution=institution,
            code=code,
            defaults={
                "names": names,
                "pattern": pattern,
                "index_group": group,
                "scope": CounterScope.INDEX_GROUP,
                "kind": kind,
            },
        )


def _make_record_classes(institution: Institution) -> None:
    for code, titles, years in RECORD_CLASSES:
        RecordClass.objects.get_or_create(
            institution=institution,
            code=code,
            defaults={
                "titles": titles,
                "retention_years": years,
                "disposal_action": DisposalAction.DESTROY,
                "legal_basis": "ПМС № 67/2024",
                "valid_from": FOUNDED,
            },
        )


@cache
def _hashed_password() -> str:
    """Hashed once for all demo accounts: it is the same for everybody, and each hashing takes most of a second."""
    return make_password(PASSWORD)


def _appoint(institution: Institution, person: Person, unit: Unit) -> User:
    user, is_new = User.objects.get_or_create(
        username=person.username,
        defaults={
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": f"{person.username}@bela-reka.example",
            "institution": institution,
        },
    )
    if is_new:
        user.password = _hashed_password()
        user.save(update_fields=["password"])
    post, _created = Post.objects.get_or_create(
        unit=unit,
        code=person.role.lower(),
        defaults={"titles": person.titles, "role": person.role, "valid_from": FOUNDED},
    )
    if not Membership.objects.filter(user=user, post=post).exists():
        staffing.appoint(user, post, valid_from=FOUNDED)
    staffing.refresh_roles(user, on=dt.date.today())
    if person.role == Role.EDITOR:
        # Wagtail's own groups say what an editor may do with pages and images.
        user.groups.add(*Group.objects.filter(name__in=["Editors", "Moderators"]))
    return user
