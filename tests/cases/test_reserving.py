"""Numbers for an outage, and going past those that a restore may have lost."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases import integrity, reserving
from cases.models import CounterScope, EntryKind, RegisterEntry
from cases.reserving import ReservationRefused
from tests.cases.town import Town, build_town
from tests.factories import DAY, NOON, RecordClassFactory, RegisterFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def deed(town: Town) -> dict:
    return {"actor": town.actor("rita"), "at": NOON}


def wrong_numbers() -> list[str]:
    return [finding.name for finding in integrity.findings() if finding.name.startswith(("number", "counter"))]


def test_reserved_numbers_stand_in_the_register_before_they_are_used(town, deed):
    town.file()

    reserved = reserving.reserve_numbers(town.incoming, 3, **deed)

    assert [(line.number, line.kind) for line in reserved] == [
        ("94-2", EntryKind.RESERVED),
        ("94-3", EntryKind.RESERVED),
        ("94-4", EntryKind.RESERVED),
    ]
    assert town.file(at=NOON + DAY).number == "94-5"
    assert wrong_numbers() == []


def test_numbers_of_a_class_are_reserved_in_its_series(town, deed):
    register = RegisterFactory(institution=town.institution, scope=CounterScope.CLASS, pattern="{class}-{seq}")
    trees = RecordClassFactory(institution=town.institution, code="12")

    [line] = reserving.reserve_numbers(register, 1, record_class=trees, **deed)

    assert (line.number, line.scope_key) == ("12-1", "12")


@pytest.mark.parametrize("amount", [0, -1, 1001])
def test_an_unreasonable_amount_is_refused(town, deed, amount):
    with pytest.raises(ReservationRefused, match="between 1 and 1000"):
        reserving.reserve_numbers(town.incoming, amount, **deed)


def test_after_a_restore_no_number_that_may_be_out_is_given_again(town, deed):
    town.file()

    lost = reserving.jump_after_restore(town.incoming, past=4, year=2026, **deed)

    assert [(line.number, line.kind) for line in lost] == [(f"94-{seq}", EntryKind.LOST) for seq in (2, 3, 4)]
    assert town.file(at=NOON + DAY).number == "94-5"
    assert wrong_numbers() == []


def test_a_jump_to_where_the_register_stands_does_nothing(town, deed):
    town.file()

    assert reserving.jump_after_restore(town.incoming, past=1, year=2026, **deed) == []
    assert RegisterEntry.objects.count() == 1


def test_a_lost_item_that_is_found_again_is_entered_under_its_old_number(town, deed):
    [lost] = reserving.jump_after_restore(town.incoming, past=1, year=2026, **deed)

    entry = town.file(reserved=lost, at=NOON + DAY)

    assert (entry.pk, entry.number, entry.kind) == (lost.pk, "94-1", EntryKind.GIVEN)
    assert wrong_numbers() == []


def test_numbers_lost_in_the_old_year_are_written_with_the_old_year(town, deed):
    register = RegisterFactory(institution=town.institution, pattern="{yyyy}-{seq}/{date}")
    in_january = dt.datetime(2027, 1, 2, 12, tzinfo=dt.UTC)

    [line] = reserving.jump_after_restore(register, past=1, year=2026, **{**deed, "at": in_january})

    assert (line.number, line.year) == ("2026-1/31.12.2026", 2026)


def test_lost_numbers_carry_the_institutions_day(town, deed):
    register = RegisterFactory(institution=town.institution, pattern="{seq}/{date}")
    after_midnight_in_sofia = dt.datetime(2026, 11, 23, 22, 30, tzinfo=dt.UTC)

    [line] = reserving.jump_after_restore(register, past=1, year=2026, **{**deed, "at": after_midnight_in_sofia})

    assert line.number == "1/24.11.2026"


# -- the command


def jump(*arguments: str) -> str:
    output = io.StringIO()
    call_command("jump_after_restore", *arguments, stdout=output)
    return output.getvalue()


def test_the_administrator_goes_past_what_may_be_out_and_reads_which_numbers(town):
    town.file(at=timezone.now())
    town.person("adam")

    words = jump("in", "3", "--by", "adam")

    assert words.splitlines()[:2] == ["94-2", "94-3"]
    assert RegisterEntry.objects.get(number="94-3").registered_by == town.people["adam"]
    assert town.file(at=timezone.now()).number == "94-4"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("out", "3", "--by", "adam"), "no such register"),
        (("in", "3", "--by", "nobody"), "no active person"),
        (("in", "3", "--by", "adam", "--institution", "elsewhere"), "no such register"),
    ],
)
def test_a_jump_in_the_dark_is_refused(town, arguments, words):
    town.person("adam")

    with pytest.raises(CommandError, match=words):
        jump(*arguments)


def test_of_two_towns_with_such_a_register_one_must_be_named(town):
    other = build_town()
    town.person("adam")

    with pytest.raises(CommandError, match="name the institution"):
        jump("in", "3", "--by", "adam")
    assert jump("in", "3", "--by", "adam", "--institution", other.institution.slug).count("94-") == 3
