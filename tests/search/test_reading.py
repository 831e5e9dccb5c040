"""Several files are claimed and written down together; each is read for itself, and none suffers for another."""

import pytest
from django.utils import timezone

from cases.apart import Lost
from search import reading
from search.extraction import Extracted
from search.indexing import index_waiting
from search.models import FileText, PageText, TextState
from search.reading import read_next_files

LETTERS = [f"The walnut number {number} is old.".encode() for number in range(3)]


@pytest.fixture
def waiting(town):
    """Three letters that nobody has read, in the order in which they are claimed."""
    town.file(*LETTERS)
    index_waiting()
    return list(FileText.objects.order_by("pk"))


def states():
    return dict(FileText.objects.values_list("pk", "state"))


def test_several_files_are_read_in_one_turn(waiting):
    assert read_next_files(at=timezone.now()) == 3

    assert set(states().values()) == {TextState.READ}
    assert {page.text.encode() for page in PageText.objects.all()} == set(LETTERS)
    assert read_next_files(at=timezone.now()) == 0


def test_a_file_whose_worker_was_killed_is_read_alone(waiting):
    killer, *others = waiting
    FileText.objects.filter(pk=killer.pk).update(claims=1)

    assert read_next_files(at=timezone.now()) == 1

    assert states() == {killer.pk: TextState.READ} | {one.pk: TextState.WAITING for one in others}


def test_a_file_whose_worker_was_killed_is_not_read_with_those_before_it(waiting):
    first, killer, last = waiting
    FileText.objects.filter(pk=killer.pk).update(claims=1)

    assert read_next_files(at=timezone.now()) == 2

    assert states() == {first.pk: TextState.READ, killer.pk: TextState.WAITING, last.pk: TextState.READ}


def test_a_file_that_is_given_up_keeps_nobody_from_reading_the_next(waiting):
    given_up, *others = waiting
    FileText.objects.filter(pk=given_up.pk).update(claims=reading.MOST_CLAIMS)

    assert read_next_files(at=timezone.now()) == 2

    assert states() == {given_up.pk: TextState.FAILED} | {one.pk: TextState.READ for one in others}


def test_where_a_reader_cannot_be_asked_what_the_others_said_is_kept(waiting, monkeypatch):
    first, unlucky, last = waiting

    def extract(sha256):
        if sha256 == unlucky.pk:
            raise Lost
        return Extracted({1: "walnut"}, TextState.READ)

    monkeypatch.setattr(reading, "_extract", extract)

    with pytest.raises(Lost):
        read_next_files(at=timezone.now())

    assert states() == {first.pk: TextState.READ, unlucky.pk: TextState.WAITING, last.pk: TextState.WAITING}
    assert FileText.objects.filter(claims=1).count() == 2


@pytest.mark.parametrize("limit", ["LONGEST_TURN_SECONDS", "LETTERS_AT_ONCE"])
def test_what_is_not_begun_when_the_turn_is_over_is_free_for_others(waiting, monkeypatch, limit):
    monkeypatch.setattr(reading, limit, -1)

    assert read_next_files(at=timezone.now()) == 1

    left = FileText.objects.filter(state=TextState.WAITING)
    assert list(left.values_list("claims", "claimed_until")) == [(0, None)] * 2
