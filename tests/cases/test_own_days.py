"""The institution's own days: declared by an act, counted by, and counted again for terms that run."""

import datetime as dt

import pytest

from cases.models import Case, OwnDay
from cases.own_days import OwnDayRefused, counted_otherwise, declare_day, recount_terms, withdraw_day
from tests.cases.town import Town
from tests.factories import NOON, OwnDayFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

D = dt.date.fromisoformat


def declare(town: Town, date: str, kind: str = "OFF", legal_basis: str = "Order 12") -> OwnDay:
    return declare_day(
        town.institution, date=D(date), kind=kind, legal_basis=legal_basis, actor=town.actor("adam"), at=NOON
    )


def test_a_declared_day_is_counted_by(town):
    declare(town, "2026-12-07")
    declare(town, "2026-12-12", "WORKING")
    town.institution.refresh_from_db()

    assert (town.institution.own_days_off, town.institution.own_working_days) == (["2026-12-07"], ["2026-12-12"])
    town.trees.institution = town.institution
    assert town.file().case.due_date == D("2026-12-08")


@pytest.mark.parametrize(
    ("date", "kind", "legal_basis", "words"),
    [
        ("2026-12-07", "OFF", " ", "which act"),
        ("2026-12-05", "OFF", "Order 12", "day off anyway"),
        ("2026-12-08", "WORKING", "Order 12", "working day anyway"),
    ],
)
def test_a_day_that_changes_nothing_or_rests_on_nothing_is_refused(town, date, kind, legal_basis, words):
    with pytest.raises(OwnDayRefused, match=words):
        declare(town, date, kind, legal_basis)


def test_a_day_is_declared_once(town):
    declare(town, "2026-12-07")

    with pytest.raises(OwnDayRefused, match="in the list already"):
        declare(town, "2026-12-07")


def test_running_terms_are_counted_again_and_the_case_says_so(town):
    case = town.file().case
    declare(town, "2026-12-07")
    assert counted_otherwise(OwnDay.objects.get().institution).count() == 1

    counted = recount_terms(OwnDay.objects.get().institution, at_most=10, actor=town.actor("adam"), at=NOON)

    fresh = Case.objects.get(pk=case.pk)
    assert (counted, fresh.due_date, fresh.clock.due_date) == ((1, 1), D("2026-12-08"), D("2026-12-08"))
    assert fresh.events.get(kind="CLOCK_RECOUNTED").payload == {"due": "2026-12-08", "old": "2026-12-07"}
    assert counted_otherwise(OwnDay.objects.get().institution).count() == 0


def test_a_day_that_is_to_come_can_be_taken_back_and_a_past_one_cannot(town):
    withdraw_day(declare(town, "2026-12-07"), actor=town.actor("adam"), at=NOON)
    town.institution.refresh_from_db()
    assert town.institution.own_days_off == []

    past = OwnDayFactory(institution=town.institution, date=D("2026-11-20"))
    with pytest.raises(OwnDayRefused, match="past"):
        withdraw_day(past, actor=town.actor("adam"), at=NOON)


def test_who_took_a_day_back_and_when_is_kept(town):
    day = declare(town, "2026-12-07")

    withdraw_day(day, actor=town.actor("rita"), at=NOON)

    kept = OwnDay.objects.get()
    assert (kept.declared_by, kept.withdrawn_by, kept.withdrawn_at) == (town.person("adam"), town.person("rita"), NOON)
    with pytest.raises(OwnDayRefused, match="taken back already"):
        withdraw_day(day, actor=town.actor("adam"), at=NOON)


def test_a_day_that_was_taken_back_can_be_declared_again(town):
    withdraw_day(declare(town, "2026-12-07"), actor=town.actor("adam"), at=NOON)

    declare(town, "2026-12-07", legal_basis="Order 13")

    town.institution.refresh_from_db()
    assert town.institution.own_days_off == ["2026-12-07"]
    assert [day.legal_basis for day in OwnDay.objects.in_force()] == ["Order 13"]
