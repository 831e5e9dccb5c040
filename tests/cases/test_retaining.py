"""How long a case is kept: by class, trigger and appraisal; counted again when a rule changes."""

import datetime as dt

import pytest

from cases import classifying, closing, history, integrity, outbox, retaining
from cases.models import Case, DisposalAction, Document, OutboxRow, RecordClass, Retention, RetentionStart
from tests.cases.disposal import CLOSED, closed_case
from tests.factories import NOON, SOFIA

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

D = dt.date.fromisoformat


@pytest.fixture
def trees_class(town) -> RecordClass:
    return town.trees.rules.get().record_class


def change(record_class: RecordClass, **values) -> None:
    RecordClass.objects.filter(pk=record_class.pk).update(**values)


def kept_of(case: Case) -> tuple:
    return Retention.objects.values_list("action", "started_date", "due_date", "is_stale").get(case=case)


def run_jobs(at: dt.datetime = NOON) -> None:
    for _turn in range(10):
        for row in OutboxRow.objects.filter(kind="count_retention", done_at__isnull=True):
            assert outbox.run(row.pk, at=at)


def test_closing_keeps_the_day(town):
    case = town.file().case
    case.tasks.all().delete()

    closing.close_case(Case.objects.get(pk=case.pk), outcome="GRANTED", actor=town.actor("alice"), at=NOON)

    assert kept_of(case) == ("DESTROY", D("2027-01-01"), D("2032-01-01"), False)


@pytest.mark.parametrize(
    ("start", "started", "due"),
    [
        (RetentionStart.END_OF_YEAR, "2021-01-01", "2026-01-01"),
        (RetentionStart.CLOSING, "2020-06-30", "2025-06-30"),
        (RetentionStart.DECISION, "2020-06-30", "2025-06-30"),  # none was made: closing counts
    ],
)
def test_years_count_from_the_classs_trigger(town, trees_class, start, started, due):
    change(trees_class, retention_start=start)
    case = closed_case(town)

    retaining.count_case(case, at=NOON)

    assert kept_of(case) == ("DESTROY", D(started), D(due), False)


def test_years_count_from_the_last_decision_where_the_class_says_so(town, trees_class):
    change(trees_class, retention_start=RetentionStart.DECISION)
    case = closed_case(town)
    decided = dt.datetime(2019, 3, 1, 12, tzinfo=SOFIA)
    Document.objects.filter(case=case).update(kind="DECISION", captured_at=decided, entry=None)

    retaining.count_case(case, at=NOON)

    assert kept_of(case)[1:3] == (D("2019-03-01"), D("2024-03-01"))


def test_years_that_end_on_a_29th_of_february_end_with_the_month():
    assert retaining.years_after(D("2020-02-29"), 5) == D("2025-03-01")
    assert retaining.years_after(D("2020-02-29"), 4) == D("2024-02-29")
    assert retaining.years_after(D("2020-02-29"), 9_000) is None


def test_a_case_without_a_class_has_no_day(town):
    case = closed_case(town)
    Case.objects.filter(pk=case.pk).update(record_class=None)

    retaining.count_case(case, at=NOON)

    assert kept_of(case) == ("", D("2021-01-01"), None, False)


def new_version(town, record_class: RecordClass, *, years: int, valid_from: str, holds_for_closed: bool = True):
    said = classifying.replace(classifying.said_of(record_class), retention_years=years)
    return classifying.publish_version(
        record_class,
        said,
        valid_from=D(valid_from),
        holds_for_closed=holds_for_closed,
        actor=town.actor("victor"),
        at=NOON,
    )


def test_a_changed_rule_counts_its_cases_again(town, trees_class):
    case = closed_case(town)
    retaining.count_case(case, at=NOON)

    new_version(town, trees_class, years=10, valid_from="2026-11-01")
    before = kept_of(case)
    run_jobs()

    assert (before[3], kept_of(case)) == (True, ("DESTROY", D("2021-01-01"), D("2031-01-01"), False))


def test_a_version_may_leave_alone_what_was_closed_before(town, trees_class):
    case = closed_case(town)

    new_version(town, trees_class, years=10, valid_from="2026-11-01", holds_for_closed=False)
    run_jobs()

    assert kept_of(case)[2] == D("2026-01-01")


def test_a_version_to_come_counts_from_its_day(town, trees_class):
    case = closed_case(town)
    new_version(town, trees_class, years=10, valid_from="2027-01-01")
    retaining.keep_up(at=NOON)
    run_jobs()
    before = kept_of(case)[2]

    later = dt.datetime(2027, 1, 1, 1, tzinfo=SOFIA)
    retaining.keep_up(at=later)
    run_jobs(later)

    assert (before, kept_of(case)[2]) == (D("2026-01-01"), D("2031-01-01"))


def test_counting_goes_on_where_it_was_stopped(town, trees_class, monkeypatch):
    cases = [closed_case(town) for _number in range(3)]
    monkeypatch.setattr(retaining, "CASES_AT_ONCE", 1)
    monkeypatch.setattr(retaining, "BATCHES_A_TURN", 1)
    retaining.keep_up(at=NOON)
    first = OutboxRow.objects.get(kind="count_retention")

    assert outbox.run(first.pk, at=NOON)

    assert Retention.objects.count() == 1
    run_jobs()
    assert [kept_of(case)[2] for case in cases] == [D("2026-01-01")] * 3


def test_what_gets_stale_behind_a_counting_under_way_is_counted_too(town, trees_class, monkeypatch):
    cases = [closed_case(town) for _number in range(3)]
    monkeypatch.setattr(retaining, "CASES_AT_ONCE", 1)
    monkeypatch.setattr(retaining, "BATCHES_A_TURN", 2)
    retaining.keep_up(at=NOON)
    assert outbox.run(OutboxRow.objects.get(kind="count_retention").pk, at=NOON)
    assert Retention.objects.count() == 2
    Retention.objects.filter(case=cases[0]).update(is_stale=True)

    run_jobs()

    assert Retention.objects.filter(is_stale=False).count() == 3


def test_an_appraisal_beats_the_class(town, trees_class):
    change(trees_class, disposal_action=DisposalAction.REVIEW)
    case = closed_case(town)

    retaining.appraise(case, action="DESTROY", reason="Consent 12/2026", actor=town.actor("victor"), at=NOON)

    assert kept_of(case)[:3] == ("DESTROY", D("2021-01-01"), D("2026-11-23"))
    event = case.events.order_by("seq").last()
    assert (event.kind, event.payload) == ("APPRAISED", {"action": "DESTROY", "day": "2026-11-23"})


def test_an_appraisal_does_not_give_up_what_its_years_still_keep(town, trees_class):
    case = closed_case(town, closed_at=NOON)

    with pytest.raises(retaining.AppraisalRefused, match="years of case .* are not over"):
        retaining.appraise(case, action="DESTROY", reason="We need the room", actor=town.actor("victor"), at=NOON)


def test_a_transfer_in_between_does_not_shorten_the_years_of_the_class(town, trees_class):
    case = closed_case(town, closed_at=NOON)
    victor = {"reason": "?", "actor": town.actor("victor"), "at": NOON}
    retaining.appraise(case, action="TRANSFER", **victor)

    with pytest.raises(retaining.AppraisalRefused, match="years of case .* are not over"):
        retaining.appraise(case, action="DESTROY", **victor)


def test_a_case_is_kept_until_a_day_and_then_reviewed_again(town, trees_class):
    change(trees_class, disposal_action=DisposalAction.REVIEW)
    case = closed_case(town)
    victor = {"actor": town.actor("victor"), "at": NOON}

    retaining.keep_until(case, last_day=D("2035-12-31"), reason="The bridge stands", **victor)

    assert kept_of(case)[:3] == ("REVIEW", D("2021-01-01"), D("2036-01-01"))
    event = case.events.order_by("seq").last()
    assert history.words_of(event) == "To be kept until 31 December 2035, then reviewed again. The bridge stands"
    with pytest.raises(retaining.AppraisalRefused, match="are not over"):
        retaining.appraise(case, action="DESTROY", reason="We need the room", **victor)


@pytest.mark.parametrize(
    ("last_day", "words"),
    [
        ("2026-11-23", "still to come"),
        ("2020-12-31", "still to come"),
        ("2726-01-01", "Keep it for ever instead"),
        ("2030-12-31", "Its class keeps case .* longer than that: until 31/12/2031"),
    ],
)
def test_a_day_to_keep_a_case_until_lies_ahead_and_after_what_its_class_says(town, trees_class, last_day, words):
    case = closed_case(town, closed_at=NOON)

    with pytest.raises(retaining.AppraisalRefused, match=words):
        retaining.keep_until(case, last_day=D(last_day), reason="?", actor=town.actor("victor"), at=NOON)


def test_keeping_longer_needs_a_reason_too(town):
    with pytest.raises(retaining.AppraisalRefused, match="Write the reason"):
        retaining.keep_until(
            closed_case(town), last_day=D("2035-12-31"), reason=" ", actor=town.actor("victor"), at=NOON
        )


def test_an_appraisal_needs_a_reason(town):
    with pytest.raises(retaining.AppraisalRefused, match="Write the reason"):
        retaining.appraise(closed_case(town), action="KEEP", reason=" ", actor=town.actor("victor"), at=NOON)


def test_a_day_that_does_not_follow_from_its_rule_is_found(town):
    case = closed_case(town, closed_at=CLOSED)
    retaining.count_case(case, at=NOON)
    right = [finding.name for finding in integrity.findings() if finding.name.startswith("retention")]

    Retention.objects.update(due_date=D("2022-01-01"))

    wrong = [finding.name for finding in integrity.findings() if finding.name.startswith("retention")]
    assert (right, wrong) == ([], ["retention-off"])
