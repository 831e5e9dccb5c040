"""Publishing what a process owner built: refused with words where it is wrong, or where a kept walk ends otherwise."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.clock import zone_of
from cases.models import User
from flows.designer.definition import definition_of
from flows.designer.judging import Judgement, judge
from flows.designer.kept_walks import WalkResult, run_walks
from flows.models import Procedure, ProcedureVersion
from flows.procedures import publishing


class PublishingRefused(Exception):
    """The procedure has errors, or kept walks of its services end otherwise than they should."""

    def __init__(self, judgement: Judgement, failed: Iterable[WalkResult] = ()) -> None:
        self.judgement, self.failed = judgement, list(failed)
        super().__init__(_("Nothing was published. {reasons}").format(reasons=self.reasons))

    @property
    def reasons(self) -> str:
        """Everything that stands in the way, each with its step or its kept walk."""
        said = [f"{remark.step_name}: {remark.problem.words}" for remark in self.judgement.errors]
        said += [f"{result.walk}: {difference}" for result in self.failed for difference in result.differences]
        return " ".join(said)


@transaction.atomic
def publish_draft(procedure: Procedure, *, by: User | None, at: dt.datetime) -> ProcedureVersion | None:
    """Write the next version; nothing when the newest one says the very same. Raises PublishingRefused."""
    today = timezone.localdate(at, zone_of(procedure.institution.time_zone))
    judgement = judge(procedure.definition, institution=procedure.institution, today=today)
    if not judgement.is_publishable:
        raise PublishingRefused(judgement)
    if failed := [result for result in run_walks(procedure, at=at) if not result.passed]:
        raise PublishingRefused(judgement, failed)
    definition = definition_of(procedure.steps, key=procedure.key, version=0, titles=procedure.titles)
    newest = newest_version(procedure)
    if newest and {**newest.definition, "version": 0} == definition:
        return None
    return publishing.publish(procedure, definition, by=by, at=at, around=judgement.around)


def newest_version(procedure: Procedure) -> ProcedureVersion | None:
    return procedure.versions.order_by("-number").first()
