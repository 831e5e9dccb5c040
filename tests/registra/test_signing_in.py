"""What a person may is what Django says they may, asked with fewer words."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission

from cases.models import User
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def user() -> User:
    user = UserFactory()
    sign, void = (Permission.objects.get(codename=name) for name in ("sign_decision", "void_entry"))
    user.user_permissions.add(sign)
    group = Group.objects.create(name="Signatories")
    group.permissions.add(sign, void)
    user.groups.add(group)
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("change", [{}, {"is_active": False}, {"is_superuser": True}])
def test_permissions_are_those_of_django(user, change):
    User.objects.filter(pk=user.pk).update(**change)
    asked, known = User.objects.get(pk=user.pk), User.objects.get(pk=user.pk)

    assert known.get_all_permissions() == ModelBackend().get_all_permissions(asked)
    assert known.get_group_permissions() == ModelBackend().get_group_permissions(asked)


def test_a_right_that_is_taken_away_is_gone_with_the_next_request(user):
    assert User.objects.get(pk=user.pk).has_perm("cases.void_entry")

    user.groups.clear()

    assert not User.objects.get(pk=user.pk).has_perm("cases.void_entry")
