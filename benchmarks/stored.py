"""Cases by the hundred thousand, as filing leaves them behind: asked of benchmarks/prepared.py.

A few cases are filed through the one door; their rows are then copied inside the database, thousands of times, each
copy with keys, numbers, addresses, moments and hashes of its own. Chains and counters are right; the copies' originals
have rows but no bytes. Every case has an open task: two of three are held by the unit's officer, the third waits for
whoever of the unit takes it. As many Wagtail documents are stored beside them.
"""

import contextlib
import datetime as dt
import io
import json
from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, models, transaction
from viewflow.workflow.models import Process
from viewflow.workflow.models import Task as EngineTask
from viewflow.workflow.status import STATUS

from benchmarks.stock.documents import make_documents, numbers_up_to
from cases import history
from cases.acting import Actor
from cases.canonical import canonical, sha256_of
from cases.capturing import FileToKeep
from cases.models import (
    Answer,
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
    Place,
    RegisterEntry,
    Service,
    StoredFile,
    Task,
    User,
)
from cases.registration import PartyAsFiled, PlaceAsFiled, Submission, register

STRIDE = 1_000  # a copy's keys are its pattern's plus so many times its number
FILED_AT = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
MINUTES_BETWEEN = 9
SERVICES = {"tree-felling": "officer", "complaint": "officer2", "public-information": "officer3"}
PATTERNS_EACH = 3
EVENTS_AT_ONCE = 10_000

ENGINE_LINK = EngineTask.previous.through
OF_CASE: dict[type[models.Model], str] = {
    Place: "cases",
    Case: "",
    Clock: "case",
    CaseReader: "case",
    Party: "case",
    Answer: "case",
    OutsideAccess: "case",
    RegisterEntry: "case",
    Document: "case",
    Component: "document__case",
    ComponentFile: "component__document__case",
    OutboxRow: "case",
    Task: "case",
}
COPIED = {*OF_CASE, StoredFile, Event, EventValue, Process, EngineTask, ENGINE_LINK}


# -- The patterns: cases that were really filed


def file_patterns() -> list[Case]:
    """File three cases of each service."""
    cases = []
    for number in range(PATTERNS_EACH * len(SERVICES)):
        code = list(SERVICES)[number % len(SERVICES)]
        at = FILED_AT + dt.timedelta(minutes=number)
        case = register(_submission(code, number, at), actor=Actor.applicant(), at=at).case
        if number // len(SERVICES) % PATTERNS_EACH:
            _hold(case, User.objects.get(username=SERVICES[code]), at)
        cases.append(case)
    OutboxRow.objects.update(done_at=FILED_AT)
    return cases


def _submission(code: str, number: int, at: dt.datetime) -> Submission:
    service = Service.objects.select_related("institution").get(code=code)
    answers = {f"question_{place}": f"answer {place}" for place in range(8)}
    return Submission(
        institution=service.institution,
        service=service,
        channel="WEB",
        submission_key=f"stored-{number}",
        subject=f"{service.names['bg']}: ul. Lipa {number}",
        language="bg",
        received_at=at,
        parties=[
            PartyAsFiled(name="Ivan Petrov Ivanov", identifier_kind="EGN", identifier="7523169263", email="a@b.bg")
        ],
        files=[FileToKeep("sketch.pdf", stream=io.BytesIO(b"%PDF-1.7 pattern " + str(number).encode()))],
        answers=answers,
        asked={"form": code, "answers": answers, "number": number},
        place=PlaceAsFiled(words=f"ul. Lipa {number}"),
    )


def _hold(case: Case, officer: User, at: dt.datetime) -> None:
    """As if the officer had taken the first task."""
    CaseReader.objects.create(case=case, user=officer)
    Case.objects.filter(pk=case.pk).update(holder=officer)
    task = Task.objects.get(case=case)
    Task.objects.filter(pk=task.pk).update(holder=officer, delivered_at=at)
    EngineTask.objects.filter(pk=task.flow_task_id).update(owner=officer, status=STATUS.ASSIGNED)


# -- The copies, made by the database itself


class Copier:
    """Writes ``INSERT … SELECT`` for one pattern row: literal where copies agree, an expression of ``n`` elsewhere."""

    def __init__(self, copies: int) -> None:
        self.copies = copies
        self.is_postgresql = connection.vendor == "postgresql"
        self.step = Case.objects.count()
        self.per_register = {
            pk: RegisterEntry.objects.filter(register=pk).count()
            for pk in RegisterEntry.objects.values_list("register", flat=True).distinct()
        }

    def copy(self, row: models.Model) -> None:
        columns, expressions, values = [], [], []
        for field in row._meta.concrete_fields:
            expression, parameters = self._expression(row, field)
            columns.append(connection.ops.quote_name(field.column))
            expressions.append(expression)
            values.extend(parameters)
        statement = (
            f"INSERT INTO {connection.ops.quote_name(row._meta.db_table)} ({', '.join(columns)}) "
            f"SELECT {', '.join(expressions)} FROM ({self._numbers()}) AS numbers"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def _expression(self, row: models.Model, field: models.Field) -> tuple[str, list[Any]]:
        value = getattr(row, field.attname)
        own = self._own(row, field.attname, value)
        if value is None or value == "":
            return self._as_is(field, value)
        if own is not None:
            return own
        target = field.related_model if field.is_relation else (type(row) if field.primary_key else None)
        if target in COPIED and isinstance(value, int):
            return f"{value} + n * {STRIDE}", []
        if isinstance(field, models.DateTimeField):
            return self._moment(field, value)
        return self._as_is(field, value)

    def _as_is(self, field: models.Field, value: Any) -> tuple[str, list[Any]]:
        prepared = field.get_db_prep_save(value, connection)
        return (f"CAST(%s AS {field.rel_db_type(connection)})" if self.is_postgresql and field.is_relation
                else f"CAST(%s AS {field.db_type(connection).replace('serial', 'int')})" if self.is_postgresql
                else "%s"), [prepared]  # fmt: skip

    def _moment(self, field: models.Field, value: dt.datetime) -> tuple[str, list[Any]]:
        prepared = field.get_db_prep_save(value, connection)
        if self.is_postgresql:
            return f"CAST(%s AS timestamptz) + n * interval '{MINUTES_BETWEEN} minutes'", [prepared]
        return f"datetime(%s, (n * {MINUTES_BETWEEN}) || ' minutes')", [prepared]

    def _own(self, row: models.Model, name: str, value: Any) -> tuple[str, list[Any]] | None:
        """What no two cases share."""
        if name in {"sha256", "stored_file_id", "secret_hash"}:
            return self._hash(value, 64)
        if name == "identifier_hash":
            return self._hash(f"person {row.pk}", 64)
        if name in {"public_id", "seed"}:
            return self._hash(f"{row._meta.model_name} {row.pk}", 16 if name == "public_id" else 32)
        if name in {"flow_task_id", "artifact_object_id"} and value:
            return f"{value} + n * {STRIDE}", []
        if isinstance(row, RegisterEntry) and name == "seq":
            return f"{value} + n * {self.per_register[row.register_id]}", []
        if isinstance(row, RegisterEntry) and name == "submission_key":
            return f"'stored-' || ({row.pk} + n * {STRIDE})", []
        if name == "number" and isinstance(row, RegisterEntry | Case):
            before, after, seq, step = self.parts_of_number(row)
            return f"'{before}' || ({seq} + n * {step}) || '{after}'", []
        return None

    def _hash(self, seed: str, length: int) -> tuple[str, list[Any]]:
        """Hexadecimal digits of which no two are the same, in no order."""
        if self.is_postgresql:
            return f"SUBSTR(MD5('{seed}-' || n) || MD5(n || '-{seed}'), 1, {length})", []
        # SQLite knows no hash, and would ask Python: Knuth's multiplication scatters the first eight digits.
        digits = sha256_of(seed)
        return f"printf('%08x', (n * 2654435761 + {int(digits[:8], 16)}) & 4294967295) || '{digits[8:length]}'", []

    def parts_of_number(self, row: models.Model) -> tuple[str, str, int, int]:
        """A number as words before and after its running number, that, and how far the next copy's is."""
        entry = row if isinstance(row, RegisterEntry) else RegisterEntry.objects.get(case=row)
        group = entry.register.index_group
        after = entry.number.removeprefix(f"{group}-").partition("/")[2]
        return f"{group}-", f"/{after}", entry.seq or 0, self.per_register[entry.register_id]

    # -- events carry hashes, which only Python can work out

    def copy_events(self, pattern: Case) -> None:
        event = Event.objects.get(case=pattern)
        public_id, _none = self._expression(pattern, Case._meta.get_field("public_id"))
        number = self.parts_of_number(pattern)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT n, {public_id} FROM ({self._numbers()}) AS numbers")
            copies = cursor.fetchall()
        fields = [field for field in Event._meta.concrete_fields]
        fixed = {field.column: field.get_db_prep_save(getattr(event, field.attname), connection) for field in fields}
        for some in batched(copies, EVENTS_AT_ONCE):
            rows = [self._event(event, fixed, number, n, public) for n, public in some]
            self._write(Event._meta.db_table, list(fixed), rows)

    def _numbers(self) -> str:
        return numbers_up_to(self.copies)

    @staticmethod
    def _event(
        pattern: Event, fixed: dict[str, Any], number: tuple[str, str, int, int], n: int, public_id: str
    ) -> tuple[Any, ...]:
        before, after, seq, step = number
        at = pattern.at + dt.timedelta(minutes=n * MINUTES_BETWEEN)
        payload = pattern.payload | {"number": f"{before}{seq + n * step}{after}"}
        document = (pattern.document_id or 0) + n * STRIDE
        chained = history.chained(pattern, public_id) | {
            "at": history.moment(at),
            "payload": payload,
            "document": document,
        }
        own = {
            "id": pattern.pk + n * STRIDE,
            "case_id": (pattern.case_id or 0) + n * STRIDE,
            "document_id": document,
            "at": at if connection.vendor == "postgresql" else at.replace(tzinfo=None).isoformat(" "),
            "payload": canonical(payload).decode(),
            "personal": json.dumps(pattern.personal),
            "hash": sha256_of(chained),
        }
        return tuple((fixed | own).values())

    def _write(self, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
        with connection.cursor() as cursor:
            if self.is_postgresql:
                with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                places = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)


def fill(amount: int) -> None:
    """File the patterns and copy them until so many cases are stored; keys and numbers go on where they ended."""
    patterns = file_patterns()
    copier = Copier(amount // len(patterns) - 1)
    found = [StoredFile.objects.all(), *(_rows(model, path, patterns) for model, path in OF_CASE.items())]
    processes = Process.objects.filter(
        artifact_content_type=ContentType.objects.get_for_model(Case), artifact_object_id__in=[c.pk for c in patterns]
    )
    found += [processes, EngineTask.objects.all(), ENGINE_LINK.objects.all()]
    with _unchecked(), transaction.atomic():
        for rows in found:
            for row in rows:
                assert not isinstance(row.pk, int) or row.pk < STRIDE, f"{row!r} has a key beyond the stride."
                copier.copy(row)
        for pattern in patterns:
            pattern.refresh_from_db()
            copier.copy_events(pattern)
        for value in EventValue.objects.all():
            copier.copy(value)
        _mend_chains()
    _go_on_from(copier)


def _rows(model: type[models.Model], path: str, patterns: list[Case]) -> models.QuerySet:
    return model._base_manager.filter(**{f"{path}__in" if path else "pk__in": [case.pk for case in patterns]})


@contextlib.contextmanager
def _unchecked() -> Iterator[None]:
    """The copies point to each other as their patterns do: asking so for millions of rows takes minutes."""
    on, off = (
        ("SET session_replication_role = origin", "SET session_replication_role = replica")
        if connection.vendor == "postgresql"
        else ("PRAGMA foreign_keys = ON", "PRAGMA foreign_keys = OFF")
    )
    with connection.cursor() as cursor:
        cursor.execute(off)
    yield
    with connection.cursor() as cursor:
        cursor.execute(on)


def _mend_chains() -> None:
    """The ends of the chains, and the hash on the register's lines, are those of the copied events."""
    with connection.cursor() as cursor:
        for table, column in (("cases_case", "last_event_hash"), ("cases_registerentry", "event_hash")):
            key = "id" if table == "cases_case" else "case_id"
            cursor.execute(
                f"UPDATE {table} SET {column} = (SELECT hash FROM cases_event WHERE case_id = {table}.{key})"
            )


def _go_on_from(copier: Copier) -> None:
    for register_id, each in copier.per_register.items():
        Counter.objects.filter(register=register_id).update(last=each * (copier.copies + 1))
    tables = [model for model in COPIED if model not in {StoredFile, ENGINE_LINK}]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [*tables, ENGINE_LINK]):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def store(amount: int) -> None:
    """So many cases and as many Wagtail documents."""
    fill(amount)
    make_documents(amount)
