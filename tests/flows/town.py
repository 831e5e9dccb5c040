"""A small town to test procedures in: Rita registers, Helen heads, Alice handles, Dora signs."""

import datetime as dt
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Permission

from cases import staffing
from cases.acting import Actor
from cases.models import (
    AccessLevel,
    Case,
    Channel,
    DeliveryChannel,
    Institution,
    Post,
    RecordClass,
    Register,
    RegisterEntry,
    RegisterKind,
    Role,
    Service,
    Task,
    Unit,
    User,
)
from cases.registration import PartyAsFiled, Submission, register
from flows.taking import actor_for
from tests.factories import ServiceFactory

NOON = dt.datetime(2025, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Sofia"))  # a Monday
SINCE = dt.date(2020, 1, 1)
_keys = count(1)


@dataclass
class Town:
    """Two units beside the registry and the mayor's office, one person for each role."""

    institution: Institution
    registry: Unit
    parks: Unit
    roads: Unit
    mayors_office: Unit
    incoming: Register
    outgoing: Register
    trees: Service
    people: dict[str, User] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Town.alice, town.dora …"""
        people = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        raise AttributeError(name)

    def file(self, *, at: dt.datetime = NOON, service: Service | None | str = "trees", **changes: Any) -> Case:
        """An applicant files; the case with its procedure started."""
        return self.register(at=at, service=self.trees if service == "trees" else service, **changes).case

    def register(self, *, at: dt.datetime = NOON, **changes: Any) -> RegisterEntry:
        values: dict[str, Any] = {
            "institution": self.institution,
            "channel": Channel.WEB,
            "submission_key": f"key-{next(_keys)}",
            "subject": "Dangerous tree by the school",
            "language": "en",
            "received_at": at,
            "parties": [PartyAsFiled(name="Ana Marin", result_channel=DeliveryChannel.PORTAL)],
        }
        return register(Submission(**{**values, **changes}), actor=Actor.applicant(), at=at)

    def bring(self, case: Case, *, title: str = "Sketch of the yard", at: dt.datetime = NOON) -> RegisterEntry:
        """Something arrives on a case that exists already."""
        return self.register(
            case=case, subject=title, kind="SUPPLEMENT", channel=Channel.POST, parties=(), at=at, service=None
        )

    def task(self, case: Case, step: str) -> Task:
        return case.tasks.open().select_related("case__institution", "unit").get(step=step)

    def acts(self, name: str, task: Task, *, at: dt.datetime = NOON) -> dict[str, Any]:
        """``actor`` and ``at`` of an operation on a task."""
        return {"actor": actor_for(task, self.person(name), at=at), "at": at}

    def person(self, name: str) -> User:
        """Fresh from the database: permissions are cached on the object."""
        return User.objects.get(pk=self.people[name].pk)


def build_town() -> Town:
    staffing.ensure_groups()
    institution = Institution.objects.create(
        slug="bela-reka",
        names={"en": "Bela Reka", "bg": "Бела река"},
        country="BG",
        main_language="en",
        languages=["en", "bg"],
        address={"en": "Main square 1"},
    )
    units = {
        code: staffing.found_unit(
            institution=institution, code=code, names={"en": name}, valid_from=SINCE, is_intake=code == "REG"
        )
        for code, name in {"REG": "Registry", "PARK": "Parks", "ROAD": "Roads", "MAY": "Mayor's office"}.items()
    }
    incoming = Register.objects.create(institution=institution, code="in", names={"en": "Incoming"}, pattern="94-{seq}")
    outgoing = Register.objects.create(
        institution=institution, code="out", names={"en": "Outgoing"}, pattern="O-{seq}", kind=RegisterKind.OUTGOING
    )
    kept = RecordClass.objects.create(
        institution=institution,
        code="12",
        titles={"en": "Trees"},
        retention_years=5,
        disposal_action="DESTROY",
        valid_from=SINCE,
    )
    trees = ServiceFactory(
        institution=institution,
        code="tree-felling",
        names={"en": "Tree felling", "bg": "Отсичане на дърво"},
        unit=units["PARK"],
        register=incoming,
        record_class=kept,
        access_level=AccessLevel.INTERNAL,
        deadline_amount=14,
    )
    town = Town(institution, units["REG"], units["PARK"], units["ROAD"], units["MAY"], incoming, outgoing, trees)
    hire(town, "rita", "REG", Role.REGISTRAR)
    hire(town, "helen", "PARK", Role.HEAD)
    hire(town, "alice", "PARK", Role.OFFICER)
    hire(town, "bob", "PARK", Role.OFFICER)
    hire(town, "charlie", "ROAD", Role.OFFICER)
    hire(town, "rada", "ROAD", Role.HEAD)
    hire(town, "dora", "MAY", Role.EXECUTIVE)
    return town


def hire(town: Town, name: str, unit_code: str, role: str) -> User:
    """A person in a post of their own."""
    unit = Unit.objects.get(institution=town.institution, code=unit_code)
    user = User.objects.create_user(
        name, f"{name}@bela-reka.example", "correct horse", first_name=name.capitalize(), institution=town.institution
    )
    post = Post.objects.create(
        unit=unit, code=f"{unit_code}-{name}", titles={"en": f"{Role(role).label} {unit}"}, role=role, valid_from=SINCE
    )
    staffing.appoint(user, post, valid_from=SINCE)
    town.people[name], town.posts[name] = user, post
    return user


def allow(user: User, codename: str) -> None:
    user.user_permissions.add(Permission.objects.get(codename=codename, content_type__app_label="cases"))
