"""The outbox: work that is written with what it follows from, runs soon, runs at all, and runs twice without harm."""

import datetime as dt
from queue import SimpleQueue

import pytest
from django.db import transaction
from django.utils import timezone

from cases import jobs, outbox
from cases.models import OutboxRow
from cases.outbox import CLAIM, FIRST_PAUSE, TRIES, NotNow, NotWaiting, Trouble
from tests.factories import NOON, CaseFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

SECOND = dt.timedelta(seconds=1)


class Desk:
    """A kind of work that notes what it did and fails when told to."""

    def __init__(self) -> None:
        self.done: list[dict] = []
        self.problem: BaseException | None = None

    def __call__(self, payload: dict, *, at: dt.datetime) -> None:
        if self.problem:
            raise self.problem
        self.done.append(payload)


@pytest.fixture
def desk(monkeypatch) -> Desk:
    desk = Desk()
    monkeypatch.setitem(outbox._HANDLERS, "write_letter", desk)
    return desk


@pytest.fixture
def handed_over(monkeypatch) -> list[int]:
    """What a broker was given."""
    taken: list[int] = []
    monkeypatch.setattr(outbox, "_runner", taken.extend)
    return taken


def put(**payload) -> OutboxRow:
    return outbox.put("write_letter", at=NOON, **payload)


def now(row: OutboxRow) -> OutboxRow:
    return OutboxRow.objects.get(pk=row.pk)


# -- putting


def test_work_is_written_in_the_transaction_of_what_it_follows_from(desk):
    with transaction.atomic():
        put()
        transaction.set_rollback(True)

    assert OutboxRow.objects.count() == 0


def test_a_worker_hears_of_work_only_after_the_commit(desk, handed_over, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        row = put()
        before_the_commit = list(handed_over)
    for tell in callbacks:
        tell()

    assert (before_the_commit, handed_over) == ([], [row.pk])


def test_several_jobs_are_handed_over_together(desk, monkeypatch, django_capture_on_commit_callbacks):
    messages: list[list[int]] = []
    monkeypatch.setattr(outbox, "_runner", messages.append)

    with django_capture_on_commit_callbacks(execute=True):
        rows = outbox.put_many([("write_letter", {"to": "Ana"}), ("write_letter", {"to": "Ivo"})], at=NOON)

    assert messages == [[row.pk for row in rows]]


def test_a_broker_that_fails_does_not_hurt_who_files(desk, monkeypatch, caplog, django_capture_on_commit_callbacks):
    def is_down(ids: list[int]) -> None:
        raise ConnectionError("No broker")

    monkeypatch.setattr(outbox, "_runner", is_down)

    with django_capture_on_commit_callbacks(execute=True):
        row = put()

    assert outbox.sweep(at=NOON) == 1
    assert now(row).done_at is not None
    assert "The broker did not take jobs" in caplog.text


@pytest.fixture
def messages(monkeypatch) -> SimpleQueue:
    """The messages that a broker was given, by a process that gathers them; the first of them it refuses."""
    sent: SimpleQueue = SimpleQueue()
    tries = iter([ConnectionError("No broker")])

    def send(ids: list[int]) -> None:
        sent.put(ids)
        for trouble in tries:
            raise trouble

    monkeypatch.setattr(outbox, "_runner", send)
    monkeypatch.setattr(outbox, "_gathered", None)
    outbox.gather_messages()
    return sent


def test_a_web_server_sends_one_message_for_what_several_filed_at_the_same_moment(
    desk, messages, caplog, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        refused = put()
    assert messages.get(timeout=30) == [refused.pk]

    with django_capture_on_commit_callbacks(execute=True):
        rows = [put(to=name) for name in ("Ana", "Ivo", "Maria")]

    assert messages.get(timeout=30) == [row.pk for row in rows]
    assert "The broker did not take jobs" in caplog.text


def test_work_may_belong_to_a_case(desk):
    case = CaseFactory()

    assert put(case=case).case == case


# -- running


def test_a_job_gets_its_payload_and_is_done(desk):
    row = put(letter=7)

    assert outbox.run(row.pk, at=NOON) is True
    assert desk.done == [{"letter": 7}]
    assert (now(row).done_at is not None, now(row).claimed_until, now(row).tries) == (True, None, 0)


def test_a_job_that_is_done_is_not_done_again(desk):
    row = put()
    outbox.run(row.pk, at=NOON)

    assert outbox.run(row.pk, at=NOON) is False
    assert outbox.sweep(at=NOON + CLAIM) == 0
    assert len(desk.done) == 1


def test_a_job_that_somebody_has_is_left_alone(desk):
    row = put()
    OutboxRow.objects.filter(pk=row.pk).update(claimed_until=NOON + CLAIM)

    assert outbox.run(row.pk, at=NOON + CLAIM) is False
    assert outbox.waiting_ids(at=NOON + CLAIM) == []


def test_a_job_whose_worker_died_is_taken_up_when_its_claim_runs_out(desk):
    desk.problem = KeyboardInterrupt()
    row = put()
    with pytest.raises(KeyboardInterrupt):
        outbox.run(row.pk, at=NOON)
    desk.problem = None

    too_early, in_time = outbox.sweep(at=NOON + CLAIM), outbox.sweep(at=NOON + CLAIM + SECOND)

    assert (too_early, in_time, len(desk.done)) == (0, 1, 1)


def dies(row: OutboxRow, desk: Desk, *, at: dt.datetime) -> None:
    desk.problem = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        outbox.run(row.pk, at=at)
    desk.problem = None


def died_of(desk: Desk, *, times: int) -> tuple[OutboxRow, dt.datetime]:
    """A row in which so many workers died, and when the last one's claim has run out."""
    row, at = put(), NOON
    for _number in range(times):
        dies(row, desk, at=at)
        at += CLAIM + SECOND
    return row, at


def test_a_job_in_which_three_workers_died_is_given_up(desk):
    row, at = died_of(desk, times=3)

    ran = outbox.sweep(at=at)

    assert (ran, desk.done, outbox.sweep(at=at + CLAIM + SECOND)) == (0, [], 0)
    assert (now(row).failed_at, now(row).claimed_until) == (at, None)
    assert outbox.trouble_with(now(row), at=at) == Trouble(
        "Three workers were stopped in the middle of it, one after the other.", None
    )


def test_two_deaths_are_no_reason_to_give_up(desk):
    _row, at = died_of(desk, times=2)

    assert (outbox.sweep(at=at), len(desk.done)) == (1, 1)


def test_a_job_that_killed_workers_is_tried_again_when_somebody_asks(desk):
    row, at = died_of(desk, times=3)
    outbox.sweep(at=at)

    outbox.retry(row, at=at)

    assert (outbox.sweep(at=at), len(desk.done)) == (1, 1)


def test_a_failure_between_deaths_begins_the_count_anew(desk):
    row, at = died_of(desk, times=2)
    desk.problem = ConnectionError("down")
    outbox.run(row.pk, at=at)
    at = now(row).due_at
    dies(row, desk, at=at)

    assert outbox.sweep(at=at + CLAIM + SECOND) == 1


def test_work_that_counts_deaths_by_itself_goes_on(desk, monkeypatch):
    monkeypatch.setattr(outbox, "_LIMIT_THEMSELVES", {"write_letter"})
    _row, at = died_of(desk, times=5)

    assert outbox.sweep(at=at) == 1


def test_work_that_nobody_begins_says_that_no_worker_runs(desk):
    row = put()

    early, late = (outbox.trouble_with(row, at=NOON + dt.timedelta(minutes=minutes)) for minutes in (3, 4))

    busy = put()
    OutboxRow.objects.filter(pk=busy.pk).update(claimed_until=NOON + CLAIM)
    behind_others = outbox.trouble_with(row, at=NOON + dt.timedelta(minutes=4))

    assert (early, behind_others) == (None, None)
    assert (late.waits_for_worker, "probably none is running" in late.reason) == (True, True)


def test_a_row_that_does_not_exist_is_no_reason_to_stop(desk):
    assert outbox.run(987654321, at=NOON) is False


def test_the_job_of_the_worker_runs_every_row_it_was_given(desk):
    rows = [put(number=number) for number in range(3)]

    jobs.run_outbox([row.pk for row in rows])

    assert desk.done == [{"number": 0}, {"number": 1}, {"number": 2}]


def test_the_sweep_runs_what_the_broker_lost(desk):
    outbox.put("write_letter", at=timezone.now())

    jobs.sweep_outbox()

    assert len(desk.done) == 1


# -- failing


def test_a_failure_keeps_its_reason_and_waits_longer_each_time(desk):
    desk.problem = ConnectionError("The mail server is down")
    row = put()
    waits = []
    at = NOON

    for _number in range(3):
        outbox.run(row.pk, at=at)
        waits.append(now(row).due_at - at)
        at = now(row).due_at

    assert waits == [FIRST_PAUSE * 2, FIRST_PAUSE * 4, FIRST_PAUSE * 8]
    assert (now(row).tries, now(row).last_error) == (3, "ConnectionError: The mail server is down")
    assert (now(row).done_at, now(row).failed_at, now(row).claimed_until) == (None, None, None)


def test_a_failed_job_is_not_swept_before_its_turn(desk):
    desk.problem = ConnectionError("down")
    row = put()
    outbox.run(row.pk, at=NOON)
    desk.problem = None

    early, in_turn = outbox.sweep(at=NOON + SECOND), outbox.sweep(at=NOON + FIRST_PAUSE * 2)

    assert (early, in_turn) == (0, 1)
    assert now(row).last_error == ""


def given_up(desk: Desk) -> OutboxRow:
    desk.problem = ConnectionError("down")
    row = put()
    for _number in range(TRIES):
        outbox.run(row.pk, at=now(row).due_at)
    desk.problem = None
    return now(row)


def test_after_its_last_try_a_job_is_given_up(desk):
    row = given_up(desk)

    assert (row.tries, row.failed_at is not None, row.done_at) == (TRIES, True, None)
    assert outbox.sweep(at=NOON + dt.timedelta(days=365)) == 0


def test_a_late_message_does_not_revive_a_job_that_was_given_up(desk):
    row = given_up(desk)

    assert outbox.run(row.pk, at=NOON + dt.timedelta(days=1)) is False
    assert desk.done == []


def test_one_failing_job_does_not_keep_the_others_from_running(desk, monkeypatch):
    broken = Desk()
    broken.problem = ValueError("broken")
    monkeypatch.setitem(outbox._HANDLERS, "break", broken)
    outbox.put("break", at=NOON)
    put()

    assert outbox.sweep(at=NOON) == 1
    assert len(desk.done) == 1


def test_work_that_nobody_knows_fails_with_its_name(desk):
    row = outbox.put("unheard_of", at=NOON)

    outbox.run(row.pk, at=NOON)

    assert now(row).last_error == "KeyError: 'unheard_of'"


def test_work_whose_time_has_not_come_is_no_failure(desk):
    desk.problem = NotNow()
    row = put()

    outbox.run(row.pk, at=NOON)

    assert (now(row).tries, now(row).last_error, now(row).due_at) == (0, "", NOON + FIRST_PAUSE)
    desk.problem = None
    assert outbox.sweep(at=NOON + FIRST_PAUSE) == 1


# -- trying again


def test_the_administrator_has_a_job_tried_again(desk, handed_over, django_capture_on_commit_callbacks):
    row = given_up(desk)

    with django_capture_on_commit_callbacks(execute=True):
        outbox.retry(row, at=NOON)

    assert handed_over == [row.pk]
    assert (now(row).tries, now(row).failed_at, now(row).due_at) == (0, None, NOON)
    assert outbox.run(row.pk, at=NOON) is True


def test_what_is_done_or_never_failed_is_not_tried_again(desk):
    waiting, done = put(), put()
    outbox.run(done.pk, at=NOON)

    for row in (waiting, done):
        with pytest.raises(NotWaiting, match="not waiting for another try"):
            outbox.retry(row, at=NOON)


def test_two_handlers_for_one_kind_of_work_are_refused(desk):
    with pytest.raises(ValueError, match="Two handlers for write_letter"):
        outbox.handler("write_letter")(Desk())
