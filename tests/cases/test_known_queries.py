"""A known query gives what the query set gives that it was made from."""

import pytest

from cases.known_queries import KnownQuery
from cases.models import Case, Counter, Party
from tests.factories import CaseFactory, CounterFactory, PartyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_it_gives_whole_rows_with_what_hangs_on_them(django_assert_num_queries):
    party = PartyFactory(case=CaseFactory(subject="Three limes"), name="Ana Marin")
    PartyFactory(case=CaseFactory(), name="Ana Marin")
    known = KnownQuery(
        lambda case, name: Party.objects.filter(case=case, name=name).select_related("case__unit"), int, str
    )

    with django_assert_num_queries(1):
        [found] = known(party.case_id, "Ana Marin")
        shown = (found.pk, found.case.subject, found.case.unit.names)

    assert shown == (party.pk, "Three limes", party.case.unit.names)


def test_it_is_asked_again_with_other_values():
    first, second = CaseFactory(), CaseFactory()
    known = KnownQuery(lambda case: Case.objects.filter(pk=case), int)

    assert [known(case.pk)[0].public_id for case in (first, second)] == [first.public_id, second.public_id]


def test_values_are_read_as_django_reads_them():
    """Moments, JSON and texts go through the same converters on both databases."""
    case = CaseFactory(versions={"form": "tree-felling/1"})
    names = ("opened_at", "versions", "subject", "due_date", "unit__names")
    known = KnownQuery(lambda case: Case.objects.filter(pk=case).values_list(*names), int)

    assert known(case.pk) == list(Case.objects.filter(pk=case.pk).values_list(*names))


def test_fields_left_out_are_fetched_when_they_are_read():
    case = CaseFactory(subject="Three limes")
    known = KnownQuery(lambda case: Case.objects.filter(pk=case).only("public_id"), int)

    [found] = known(case.pk)

    assert found.get_deferred_fields() == Case.objects.only("public_id").get(pk=case.pk).get_deferred_fields()
    assert found.subject == "Three limes"


def test_nothing_found_is_an_empty_list_and_no_first():
    known = KnownQuery(lambda case: Case.objects.filter(pk=case), int)

    assert (known(0), known.first(0)) == ([], None)


def test_a_value_of_another_kind_is_refused():
    known = KnownQuery(lambda case: Case.objects.filter(pk=case), int)

    with pytest.raises(TypeError, match="known for"):
        known(None)


def test_a_blank_that_the_query_does_not_use_is_refused():
    known = KnownQuery(lambda case, unit: Case.objects.filter(pk=case), int, int)

    with pytest.raises(ValueError, match="got lost"):
        known(1, 2)


def test_a_row_can_be_locked():
    counter = CounterFactory(year=2026, last=7)
    known = KnownQuery(
        lambda register, year: Counter.objects.select_for_update().filter(register=register, year=year), int, int
    )

    assert known(counter.register_id, 2026) == [counter]
