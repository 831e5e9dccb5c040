"""Who is going to sign a letter that is still written: whoever the next step of signing goes to, by the procedure."""

import datetime as dt
from collections import deque
from collections.abc import Iterator

from cases.conditions import asked_about, holds
from cases.models import Case, Post, User
from flows.addressing import NobodyToAddress, address_for
from flows.letters.filling import facts_of
from flows.letters.setting import Signatory
from flows.models import CaseProcess
from flows.procedures.compiler import ProcedureFlow
from flows.procedures.plan import Plan, Spot, WayKind
from flows.procedures.plan import Role as SpotRole
from flows.procedures.tree import If, Step
from flows.procedures.who import permission_of, who_of

NOBODY_YET = Signatory("", "")
SIGN = "sign"


def signatory_of(case: Case, *, outcome: str, language: str, today: dt.date) -> Signatory:
    """Name and office as far as one can know today; empty where the procedure has nobody sign, or nobody is there.

    ``outcome``: what the letter decides; another person may sign a refusal.
    """
    process = CaseProcess.objects.of(case).order_by("-pk").first()
    flow_class = process.flow_class if process else None
    if not isinstance(flow_class, type) or not issubclass(flow_class, ProcedureFlow):
        return NOBODY_YET
    open_task = case.tasks.open().filter(step=SIGN).select_related("holder", "post").first()
    if open_task:
        return Signatory.of(open_task.holder, open_task.post, language)
    step = _next_signing(flow_class.plan, case, outcome)
    return _whoever_does(step, flow_class, case, language, today) if step else NOBODY_YET


def _whoever_does(step: Step, flow_class: type[ProcedureFlow], case: Case, language: str, today: dt.date) -> Signatory:
    steps = {one.id: one for one in flow_class.drawn.persons_steps()}
    try:
        address = address_for(who_of(step), permission_of(step, steps), case, today)
    except NobodyToAddress:
        return NOBODY_YET
    post = Post.objects.filter(pk=address.post_id).first() if address.post_id else None
    holder = User.objects.filter(pk=address.holder_id).first() if address.holder_id else None
    return Signatory.of(holder, post, language)


def _next_signing(plan: Plan, case: Case, outcome: str) -> Step | None:
    """The nearest step of signing ahead of where the case stands."""
    standing = [
        spot.name
        for step in case.tasks.open().order_by("pk").values_list("procedure_step", flat=True)
        for spot in plan.of_step(step)
    ]
    ahead, seen = deque(standing), set(standing)
    while ahead:
        spot = plan.spots[ahead.popleft()]
        if spot.action == SIGN:
            return spot.step
        following = [name for name in _following(spot, case, outcome) if name not in seen]
        seen.update(following)
        ahead.extend(following)
    return None


def _following(spot: Spot, case: Case, outcome: str) -> Iterator[str]:
    """The spots that come after; at a choice the one that today's facts lead to."""
    if spot.role is SpotRole.CHOICE and isinstance(spot.place, If):
        asked = [key for branch in spot.place.branches for key in asked_about(branch.when)]
        facts = facts_of(case, outcome=outcome, asked=asked)
        chosen = (str(number) for number, branch in enumerate(spot.place.branches) if holds(branch.when, facts))
        yield spot.ways[next(chosen, "otherwise")].to
        return
    for way in spot.ways.values():
        if way.kind is WayKind.FORWARD:
            yield way.to
