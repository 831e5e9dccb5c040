"""Who may see what: the people of the town against cases of every kind, and the archive's filter against the rows."""

import datetime as dt
import random

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import assigning, staffing
from cases.models import AccessLevel, Case, CaseState, Document, Role, User
from cases.rights import reader_terms, reader_terms_of, scope_of
from tests.cases.town import WORKS_IN, Town, build_town
from tests.factories import (
    NOON,
    SINCE,
    AccessLogFactory,
    CaseFactory,
    CaseReaderFactory,
    DocumentFactory,
    PostFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


@pytest.fixture
def parks_case(town: Town) -> Case:
    return a_case(town)


def a_case(town: Town, *, unit=None, **changes) -> Case:
    """A case that is open to the unit that handles it."""
    case = CaseFactory(institution=town.institution, unit=unit or town.parks, **changes)
    CaseReaderFactory(case=case)
    DocumentFactory(case=case, access_level=case.access_level)
    return case


def closed(**changes):
    return {"state": CaseState.CLOSED, "closed_at": NOON, **changes}


def who_sees(town: Town, case: Case, *, people=tuple(WORKS_IN)) -> set[str]:
    return {name for name in people if Case.objects.visible_to(town.person(name)).filter(pk=case.pk).exists()}


def who_reads(town: Town, case: Case, *, people=tuple(WORKS_IN)) -> set[str]:
    return {name for name in people if Case.objects.readable_by(town.person(name)).filter(pk=case.pk).exists()}


def who_reads_documents(town: Town, case: Case) -> set[str]:
    return {name for name in WORKS_IN if Document.objects.readable_by(town.person(name)).filter(case=case).exists()}


# -- the matrix


def test_a_units_case_is_seen_by_the_unit_its_head_the_registry_and_the_mayor(town: Town, parks_case: Case):
    assert who_sees(town, parks_case) == {"alice", "bob", "helen", "rita", "dora"}
    assert who_reads(town, parks_case) == {"alice", "bob", "helen", "rita", "dora"}


def test_the_stranger_the_archivist_and_the_administrator_do_not_see_an_open_case(town: Town, parks_case: Case):
    unseen = {"charlie", "rada", "victor", "adam"}

    assert unseen & who_sees(town, parks_case) == set()
    assert unseen & who_reads_documents(town, parks_case) == set()


def test_the_archivist_sees_what_is_closed(town: Town):
    case = a_case(town, **closed())

    assert who_sees(town, case) == {"alice", "bob", "helen", "rita", "dora", "victor"}


def test_a_head_above_sees_what_the_units_below_handle(town: Town):
    town.hire("greta", unit=town.mayors_office, role=Role.HEAD)
    town.people["greta"] = User.objects.get(username="greta")
    trees = UnitFactory(institution=town.institution, parent=town.parks, code="TREE")

    case = a_case(town, unit=trees)

    assert who_sees(town, case, people=("greta", "helen", "alice")) == {"greta", "helen"}


def test_a_head_does_not_see_a_unit_whose_number_merely_begins_alike(town: Town):
    """The path /1/4/ must not cover /1/40/."""
    helen = town.person("helen")
    type(town.roads).objects.filter(pk=town.roads.pk).update(path=f"{town.parks.path.rstrip('/')}0/")

    case = a_case(town, unit=town.roads)

    assert not Case.objects.visible_to(helen).filter(pk=case.pk).exists()


def test_whoever_got_the_case_in_person_sees_it_and_their_unit_does_not(town: Town, parks_case: Case):
    CaseReaderFactory(case=parks_case, unit=None, user=town.person("charlie"))

    assert {"charlie", "rada"} & who_sees(town, parks_case) == {"charlie"}


def test_a_case_stays_visible_to_the_unit_that_handed_it_on(town: Town):
    case = town.file().case

    assigning.assign(case, unit=town.roads, actor=town.actor("helen"), at=NOON)

    assert {"alice", "charlie"} <= who_sees(town, case)


def test_a_holder_in_another_unit_sees_the_case(town: Town):
    case = town.file().case

    assigning.assign(case, unit=town.parks, holder=town.person("charlie"), actor=town.actor("helen"), at=NOON)

    assert {"charlie", "rada"} & who_sees(town, case) == {"charlie"}


def test_people_of_another_institution_see_nothing_whatever_their_role(town: Town, parks_case: Case):
    elsewhere = build_town()
    mayor = elsewhere.hire("other-mayor", unit=elsewhere.mayors_office, role=Role.EXECUTIVE)

    assert list(Case.objects.visible_to(mayor)) == []
    assert list(Document.objects.visible_to(mayor)) == []


def test_whoever_holds_no_post_sees_nothing_not_even_a_superuser(parks_case: Case):
    nobody, superuser = UserFactory(), UserFactory(is_superuser=True)

    assert [list(Case.objects.visible_to(user)) for user in (nobody, superuser, AnonymousUser())] == [[], [], []]
    assert [list(Case.objects.readable_by(user)) for user in (nobody, superuser, AnonymousUser())] == [[], [], []]


def test_an_account_that_was_switched_off_sees_nothing(town: Town, parks_case: Case):
    alice = town.person("alice")
    alice.is_active = False

    assert list(Case.objects.visible_to(alice)) == []


# -- dates


def test_a_post_opens_cases_from_its_first_to_its_last_day(town: Town, parks_case: Case):
    past, present, future = UserFactory(), UserFactory(), UserFactory()
    for user, first, last in (
        (past, SINCE, TODAY - DAY),
        (present, TODAY, TODAY),
        (future, TODAY + DAY, None),
    ):
        staffing.appoint(user, PostFactory(unit=town.parks), valid_from=first, valid_to=last)

    assert [Case.objects.visible_to(user).count() for user in (past, present, future)] == [0, 1, 0]


def test_a_post_that_was_abolished_opens_nothing(town: Town, parks_case: Case):
    user = UserFactory()
    staffing.appoint(user, PostFactory(unit=town.parks, valid_to=TODAY - DAY), valid_from=SINCE)

    assert Case.objects.visible_to(user).count() == 0


@pytest.mark.parametrize(
    ("first", "last", "sees"),
    [(TODAY, None, 1), (TODAY, TODAY, 1), (TODAY + DAY, None, 0), (SINCE, TODAY - DAY, 0)],
)
def test_a_substitute_sees_what_the_post_sees_while_the_mandate_runs(town: Town, parks_case, first, last, sees):
    charlie, helen = town.person("charlie"), town.person("helen")
    head = helen.memberships.get().post

    staffing.give_mandate(head, charlie, given_by=helen, valid_from=first, valid_to=last)

    assert Case.objects.visible_to(town.person("charlie")).count() == sees


def test_the_scope_of_another_day_can_be_asked_for(town: Town):
    user = UserFactory()
    staffing.appoint(user, PostFactory(unit=town.parks), valid_from=SINCE, valid_to=TODAY - DAY)

    assert scope_of(user).unit_ids == frozenset()
    assert scope_of(user, on=TODAY - DAY).unit_ids == {town.parks.pk}


# -- restricted


def test_a_restricted_case_is_listed_for_the_wide_view_but_opened_by_its_readers_only(town: Town):
    case = a_case(town, access_level=AccessLevel.RESTRICTED)

    assert who_sees(town, case) == {"alice", "bob", "helen", "rita", "dora"}
    assert who_reads(town, case) == {"alice", "bob", "helen"}
    assert who_reads_documents(town, case) == {"alice", "bob", "helen"}


def test_a_reason_opens_a_restricted_case_for_that_day_and_that_person(town: Town):
    case, other = (a_case(town, access_level=AccessLevel.RESTRICTED) for _number in range(2))

    AccessLogFactory(user=town.person("dora"), case=case, kind="GAVE_REASON", reason="A complaint", at=timezone.now())

    assert who_reads(town, case) == {"alice", "bob", "helen", "dora"}
    assert who_reads_documents(town, case) == {"alice", "bob", "helen", "dora"}
    assert who_reads(town, other) == {"alice", "bob", "helen"}


def test_yesterdays_reason_opens_nothing_today(town: Town):
    case = a_case(town, access_level=AccessLevel.RESTRICTED)

    AccessLogFactory(user=town.person("dora"), case=case, kind="GAVE_REASON", at=timezone.now() - DAY)

    assert "dora" not in who_reads(town, case)


def test_a_reason_opens_nothing_for_whoever_may_not_even_see_the_case(town: Town):
    case = a_case(town, access_level=AccessLevel.RESTRICTED)

    AccessLogFactory(user=town.person("charlie"), case=case, kind="GAVE_REASON", at=timezone.now())

    assert "charlie" not in who_reads(town, case)


def test_a_look_at_a_case_is_not_a_reason(town: Town):
    case = a_case(town, access_level=AccessLevel.RESTRICTED)

    AccessLogFactory(user=town.person("dora"), case=case, kind="OPENED_CASE", at=timezone.now())

    assert "dora" not in who_reads(town, case)


def test_a_restricted_document_in_an_open_case_is_opened_by_the_cases_readers_only(town: Town, parks_case: Case):
    secret = DocumentFactory(case=parks_case, access_level=AccessLevel.RESTRICTED)

    opened = {name for name in WORKS_IN if secret in Document.objects.readable_by(town.person(name))}
    listed = {name for name in WORKS_IN if secret in Document.objects.visible_to(town.person(name))}

    assert opened == {"alice", "bob", "helen"}
    assert listed == {"alice", "bob", "helen", "rita", "dora"}
    assert who_reads(town, parks_case) == listed


# -- what asking costs


def queries(ask) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        ask()
    return len(captured)


@pytest.mark.parametrize("cases", [1, 3])
@pytest.mark.parametrize(("name", "number"), [("alice", 2), ("helen", 3), ("dora", 2), ("victor", 2)])
def test_a_list_costs_the_same_for_one_and_for_three_cases(town: Town, name, number, cases):
    for _number in range(cases):
        a_case(town, **closed())
    person = town.person(name)

    assert queries(lambda: list(Case.objects.visible_to(person))) == number
    assert queries(lambda: list(Case.objects.visible_to(person))) == 1
    assert queries(lambda: list(Case.objects.readable_by(person))) == 1
    assert queries(lambda: list(Document.objects.readable_by(person))) == 1


def test_a_case_open_to_many_is_listed_once(town: Town, parks_case: Case):
    alice = town.person("alice")
    CaseReaderFactory(case=parks_case, unit=None, user=alice)
    CaseReaderFactory(case=parks_case, unit=town.roads)
    staffing.appoint(alice, PostFactory(unit=town.roads), valid_from=SINCE)

    assert list(Case.objects.visible_to(town.person("alice"))) == [parks_case]


# -- the archive's filter


@pytest.mark.parametrize("seed", range(5))
def test_the_archives_words_meet_exactly_when_the_case_is_visible(town: Town, seed):
    """For people and cases put together at random, the index's filter says the same as the database's."""
    chance = random.Random(seed)
    towns = [town, build_town()]
    units = [unit for one in towns for unit in (one.mayors_office, one.registry, one.parks, one.roads)]
    people = [UserFactory() for _number in range(12)]
    for person in people:
        for _number in range(chance.randint(0, 2)):
            post = PostFactory(unit=chance.choice(units), role=chance.choice(Role.values))
            staffing.appoint(person, post, valid_from=chance.choice([SINCE, TODAY + DAY]))
    cases = []
    for _number in range(15):
        unit = chance.choice(units)
        changes = closed() if chance.random() < 0.4 else {}
        case = CaseFactory(institution=unit.institution, unit=unit, **changes)
        for reader in chance.sample(units, chance.randint(0, 2)):
            CaseReaderFactory(case=case, unit=reader)
        for reader in chance.sample(people, chance.randint(0, 2)):
            CaseReaderFactory(case=case, unit=None, user=reader)
        cases.append(case)

    for person in (User.objects.get(pk=one.pk) for one in people):
        met = {case.pk for case in cases if terms_of(case) & reader_terms_of(person)}

        assert met == set(Case.objects.visible_to(person).values_list("pk", flat=True))


def terms_of(case: Case) -> set[str]:
    return reader_terms(case, case.readers.values_list("unit_id", "user_id"))


def test_the_archives_words_of_nobody_meet_nothing(parks_case: Case):
    assert reader_terms_of(AnonymousUser()) == set()
