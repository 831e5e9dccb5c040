"""Access from outside: a link, or a number with twelve digits; hard to guess, easy to end, leading on."""

import datetime as dt
import json

import pytest
from django.core import serializers

from cases import corrections, outside_access
from cases.models import CaseSign, OutsideAccess, Party, RegisterEntry, WrongTry
from cases.outside_access import (
    SENDER_TRIES,
    SHUT_AFTER,
    AccessRefused,
    NumberLost,
    TooManyTries,
    access_by_id,
    case_of,
    give_access,
    open_with_digits,
    open_with_link,
    secrets_of,
)
from cases.reserving import jump_after_restore
from tests.cases.town import Town
from tests.factories import DAY, NOON, CaseSignFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def entry(town: Town) -> RegisterEntry:
    return town.file()


@pytest.fixture
def given(entry: RegisterEntry):
    return secrets_of(entry.sender)


def try_digits(number: str, digits: str, *, sender: str = "192.0.2.1", at: dt.datetime = NOON) -> OutsideAccess:
    return open_with_digits(number, digits, sender=sender, at=at)


def wrong_tries(amount: int, *, number: str = "94-1", sender: str = "192.0.2.1", at: dt.datetime = NOON) -> None:
    for _number in range(amount):
        with pytest.raises(AccessRefused):
            try_digits(number, "000000000000", sender=sender, at=at)


# -- what is given


def test_filing_gives_a_link_of_128_bits_and_twelve_digits_in_groups_of_four(given):
    assert len(given.token) == 22
    assert (len(given.digits), given.digits.isdigit()) == (12, True)
    assert given.grouped == f"{given.digits[:4]} {given.digits[4:8]} {given.digits[8:]}"


def test_two_filings_have_two_secrets(town: Town, given):
    other = secrets_of(town.file().sender)

    assert (other.token != given.token, other.digits != given.digits) == (True, True)


def test_the_same_secrets_can_be_printed_again(entry, given):
    assert secrets_of(Party.objects.get(pk=entry.sender_id)) == given


def test_a_filing_without_a_sender_gives_no_access(town: Town):
    town.file(parties=())

    assert OutsideAccess.objects.count() == 0


def test_nothing_in_the_database_opens_a_case(entry, given):
    with pytest.raises(AccessRefused):
        try_digits("94-1", "000000000000")

    everything = json.loads(serializers.serialize("json", [*OutsideAccess.objects.all(), *WrongTry.objects.all()]))
    words = json.dumps(everything)
    assert (given.token in words, given.digits in words, "192.0.2.1" in words) == (False, False, False)


def test_without_the_records_key_the_kept_rows_open_nothing(entry, given, settings):
    settings.RECORDS_KEY = "another key, as a thief would have to guess"

    assert open_with_link(given.token) is None
    assert secrets_of(entry.sender) != given


# -- opening


def test_a_link_opens_the_case_as_often_as_it_is_opened(entry, given):
    opened = [open_with_link(given.token) for _number in range(3)]

    assert [access.case for access in opened] == [entry.case] * 3
    assert opened[0].party == entry.sender


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "Ж" * 22])
def test_a_made_up_link_opens_nothing(entry, token):
    assert open_with_link(token) is None


def test_number_and_digits_open_the_case(entry, given):
    assert try_digits("94-1", given.digits).case == entry.case


@pytest.mark.parametrize("typed", ["{0} {1} {2}", "{0}-{1}-{2}", " {0}{1} {2} ", "{0}.{1}.{2}"])
def test_digits_are_read_as_people_type_them(entry, given, typed):
    groups = given.grouped.split()

    assert try_digits("  94-1 ", typed.format(*groups)).case == entry.case


def test_every_number_of_a_case_goes_with_its_digits(town: Town, entry, given):
    town.bring(entry.case)
    CaseSignFactory(case=entry.case, sign="OS.6131.4.2026")

    assert [try_digits(number, given.digits).case for number in ("94-1", "94-2", "OS.6131.4.2026")] == [entry.case] * 3
    assert CaseSign.objects.count() == 1


def test_digits_of_another_case_open_nothing(town: Town, entry):
    other = secrets_of(town.file().sender)

    with pytest.raises(AccessRefused):
        try_digits("94-1", other.digits)


def test_a_wrong_number_and_wrong_digits_are_refused_in_the_same_words(entry, given):
    refusals = []
    for number, digits in (("94-1", "000000000000"), ("94-999", given.digits), ("94-1", given.digits[:-1])):
        with pytest.raises(AccessRefused) as refusal:
            try_digits(number, digits)
        refusals.append(str(refusal.value))

    assert len(set(refusals)) == 1


# -- guessing


def test_after_ten_wrong_tries_a_number_is_shut_for_an_hour_also_for_right_digits(entry, given):
    wrong_tries(SHUT_AFTER)

    with pytest.raises(TooManyTries):
        try_digits("94-1", given.digits, at=NOON + 59 * MINUTE)
    assert try_digits("94-1", given.digits, at=NOON + 60 * MINUTE).case == entry.case


def test_after_nine_wrong_tries_right_digits_still_open(entry, given):
    wrong_tries(SHUT_AFTER - 1)

    assert try_digits("94-1", given.digits).case == entry.case


def test_a_shut_number_is_shut_for_every_sender_and_others_stay_open(town: Town, entry, given):
    other = town.file()
    wrong_tries(SHUT_AFTER)

    with pytest.raises(TooManyTries):
        try_digits("94-1", given.digits, sender="198.51.100.7")
    assert try_digits(other.number, secrets_of(other.sender).digits).case == other.case


def test_a_number_that_does_not_exist_is_shut_alike(entry):
    wrong_tries(SHUT_AFTER, number="94-999")

    with pytest.raises(TooManyTries):
        try_digits("94-999", "000000000000")


def test_a_sender_who_tries_many_numbers_is_slowed_down(entry, given):
    for number in range(SENDER_TRIES):
        wrong_tries(1, number=f"95-{number}")

    with pytest.raises(TooManyTries):
        try_digits("94-1", given.digits)
    assert try_digits("94-1", given.digits, sender="198.51.100.7").case == entry.case
    assert try_digits("94-1", given.digits, at=NOON + 15 * MINUTE).case == entry.case


def test_wrong_tries_are_forgotten_after_a_day(entry):
    wrong_tries(3)

    wrong_tries(1, at=NOON + DAY + MINUTE)

    assert WrongTry.objects.count() == 1


# -- ending and leading on


def test_new_digits_end_the_old_ones(town: Town, entry, given):
    new = give_access(entry.sender, actor=town.actor("rita"), at=NOON)

    assert open_with_link(given.token) is None
    with pytest.raises(AccessRefused):
        try_digits("94-1", given.digits)
    assert try_digits("94-1", new.digits).case == open_with_link(new.token).case == entry.case
    assert entry.case.events.filter(kind="ACCESS_GIVEN").count() == 1


def test_an_ended_access_is_shut_in_every_way(town: Town, entry, given):
    remembered = open_with_link(given.token).pk

    outside_access.end_access(entry.sender, actor=town.actor("rita"), at=NOON)

    assert (open_with_link(given.token), access_by_id(remembered), secrets_of(entry.sender)) == (None, None, None)
    with pytest.raises(AccessRefused):
        try_digits("94-1", given.digits)


def test_ending_nothing_is_no_news(town: Town, entry):
    outside_access.end_access(entry.sender, actor=town.actor("rita"), at=NOON)

    assert outside_access.end_access(entry.sender, actor=town.actor("rita"), at=NOON) == 0
    assert entry.case.events.filter(kind="ACCESS_ENDED").count() == 1


def test_a_representatives_access_ends_with_the_mandate(entry, given):
    Party.objects.filter(pk=entry.sender_id).update(mandate_until=dt.date(2020, 1, 1))

    assert open_with_link(given.token) is None


def test_the_access_of_a_joined_case_leads_to_the_case_that_took_it_in(town: Town, entry, given):
    main, last = town.file().case, town.file().case
    for case, into in ((entry.case, main), (main, last)):
        case.tasks.update(ended_at=NOON, outcome="DONE")
        corrections.join_cases(case, into=into, actor=town.actor("rita"), at=NOON)

    assert case_of(open_with_link(given.token)) == last
    assert case_of(try_digits("94-1", given.digits)) == last


def test_a_number_lost_in_a_restore_is_explained(town: Town):
    jump_after_restore(town.incoming, past=3, year=2026, actor=town.actor("adam"), at=NOON)

    with pytest.raises(NumberLost, match="we no longer have what was filed"):
        try_digits("94-2", "123456789012")
