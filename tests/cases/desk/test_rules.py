"""The pages of record rules and days off: versions from a day on, mistakes at their field, the end shown beside."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.calendar import Calendar
from cases.models import OwnDay, ServiceRules
from tests.cases.town import Town
from tests.factories import ServiceFactory

Desk = Callable[[str], Client]

TOMORROW = timezone.localdate() + dt.timedelta(days=1)


def typed(town: Town, **changes: Any) -> dict[str, Any]:
    rules = town.trees.rules.first()
    rows = {"TOTAL_FORMS": "2", "INITIAL_FORMS": "0"}
    values = {
        "valid_from": TOMORROW.isoformat(),
        "legal_basis": "New law, art. 5",
        "deadline_amount": "21",
        "deadline_unit": "CALENDAR_DAYS",
        "counting_mode": "FIRST_DAY_EXCLUDED",
        "clock_start": "FILING",
        "silence": "TACIT_APPROVAL",
        "extension_times": "0",
        "extension_amount": "0",
        "extension_unit": "CALENDAR_DAYS",
        "extended_by": "HEAD",
        "register": rules.register_id,
        "record_class": rules.record_class_id,
        "access_level": "INTERNAL",
        "signature_level": "QUALIFIED",
        "delivery_channels": ["POST"],
        "currency": "EUR",
        **{f"tier-{name}": value for name, value in rows.items()},
        **{f"fee-{name}": value for name, value in rows.items()},
        "tier-0-code": "fast",
        "tier-0-names_en": "Fast",
        "tier-0-amount": "3",
        "tier-0-unit": "WORKING_DAYS",
        "tier-0-fee": "12,50",
        "tier-1-unit": "WORKING_DAYS",
        "fee-0-names_en": "Stamp",
        "fee-0-amount": "2",
    }
    return values | changes


def test_a_new_version_counts_from_its_day_and_the_old_one_stays(town: Town, desk: Desk) -> None:
    adam, address = desk("adam"), reverse("desk_new_rules", args=[town.trees.code])
    assert adam.get(address).context["form"]["legal_basis"].value() == ""

    answer = adam.post(address, typed(town), follow=True)

    assert b"keep the rules that they had" in answer.content
    assert b"name no legal basis" not in answer.content
    old, new = ServiceRules.objects.filter(service=town.trees).order_by("valid_from")
    assert (old.deadline_amount, new.deadline_amount, new.silence) == (14, 21, "TACIT_APPROVAL")
    assert new.tiers == [{"code": "fast", "names": {"en": "Fast"}, "amount": 3, "unit": "WORKING_DAYS", "fee": "12.50"}]
    assert (new.fee_table, new.published_by.username) == ([{"names": {"en": "Stamp"}, "amount": "2"}], "adam")


def test_rules_without_a_legal_basis_are_published_with_a_warning(town: Town, desk: Desk) -> None:
    address = reverse("desk_new_rules", args=[town.trees.code])

    answer = desk("adam").post(address, typed(town, legal_basis=""), follow=True)

    assert b"The record rules name no legal basis" in answer.content
    assert ServiceRules.objects.filter(service=town.trees).count() == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"valid_from": "2026-01-01"}, "Choose today or a later day"),
        ({"extension_times": "2"}, "Write by how much the term may be prolonged"),
        ({"tier-0-code": "Very fast"}, "small Latin letters and digits"),
        ({"deadline_amount": "0"}, "Write a number from 1"),
        ({"currency": "EU"}, "three letters"),
        ({"fee-0-amount": "two"}, "Each fee has a name and an amount"),
    ],
)
def test_a_mistake_is_told_and_nothing_published(town: Town, desk: Desk, wrong: dict[str, str], words: str) -> None:
    answer = desk("adam").post(reverse("desk_new_rules", args=[town.trees.code]), typed(town, **wrong))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert town.trees.rules.count() == 1


def test_the_end_of_a_filing_today_is_shown_as_one_types(town: Town, desk: Desk) -> None:
    values = typed(town, deadline_amount="1", deadline_unit="MONTHS", ends="1")

    answer = desk("adam").post(reverse("desk_new_rules", args=[town.trees.code]), values)

    assert [end["words"] for end in answer.context["ends"]] == ["Ordinary", "Fast"]
    assert answer.context["ends"][0]["due"] > timezone.localdate() + dt.timedelta(days=26)
    assert town.trees.rules.count() == 1


def test_a_version_to_come_can_be_changed_and_taken_back_and_one_in_force_cannot(town: Town, desk: Desk) -> None:
    adam = desk("adam")
    adam.post(reverse("desk_new_rules", args=[town.trees.code]), typed(town))
    old, new = ServiceRules.objects.filter(service=town.trees).order_by("valid_from")

    assert adam.get(reverse("desk_edit_rules", args=[town.trees.code, old.pk])).status_code == 404
    adam.post(reverse("desk_edit_rules", args=[town.trees.code, new.pk]), typed(town, deadline_amount="30"))
    assert ServiceRules.objects.get(pk=new.pk).deadline_amount == 30
    for version in (old, new):
        adam.post(reverse("desk_withdraw_rules", args=[town.trees.code, version.pk]))
    assert list(ServiceRules.objects.filter(service=town.trees)) == [old]


def test_rules_of_another_town_do_not_exist(town: Town, desk: Desk) -> None:
    foreign = ServiceFactory(code="foreign")

    for name in ("desk_service_rules", "desk_new_rules"):
        assert desk("adam").get(reverse(name, args=[foreign.code])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_more_services_ask_the_database_no_more(
    town: Town, desk: Desk, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows - 1):
        ServiceFactory(institution=town.institution, unit=town.parks, code=f"more-{number}")
    adam = desk("adam")

    with django_assert_num_queries(11):
        answer = adam.get(reverse("desk_rules"))

    assert len(answer.context["lines"]) == rows


def test_a_day_off_is_declared_with_its_act_and_taken_back(town: Town, desk: Desk) -> None:
    adam, address = desk("adam"), reverse("desk_own_days")
    monday = timezone.localdate() + dt.timedelta(days=7 - timezone.localdate().weekday() + 35)
    while not _works(town, monday):
        monday += dt.timedelta(days=1)

    refused = adam.post(address, {"date": monday.isoformat(), "kind": "OFF", "legal_basis": ""})
    assert (refused.status_code, OwnDay.objects.count()) == (422, 0)
    adam.post(address, {"date": monday.isoformat(), "kind": "OFF", "legal_basis": "Order 12"})
    assert OwnDay.objects.get().date == monday
    assert b"Order 12" in adam.get(address).content
    adam.post(reverse("desk_withdraw_day", args=[OwnDay.objects.get().pk]))
    assert not OwnDay.objects.in_force().exists()
    [told] = adam.get(address).context["taken_back"]
    assert (told.date, told.withdrawn_by.username) == (monday, "adam")


def _works(town: Town, day: dt.date) -> bool:
    return Calendar.of(town.institution).is_working_day(day)
