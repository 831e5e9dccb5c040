"""Django's ``migrate``, with what an upgrade of ours needs around it.

Before: missing triggers are put back, since the command's own checks would refuse to begin without them. After: the
roles of an installation that has been founded get the permissions that came with the new version.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.core.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor

from cases import staffing, triggers

OURS = {"cases", "flows", "search", "portal_pages"}


class OthersFirst(MigrationExecutor):
    """Other packages' long histories first: each of their steps draws anew all models known so far, ours included."""

    def migration_plan(self, targets: Any, clean_start: bool = False) -> Any:
        others_first = sorted(targets, key=lambda target: target[0] in OURS)
        return super().migration_plan(others_first, clean_start)


class Command(migrate.Command):
    def check(self, *args: Any, **kwargs: Any) -> None:
        for database in kwargs.get("databases") or ():
            triggers.put_in_place(using=database)
        super().check(*args, **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        migrate.MigrationExecutor = OthersFirst  # type: ignore[attr-defined]
        super().handle(*args, **options)
        is_whole = not (options["plan"] or options["check_unapplied"] or options["app_label"])
        if is_whole and Group.objects.filter(name__in=map(staffing.group_name, staffing.ROLE_PERMISSIONS)).exists():
            staffing.ensure_groups()
