"""Who handles a case: resolutions, hand-overs, and closing."""

import datetime as dt

import pytest

from cases import assigning, corrections, history
from cases.acting import Actor
from cases.assigning import AssignmentRefused
from cases.closing import CaseNotClosable, close_case
from cases.models import Capacity, Case, CaseState, Unit
from cases.staffing import give_mandate
from tests.cases.town import Town
from tests.factories import DAY, NOON, SINCE, UnitFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def deed(town: Town) -> dict:
    return {"actor": town.actor("helen"), "at": NOON}


def now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_resolution_says_who_does_what_by_when(town, deed):
    case, alice = town.file().case, town.person("alice")

    resolution = assigning.resolve(
        case, unit=town.parks, officer=alice, instruction="Look at it", due_date=dt.date(2026, 12, 1), **deed
    )

    event = case.events.get(kind="RESOLVED")
    assert (resolution.by, resolution.officer, resolution.given_at) == (town.people["helen"], alice, NOON)
    assert (now(case).unit, now(case).holder) == (town.parks, alice)
    assert event.payload == {"unit": {"en": "Parks"}, "due": "2026-12-01"}
    assert {value.name: value.value for value in event.values.all()} == {
        "officer": "Alice",
        "instruction": "Look at it",
    }


def test_a_resolution_without_an_instruction_says_so_and_an_erased_one_is_a_dash(town, deed):
    case, day = town.file().case, dt.date(2026, 12, 1)
    assigning.resolve(case, unit=town.parks, officer=town.person("alice"), instruction="", due_date=day, **deed)
    event = case.events.get(kind="RESOLVED")

    before = history.words_of(event)
    history.erase_personal_values(case)

    assert before == "Resolution: Parks, Alice, by 1 December 2026. No instruction."
    assert history.words_of(case.events.get(kind="RESOLVED")) == "Resolution: Parks, —, by 1 December 2026. —"


def test_handing_to_another_unit_is_public_and_the_holder_is_not(town, deed):
    case = town.file().case

    assigning.assign(case, unit=town.roads, holder=town.person("charlie"), **deed)

    public = {event.kind: event.is_public for event in case.events.all()}
    assert (public["ASSIGNED"], public["HOLDER_CHANGED"]) == (True, False)
    assert set(case.readers.values_list("unit", "user")) >= {
        (town.parks.pk, None),
        (town.roads.pk, None),
        (None, town.people["charlie"].pk),
    }


def test_staying_in_the_unit_is_no_news_of_a_hand_over(town, deed):
    case = town.file().case

    assigning.assign(case, unit=town.parks, holder=town.person("bob"), **deed)

    assert not case.events.filter(kind="ASSIGNED").exists()


def test_a_unit_that_was_dissolved_gets_no_case(town, deed):
    gone = UnitFactory(institution=town.institution, valid_to=NOON.date() - DAY)

    with pytest.raises(AssignmentRefused, match="does not exist any more"):
        assigning.assign(town.file().case, unit=gone, **deed)


def test_a_unit_works_through_its_last_day_at_the_institution(town, deed):
    late_evening_in_utc = dt.datetime(2026, 11, 23, 23, 0, tzinfo=dt.UTC)  # 24 November in Sofia
    Unit.objects.filter(pk=town.roads.pk).update(valid_to=dt.date(2026, 11, 23))
    roads, case = Unit.objects.get(pk=town.roads.pk), town.file().case

    with pytest.raises(AssignmentRefused):
        assigning.assign(case, unit=roads, actor=deed["actor"], at=late_evening_in_utc)

    assert assigning.assign(case, unit=roads, **deed).unit == roads


def test_a_unit_of_another_institution_gets_no_case(town, deed):
    with pytest.raises(AssignmentRefused, match="another institution"):
        assigning.assign(town.file().case, unit=UnitFactory(), **deed)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"due_date": dt.date(2026, 11, 22)}, "not in the past"),
        ({"actor": Actor.job("test")}, "Only a person"),
    ],
)
def test_a_resolution_that_cannot_be_carried_out_is_refused(town, deed, changes, words):
    values = {"unit": town.parks, "officer": None, "instruction": "", "due_date": dt.date(2026, 12, 1), **deed}

    with pytest.raises(AssignmentRefused, match=words):
        assigning.resolve(town.file().case, **{**values, **changes})


def test_a_closed_case_is_not_resolved(town, deed):
    case = town.file().case
    case.tasks.update(ended_at=NOON, outcome="DONE")
    close_case(case, outcome="GRANTED", **deed)

    with pytest.raises(AssignmentRefused, match="94-1 is closed"):
        assigning.resolve(case, unit=town.parks, officer=None, instruction="", due_date=dt.date(2026, 12, 1), **deed)


# -- closing


def test_a_closed_case_has_its_moment_and_its_clock_stands(town, deed):
    case = town.file().case
    case.tasks.update(ended_at=NOON, outcome="DONE")

    close_case(case, outcome="GRANTED", **deed)

    assert (now(case).state, now(case).closed_at, now(case).outcome) == (CaseState.CLOSED, NOON, "GRANTED")
    assert now(case).clock.stopped_at == NOON
    assert case.events.get(kind="CLOSED").payload == {"outcome": "GRANTED"}


def test_a_closed_case_cannot_be_closed_again(town, deed):
    case = town.file().case
    case.tasks.update(ended_at=NOON, outcome="DONE")
    close_case(case, outcome="GRANTED", **deed)

    with pytest.raises(CaseNotClosable, match="94-1 is already closed"):
        close_case(case, outcome="GRANTED", **deed)


def test_a_case_with_open_tasks_cannot_be_closed(town, deed):
    with pytest.raises(CaseNotClosable, match="94-1 still has open tasks"):
        close_case(town.file().case, outcome="GRANTED", **deed)


def test_a_joined_case_is_closed_with_the_one_that_took_it_in(town, deed):
    case, into = town.file().case, town.file().case
    case.tasks.update(ended_at=NOON, outcome="DONE")
    corrections.join_cases(case, into=into, **deed)

    with pytest.raises(CaseNotClosable, match="94-1 was joined to 94-2"):
        close_case(case, outcome="GRANTED", **deed)


# -- in what capacity


def test_a_person_acts_in_their_own_post(town):
    actor = Actor.of(town.person("alice"), on=NOON.date())

    assert (actor.capacity, actor.post.unit) == (Capacity.OWN_POST, town.parks)


def test_a_substitute_acts_as_substitute_of_the_post_that_asks_for_the_role(town):
    helen, charlie = town.person("helen"), town.person("charlie")
    post = helen.memberships.get().post
    give_mandate(post, charlie, given_by=helen, valid_from=SINCE, valid_to=None)

    as_head = Actor.of(town.person("charlie"), on=NOON.date(), role="HEAD")
    as_officer = Actor.of(town.person("charlie"), on=NOON.date())

    assert (as_head.capacity, as_head.post, as_head.note) == (Capacity.SUBSTITUTE, post, post.code)
    assert as_officer.capacity == Capacity.OWN_POST


def test_a_mandate_that_ended_gives_no_capacity(town):
    helen, charlie = town.person("helen"), town.person("charlie")
    post = helen.memberships.get().post
    give_mandate(post, charlie, given_by=helen, valid_from=SINCE, valid_to=NOON.date() - DAY)

    assert Actor.of(charlie, on=NOON.date(), role="HEAD").post is None
