"""What can be done in an office (``tests.faults.office``).

Each deed takes and returns JSON and runs in a process of its own. The town is the one of ``tests.cases.town``, found
by its parts: nothing is remembered between two deeds.
"""

import base64
import contextlib
import datetime as dt
import io
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from cases import event_order, integrity, numbering, outbox, registration
from cases.acting import Actor
from cases.capturing import FileToKeep
from cases.models import Channel, Institution, OutboxRow, Register, RegisterEntry, Service
from cases.originals import hash_of
from cases.registration import PartyAsFiled, Submission, register
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


def vendor() -> str:
    return connection.vendor
