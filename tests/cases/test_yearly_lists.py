"""Once a year each unit gets its lists; whoever keeps the archive is told, once."""

import datetime as dt

import pytest
from django.core import mail
from django.utils.translation import gettext, override

from cases import disposal_lists, review_notices, yearly_lists
from cases.acting import Actor
from cases.models import Case, DisposalList, DisposalProtocol, Mandate, Membership, Retention, User
from tests.cases.disposal import due_case, proposed, run_outbox
from tests.factories import DAY, NOON, UnitFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def archivist(town) -> User:
    victor = town.person("victor")
    User.objects.filter(pk=victor.pk).update(email="victor@example.org")
    return victor


def run_job(at: dt.datetime = NOON) -> None:
    yearly_lists.propose_yearly_lists(at=at)
    run_outbox("tell_of_yearly_lists", "tell_of_review", at=at)


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


# -- heads


@pytest.fixture
def head(town) -> User:
    """Helen leads the parks, and reads Bulgarian."""
    helen = town.person("helen")
    User.objects.filter(pk=helen.pk).update(email="helen@example.org", language="bg")
    return User.objects.get(pk=helen.pk)


def subjects() -> list[tuple[list[str], str]]:
    return [(message.to, message.subject) for message in mail.outbox]


def test_a_head_is_told_once_of_all_lists_that_wait_for_the_review(town, head, monkeypatch):
    monkeypatch.setattr(disposal_lists, "MOST_CASES", 1)
    for _number in range(2):
        due_case(town)

    for _number in range(2):
        run_job()

    [message] = mail.outbox
    with override("bg"):
        subject = gettext("Cases to look through before they are destroyed: {unit}").format(unit=town.parks)
    assert (message.to, message.subject) == (["helen@example.org"], subject)
    assert "2" in message.body


def test_a_head_is_told_of_a_list_that_the_archivist_proposed_or_sent_back(town, head):
    due_case(town)
    one = proposed(town)
    run_outbox("tell_of_review")
    disposal_lists.finish_review(one, actor=town.actor("helen"), at=NOON)
    disposal_lists.send_back(one, actor=town.actor("victor"), at=NOON + DAY)
    run_outbox("tell_of_review")

    assert [message.to for message in mail.outbox] == [["helen@example.org"]] * 2


def test_a_review_that_was_finished_meanwhile_is_no_news(town, head):
    due_case(town)
    disposal_lists.finish_review(proposed(town), actor=town.actor("helen"), at=NOON)

    run_outbox("tell_of_review")

    assert mail.outbox == []


def test_whoever_stands_in_for_the_head_is_told_too_and_a_former_head_is_not(town, head):
    post = town.parks.posts.get(role="HEAD")
    bob, dora = town.person("bob"), town.person("dora")
    User.objects.filter(pk=bob.pk).update(email="bob@example.org")
    Mandate.objects.create(post=post, substitute=bob, given_by=dora, valid_from=NOON.date())
    Membership.objects.filter(post=post).update(valid_to=(NOON - DAY).date())

    assert list(review_notices.reviewers_of(town.parks, on=NOON.date())) == [bob]


def test_a_unit_without_a_head_is_reviewed_by_the_next_one_above(town, head):
    below = UnitFactory(institution=town.institution, parent=town.parks)

    assert list(review_notices.reviewers_of(below, on=NOON.date())) == [head]
    assert list(review_notices.reviewers_of(town.institution.units.get(parent=None), on=NOON.date())) == []


def test_with_no_head_anywhere_an_executive_is_told_to_review_in_their_stead(town):
    dora = town.person("dora")
    User.objects.filter(pk=dora.pk).update(email="dora@example.org")
    due_case(town)
    one = proposed(town)

    run_outbox("tell_of_review")

    [message] = mail.outbox
    assert message.to == ["dora@example.org"]
    assert "nobody leads this unit or one above it" in message.body
    assert list(review_notices.stand_ins_of(town.parks, on=NOON.date())) == [dora]
    assert one.reviewed_by is None


def test_an_archivist_reviews_in_a_heads_stead_only_where_another_can_approve(town):
    victor = town.person("victor")
    alone = list(review_notices.stand_ins_of(town.parks, on=NOON.date()))

    vera = town.hire("vera", unit=town.registry, role="ARCHIVIST")

    assert (alone, list(review_notices.stand_ins_of(town.parks, on=NOON.date()))) == ([], [victor, vera])


def test_whoever_reviewed_in_a_heads_stead_does_not_approve(town):
    due_case(town)
    vera = town.hire("vera", unit=town.registry, role="ARCHIVIST")
    one = disposal_lists.finish_review(proposed(town), actor=town.actor("victor"), at=NOON)

    with pytest.raises(disposal_lists.ListRefused, match="another archivist approves it"):
        disposal_lists.approve(one, actor=town.actor("victor"), at=NOON)

    approved = disposal_lists.approve(one, actor=Actor.of(vera, on=NOON.date()), at=NOON)
    assert approved.approved_by == vera


def test_the_units_that_have_a_reviewer_are_those_that_reviewers_of_names(town):
    units = [town.parks, town.roads, town.registry, UnitFactory(institution=town.institution, parent=town.parks)]
    for name in ("helen", "rada"):
        town.person(name)
    User.objects.filter(username="rada").update(is_active=False)

    found = review_notices.units_with_reviewer(units, on=NOON.date())

    assert found == {unit.pk for unit in units if review_notices.reviewers_of(unit, on=NOON.date()).exists()}
    assert found == {town.parks.pk, units[-1].pk}
