"""The clock of a case: it stands still while the applicant is asked, and is prolonged with a reason."""

import datetime as dt

import pytest

from cases import clock
from cases.acting import Actor
from cases.clock import ClockRefused
from cases.models import Case, CaseState, ServiceRules
from tests.cases.town import Town
from tests.factories import DAY, NOON, SOFIA

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

D = dt.date.fromisoformat


@pytest.fixture
def case(town: Town) -> Case:
    """Filed on Monday, 23 November; due on Monday, 7 December."""
    return town.file().case


def ruled(town: Town, **changes: object) -> None:
    """The town's service with other rules, as if they had always been so."""
    ServiceRules.objects.filter(service=town.trees).update(**changes)


def on(day: str) -> dt.datetime:
    return dt.datetime.combine(D(day), dt.time(12), SOFIA)


def now(case: Case) -> Case:
    return Case.objects.select_related("clock").get(pk=case.pk)


def pause(case: Case, first: str, last: str, town: Town) -> None:
    clock.suspend(case, reason="A sketch is missing", actor=town.actor("alice"), at=on(first))
    clock.resume(case, actor=town.actor("alice"), at=on(last))


def test_while_the_applicant_is_asked_the_case_waits(town, case):
    suspension = clock.suspend(case, reason="A sketch is missing", actor=town.actor("alice"), at=on("2026-11-25"))

    assert (suspension.from_date, suspension.to_date, suspension.made_by) == (
        D("2026-11-25"),
        None,
        town.people["alice"],
    )
    assert now(case).state == CaseState.WAITING
    assert now(case).events.get(kind="CLOCK_SUSPENDED").is_public is True


def test_the_due_date_moves_by_the_whole_days_that_the_clock_stood_still(town, case):
    pause(case, "2026-11-25", "2026-11-30", town)

    assert (now(case).state, now(case).due_date, now(case).clock.due_date) == (
        CaseState.OPEN,
        D("2026-12-14"),  # 7 December and five days, rolled over the weekend
        D("2026-12-14"),
    )
    assert now(case).clock.raw_end_date == D("2026-12-07")
    assert now(case).events.get(kind="CLOCK_RESUMED").payload == {"due": "2026-12-14"}


def test_a_pause_that_ends_on_its_first_day_moves_nothing(town, case):
    pause(case, "2026-11-25", "2026-11-25", town)

    assert now(case).due_date == D("2026-12-07")


def test_several_pauses_add_up_before_rolling(town, case):
    pause(case, "2026-11-24", "2026-11-26", town)
    pause(case, "2026-11-27", "2026-11-28", town)

    assert now(case).due_date == D("2026-12-10")


def test_a_case_that_waits_cannot_be_suspended_again(town, case):
    clock.suspend(case, reason="A sketch is missing", actor=town.actor("alice"), at=NOON)

    with pytest.raises(ClockRefused, match="94-1 is not in progress"):
        clock.suspend(case, reason="Again", actor=town.actor("alice"), at=NOON)


def test_a_running_clock_cannot_be_resumed(town, case):
    with pytest.raises(ClockRefused, match="running already"):
        clock.resume(case, actor=town.actor("alice"), at=NOON)


def test_a_case_without_a_term_waits_and_goes_on_as_well(town):
    case = town.file(service=None).case

    assert clock.suspend(case, reason="Who are you?", actor=town.actor("rita"), at=NOON) is None
    assert clock.resume(case, actor=town.actor("rita"), at=NOON + DAY) is None
    assert now(case).state == CaseState.OPEN


# -- prolonging


def test_prolonging_keeps_the_old_date_and_the_reason(town, case):
    extension = clock.extend(
        case, until=D("2026-12-19"), reason="An expert is asked", actor=town.actor("helen"), at=NOON
    )

    assert (extension.old_due_date, extension.new_due_date) == (D("2026-12-07"), D("2026-12-21"))
    assert (now(case).due_date, now(case).clock.due_date) == (D("2026-12-21"), D("2026-12-21"))
    event = now(case).events.get(kind="CLOCK_EXTENDED")
    assert (event.payload, event.values.get().value) == ({"due": "2026-12-21"}, "An expert is asked")


def test_a_term_is_not_prolonged_to_an_earlier_day(town, case):
    with pytest.raises(ClockRefused, match="Choose a day after"):
        clock.extend(case, until=D("2026-12-07"), reason="?", actor=town.actor("helen"), at=NOON)


def test_only_a_person_prolongs(town, case):
    with pytest.raises(ClockRefused, match="Only a person"):
        clock.extend(case, until=D("2026-12-20"), reason="?", actor=Actor.job("test"), at=NOON)


def test_a_case_without_a_term_has_nothing_to_prolong(town):
    case = town.file(service=None).case

    with pytest.raises(ClockRefused, match="no running term"):
        clock.extend(case, until=D("2026-12-20"), reason="?", actor=town.actor("helen"), at=NOON)


def test_a_term_that_ended_is_not_prolonged(town, case):
    case.clock.stopped_at = NOON
    case.clock.save()

    with pytest.raises(ClockRefused, match="no running term"):
        clock.extend(case, until=D("2026-12-20"), reason="?", actor=town.actor("helen"), at=NOON)


def test_a_prolonged_term_is_not_shortened_by_an_earlier_pause(town, case):
    pause(case, "2026-11-24", "2026-11-26", town)
    clock.extend(case, until=D("2026-12-21"), reason="An expert", actor=town.actor("helen"), at=on("2026-12-01"))

    assert now(case).due_date == D("2026-12-21")


def test_a_prolonged_term_moves_by_a_pause_that_comes_after(town, case):
    pause(case, "2026-11-24", "2026-11-26", town)
    clock.extend(case, until=D("2026-12-14"), reason="An expert", actor=town.actor("helen"), at=on("2026-12-01"))

    pause(case, "2026-12-02", "2026-12-04", town)

    assert now(case).due_date == D("2026-12-16")


def test_the_term_follows_the_services_rule(town):
    ruled(town, deadline_amount=1, deadline_unit="MONTHS", legal_basis="Art. 57")

    case = town.file().case

    term = case.clock
    assert (term.amount, term.unit, term.raw_end_date, term.legal_basis) == (1, "MONTHS", D("2026-12-23"), "Art. 57")


# -- What the rules say


def test_the_speed_that_the_applicant_chose_counts(town):
    fast = {"code": "fast", "names": {"en": "Fast"}, "amount": 3, "unit": "WORKING_DAYS", "fee": "20.00"}
    ruled(town, tiers=[fast])

    chosen, unknown = (town.file(answers={"tier": code}).case for code in ("fast", "yesterday"))

    assert (chosen.clock.amount, chosen.clock.unit, chosen.due_date) == (3, "WORKING_DAYS", D("2026-11-26"))
    assert unknown.due_date == D("2026-12-07")


def test_what_arrives_on_a_day_off_counts_from_the_next_working_day(town):
    ruled(town, clock_start="NEXT_WORKING_DAY", deadline_amount=2)

    case = town.file(at=on("2026-11-21")).case

    assert (case.clock.started_date, case.due_date) == (D("2026-11-23"), D("2026-11-25"))


def test_a_term_counted_from_completeness_begins_once_everything_is_there(town):
    ruled(town, clock_start="COMPLETENESS")
    case = town.file().case
    assert (case.due_date, clock.rules_of(case).clock_start) == (None, "COMPLETENESS")

    clock.start_when_complete(case, actor=town.actor("rita"), at=on("2026-11-25"))

    assert (now(case).clock.started_date, now(case).due_date) == (D("2026-11-25"), D("2026-12-09"))
    assert clock.start_when_complete(now(case), actor=town.actor("rita"), at=on("2026-11-26")) is None


def test_where_the_clock_may_not_be_stopped_it_runs_while_the_applicant_is_asked(town):
    ruled(town, may_suspend=False)
    case = town.file().case

    pause(case, "2026-11-25", "2026-11-30", town)

    assert (now(case).due_date, now(case).clock.suspensions.count()) == (D("2026-12-07"), 0)
    assert now(case).events.filter(kind="CLOCK_SUSPENDED").count() == 0


def extended(case: Case, until: str, who: str, town: Town) -> None:
    clock.extend(case, until=D(until), reason="An expert is asked", actor=town.actor(who), at=NOON)


def test_a_term_is_prolonged_no_further_and_no_more_often_than_the_rules_say(town, case):
    ruled(town, extension_amount=14)
    with pytest.raises(ClockRefused, match="2026-12-21 at the latest"):
        extended(case, "2026-12-22", "helen", town)
    extended(case, "2026-12-21", "helen", town)

    with pytest.raises(ClockRefused, match="do not let the term be prolonged"):
        extended(case, "2026-12-23", "helen", town)


@pytest.mark.parametrize(("ruled_for", "allowed"), [("OFFICER", "alice"), ("HEAD", "helen"), ("EXECUTIVE", "dora")])
def test_only_whom_the_rules_name_prolongs(town, case, ruled_for, allowed):
    ruled(town, extended_by=ruled_for)
    below = {"alice": "rita", "helen": "alice", "dora": "helen"}[allowed]

    with pytest.raises(ClockRefused, match="Only this one"):
        extended(case, "2026-12-11", below, town)

    extended(case, "2026-12-11", allowed, town)
    assert now(case).due_date == D("2026-12-11")


def test_the_romanian_petition_is_prolonged_by_fifteen_days_of_the_law(town):
    """30 days from 2026-04-07 end on 7 May, prolonged on 22 May."""
    ruled(town, deadline_amount=30, extension_amount=15)
    type(town.institution).objects.update(country="RO")
    town.institution.refresh_from_db()
    town.trees.institution = town.institution
    case = town.file(at=on("2026-04-07")).case

    assert (case.due_date, clock.latest_extension(case, case.clock, clock.rules_of(case))) == (
        D("2026-05-07"),
        D("2026-05-22"),
    )
