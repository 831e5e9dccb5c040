"""Old registers are closed ones of their own, with their numbers as they were written."""

import pytest

from cases import integrity
from cases.models import EntryKind, RegisterEntry
from cases.numbering import RegisterClosed
from tests.cases.town import Town
from tests.factories import RegisterEntryFactory, RegisterFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def old_book(town: Town):
    return RegisterFactory(institution=town.institution, code="1987", kind="IMPORTED", is_closed=True)


def test_numbers_are_kept_as_they_were_written_doubled_and_missing_ones_too(town: Town, old_book):
    for number in ("11", "12", "12", "12a", "15"):
        RegisterEntryFactory(register=old_book, kind=EntryKind.IMPORTED, seq=None, number=number, year=1987, case=None)

    numbers = RegisterEntry.objects.filter(register=old_book).order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["11", "12", "12", "12a", "15"]
    assert [found.name for found in integrity.findings() if not found.name.startswith("index")] == []


def test_nothing_new_is_entered_into_an_old_book(town: Town, old_book):
    town.trees.rules.update(register=old_book)

    with pytest.raises(RegisterClosed):
        town.file(service=town.trees)
