"""Staffing: groups follow posts and dates, no sooner and no longer."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from cases import jobs, staffing
from cases.models import Role, User
from cases.staffing import ROLE_PERMISSIONS, AppointmentOverlaps, group_name
from tests.cases.town import Town
from tests.factories import SINCE, PostFactory, UnitFactory, UserFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


def groups(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_every_role_is_a_group_with_its_verbs(town: Town):
    for role, codenames in ROLE_PERMISSIONS.items():
        permissions = Group.objects.get(name=group_name(role)).permissions
        given = permissions.filter(content_type__app_label__in=["cases", "flows"])
        assert {f"{one.content_type.app_label}.{one.codename}" for one in given.select_related("content_type")} == {
            name if "." in name else f"cases.{name}" for name in codenames
        }
        assert permissions.filter(codename="access_admin").count() == 1


def test_making_the_groups_again_keeps_rights_from_elsewhere(town: Town):
    from django.contrib.auth.models import Permission  # noqa: PLC0415 (only here)

    group = Group.objects.get(name="Editor")
    own = Permission.objects.filter(content_type__app_label="wagtailcore").first()
    group.permissions.add(own)

    staffing.ensure_groups()

    assert own in group.permissions.all()


@pytest.mark.parametrize("role", Role.values)
def test_a_post_puts_its_holder_into_its_roles_group(town: Town, role):
    user = UserFactory()

    staffing.appoint(user, PostFactory(unit=town.parks, role=role), valid_from=SINCE)

    assert groups(user) == {group_name(role)}


def test_an_appointment_from_next_month_gives_no_rights_today(town: Town):
    user = UserFactory()

    staffing.appoint(user, PostFactory(unit=town.parks, role=Role.HEAD), valid_from=TODAY + DAY)

    assert groups(user) == set()
    staffing.refresh_all_roles(on=TODAY + DAY)
    assert groups(user) == {"Head"}


def test_rights_end_with_the_last_day(town: Town):
    user = UserFactory()
    staffing.appoint(user, PostFactory(unit=town.parks, role=Role.HEAD), valid_from=SINCE, valid_to=TODAY)
    on_the_last_day = groups(user)

    staffing.refresh_all_roles(on=TODAY + DAY)

    assert (on_the_last_day, groups(user)) == ({"Head"}, set())


def test_the_nightly_job_brings_everybody_in_step(town: Town):
    user = UserFactory()
    membership = staffing.appoint(user, PostFactory(unit=town.parks), valid_from=SINCE)
    type(membership).objects.filter(pk=membership.pk).update(valid_to=TODAY - DAY)

    jobs.refresh_roles()

    assert groups(user) == set()


def test_a_substitute_has_the_posts_rights_while_the_mandate_runs(town: Town):
    charlie, helen = town.person("charlie"), town.person("helen")
    staffing.give_mandate(
        helen.memberships.get().post, charlie, given_by=helen, valid_from=TODAY, valid_to=TODAY, reason="Holiday"
    )
    with_mandate = groups(charlie)

    staffing.refresh_roles(charlie, on=TODAY + DAY)

    assert (with_mandate, groups(charlie)) == ({"Officer", "Head"}, {"Officer"})


def test_groups_that_are_no_roles_are_left_alone(town: Town):
    user = UserFactory()
    user.groups.add(Group.objects.create(name="Choir"))

    staffing.refresh_roles(user, on=TODAY)

    assert groups(user) == {"Choir"}


def test_two_posts_of_one_person_add_up(town: Town):
    user = UserFactory()
    for role in (Role.OFFICER, Role.REGISTRAR):
        staffing.appoint(user, PostFactory(unit=town.parks, role=role), valid_from=SINCE)

    assert groups(user) == {"Officer", "Registrar"}


@pytest.mark.parametrize(
    ("first", "last"), [(SINCE, None), (SINCE, TODAY), (TODAY, None), (TODAY + DAY, TODAY + 2 * DAY)]
)
def test_a_person_holds_a_post_once_at_a_time(town: Town, first, last):
    user, post = UserFactory(), PostFactory(unit=town.parks)
    staffing.appoint(user, post, valid_from=TODAY, valid_to=TODAY + DAY)

    with pytest.raises(AppointmentOverlaps, match="already holds the post"):
        staffing.appoint(user, post, valid_from=first, valid_to=last)


def test_a_person_may_come_back_to_a_post(town: Town):
    user, post = UserFactory(), PostFactory(unit=town.parks)
    staffing.appoint(user, post, valid_from=SINCE, valid_to=TODAY - 2 * DAY)

    staffing.appoint(user, post, valid_from=TODAY)

    assert user.memberships.count() == 2


def test_a_units_path_leads_from_the_root(town: Town):
    trees = UnitFactory(institution=town.institution, parent=town.parks)

    assert trees.path == f"{town.parks.path}{trees.pk}/"
    assert town.parks.path == f"{town.mayors_office.path}{town.parks.pk}/"
