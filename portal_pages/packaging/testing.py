"""The kept walks of services, run through what is published."""

from dataclasses import dataclass

from cases.models import Service
from flows.procedures.choosing import ensure_general
from flows.procedures.publishing import current_version
from flows.procedures.walking import run_walk


@dataclass(frozen=True)
class WalkRun:
    """One kept walk; ``differences`` says in words what came out otherwise."""

    name: str
    differences: list[str]

    @property
    def passed(self) -> bool:
        return not self.differences


def walks_run(service: Service) -> list[WalkRun]:
    """Every kept walk of the service, in the order of their names. Nothing is written."""
    walks = service.kept_walks.order_by("name")
    if not walks:
        return []
    version = current_version(service.institution, service.procedure) or ensure_general(service.institution)
    definition = version.definition
    return [
        WalkRun(kept.name, run_walk(definition, kept.walk, institution=service.institution, service=service))
        for kept in walks
    ]
