"""Cases that really go through a drawn procedure."""

import datetime as dt
from typing import Any

from django.utils import timezone

from cases.models import Case
from flows.models import Procedure, ProcedureVersion
from flows.procedures.publishing import publish
from tests.flows.procedures.drawing import BEGIN, CLOSE, TITLES, definition
from tests.flows.town import NOON, Town

DAY = dt.timedelta(days=1)
# Deadlines fire by the clock on the wall.
LATER = dt.timedelta(days=60)


def published(town: Town, *steps: dict[str, Any]) -> ProcedureVersion:
    """A procedure that trees go through from now on."""
    procedure, _is_new = Procedure.objects.get_or_create(
        institution=town.institution, key="drawn", defaults={"titles": TITLES}
    )
    town.trees.procedure = "drawn"
    town.trees.save()
    return publish(procedure, definition(*steps), by=None, at=NOON)


def case_through(town: Town, *steps: dict[str, Any], at: dt.datetime = NOON, **changes: Any) -> Case:
    """A case that begins with handling by the parks, goes through the steps and is closed."""
    published(town, {**BEGIN, "who": {"least_loaded_of": "HANDLING"}}, *steps, CLOSE)
    return town.file(at=at, **changes)


def open_steps(case: Case) -> list[str]:
    return sorted(case.tasks.open().values_list("procedure_step", flat=True))


def is_closed(case: Case) -> bool:
    return Case.objects.get(pk=case.pk).is_closed


def long_ago() -> dt.datetime:
    """So long ago that every deadline is over."""
    return timezone.now() - LATER
