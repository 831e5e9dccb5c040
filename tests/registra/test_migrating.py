"""What an upgrade brings besides tables."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from cases import staffing
from registra.management.commands.migrate import OthersFirst


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


HISTORY_BEFORE = [
    "0001_records_office",
    "0002_service_rules",
    "0003_process_owner",
    "0004_tasks_of_drawn_steps",
    "0005_letterhead_words",
    "0006_whose_map_tiles",
    "0007_own_days_taken_back",
    "0008_crests",
]


@pytest.mark.django_db
def test_a_town_that_went_through_the_longer_history_has_nothing_to_catch_up():
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="cases", name__in=["0001_people", "0002_records_office"]).delete()
    for name in HISTORY_BEFORE:
        recorder.record_applied("cases", name)

    executor = OthersFirst(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())

    assert [f"{migration}" for migration, _is_backwards in plan] == []


@pytest.mark.django_db
def test_other_packages_go_first():
    executor = OthersFirst(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)

    order = [migration.app_label for migration, _is_backwards in plan]
    assert max(place for place, app in enumerate(order) if app == "wagtailcore") < order.index("search")
    assert order.index("cases") < order.index("wagtailcore")  # the people, whom everybody refers to
