"""The town that the records office's tests act in, and the people of style.md.

Alice handles, Bob is in her unit, Charlie is a stranger in another unit, Dora is the mayor; Rita keeps the register,
Helen heads Alice's unit, Victor the archive, Adam administers.
"""

import io
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from cases import staffing
from cases.acting import Actor
from cases.capturing import FileToKeep
from cases.models import Channel, Institution, Register, RegisterEntry, Role, Service, Unit, User
from cases.originals import store
from cases.registration import PartyAsFiled, Submission, register
from tests.factories import (
    NOON,
    SINCE,
    InstitutionFactory,
    PostFactory,
    RegisterFactory,
    ServiceFactory,
    UnitFactory,
    UserFactory,
)

WORKS_IN = {
    "alice": ("parks", Role.OFFICER),
    "bob": ("parks", Role.OFFICER),
    "helen": ("parks", Role.HEAD),
    "charlie": ("roads", Role.OFFICER),
    "rada": ("roads", Role.HEAD),
    "dora": ("mayors_office", Role.EXECUTIVE),
    "rita": ("registry", Role.REGISTRAR),
    "victor": ("registry", Role.ARCHIVIST),
    "adam": ("registry", Role.ADMINISTRATOR),
}
_keys = count(1)


@dataclass
class Town:
    """The mayor's office with the registry, the parks and the roads below it; people are hired when first asked for."""

    institution: Institution
    mayors_office: Unit
    registry: Unit
    parks: Unit
    roads: Unit
    incoming: Register
    trees: Service
    people: dict[str, User] = field(default_factory=dict)

    def person(self, name: str) -> User:
        """Fresh from the database: what a person may do and see is cached on the object."""
        if name not in self.people:
            unit, role = WORKS_IN[name]
            self.people[name] = self.hire(name, unit=getattr(self, unit), role=role)
        return User.objects.get(pk=self.people[name].pk)

    def hire(self, name: str, *, unit: Unit, role: str) -> User:
        user = UserFactory(username=name, first_name=name.capitalize(), institution=self.institution)
        staffing.appoint(user, PostFactory(unit=unit, role=role), valid_from=SINCE)
        return user

    def actor(self, name: str) -> Actor:
        return Actor.of(self.person(name), on=NOON.date())

    def submission(self, **changes: Any) -> Submission:
        """What an applicant sends over the web: a subject, a name and a sketch."""
        values: dict[str, Any] = {
            "institution": self.institution,
            "service": self.trees,
            "channel": Channel.WEB,
            "submission_key": f"key-{next(_keys)}",
            "subject": "Dangerous tree by the school",
            "language": "en",
            "received_at": NOON,
            "parties": [PartyAsFiled(name="Ana Marin")],
            "files": [a_file()],
        }
        return Submission(**{**values, **changes})

    def file(self, *, at: Any = NOON, actor: Actor | None = None, **changes: Any) -> RegisterEntry:
        submission = self.submission(**{"received_at": at, **changes})
        return register(submission, actor=actor or Actor.applicant(), at=at)

    def bring(self, case: Any, *, title: str = "Sketch of the yard", **changes: Any) -> RegisterEntry:
        """Something arrives by post on a case that exists already."""
        values = {"case": case, "subject": title, "kind": "SUPPLEMENT", "channel": Channel.POST, "parties": ()}
        return self.file(**{**values, **changes})


def a_file(content: bytes = b"The oak leans over the fence.", *, name: str = "sketch.txt") -> FileToKeep:
    return FileToKeep(name, stream=io.BytesIO(content))


def bytes_of(sha256: str) -> bytes:
    with store().open(sha256) as source:
        return source.read()


def build_town() -> Town:
    staffing.ensure_groups()
    institution = InstitutionFactory()
    mayors_office = UnitFactory(institution=institution, code="MAY", names={"en": "Mayor's office"})
    below = {"institution": institution, "parent": mayors_office}
    registry = UnitFactory(**below, code="REG", names={"en": "Registry"}, is_intake=True)
    parks = UnitFactory(**below, code="PARK", names={"en": "Parks"})
    roads = UnitFactory(**below, code="ROAD", names={"en": "Roads"})
    incoming = RegisterFactory(institution=institution, code="in")
    trees = ServiceFactory(institution=institution, code="tree-felling", unit=parks, register=incoming)
    return Town(institution, mayors_office, registry, parks, roads, incoming, trees)
