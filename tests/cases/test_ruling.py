"""Record rules: versions from a day on; a case follows those of the day on which it was received."""

import datetime as dt

import pytest

from cases import ruling
from cases.calendar import Calendar
from cases.models import ServiceRules
from cases.ruling import RulesRefused, problems_of, publish_rules, rules_as_json, rules_from_json, withdraw_rules
from tests.cases.town import Town
from tests.factories import NOON, SOFIA, RecordClassFactory, RegisterFactory, ServiceRulesFactory

pytestmark = pytest.mark.django_db

D = dt.date.fromisoformat
TODAY = NOON.date()
FAST = {"code": "fast", "names": {"en": "Fast"}, "amount": 3, "unit": "WORKING_DAYS", "fee": "20.00"}


def version(town: Town, valid_from: str, **changes: object) -> ServiceRules:
    rules = ServiceRules.objects.get(service=town.trees, valid_from="2020-01-01")
    rules.service = town.trees
    rules.pk, rules.valid_from = None, D(valid_from)
    rules._state.adding = True
    for name, value in changes.items():
        setattr(rules, name, value)
    return rules


def publish(town: Town, valid_from: str, **changes: object) -> ServiceRules:
    return publish_rules(version(town, valid_from, **changes), actor=town.actor("adam"), at=NOON)


def on(day: str) -> dt.datetime:
    return dt.datetime.combine(D(day), dt.time(12), SOFIA)


@pytest.mark.both_databases
def test_a_case_follows_the_rules_of_the_day_it_was_received(town):
    publish(town, "2026-12-01", deadline_amount=7, legal_basis="New law", access_level="RESTRICTED")

    before = town.file(at=on("2026-11-30"), received_at=on("2026-11-30")).case
    after = town.file(at=on("2026-12-02"), received_at=on("2026-12-01")).case

    assert (before.clock.amount, before.access_level, before.versions["rules"]) == (14, "INTERNAL", "2020-01-01")
    assert (after.clock.amount, after.access_level, after.versions["rules"]) == (7, "RESTRICTED", "2026-12-01")
    assert after.clock.legal_basis == "New law"


def test_what_came_before_the_first_rules_follows_the_first(town):
    assert town.trees.rules_on(D("2019-05-05")).version == "2020-01-01"


def test_who_published_and_when_stands_with_the_version(town):
    rules = publish(town, "2026-12-01")

    assert (rules.published_by, rules.published_at) == (town.people["adam"], NOON)


def test_a_version_that_has_begun_is_never_changed(town):
    begun = ServiceRules.objects.get(service=town.trees)
    begun.deadline_amount = 99

    with pytest.raises(RulesRefused, match="in force already"):
        publish_rules(begun, actor=town.actor("adam"), at=NOON)
    with pytest.raises(RulesRefused, match="in force already"):
        withdraw_rules(begun, at=NOON)

    assert ServiceRules.objects.get(service=town.trees).deadline_amount == 14


def test_a_version_that_is_to_come_may_be_changed_and_taken_back(town):
    coming = publish(town, "2026-12-01")
    coming.deadline_amount = 21

    assert publish_rules(coming, actor=town.actor("adam"), at=NOON).deadline_amount == 21
    withdraw_rules(coming, at=NOON)
    assert town.trees.rules.count() == 1


@pytest.mark.parametrize(
    ("day", "words"), [("2026-11-22", "Choose today or a later day"), ("2026-12-01", "a version from 1 December 2026")]
)
def test_two_versions_never_begin_on_one_day_nor_in_the_past(town, day, words):
    publish(town, "2026-12-01")

    with pytest.raises(RulesRefused, match=words) as refusal:
        publish(town, day)

    assert refusal.value.field == "valid_from"


def test_each_mistake_is_told_at_its_field(town):
    changes = {
        "deadline_amount": 0,
        "delivery_channels": ["PIGEON"],
        "extension_amount": 0,
        "currency": "€",
        "register": RegisterFactory(),
        "record_class": RecordClassFactory(),
        "tiers": [FAST, FAST],
        "fee_table": [{"names": {}, "amount": "ten"}],
    }

    found = problems_of(version(town, "2026-12-01", **changes))

    assert {wrong.field for wrong in found} == set(changes)


@pytest.mark.parametrize(
    "tier",
    [
        {},
        "fast",
        FAST | {"code": "Fast lane"},
        FAST | {"names": {"en": ""}},
        FAST | {"amount": 0},
        FAST | {"amount": True},
        FAST | {"unit": "HOURS"},
        FAST | {"fee": "a lot"},
    ],
)
def test_a_speed_that_nobody_could_keep_is_refused(town, tier):
    assert [wrong.field for wrong in problems_of(version(town, "2026-12-01", tiers=[tier]))] == ["tiers"]


def test_rules_travel_as_data(town):
    rules = version(town, "2026-12-01", tiers=[FAST], silence="TACIT_APPROVAL", clock_start="COMPLETENESS")
    said = rules_as_json(rules)

    read = rules_from_json(
        said,
        service=town.trees,
        valid_from=D("2026-12-01"),
        register=rules.register,
        record_class=rules.record_class,
    )

    assert rules_as_json(read) == said
    assert problems_of(read) == []


@pytest.mark.parametrize(
    "wrong", [{"silence": "LOUD"}, {"tiers": "fast"}, {"deadline_amount": "14"}, {"may_suspend": 1}, {"colour": "red"}]
)
def test_data_that_no_rules_can_hold_is_refused(town, wrong):
    rules = version(town, "2026-12-01")

    with pytest.raises(RulesRefused):
        rules_from_json(
            wrong, service=town.trees, valid_from=TODAY, register=rules.register, record_class=rules.record_class
        )


def test_the_end_of_a_filing_today_is_shown_for_each_speed(town):
    rules = ServiceRulesFactory.build(
        service=town.trees,
        tiers=[FAST],
        register=town.incoming,
        record_class=None,
        clock_start="NEXT_WORKING_DAY",
    )

    ends = [ruling.term_today(rules, on=D("2026-11-21"), tier=tier).due_date for tier in (None, "fast")]

    assert ends == [Calendar("BG").roll(D("2026-12-07")), D("2026-11-26")]
