"""What an upgrade brings besides tables."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from cases import staffing


@pytest.mark.django_db
def test_roles_get_the_permissions_of_a_new_version():
    staffing.ensure_groups()
    administrators = Group.objects.get(name="Administrator")
    administrators.permissions.remove(administrators.permissions.get(codename="set_up_institution"))

    call_command("migrate", verbosity=0, interactive=False)

    assert administrators.permissions.filter(codename="set_up_institution").exists()


@pytest.mark.django_db
def test_an_installation_that_is_not_founded_gets_no_roles():
    Group.objects.all().delete()

    call_command("migrate", verbosity=0, interactive=False)

    assert not Group.objects.exists()
