"""Kept walks: the tests of a service. A walk that once ended right has to end so with the next version too."""

import datetime as dt
from dataclasses import dataclass, field

from flows.models import KeptWalk, Procedure


@dataclass(frozen=True)
class WalkResult:
    """What came of one kept walk; ``differences`` says in words what came out otherwise."""

    walk: KeptWalk
    differences: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.differences


def run_walks(procedure: Procedure, *, at: dt.datetime) -> list[WalkResult]:
    """Run every kept walk of the services that go this way, through the procedure as it stands in the editor."""
    return []
