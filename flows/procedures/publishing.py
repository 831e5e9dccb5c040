"""Publishing a procedure: an immutable version with the hash of its definition and the name of its class."""

import datetime as dt
import re
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max

from cases.canonical import sha256_of
from cases.models import Institution, User
from flows.models import Procedure, ProcedureVersion
from flows.procedures import tree
from flows.procedures.checker import NOTHING_KNOWN, Level, Problem, Surroundings, problems_of
from flows.procedures.compiler import compile_procedure


class NotPublishable(Exception):
    """The procedure has errors; ``problems`` names them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.words for problem in problems))


def class_name_of(definition: dict[str, Any]) -> str:
    """``General_v3_5f3a9c2e10ab``: name, version and the beginning of the definition's hash.

    With the hash in it a name can never come to mean another definition, and institutions with the same
    procedure share one class.
    """
    name = "".join(part.capitalize() for part in re.split(r"[^a-z0-9]+", definition["key"]) if part)
    spelled = name if name[:1].isalpha() else f"P{name}"
    return f"{spelled}_v{definition['version']}_{sha256_of(definition)[:12]}"


@transaction.atomic
def publish(
    procedure: Procedure,
    definition: dict[str, Any],
    *,
    by: User | None,
    at: dt.datetime,
    around: Surroundings = NOTHING_KNOWN,
) -> ProcedureVersion:
    """Publish a definition as the procedure's next version. Raises ProcedureUnreadable or NotPublishable."""
    Procedure.objects.select_for_update().get(pk=procedure.pk)
    latest = ProcedureVersion.objects.filter(procedure=procedure).aggregate(latest=Max("number"))["latest"] or 0
    read = tree.from_json({**definition, "key": procedure.key, "version": latest + 1})
    errors = [problem for problem in problems_of(read, around) if problem.level == Level.ERROR]
    if errors:
        raise NotPublishable(errors)
    written = tree.as_json(read)
    compile_procedure(read, class_name_of(written))
    _forget_current(procedure)
    transaction.on_commit(lambda: _forget_current(procedure))
    return ProcedureVersion.objects.create(
        procedure=procedure,
        number=latest + 1,
        definition=written,
        sha256=sha256_of(written),
        class_name=class_name_of(written),
        published_at=at,
        published_by=by,
    )


def _forget_current(procedure: Procedure) -> None:
    """The next filing of this process begins with the new version; other processes notice within a minute."""
    cache.delete(remembered_as(procedure.institution_id, procedure.key))


def remembered_as(institution_id: int, key: str, number: int | None = None) -> str:
    """Under what the name of a version's class is kept for a while; without a number, that of the current one."""
    return f"procedure-{institution_id}-{key}-{number or 'current'}"


def current_version(institution: Institution, key: str) -> ProcedureVersion | None:
    versions = ProcedureVersion.objects.filter(procedure__institution=institution, procedure__key=key)
    return versions.select_related("procedure").order_by("-number").first()
