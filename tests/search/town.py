"""A small town to search in: Alice and Bob work in Parks, Charlie in Roads, Dora is the mayor, Ivo the archivist."""

import datetime as dt
import io
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from cases import staffing
from cases.acting import Actor
from cases.capturing import FileToKeep
from cases.models import Channel, Institution, Post, RecordClass, Register, Role, Unit, User
from cases.registration import PartyAsFiled, Submission, register
from tests.factories import ServiceFactory

NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Sofia"))
SINCE = dt.date(2020, 1, 1)
_keys = count(1)


class Town:
    """One institution; ``file`` brings something to its door."""

    def __init__(self) -> None:
        staffing.ensure_groups()
        self.institution = Institution.objects.create(
            slug="bela-reka", names={"en": "Bela Reka"}, country="BG", main_language="en", languages=["en", "bg"]
        )
        self.registry = self.unit("REG", "Registry", is_intake=True)
        self.parks = self.unit("PARK", "Parks")
        self.roads = self.unit("ROAD", "Roads")
        self.register = Register.objects.create(
            institution=self.institution, code="in", names={"en": "Incoming"}, pattern="94-00-{seq}/{date}"
        )
        self.trees = ServiceFactory(
            institution=self.institution,
            code="tree-felling",
            names={"en": "Tree felling"},
            unit=self.parks,
            register=self.register,
            record_class=RecordClass.objects.create(
                institution=self.institution,
                code="12",
                titles={"en": "Trees"},
                retention_years=5,
                disposal_action="DESTROY",
                valid_from=SINCE,
            ),
        )
        self.alice = self.hire("alice", self.parks, Role.OFFICER)
        self.bob = self.hire("bob", self.parks, Role.OFFICER)
        self.charlie = self.hire("charlie", self.roads, Role.OFFICER)
        self.dora = self.hire("dora", self.registry, Role.EXECUTIVE)
        self.ivo = self.hire("ivo", self.registry, Role.ARCHIVIST)

    def unit(self, code: str, name: str, **values: Any) -> Unit:
        return staffing.found_unit(
            institution=self.institution, code=code, names={"en": name}, valid_from=SINCE, **values
        )

    def hire(self, name: str, unit: Unit, role: str) -> User:
        user = User.objects.create_user(name, f"{name}@example.org", "correct horse", institution=self.institution)
        post = Post.objects.create(unit=unit, code=name, titles={"en": name}, role=role, valid_from=SINCE)
        staffing.appoint(user, post, valid_from=SINCE)
        return user

    def file(self, *contents: bytes, subject: str = "Dangerous tree", at: dt.datetime = NOON, **changes: Any) -> Any:
        """Somebody files; the case. ``contents``: files that come along."""
        values: dict[str, Any] = {
            "institution": self.institution,
            "channel": Channel.WEB,
            "submission_key": f"key-{next(_keys)}",
            "subject": subject,
            "language": "en",
            "received_at": at,
            "service": self.trees,
            "parties": [PartyAsFiled(name="Ana Marin")],
            "files": [FileToKeep(f"file-{number}", stream=io.BytesIO(one)) for number, one in enumerate(contents)],
        }
        return register(Submission(**{**values, **changes}), actor=Actor.applicant(), at=at).case


def again(user: User) -> User:
    """Fresh from the database: rights are kept on the object."""
    return User.objects.get(pk=user.pk)
