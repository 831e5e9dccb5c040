"""Django's ``migrate``, which first puts missing triggers back: its own checks would refuse to begin without them."""

from typing import Any

from django.core.management.commands import migrate

from cases import triggers


class Command(migrate.Command):
    def check(self, *args: Any, **kwargs: Any) -> None:
        for database in kwargs.get("databases") or ():
            triggers.put_in_place(using=database)
        super().check(*args, **kwargs)
