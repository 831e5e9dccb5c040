"""What can be done in an office (``tests.faults.office``).

Each deed takes and returns JSON and runs in a process of its own. The town is the one of ``tests.cases.town``, found
by its parts: nothing is remembered between two deeds.
"""

import base64
import contextlib
import datetime as dt
import functools
import hashlib
import io
import itertools
import os
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import override_settings
from django.utils import timezone
from viewflow.workflow.models import Task as EngineTask
from viewflow.workflow.status import STATUS
from wagtail.models import Page

from cases import disposing, event_order, integrity, numbering, outbox, registration
from cases.acting import Actor
from cases.backfile import importing
from cases.capturing import FileToKeep
from cases.disposing import remove_unused_bytes
from cases.models import (
    BackfileImport,
    Case,
    Channel,
    ComponentFile,
    Destruction,
    Dispatch,
    DisposalItem,
    Document,
    Event,
    Institution,
    Membership,
    OutboxRow,
    Preview,
    Register,
    RegisterEntry,
    Service,
    User,
)
from cases.originals import hash_of, store
from cases.outside_access import open_with_digits
from cases.receipts import seal_of
from cases.registration import PartyAsFiled, Submission, register
from cases.reserving import jump_after_restore
from cases.signing import server_key_of
from flows.deadlines import tell_failure
from flows.procedures.choosing import ensure_general
from portal_pages import drafts
from portal_pages.models import ArticlePage, Draft, HomePage, StagedFile
from registra.celery import app
from search import indexing
from search.indexing import entries_of
from search.models import FileText, PageText, WaitingCase
from tests.cases.town import build_town


def found_town() -> None:
    """The town with its people, its procedure and its seal."""
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with quick, transaction.atomic():
        town = build_town()
        for name in ("alice", "helen", "rita", "dora", "victor"):
            town.person(name)
        Register.objects.filter(pk=town.incoming.pk).update(pattern="{yyyy}-{seq}")
        ensure_general(town.institution)
    server_key_of(seal_of(town.institution), at=timezone.now())


def wait_and_do(*, deed: str, begins_at: float, values: dict[str, Any]) -> Any:
    time.sleep(max(begins_at - time.time(), 0))
    return globals()[deed](**values)


def a_submission(key: str, at: dt.datetime, *, contents: list[str], email: str = "") -> Submission:
    return Submission(
        institution=Institution.objects.get(),
        service=Service.objects.select_related("institution", "unit").get(),
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


def file(
    *, key: str, contents: list[str] | None = None, at: str = "", email: str = "", asked: dict[str, Any] | None = None
) -> dict[str, Any]:
    """File once; ``contents`` in base64; ``asked``: the form with its answers."""
    moment = dt.datetime.fromisoformat(at) if at else timezone.now()
    submission = a_submission(key, moment, contents=contents or [], email=email)
    entry = register(replace(submission, asked=asked or submission.asked), actor=Actor.applicant(), at=moment)
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


# -- old registers


def take_over(*, table: str, folder: str, dying_at: int = 0) -> str:
    """Run ``archive_import``; it may be killed in the middle of the row of that number. Returns its last line."""
    if dying_at:
        entered = itertools.count(1)
        enter = importing.enter_old_line

        def enter_or_die(*args: Any, **values: Any) -> RegisterEntry:
            entry = enter(*args, **values)
            if next(entered) == dying_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return entry

        importing.enter_old_line, importing.ROWS_AT_ONCE = enter_or_die, 4
    said = io.StringIO()
    call_command("archive_import", table, folder, "--leave-index", stdout=said)
    return said.getvalue().splitlines()[-1]


def old_lines() -> list[list[str]]:
    """Numbers of what was taken over, with the hash of each line's file, in the order of coming in."""
    entries = RegisterEntry.objects.filter(kind="IMPORTED").order_by("pk")
    return [
        [number, sha256]
        for number, sha256 in entries.values_list("number", "documents__components__files__stored_file")
    ]


# -- workers


def work(*, dying_in: str = "", point: str = "", dying_job: str = "") -> None:
    """The product's worker, until it is killed. It may kill itself, with all its processes, in a kind of job.

    ``dying_in`` is a kind of work of the outbox; ``point``: in the "middle", after its first change of a row; at the
    "end", before the row is noted as done. ``dying_job`` is one of the scheduler's: it dies after its first change.
    """
    if dying_in:
        outbox._HANDLERS[dying_in] = dying_worker(outbox._HANDLERS[dying_in], point)
    if dying_job:
        job = app.tasks[dying_job]
        job.run = dying_after_first_change(job.run)
    app.worker_main(
        ["--quiet", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    )


def dying_worker(handler: outbox.Handler, point: str) -> outbox.Handler:
    def handle(payload: dict[str, Any], *, at: dt.datetime) -> None:
        (dying_after_first_change(handler) if point == "middle" else handler)(payload, at=at)
        die_with_parent()

    return handle


def dying_after_first_change(deed: Callable[..., Any]) -> Callable[..., Any]:
    def after_first_change(execute: Any, sql: str, *arguments: Any) -> Any:
        result = execute(sql, *arguments)
        if is_change(sql):
            die_with_parent()
        return result

    @functools.wraps(deed)
    def dying(*arguments: Any, **values: Any) -> Any:
        with connection.execute_wrapper(after_first_change):
            return deed(*arguments, **values)

    return dying


def is_change(sql: str) -> bool:
    return sql.startswith(("INSERT", "UPDATE", "DELETE", "ANALYZE", "CREATE", "DROP"))


def die_with_parent() -> None:
    """The machine's plug: the worker first, or it would start another process for its jobs."""
    os.kill(os.getppid(), signal.SIGKILL)
    die()


def hand_to_worker(*, job: str) -> None:
    """As the scheduler does."""
    app.send_task(job)


def run_job(*, job: str, dying_at: int | None = None, later: float = 0) -> int:
    """Run one of the scheduler's jobs in this process, so many seconds from now; returns how many changes it made."""
    return killed_at(dying_at, app.tasks[job].run, later=later)


def run_work(*, kind: str, dying_at: int | None = None, later: float = 0) -> int:
    """The same with all rows of the outbox of one kind, after somebody asked for another try of what killed workers."""

    def run_rows() -> None:
        if dying_at is not None:
            forget_deaths(kind)
        for row in OutboxRow.objects.filter(kind=kind, done_at__isnull=True).order_by("pk"):
            outbox.run(row.pk, at=timezone.now())

    return killed_at(dying_at, run_rows, later=later)


def forget_deaths(kind: str) -> None:
    OutboxRow.objects.filter(kind=kind, killed__gt=0, done_at__isnull=True).update(
        killed=0, failed_at=None, last_error=""
    )
    DisposalItem.objects.filter(begun__gt=0).update(begun=0)
    BackfileImport.objects.filter(killed__gt=0).update(killed=0, row_alone=None)


def killed_at(dying_at: int | None, work: Callable[[], Any], *, later: float) -> int:
    """Do work in this process, so many seconds from now; returns how many changes it made.

    ``dying_at`` n: the process is killed before (n even) or after (n odd) the work's change number n // 2, from 0.
    """
    changes = 0

    def counting(execute: Any, sql: str, *arguments: Any) -> Any:
        nonlocal changes
        if not is_change(sql):
            return execute(sql, *arguments)
        if dying_at == 2 * changes:
            die()
        result = execute(sql, *arguments)
        if dying_at == 2 * changes + 1:
            die()
        changes += 1
        return result

    moment = timezone.now
    timezone.now = lambda: moment() + dt.timedelta(seconds=later)
    with connection.execute_wrapper(counting):
        work()
    return changes


def index_dying_while_writing() -> None:
    """The worker is killed between two documents that it writes into the archive's memory."""

    def one_and_die(*arguments: Any, **values: Any) -> Iterator[Any]:
        yield next(entries_of(*arguments, **values))
        die()

    indexing.entries_of = one_and_die
    indexing.index_waiting()


def celery_jobs() -> list[str]:
    return sorted(name for name in app.tasks if not name.startswith("celery."))


# What the scheduler's jobs find to do, and what is there when they have done it.


def end_appointments() -> None:
    """Alice's and Helen's posts ended yesterday."""
    people = Membership.objects.filter(user__username__in=["alice", "helen"])
    people.update(valid_to=timezone.localdate() - dt.timedelta(days=1))


def roles() -> dict[str, list[str]]:
    groups = {user.username: user.groups.values_list("name", flat=True) for user in User.objects.all()}
    return {name: sorted(names) for name, names in groups.items()}


def let_deadlines_pass() -> int:
    """Every deadline of every task passed a minute ago; returns how many."""
    armed = EngineTask.objects.filter(flow_task_type="TIMER", status=STATUS.SCHEDULED)
    return int(armed.update(scheduled=timezone.now() - dt.timedelta(minutes=1)))


def let_timer_fail(*, case: int) -> None:
    """The case's deadline could not be fired and stands among the failed jobs; the administrator tries it again."""
    task = Case.objects.get(pk=case).tasks.get()
    timer = EngineTask.objects.get(flow_task_type="TIMER", previous=task.flow_task_id)
    EngineTask.objects.filter(pk=timer.pk).update(status=STATUS.ERROR, started=timezone.now())
    row = tell_failure(timer, ValueError("The head has no post."), at=timezone.now())
    outbox.retry(row, at=timezone.now())


def told_late() -> dict[str, int]:
    """How often each case was said to be late, and how many notices of it were put."""
    return {
        "events": Event.objects.filter(kind="TASK_LATE").count(),
        "cases": Event.objects.filter(kind="TASK_LATE").values("case").distinct().count(),
        "notices": OutboxRow.objects.filter(kind="tell_head_of_late_task").count(),
    }


def schedule_pages() -> None:
    """Two pages are to appear now, and one to go."""
    soon = timezone.now() - dt.timedelta(minutes=1)
    home = HomePage(title="Bela Reka", slug="bela-reka", institution=Institution.objects.get())
    Page.objects.get(depth=1).add_child(instance=home)
    for name in ("road-closed", "water-off"):
        page = ArticlePage(title=name, slug=name, live=False, go_live_at=soon)
        home.add_child(instance=page)
        page.save_revision(approved_go_live_at=soon)
    home.add_child(instance=ArticlePage(title="Old news", slug="old-news", live=True, expire_at=soon))


def live_pages() -> list[str]:
    return sorted(ArticlePage.objects.live().values_list("slug", flat=True))


def leave_forms(*, amount: int, days_ago: int) -> None:
    """Unfinished forms, each with an uploaded file."""
    at = timezone.now() - dt.timedelta(days=days_ago)
    for _number in range(amount):
        draft = drafts.begin(Service.objects.get(), form_version="tree-felling-1", language="en", at=at)
        upload = SimpleUploadedFile("tree.txt", b"The oak leans over the fence.")
        drafts.stage(draft, "photos", upload, media_type="text/plain", at=at)


def forms_left() -> dict[str, int]:
    uploads = [file for file in Path(settings.STAGING_DIR).iterdir() if file.is_file()]
    return {"drafts": Draft.objects.count(), "files": StagedFile.objects.count(), "uploads": len(uploads)}


def ask_for_form_link(*, address: str) -> None:
    leave_forms(amount=1, days_ago=0)
    drafts.mail_link(Draft.objects.latest("pk"), address, at=timezone.now())


def archive() -> dict[str, Any]:
    """What the archive's memory holds, and how it differs from the database."""
    return {
        "waiting": WaitingCase.objects.values("case").distinct().count(),
        "texts": dict(Counter(FileText.objects.values_list("state", flat=True))),
        "pages": PageText.objects.count(),
        "differences": [finding.words for finding in integrity.findings() if finding.name.startswith("index")],
    }


def statistics() -> dict[str, Any]:
    """What SQLite knows of its tables, and what gathering it may have left behind."""
    with connection.cursor() as cursor:
        names = [row[0] for row in cursor.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall()]
        if "sqlite_stat1" not in connection.introspection.table_names(cursor):
            return {"knows_cases": False, "views": names}
        known = cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'cases_case'").fetchone()
    return {"knows_cases": known[0] > 0, "views": names}


def places() -> dict[str, Any]:
    """The one order over all events."""
    return {
        "without": Event.objects.filter(place__isnull=True).count(),
        "broken": list(event_order.broken_places(Institution.objects.get())),
    }


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


def what_followed() -> dict[str, dict[str, Any]]:
    """By number, what the jobs after a filing left behind."""
    entries = RegisterEntry.objects.filter(channel=Channel.WEB)
    return {
        entry.number: {
            "receipts": Document.objects.filter(case=entry.case_id, kind="RECEIPT").count(),
            "sendings": [list(row) for row in Dispatch.objects.filter(case=entry.case_id).values_list("kind", "state")],
            "unread": FileText.objects.filter(
                stored_file__uses__component__document__case=entry.case_id, state="WAITING"
            ).count(),
            "waiting": WaitingCase.objects.filter(case=entry.case_id).exists(),
        }
        for entry in entries
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
