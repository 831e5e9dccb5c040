"""Closed cases whose years are over, and lists that have come as far as a test needs them."""

import datetime as dt

from cases import corrections, disposal_lists, outbox, retaining
from cases.models import Case, DisposalList, OutboxRow
from tests.cases.town import Town
from tests.factories import NOON, SOFIA

CLOSED = dt.datetime(2020, 6, 30, 12, tzinfo=SOFIA)


def closed_case(town: Town, *, closed_at: dt.datetime = CLOSED, **changes) -> Case:
    """A case whose class gives it up after five years, with nothing left to do on it."""
    case = town.file(**changes).case
    case.tasks.all().delete()
    Case.objects.filter(pk=case.pk).update(state="CLOSED", closed_at=closed_at)
    return Case.objects.select_related("institution", "record_class", "unit").get(pk=case.pk)


def due_case(town: Town, **changes) -> Case:
    case = closed_case(town, **changes)
    retaining.count_case(case, at=NOON)
    return case


def join(town: Town, into: Case, **changes) -> Case:
    """A case that was joined into a closed one while that was under way."""
    case = town.file(**changes).case
    case.tasks.all().delete()
    Case.objects.filter(pk=into.pk).update(state="OPEN", closed_at=None)
    corrections.join_cases(case, into=Case.objects.get(pk=into.pk), actor=town.actor("rita"), at=NOON)
    Case.objects.filter(pk=into.pk).update(state="CLOSED", closed_at=CLOSED)
    return Case.objects.select_related("institution").get(pk=case.pk)


def proposed(town: Town, *, year: int = 2026) -> DisposalList:
    return disposal_lists.propose(town.parks, year=year, actor=town.actor("victor"), at=NOON)


def approved(town: Town) -> DisposalList:
    new = proposed(town)
    disposal_lists.finish_review(new, actor=town.actor("helen"), at=NOON)
    return disposal_lists.approve(new, actor=town.actor("victor"), at=NOON)


def run_outbox(*kinds: str, at: dt.datetime = NOON) -> None:
    """Run what these kinds of jobs put, and what they put in turn."""
    for _turn in range(20):
        rows = OutboxRow.objects.filter(kind__in=kinds, done_at__isnull=True)
        if not rows:
            return
        for row in rows:
            assert outbox.run(row.pk, at=at), OutboxRow.objects.get(pk=row.pk).last_error


CARRYING_OUT = ("execute_disposal", "make_disposal_protocol", "remove_unused_bytes")


def sweep(at: dt.datetime) -> None:
    """What the sweep does with destruction at that moment, failures included."""
    for _turn in range(20):
        ids = OutboxRow.objects.filter(pk__in=outbox.waiting_ids(at=at), kind__in=CARRYING_OUT)
        if not ids:
            return
        for row in ids:
            outbox.run(row.pk, at=at)


def executed(town: Town) -> DisposalList:
    going = disposal_lists.execute(approved(town), actor=town.actor("dora"), at=NOON)
    run_outbox("execute_disposal", "make_disposal_protocol")
    return DisposalList.objects.get(pk=going.pk)
