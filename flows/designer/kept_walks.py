"""Kept walks: the tests of a service. A walk that once ended right has to end so with the next version too."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cases.models import Service
from flows.designer.surroundings import services_using
from flows.models import KeptWalk, Procedure
from flows.procedures.walking import Walked, as_expected, run_walk


@dataclass(frozen=True)
class WalkResult:
    """What came of one kept walk; ``differences`` says in words what came out otherwise."""

    walk: KeptWalk
    differences: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.differences


def walks_of(procedure: Procedure) -> list[KeptWalk]:
    """The kept walks of all services that go this way."""
    services = services_using(procedure.institution, procedure.key)
    return list(KeptWalk.objects.filter(service__in=services).select_related("service__institution").order_by("pk"))


def run_walks(procedure: Procedure, *, at: dt.datetime) -> list[WalkResult]:
    """Run every kept walk of the services that go this way, through the procedure as it stands in the editor."""
    return [run_one(walk, procedure.definition, at=at) for walk in walks_of(procedure)]


def run_one(walk: KeptWalk, definition: Mapping[str, Any], *, at: dt.datetime) -> WalkResult:
    """Run a kept walk and note what came of it."""
    differences = run_walk(definition, walk.walk, institution=walk.service.institution, service=walk.service)
    KeptWalk.objects.filter(pk=walk.pk).update(ran_at=at, differences=differences)
    return WalkResult(walk, differences)


def keep(service: Service, name: str, filing: Mapping[str, Any], walked: Walked, *, at: dt.datetime) -> KeptWalk:
    """Keep a walk as a test: from now on it has to end as it did now. One of the same name is kept anew."""
    said = {"name": name, **filing, "expected": as_expected(walked)}
    walk, _is_new = KeptWalk.objects.update_or_create(
        service=service, name=name, defaults={"walk": said, "ran_at": at, "differences": []}
    )
    return walk
