"""Once a year each unit gets its lists; whoever keeps the archive is told, once."""

import datetime as dt

import pytest
from django.core import mail

from cases import disposal_lists, yearly_lists
from cases.models import Case, DisposalList, DisposalProtocol, Retention, User
from tests.cases.disposal import due_case, run_outbox
from tests.factories import DAY, NOON

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def archivist(town) -> User:
    victor = town.person("victor")
    User.objects.filter(pk=victor.pk).update(email="victor@example.org")
    return victor


def run_job(at: dt.datetime = NOON) -> None:
    yearly_lists.propose_yearly_lists(at=at)
    run_outbox("tell_of_yearly_lists", at=at)


def proposals() -> list[tuple[str, int, int]]:
    lists = DisposalList.objects.order_by("pk").select_related("unit")
    return [(one.unit.code, one.year, one.items.count()) for one in lists]


def test_each_unit_gets_its_list_and_the_archivist_is_told_once(town, archivist):
    due_case(town)
    roads = due_case(town)
    Case.objects.filter(pk=roads.pk).update(unit=town.roads)

    for _number in range(2):
        run_job()

    assert proposals() == [("PARK", 2026, 1), ("ROAD", 2026, 1)]
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["victor@example.org"], "Disposal lists of 2026")
    ]
    assert "Lists proposed for their units: 2." in mail.outbox[0].body


def test_what_becomes_due_later_in_the_year_waits_for_the_next(town, archivist):
    due_case(town)
    run_job()
    due_case(town)
    run_job(NOON + DAY)
    this_year = proposals()

    run_job(NOON.replace(year=2027))

    assert (this_year, proposals()) == ([("PARK", 2026, 1)], [("PARK", 2026, 1), ("PARK", 2027, 1)])


def test_lists_that_were_taken_back_are_not_proposed_again(town, archivist):
    due_case(town)
    run_job()
    disposal_lists.withdraw(DisposalList.objects.get(), reason="Not now", actor=town.actor("victor"), at=NOON)

    run_job(NOON + DAY)

    assert len(proposals()) == 1


def test_a_run_that_was_killed_goes_on_and_nothing_is_twice(town, archivist, monkeypatch):
    due_case(town)
    roads = due_case(town)
    Case.objects.filter(pk=roads.pk).update(unit=town.roads)
    real = yearly_lists.propose

    def dies(unit, **kwargs):
        if unit.pk == town.roads.pk:
            raise KeyboardInterrupt
        return real(unit, **kwargs)

    with monkeypatch.context() as crash:
        crash.setattr(yearly_lists, "propose", dies)
        with pytest.raises(KeyboardInterrupt):
            run_job()
    before = (proposals(), len(mail.outbox))
    run_job()

    assert before == ([("PARK", 2026, 1)], 0)
    assert (proposals(), len(mail.outbox)) == ([("PARK", 2026, 1), ("ROAD", 2026, 1)], 1)


def test_a_unit_with_more_than_a_list_holds_gets_several(town, archivist, monkeypatch):
    monkeypatch.setattr(disposal_lists, "MOST_CASES", 2)
    for _number in range(3):
        due_case(town)

    run_job()

    assert proposals() == [("PARK", 2026, 2), ("PARK", 2026, 1)]


def test_cases_that_wait_to_be_counted_are_waited_for(town, archivist):
    case = due_case(town)
    Retention.objects.filter(case=case).update(is_stale=True)
    run_job()
    before = proposals()
    Retention.objects.filter(case=case).update(is_stale=False)

    run_job(NOON + DAY)

    assert (before, proposals()) == ([], [("PARK", 2026, 1)])


def test_nothing_due_is_no_news(town, archivist):
    run_job()

    assert (proposals(), mail.outbox) == ([], [])


def test_lists_that_were_dealt_with_meanwhile_are_no_news(town, archivist):
    due_case(town)
    yearly_lists.propose_yearly_lists(at=NOON)
    disposal_lists.withdraw(DisposalList.objects.get(), reason="Not now", actor=town.actor("victor"), at=NOON)

    run_outbox("tell_of_yearly_lists")

    assert mail.outbox == []


def test_a_list_that_nobody_asked_for_is_carried_out_like_any_other(town, archivist):
    due_case(town)
    run_job()
    one = DisposalList.objects.get()
    disposal_lists.finish_review(one, actor=town.actor("helen"), at=NOON)
    disposal_lists.approve(one, actor=town.actor("victor"), at=NOON)
    disposal_lists.execute(one, actor=town.actor("dora"), at=NOON)

    run_outbox("execute_disposal", "make_disposal_protocol")

    assert DisposalProtocol.objects.get(disposal_list=one).destroyed == 1
    assert disposal_lists.proposer_of(one) == "the yearly job"
