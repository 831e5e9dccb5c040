"""What can be done in an office (``tests.faults.office``).

Each deed takes and returns JSON and runs in a process of its own. The town is the one of ``tests.cases.town``, found
by its parts: nothing is remembered between two deeds.
"""

import base64
import contextlib
import datetime as dt
import hashlib
import io
import os
import random
import resource
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, connections, transaction
from django.test import override_settings
from django.utils import timezone

from cases import disposing, event_order, integrity, numbering, outbox, registration
from cases.acting import Actor
from cases.capturing import FileToKeep
from cases.disposing import remove_unused_bytes
from cases.models import (
    Case,
    Channel,
    ComponentFile,
    Destruction,
    Dispatch,
    Document,
    Event,
    Institution,
    OutboxRow,
    Preview,
    Register,
    RegisterEntry,
    Service,
    User,
)
from cases.originals import hash_of, store
from cases.outside_access import open_with_digits
from cases.registration import PartyAsFiled, Submission, register
from cases.reserving import jump_after_restore
from registra.celery import app
from tests.cases.town import build_town


def found_town() -> None:
    """The town with its people."""
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with quick, transaction.atomic():
        town = build_town()
        for name in ("alice", "helen", "rita", "dora", "victor"):
            town.person(name)
        Register.objects.filter(pk=town.incoming.pk).update(pattern="{yyyy}-{seq}")


def wait_and_do(*, deed: str, begins_at: float, values: dict[str, Any]) -> Any:
    time.sleep(max(begins_at - time.time(), 0))
    return globals()[deed](**values)


def a_submission(key: str, at: dt.datetime, *, contents: list[str], email: str = "") -> Submission:
    return Submission(
        institution=Institution.objects.get(),
        service=Service.objects.select_related("unit", "register__institution", "record_class").get(),
        channel=Channel.WEB,
        submission_key=key,
        subject="Dangerous tree by the school",
        language="en",
        received_at=at,
        parties=[PartyAsFiled(name="Ana Marin", email=email)],
        asked={"key": key},
        files=[
            FileToKeep(f"file-{number}.txt", stream=io.BytesIO(base64.b64decode(content)))
            for number, content in enumerate(contents)
        ],
    )


def file(*, key: str, contents: list[str] | None = None, at: str = "", email: str = "") -> dict[str, Any]:
    """File once; ``contents`` in base64."""
    moment = dt.datetime.fromisoformat(at) if at else timezone.now()
    entry = register(
        a_submission(key, moment, contents=contents or [], email=email), actor=Actor.applicant(), at=moment
    )
    return {"number": entry.number, "entry": entry.pk, "case": entry.case_id}


def file_upload(*, key: str, path: str) -> dict[str, Any]:
    """File what the staging area holds, as the web form does: linked, not copied."""
    upload = Path(path)
    with upload.open("rb") as source:
        kept = hash_of(source)
    submission = replace(
        a_submission(key, timezone.now(), contents=[]), files=[FileToKeep(upload.name, path=upload, kept=kept)]
    )
    entry = register(submission, actor=Actor.applicant(), at=timezone.now())
    return {"number": entry.number, "sha256": kept.sha256}


def file_until_it_fails(*, prefix: str, most: int) -> list[str]:
    """File until it is refused for want of room; returns the numbers that were acknowledged."""
    numbers: list[str] = []
    for number in range(most):
        try:
            numbers.append(file(key=f"{prefix}-{number}", contents=[content(f"{number}" * 5000)])["number"])
        except (OSError, DatabaseError):
            break
    return numbers


def file_with_limit(*, key: str, contents: list[str], largest: int) -> dict[str, Any]:
    """File while no file of this process may become larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    return file(key=key, contents=contents)


def file_stubbornly(*, prefix: str, amount: int, told_in: str) -> int:
    """File each item again until it is acknowledged, as a person does; returns how often it failed."""
    failures = 0
    with open(told_in, "a", buffering=1) as told:
        for number in range(amount):
            while True:
                try:
                    told.write(file(key=f"{prefix}-{number}", contents=[content(f"{number}")])["number"] + "\n")
                    break
                except DatabaseError:
                    failures += 1
                    connections.close_all()
                    time.sleep(0.1)
    return failures


def file_under(*, number: str, key: str) -> dict[str, Any]:
    """Enter late what was found again, under the number that it had."""
    line = RegisterEntry.objects.get(number=number)
    at = timezone.now()
    submission = replace(a_submission(key, at, contents=[]), reserved=line)
    return {"number": register(submission, actor=Actor.applicant(), at=at).number}


def go_past(*, past: int) -> list[str]:
    """After a restore: past every number that may be out."""
    administrator = Actor.administrator(User.objects.get(username="rita"))
    at = timezone.now()
    lost = jump_after_restore(Register.objects.get(), past=past, year=at.year, actor=administrator, at=at)
    return [line.number for line in lost]


def follow(*, number: str, digits: str) -> int:
    """Somebody asks for their case with number and digits."""
    return open_with_digits(number, digits, sender="192.0.2.1", at=timezone.now()).case_id


def has_bytes(*, content: str) -> bool:
    return bool(store().exists(hashlib.sha256(base64.b64decode(content)).hexdigest()))


# -- many at once


class Rolled(Exception):
    """This registration is given up on purpose, after its number was given."""


def file_many(
    *, worker: int, first: int, amount: int, rolled: float, killed: float, now: str, begun: float, said_in: str
) -> int:
    """File again and again; some are rolled back, and with some the process kills itself at a chosen point.

    ``now`` is what the clock said at the monotonic moment ``begun``. What was acknowledged is written into ``said_in``.
    Returns after how many it ended; a killed process leaves that behind in ``said_in`` too.
    """
    chance = random.Random(f"{worker} {first}")
    start = dt.datetime.fromisoformat(now)
    with open(said_in, "a", buffering=1) as said:
        for number in range(first, amount):
            said.write(f"try {number}\n")
            at = start + dt.timedelta(seconds=time.monotonic() - begun)
            submission = a_submission(
                f"{worker}-{number}", at, contents=[content(f"{worker} {number}"), content("same")]
            )
            fate = chance.random()
            point = chance.choice(POINTS) if fate < killed else ""
            with killing_at(point), contextlib.suppress(Rolled), transaction.atomic():
                entry = register(submission, actor=Actor.applicant(), at=at)
                if killed <= fate < killed + rolled:
                    raise Rolled
            if fate < killed:
                die()
            if fate >= killed + rolled:
                said.write(f"got {number} {entry.number}\n")
    return amount


def order_events_until(*, begun: str, path: str) -> bool:
    """The ordering job's transaction, which stays open until the file is there; whether it was in time."""
    with transaction.atomic():
        event_order.place_new_events(at=timezone.now())
        Path(begun).touch()
        return appears(path)


def destroy_until(*, case: int, begun: str, path: str) -> bool:
    """A file's bytes are removed in a transaction that stays open until the path is there."""
    destroy_file(case=case)
    file = ComponentFile.objects.get(component__document__case=case, name="file-0.txt")
    with transaction.atomic():
        remove_unused_bytes(file.stored_file, at=timezone.now())
        Path(begun).touch()
        return appears(path)


def appears(path: str, *, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


POINTS = ["bytes kept", "number given", "before commit", "after commit"]


def content(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


def die(*_arguments: Any, **_values: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


@contextlib.contextmanager
def killing_at(point: str) -> Iterator[None]:
    """kill -9 at a point of the registration."""
    before = registration._register, registration.give_number, registration.outbox.put_many

    def dying_after_number(*arguments: Any, **values: Any) -> Any:
        numbering.give_number(*arguments, **values)
        die()

    if point == "bytes kept":
        registration._register = die
    elif point == "number given":
        registration.give_number = dying_after_number
    elif point == "before commit":
        registration.outbox.put_many = die
    try:
        yield
    finally:
        registration._register, registration.give_number, registration.outbox.put_many = before


# -- workers


def work(*, dying_in: str = "", point: str = "") -> None:
    """The product's worker, until it is killed. It may kill itself, with all its processes, in a kind of job.

    ``point``: in the "middle", after the job's first change of a row; at the "end", before the row is noted as done.
    """
    if dying_in:
        outbox._HANDLERS[dying_in] = dying_worker(outbox._HANDLERS[dying_in], point)
    app.worker_main(
        ["--quiet", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    )


def dying_worker(handler: outbox.Handler, point: str) -> outbox.Handler:
    def after_first_change(execute: Any, sql: str, *arguments: Any) -> Any:
        result = execute(sql, *arguments)
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            die_with_parent()
        return result

    def handle(payload: dict[str, Any], *, at: dt.datetime) -> None:
        if point == "middle":
            with connection.execute_wrapper(after_first_change):
                handler(payload, at=at)
        else:
            handler(payload, at=at)
        die_with_parent()

    return handle


def die_with_parent() -> None:
    """The machine's plug: the worker first, or it would start another process for its jobs."""
    os.kill(os.getppid(), signal.SIGKILL)
    die()


def close_long_ago(*, case: int) -> None:
    """As if the case had been closed before its class's years."""
    Case.objects.filter(pk=case).update(state="CLOSED", closed_at=timezone.now() - dt.timedelta(days=365 * 8))


def destroy_file(*, case: int) -> None:
    """The tombstone of the file that a case was filed with is written; the bytes are left to a worker."""
    file = ComponentFile.objects.get(component__document__case=case, name="file-0.txt")
    archivist = Actor.of(User.objects.get(username="victor"), on=timezone.localdate())
    disposing.remove_unused_bytes = lambda *arguments, **values: None
    disposing.destroy_file(file, rule="Class 12, five years", actor=archivist, at=timezone.now())


def tell_of_late_task(*, case: int) -> None:
    """The case's task is late and its head has an address."""
    User.objects.filter(username="helen").update(email="helen@bela-reka.example")
    outbox.put("tell_head_of_late_task", at=timezone.now(), task=Case.objects.get(pk=case).tasks.get().pk)


def case_as_it_is(*, case: int) -> dict[str, Any]:
    """What the jobs of a case left behind."""
    files = ComponentFile.objects.filter(component__document__case=case)
    return {
        "receipts": Document.objects.filter(case=case, kind="RECEIPT").count(),
        "sendings": [list(row) for row in Dispatch.objects.filter(case=case).values_list("kind", "state")],
        "previews": Preview.objects.filter(stored_file__uses__in=files).count(),
        "destroyed": [row.bytes_removed_at is not None for row in Destruction.objects.all()],
        "events": list(Event.objects.filter(case=case).order_by("seq").values_list("kind", flat=True)),
    }


def mail_job(*, case: int) -> dict[str, Any]:
    row = OutboxRow.objects.get(case=case, kind="send_mail")
    return {"tries": row.tries, "state": "done" if row.done_at else "given up" if row.failed_at else row.last_error}


def try_again(*, case: int) -> None:
    """The administrator presses the button."""
    outbox.retry(OutboxRow.objects.get(case=case, kind="send_mail"), at=timezone.now())


# -- looking


def findings() -> list[str]:
    """What is wrong; the archive's index is left out, since no worker fills it here."""
    event_order.place_new_events(at=timezone.now())
    return [
        f"{finding.name} {finding.subject}: {finding.words}"
        for finding in integrity.findings()
        if not finding.name.startswith("index")
    ]


def numbers() -> list[list[Any]]:
    """Year, place, number and submission of every line, in order."""
    rows = RegisterEntry.objects.order_by("year", "seq")
    return [list(row) for row in rows.values_list("year", "seq", "number", "submission_key")]


def outbox_rows() -> dict[str, list[str]]:
    """By kind: done, given up, or the last error or nothing."""
    found: dict[str, list[str]] = {}
    for row in OutboxRow.objects.order_by("pk"):
        state = "done" if row.done_at else "given up" if row.failed_at else row.last_error
        found.setdefault(row.kind, []).append(state)
    return found


def sweep(*, later: float = 0) -> int:
    """Run what was missed, as the scheduler would so many seconds from now."""
    return outbox.sweep(at=timezone.now() + dt.timedelta(seconds=later))


def kinds_of_work() -> list[str]:
    return sorted(outbox.known_kinds())
