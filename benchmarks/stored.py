"""Cases by the hundred thousand, as filing leaves them behind: `python -m benchmarks.stored 100000`.

Rows are written in bulk, table by table, with keys that follow from the case's number, so that nothing is asked
back. What the product would have computed is computed: numbers, hash chains, the counter. The originals have rows
but no bytes. Every case has an open task; the officer of the unit holds two of three, the rest is the unit's.
"""

import datetime as dt
import hashlib
import sys
from collections.abc import Callable, Iterator
from itertools import batched
from typing import Any

import django

django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402 (Django must be set up first)
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from viewflow.workflow.models import Task as EngineTask  # noqa: E402
from viewflow.workflow.status import STATUS  # noqa: E402

from cases import history  # noqa: E402
from cases.canonical import sha256_of  # noqa: E402
from cases.clock import new_clock  # noqa: E402
from cases.models import (  # noqa: E402
    Case,
    CaseReader,
    Clock,
    Component,
    ComponentFile,
    Counter,
    Document,
    Event,
    EventValue,
    OutboxRow,
    OutsideAccess,
    Party,
    RegisterEntry,
    Service,
    StoredFile,
    Task,
    User,
)
from flows.general import GeneralProcedure  # noqa: E402
from flows.models import CaseProcess  # noqa: E402

AT_ONCE = 5_000
FIRST_KEY = 1_000_000  # beside the rows that are there already
BEGAN_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
OFFICERS = {"tree-felling": "officer", "complaint": "officer2", "public-information": "officer3"}


class Shelf:
    """What the cases share, and the rows of the case that has a number in the row of all."""

    def __init__(self) -> None:
        services = Service.objects.select_related("institution", "unit", "register", "record_class").order_by("pk")
        self.services = list(services)
        self.officers = {service.pk: User.objects.get(username=OFFICERS[service.code]) for service in self.services}
        self.clocks = {service.pk: self._clock(service) for service in self.services}
        self.case_type = ContentType.objects.get_for_model(Case)
        procedure = GeneralProcedure.instance
        self.start, self.first = procedure.node("registered"), procedure.node("completeness")
        self.timer = self.first._boundary_events[0]
        self.counts: dict[int, int] = {}

    @staticmethod
    def _clock(service: Service) -> Clock:
        clock = new_clock(Case(institution=service.institution), service, start=BEGAN_AT.date())
        return clock

    def service(self, number: int) -> Service:
        return self.services[number % len(self.services)]

    def key(self, number: int, of: int = 1, place: int = 0) -> int:
        return FIRST_KEY + number * of + place

    def at(self, number: int) -> dt.datetime:
        """A filing every minute, so that the oldest are late and the newest are not."""
        return BEGAN_AT + dt.timedelta(minutes=number)

    def public_id(self, number: int) -> str:
        return hashlib.blake2b(f"case {number}".encode(), digest_size=8).hexdigest()

    def sha256(self, number: int, place: int) -> str:
        return hashlib.sha256(f"file {number} {place}".encode()).hexdigest()

    def holder(self, number: int) -> User | None:
        """Two of three tasks are held, the third waits for whoever of the unit takes it."""
        return self.officers[self.service(number).pk] if number // len(self.services) % 3 else None

    # -- the rows of one case, table by table

    def case(self, number: int) -> Iterator[models.Model]:
        service = self.service(number)
        event = self._event(number)
        yield Case(
            pk=self.key(number),
            institution=service.institution,
            public_id=self.public_id(number),
            service=service,
            record_class=service.record_class,
            number=self.number(number),
            subject=f"{service.names['bg']}: ul. Lipa {number}",
            language="bg",
            stage=self.first.step,
            unit=service.unit,
            holder=self.holder(number),
            opened_at=self.at(number),
            due_date=self.at(number).date() + (self.clocks[service.pk].due_date - BEGAN_AT.date()),
            last_event_seq=1,
            last_event_hash=event.hash,
            last_event_at=event.at,
        )

    def clock(self, number: int) -> Iterator[models.Model]:
        like = self.clocks[self.service(number).pk]
        moved = self.at(number).date() - BEGAN_AT.date()
        yield Clock(
            case_id=self.key(number),
            started_date=like.started_date + moved,
            amount=like.amount,
            unit=like.unit,
            counting_mode=like.counting_mode,
            raw_end_date=like.raw_end_date + moved,
            due_date=like.due_date + moved,
            calendar_version=like.calendar_version,
            legal_basis=like.legal_basis,
        )

    def readers(self, number: int) -> Iterator[models.Model]:
        yield CaseReader(case_id=self.key(number), unit=self.service(number).unit)
        if holder := self.holder(number):
            yield CaseReader(case_id=self.key(number), user=holder)

    def party(self, number: int) -> Iterator[models.Model]:
        yield Party(
            pk=self.key(number),
            case_id=self.key(number),
            role="APPLICANT",
            name=f"Ivan Petrov {number}",
            identifier_kind="EGN",
            identifier_hash=self.sha256(number, 8),
            language="bg",
            email=f"ivan{number}@example.org",
            added_at=self.at(number),
        )

    def accesses(self, number: int) -> Iterator[models.Model]:
        for place, kind in enumerate(("LINK", "DIGITS")):
            yield OutsideAccess(
                case_id=self.key(number),
                party_id=self.key(number),
                kind=kind,
                seed=self.sha256(number, 9)[:32],
                secret_hash=self.sha256(number, 10 + place),
                given_at=self.at(number),
            )

    def document(self, number: int) -> Iterator[models.Model]:
        yield Document(
            pk=self.key(number),
            case_id=self.key(number),
            entry_id=self.key(number),
            public_id=self.public_id(number),
            direction="IN",
            kind="APPLICATION",
            title=self.service(number).names["bg"],
            language="bg",
            is_for_applicant=True,
            captured_at=self.at(number),
        )

    def stored_files(self, number: int) -> Iterator[models.Model]:
        yield StoredFile(
            sha256=self.sha256(number, 0), size=4_000, media_type="application/json", stored_at=self.at(number)
        )
        yield StoredFile(
            sha256=self.sha256(number, 1), size=1_000_000, media_type="application/pdf", stored_at=self.at(number)
        )

    def components(self, number: int) -> Iterator[models.Model]:
        for place, (role, name) in enumerate((("ANSWERS", "answers.json"), ("ANNEX", "sketch.pdf"))):
            yield Component(
                pk=self.key(number, 2, place), document_id=self.key(number), role=role, position=place, title=name
            )

    def component_files(self, number: int) -> Iterator[models.Model]:
        for place, name in enumerate(("answers.json", "sketch.pdf")):
            yield ComponentFile(
                component_id=self.key(number, 2, place),
                stored_file_id=self.sha256(number, place),
                role="ORIGINAL",
                name=name,
                added_at=self.at(number),
            )

    def number(self, number: int) -> str:
        return f"{self.service(number).register.index_group}-{self.seq(number)}/{self.at(number):%d.%m.%Y}"

    def seq(self, number: int) -> int:
        """Its place in its register: two of three services share the register of incoming items."""
        turn, place = divmod(number, len(self.services))
        same = [self.services[i].register_id == self.service(number).register_id for i in range(len(self.services))]
        return turn * sum(same) + sum(same[: place + 1])

    def _event(self, number: int) -> Event:
        salt = f"{number:032}"
        event = Event(
            pk=self.key(number),
            institution_id=self.service(number).institution_id,
            case_id=self.key(number),
            seq=1,
            kind="REGISTERED",
            at=self.at(number),
            capacity="APPLICANT",
            document_id=self.key(number),
            is_public=True,
            payload={
                "number": self.number(number),
                "register": self.service(number).register.code,
                "channel": "WEB",
                "files": [{"sha256": self.sha256(number, place), "size": 1_000_000} for place in range(2)],
            },
            personal={"sender": history.salted_hash(salt, f"Ivan Petrov {number}")},
        )
        event.hash = sha256_of(history.chained(event, self.public_id(number)))
        return event

    def events(self, number: int) -> Iterator[models.Model]:
        yield self._event(number)

    def event_values(self, number: int) -> Iterator[models.Model]:
        yield EventValue(
            event_id=self.key(number), name="sender", salt=f"{number:032}", value=f"Ivan Petrov {number}"
        )

    def entry(self, number: int) -> Iterator[models.Model]:
        service, at = self.service(number), self.at(number)
        yield RegisterEntry(
            pk=self.key(number),
            register=service.register,
            case_id=self.key(number),
            scope_key=service.register.index_group,
            year=at.year,
            seq=self.seq(number),
            number=self.number(number),
            channel="WEB",
            sender_id=self.key(number),
            subject=service.names["bg"],
            received_at=at,
            registered_at=at,
            entered_at=at,
            submission_key=f"stored-{number}",
        )

    def outbox(self, number: int) -> Iterator[models.Model]:
        at = self.at(number)
        for kind in ("make_receipt", "make_previews"):
            yield OutboxRow(kind=kind, case_id=self.key(number), put_at=at, due_at=at, done_at=at)

    def process(self, number: int) -> Iterator[models.Model]:
        yield CaseProcess(
            pk=self.key(number),
            flow_class=GeneralProcedure,
            created=self.at(number),
            artifact_content_type=self.case_type,
            artifact_object_id=self.key(number),
        )

    def engine_tasks(self, number: int) -> Iterator[models.Model]:
        at, holder, key = self.at(number), self.holder(number), self.key(number)
        done = {"status": STATUS.DONE, "finished": at}
        mine = {"status": STATUS.ASSIGNED if holder else STATUS.NEW, "owner": holder, "owner_permission": "cases.handle"}
        armed = {"status": STATUS.SCHEDULED, "scheduled": at + dt.timedelta(days=400)}
        for place, (node, state) in enumerate(((self.start, done), (self.first, mine), (self.timer, armed))):
            yield EngineTask(
                pk=self.key(number, 3, place),
                process_id=key,
                flow_task=node,
                flow_task_type=node.task_type,
                created=at,
                **state,
            )

    def engine_links(self, number: int) -> Iterator[models.Model]:
        through = EngineTask.previous.through
        for place in (1, 2):
            yield through(from_task_id=self.key(number, 3, place), to_task_id=self.key(number, 3, place - 1))

    def tasks(self, number: int) -> Iterator[models.Model]:
        at = self.at(number)
        yield Task(
            case_id=self.key(number),
            step=self.first.step,
            unit=self.service(number).unit,
            holder=self.holder(number),
            permission=self.first.permission,
            sent_at=at,
            delivered_at=at if self.holder(number) else None,
            due_at=at + dt.timedelta(days=2),
            flow_task_id=self.key(number, 3, 1),
        )


def fill(amount: int) -> None:
    """Write that many cases; afterwards the counters and the keys go on where they ended."""
    shelf = Shelf()
    makers: list[Callable[[int], Iterator[models.Model]]] = [
        shelf.case, shelf.clock, shelf.readers, shelf.party, shelf.accesses, shelf.entry, shelf.document,
        shelf.stored_files, shelf.components, shelf.component_files, shelf.events, shelf.event_values, shelf.outbox,
        shelf.process, shelf.engine_tasks, shelf.engine_links, shelf.tasks,
    ]  # fmt: skip
    for numbers in batched(range(amount), AT_ONCE):
        with transaction.atomic():
            for make in makers:
                rows = [row for number in numbers for row in make(number)]
                type(rows[0])._base_manager.bulk_create(rows)
    _go_on_from(shelf, amount)


def _go_on_from(shelf: Shelf, amount: int) -> None:
    for service in shelf.services:
        last = max((shelf.seq(number) for number in range(max(amount - 6, 0), amount)
                    if shelf.service(number).register_id == service.register_id), default=0)  # fmt: skip
        block = {"register": service.register, "scope_key": service.register.index_group, "year": BEGAN_AT.year}
        Counter.objects.update_or_create(**block, defaults={"last": last})
    tables: list[Any] = [Case, Party, RegisterEntry, Document, Component, Event, CaseProcess, EngineTask]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    fill(int(sys.argv[1]))
