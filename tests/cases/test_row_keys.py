"""Keys that are fetched beforehand: no two rows get the same, whoever comes at once, and nothing takes them back."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from cases import row_keys
from cases.batches import together
from cases.models import Answer, Case, Event
from cases.row_keys import Keys, KeyStore
from cases.rows import insert_one
from tests.factories import NOON, CaseFactory

MOMENT, SETS = KeyStore.MOMENT_SECONDS, KeyStore.SETS_AT_ONCE


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(row_keys.time, "monotonic", lambda: self.now)


class Counting:
    """A database that counts on, and notes how many sets it was asked for."""

    def __init__(self) -> None:
        self.last, self.asked = 0, []

    def fetch(self, amounts: Mapping[type, int], sets: int) -> list[Keys]:
        self.asked.append(sets)
        found = []
        for _set in range(sets):
            keys = {table: list(range(self.last + 1, self.last + 1 + amount)) for table, amount in amounts.items()}
            self.last += max(amounts.values())
            found.append(keys)
        return found


def test_one_alone_fetches_its_own_keys_and_many_at_once_those_of_several(monkeypatch):
    clock, counting, store = Clock(monkeypatch), Counting(), KeyStore()

    taken = [store.take({Case: 2}, counting.fetch)[Case] for _one in range(SETS + 2)]

    assert counting.asked == [1, SETS, SETS]
    assert taken == [[2 * number + 1, 2 * number + 2] for number in range(SETS + 2)]
    clock.now += MOMENT * 2
    store.take({Case: 2}, counting.fetch)
    assert counting.asked == [1, SETS, SETS, 1]


def test_keys_are_not_kept_for_later(monkeypatch):
    clock, counting, store = Clock(monkeypatch), Counting(), KeyStore()
    for _one in range(2):
        store.take({Case: 1}, counting.fetch)

    clock.now += MOMENT

    assert store.take({Case: 1}, counting.fetch)[Case] == [1 + SETS + 1]


def test_an_operation_that_needs_more_than_before_fetches_anew(monkeypatch):
    Clock(monkeypatch)
    counting, store = Counting(), KeyStore()
    for _one in range(2):
        store.take({Case: 1}, counting.fetch)

    assert len(store.take({Case: 1, Event: 3}, counting.fetch)[Event]) == 3


def test_two_who_fetch_at_once_get_different_keys(monkeypatch):
    clock, counting, store = Clock(monkeypatch), Counting(), KeyStore()
    others: list[int] = []

    def fetch_while_another_does(amounts: Mapping[type, int], sets: int) -> list[Keys]:
        found = counting.fetch(amounts, sets)
        clock.now += MOMENT / 100
        others.append(store.take({Case: 1}, counting.fetch)[Case][0])
        return found

    mine = [store.take({Case: 1}, fetch_while_another_does)[Case][0] for _one in range(SETS * 2)]

    assert others
    assert len({*mine, *others}) == SETS * 2 + len(others)


@pytest.mark.django_db
@pytest.mark.both_databases
def test_sets_follow_each_other_without_a_common_key():
    first, second = row_keys.fetch_keys({Answer: 3, Event: 1}, 2)
    (third,) = row_keys.fetch_keys({Answer: 3, Event: 1})

    assert [len(keys[Answer]) for keys in (first, second, third)] == [3, 3, 3]
    for table in (Answer, Event):
        in_order = [*first[table], *second[table], *third[table]]
        assert in_order == sorted(set(in_order))


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_keys_that_a_rollback_takes_back_are_used_by_nobody_else():
    case = CaseFactory()

    def write(key: str) -> int:
        with together("a test of keys"):
            return insert_one(Answer(case=case, key=key, value=3, given_at=NOON)).pk

    @transaction.atomic
    def lose() -> None:
        Case.objects.filter(pk=case.pk).update(subject="not kept")
        write("lost")
        write("lost too")
        raise LookupError

    write("first")
    with pytest.raises(LookupError):
        lose()
    elsewhere = row_keys.fetch_keys({Answer: SETS * 2})[0][Answer]
    kept = [write(f"kept {number}") for number in range(SETS * 2)]

    assert not {*kept} & {*elsewhere}
    assert Answer.objects.filter(case=case).count() == SETS * 2 + 1


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_threads_that_write_at_once_get_different_keys():
    case = CaseFactory()

    def write(number: int) -> int:
        try:
            with together("a test of threads"):
                return insert_one(Answer(case=case, key=str(number), value=3, given_at=NOON)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        written = list(threads.map(write, range(40)))

    assert len(set(written)) == 40
    assert Answer.objects.filter(case=case).count() == 40


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_forked_process_takes_none_of_its_parents_keys():
    case = CaseFactory()

    def write(key: str) -> int:
        with together("a test of forks"):
            return insert_one(Answer(case=case, key=key, value=3, given_at=NOON)).pk

    for number in range(3):
        write(str(number))
    name = (str(connection.settings_dict["NAME"]), "a test of forks")
    assert name in row_keys._stores
    child = os.fork()
    if not child:
        os._exit(int(name in row_keys._stores))

    assert os.waitpid(child, 0)[1] == 0
