"""Numbers: their words, their series, the turn of the year, and the order of time."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from cases import voiding
from cases.models import Counter, CounterScope, EntryKind, Register
from cases.numbering import RegisterClosed, SeriesUnclear, give_number, validate_pattern, written
from cases.voiding import EntryNotVoidable
from tests.cases.town import Town
from tests.factories import DAY, NOON, SOFIA, RecordClassFactory, RegisterFactory, UnitFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

SECOND = dt.timedelta(seconds=1)
MIDNIGHT = dt.datetime(2027, 1, 1, tzinfo=SOFIA)  # 22:00 on 31 December in UTC


def give(register: Register, *, at: dt.datetime = NOON, **values):
    return give_number(register, at=at, **values)


# -- words


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{seq}", "7"),
        ("{seq:06}", "000007"),
        ("94-00-{seq}", "94-00-7"),
        ("{yyyy}-{seq:4}", "2026-0007"),
        ("{seq}/{date}", "7/23.11.2026"),
        ("{unit}.{class}.{seq}.{yyyy}", "OS.6131.7.2026"),
        ("{group}-{seq}", "94-7"),
    ],
)
def test_a_number_is_written_by_its_registers_pattern(pattern, number):
    register = RegisterFactory(pattern=pattern, index_group="94")
    unit = UnitFactory(institution=register.institution, code="OS")
    record_class = RecordClassFactory(institution=register.institution, code="6131")

    assert written(register, 7, day=NOON.date(), unit=unit, record_class=record_class) == number


@pytest.mark.parametrize("pattern", ["{seq}", "{unit}/{seq:06}/{yyyy}", "№ {seq}"])
def test_a_pattern_of_known_parts_is_accepted(pattern):
    validate_pattern(pattern)


@pytest.mark.parametrize("pattern", ["", "{yyyy}", "{seq", "{seq}}", "{number}", "{seq}{__class__}", "{seq:x}", "{0}"])
def test_a_pattern_that_could_not_number_is_refused(pattern):
    with pytest.raises(ValidationError):
        validate_pattern(pattern)


# -- series


def test_one_series_counts_everything():
    register = RegisterFactory()
    units = [UnitFactory(institution=register.institution) for _number in range(2)]

    assert [give(register, unit=unit).seq for unit in units] == [1, 2]


def test_each_unit_has_a_series_of_its_own():
    register = RegisterFactory(scope=CounterScope.UNIT, pattern="{unit}-{seq}")
    parks, roads = (UnitFactory(institution=register.institution, code=code) for code in ("PARK", "ROAD"))

    given = [give(register, unit=unit).text for unit in (parks, roads, parks)]

    assert given == ["PARK-1", "ROAD-1", "PARK-2"]


def test_each_class_has_a_series_of_its_own():
    register = RegisterFactory(scope=CounterScope.CLASS, pattern="{class}-{seq}")
    trees, signs = (RecordClassFactory(institution=register.institution, code=code) for code in ("12", "13"))

    assert [give(register, record_class=one).text for one in (trees, signs, trees)] == ["12-1", "13-1", "12-2"]


def test_a_series_can_follow_unit_and_class_together():
    register = RegisterFactory(scope=CounterScope.UNIT_AND_CLASS, pattern="{unit}.{class}.{seq}.{yyyy}")
    parks = UnitFactory(institution=register.institution, code="OS")
    trees, signs = (RecordClassFactory(institution=register.institution, code=code) for code in ("6131", "7230"))

    given = [give(register, unit=parks, record_class=one) for one in (trees, trees, signs)]

    assert [number.text for number in given] == ["OS.6131.1.2026", "OS.6131.2.2026", "OS.7230.1.2026"]
    assert given[0].scope_key == "OS.6131"


def test_an_index_group_is_a_series():
    register = RegisterFactory(scope=CounterScope.INDEX_GROUP, index_group="94", pattern="{group}-00-{seq}")

    assert [give(register).text, give(register).scope_key] == ["94-00-1", "94"]


@pytest.mark.parametrize("scope", [CounterScope.UNIT, CounterScope.CLASS, CounterScope.INDEX_GROUP])
def test_a_series_that_nothing_names_is_refused(scope):
    register = RegisterFactory(scope=scope)

    with pytest.raises(SeriesUnclear, match="choose one for this item"):
        give(register)


def test_two_institutions_count_apart():
    here, there = RegisterFactory(code="in"), RegisterFactory(code="in")

    assert [give(here).seq, give(there).seq, give(here).seq] == [1, 1, 2]


# -- time


def test_numbers_begin_again_at_the_institutions_midnight():
    register = RegisterFactory(pattern="{yyyy}-{seq}")

    given = [give(register, at=at).text for at in (MIDNIGHT - 2 * SECOND, MIDNIGHT - SECOND, MIDNIGHT)]

    assert given == ["2026-1", "2026-2", "2027-1"]


def test_a_late_item_of_the_old_year_still_gets_a_number_of_the_old_year():
    register = RegisterFactory(pattern="{yyyy}-{seq}")
    give(register, at=MIDNIGHT)

    assert give(register, at=MIDNIGHT - SECOND).text == "2026-1"


def test_no_number_is_given_earlier_than_the_one_before_even_when_the_clock_went_back():
    register = RegisterFactory()
    give(register, at=NOON)

    second = give(register, at=NOON - 5 * SECOND)

    assert (second.seq, second.given_at) == (2, NOON)


def test_a_closed_register_gives_no_number():
    register = RegisterFactory(is_closed=True)

    with pytest.raises(RegisterClosed):
        give(register)

    assert not Counter.objects.filter(register=register).exists()


def test_a_number_is_given_only_inside_the_transaction_that_uses_it():
    register = RegisterFactory()

    # Another thread has a connection of its own, outside the transaction of this test.
    with ThreadPoolExecutor() as thread, pytest.raises(transaction.TransactionManagementError):
        thread.submit(give, register).result()


# -- voiding


def test_a_void_entry_keeps_its_number_and_says_why(town: Town):
    entry = town.file()

    voiding.void_entry(entry, reason="  Registered twice ", actor=town.actor("rita"), at=NOON)

    entry.refresh_from_db()
    assert (entry.kind, entry.number, entry.void_reason) == (EntryKind.VOID, "94-1", "Registered twice")
    assert town.file().number == "94-2"


def test_voiding_is_in_the_history_and_the_reason_outside_the_chain(town: Town):
    entry = town.file()

    voiding.void_entry(entry, reason="Registered twice", actor=town.actor("rita"), at=NOON + DAY)

    event = entry.case.events.get(kind="ENTRY_VOIDED")
    assert (event.payload, event.at, event.actor) == ({"number": "94-1"}, NOON + DAY, town.people["rita"])
    assert event.values.get(name="reason").value == "Registered twice"


def test_voiding_needs_a_reason(town: Town):
    with pytest.raises(EntryNotVoidable, match="Say why"):
        voiding.void_entry(town.file(), reason="  ", actor=town.actor("rita"), at=NOON)


def test_an_entry_is_voided_once(town: Town):
    entry = town.file()
    voiding.void_entry(entry, reason="Registered twice", actor=town.actor("rita"), at=NOON)

    with pytest.raises(EntryNotVoidable, match="94-1 is void already"):
        voiding.void_entry(entry, reason="Again", actor=town.actor("rita"), at=NOON)


def test_voiding_a_moved_entry_is_told_in_the_case_that_has_it_now(town: Town):
    stale, other = town.file(), town.file().case
    type(stale).objects.filter(pk=stale.pk).update(case=other)

    voiding.void_entry(stale, reason="Registered twice", actor=town.actor("rita"), at=NOON)

    assert other.events.filter(kind="ENTRY_VOIDED").count() == 1
